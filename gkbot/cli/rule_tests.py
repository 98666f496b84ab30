"""`gkbot test`: do the rules still say what they are meant to say?"""

from collections.abc import Sequence
from pathlib import Path

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.rulebook import format_problem
from gkbot.settings import load_settings


@command(
    help="""运行规则测试：给定哪一天、发生过什么，核对当天会发哪些提醒。

测试写在规则旁边、以 .test.yaml 结尾的文件里，写法见管理员手册。不写路径时运行 GKBOT_RULES 文件夹里的全部测试。

例：gkbot test rules/guangyuan

退出码：0 全部符合，1 有不符的用例或测试文件有错，2 用法或设置有错。"""
)
@click.argument("paths", nargs=-1, metavar="[路径]...", type=click.Path(path_type=Path))
@json_option
def test(*, paths: Sequence[Path], as_json: bool) -> int:
    """Run rule tests and tell what differs."""
    from gkbot.service.rule_tests import mismatch, run_tests

    problems = []
    cases = failed = files = 0
    for tested in run_tests(paths, load_settings().rules):
        files += 1
        cases += len(tested.outcomes)
        failed += len(tested.failures)
        found = [*tested.problems, *(mismatch(each) for each in tested.failures)]
        problems += sorted(found, key=lambda problem: problem.place.line)
    if as_json:
        print_json(
            {
                "files": files,
                "cases": cases,
                "failed": failed,
                "problems": [problem.as_json() for problem in problems],
            }
        )
    else:
        for problem in problems:
            click.echo(format_problem(problem))
    broken = len(problems) - failed
    say(f"{files} 个测试文件，{cases} 个用例：{cases - failed} 个符合，{failed} 个不符" + _told(broken))
    return 1 if problems else 0


def _told(broken: int) -> str:
    return f"；测试文件本身有 {broken} 处问题。" if broken else "。"
