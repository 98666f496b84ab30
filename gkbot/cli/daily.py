"""`gkbot daily`: one check, by hand or from a timer."""

from datetime import date
from typing import TYPE_CHECKING

import click

from gkbot.cli.arguments import DAY, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.cli.pace_bar import PaceBar
from gkbot.cli.start import clock_for
from gkbot.settings import load_settings

if TYPE_CHECKING:
    from gkbot.service.daily import DailyResult


@command(
    help="""执行一次每日检查：计划当天的提醒，写入发件箱，并发送。

同一天执行多少次，同一条提醒也只发一次。渠道限速时等到发完为止，其间可以中断，下次接着发。

例：gkbot daily --date 2023-07-24 --dry-run

规则文件的改动里有危险的（截止日提前、未办结的任务被删等），先按上一个版本提醒，等人用 gkbot accept 确认。

退出码：0 正常，1 规则文件有错、改动等人确认或有消息最终未送达，2 用法或设置有错。"""
)
@click.option("--date", "day", type=DAY, metavar="日期", help="当作哪一天执行，默认今天。")
@click.option("--dry-run", is_flag=True, help="只看会发什么，不发送，不记录。")
@json_option
def daily(*, day: date | None, dry_run: bool, as_json: bool) -> int:
    """Run the check of one day."""
    from gkbot.rulebook import format_problem
    from gkbot.service.check import look_only, run_daily

    settings = load_settings()
    clock = clock_for(settings, day)
    with PaceBar() as on_pace:
        result = look_only(settings, clock) if dry_run else run_daily(settings, clock, on_pace=on_pace)
    if as_json:
        print_json(result.as_json())
    else:
        _show(result, dry_run=dry_run)
    for problem in result.problems:
        say(format_problem(problem))
    return 1 if result.failed or result.problems or result.held else 0


def _show(result: "DailyResult", *, dry_run: bool) -> None:
    if dry_run:
        click.echo(f"{result.day}：将发 {result.planned} 条（另有草稿 {result.drafts} 条）。没有发送，没有记录。")
        _tell(result)
        return
    click.echo(
        f"{result.day}：新计划 {result.planned} 条，已发 {result.sent} 条，"
        f"稍后再发 {result.deferred} 条，未送达 {result.failed} 条，略过 {result.skipped} 条。"
    )
    if result.drafts:
        say(f"另有 {result.drafts} 份草稿等人审发。")
    _tell(result)


def _tell(result: "DailyResult") -> None:
    for line in result.remarks:
        say(line)
