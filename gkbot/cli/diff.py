"""`gkbot diff` and `gkbot accept`: what an edit of the rule files would change, and the yes it may need."""

import sys
from datetime import date

import click

from gkbot.cli.arguments import DAY, current_user, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.cli.start import clock_for
from gkbot.settings import load_settings

NOTHING_IN_FORCE = "还没有生效的版本；第一次检查（gkbot daily 或 gkbot serve）时，规则文件全部生效。"


@command(
    help="""比较规则文件和生效的版本：任务增减和修改、截止日移动、单位和放假安排的变化、今后发的消息有哪些不同。

只比较，不发送，不改变生效的版本。截止日提前、未办结的任务被删、责任减少三成以上的，要用 gkbot accept 确认才生效。

例：gkbot diff --days 30

退出码：0 比较完毕（有没有改动都是），1 规则文件有错，2 用法或设置有错。"""
)
@click.option("--days", type=click.IntRange(1, 400), default=30, metavar="天数", help="比较今后多少天的消息，默认30。")
@click.option("--date", "day", type=DAY, metavar="日期", help="按哪一天的情况比较，默认今天。")
@json_option
def diff(*, days: int, day: date | None, as_json: bool) -> int:
    """Compare the files with the version in force."""
    from gkbot.service.comparing import compare_files
    from gkbot.service.comparison_views import comparison_json, lines_of

    settings = load_settings()
    found = compare_files(settings, clock_for(settings, day), days=days)
    if found is None:
        if as_json:
            print_json(None)
        say(NOTHING_IN_FORCE)
    elif as_json:
        print_json(comparison_json(found))
    elif found.is_same:
        click.echo("规则文件和生效的版本一样。")
    else:
        for line in lines_of(found):
            click.echo(line)
        say("没有发送任何消息，也没有改变生效的版本。")
    return 0


@command(
    help="""确认规则文件的改动，让它生效。没有危险的改动不用确认，下次检查时自动生效。

谁确认的、确认了什么，记在台账里。

例：gkbot accept --by 李某 --reason 督查室来函提前

退出码：0 已生效，1 规则文件有错，2 没有确认，或者用法、设置有错。"""
)
@click.option("--yes", is_flag=True, help="不再询问，直接确认。")
@click.option("--by", "who", metavar="姓名", help="由谁确认，默认当前登录用户。")
@click.option("--reason", metavar="文字", help="为什么这样改。")
@click.option("--date", "day", type=DAY, metavar="日期", help="按哪一天的情况比较，默认今天。")
def accept(*, yes: bool, who: str | None, reason: str | None, day: date | None) -> int:
    """Bring changes into force that wait for a person."""
    from gkbot.service.comparing import accept_files, waiting_dangers

    settings = load_settings()
    clock = clock_for(settings, day)
    found = waiting_dangers(settings, clock)
    for danger in found:
        click.echo(f"  ! {danger.text}")
    if found and not yes:
        _ask(len(found))
    told = "；".join(danger.text for danger in found)
    why = "。".join(part for part in (reason, told) if part)
    book = accept_files(settings, clock, who=who or current_user(), why=why)
    click.echo(f"已生效：{len(book.tasks)} 项任务，版本 {book.digest[:12]}。")
    return 0


def _ask(count: int) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("没有终端可以询问。核对以后加上 --yes。")
    click.confirm(f"以上 {count} 处改动确实要生效吗？", abort=True)
