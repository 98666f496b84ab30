"""`gkbot doctor`: is everything in order, and if not, what to do."""

import os
from collections import Counter
from pathlib import Path

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.screen import cells
from gkbot.service.doctor.values import GRADE_WORDS, Finding, Grade

WIDTH = max(cells(word) for word in GRADE_WORDS.values())


@command(
    help="""检查环境，每项一行：好、注意、坏，坏的写明怎么办。

看设置、规则文件、放假日历、消息模板、数据库、时钟、邮件服务器（登录，不发邮件）、机器人、
发件文件夹、磁盘、网页地址、上次检查和没有送达的消息。除了试写后马上删掉的文件，什么也不改。

例：gkbot doctor

例：gkbot doctor --send    给每个机器人发一条测试消息

退出码：0 没有坏的，1 有坏的，2 用法错误。"""
)
@click.option("--send", "sends", is_flag=True, help="给每个机器人发一条测试消息（默认只看地址的样子）。")
@json_option
def doctor(*, sends: bool, as_json: bool) -> int:
    """Examine everything that gkbot stands on."""
    from gkbot.service.doctor.examination import examine

    found = []
    for finding in examine(os.environ, Path(".env"), sends=sends):
        found.append(finding)
        if not as_json:
            click.echo(_line(finding))
    bad = any(finding.grade is Grade.BAD for finding in found)
    if as_json:
        print_json({"ok": not bad, "findings": [finding.as_json() for finding in found]})
    else:
        _sum_up(found)
    return 1 if bad else 0


def _line(finding: Finding) -> str:
    word = GRADE_WORDS[finding.grade]
    cure = f"。{finding.fix}" if finding.fix else ""
    return f"{word}{' ' * (WIDTH - cells(word))}  {finding.title}：{finding.message}{cure}。"


def _sum_up(found: list[Finding]) -> None:
    counts = Counter(finding.grade for finding in found)
    say("，".join(f"{word} {counts[grade]} 项" for grade, word in GRADE_WORDS.items()) + "。")
