"""`gkbot explain`: why this date, and why a notice came or did not come."""

from collections.abc import Sequence
from datetime import date

import click

from gkbot.cli.arguments import DAY, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json
from gkbot.planning import Duty, duties
from gkbot.service.explanation import Explanation, explanation
from gkbot.service.views import status_word


@command(
    help="""说明一项任务：期限原文怎样读、截止日怎样算、哪天提醒、为什么没有收到提醒。

例：gkbot explain GY2023-05 --unit 苍溪县 --date 2023-07-24

退出码：0 正常，1 规则文件有错，2 用法或设置有错。"""
)
@click.argument("task", metavar="任务编号")
@click.option("--unit", metavar="单位", help="只说明这个单位的。")
@click.option("--date", "day", type=DAY, metavar="日期", help="按哪一天的情况说明，默认今天。")
@json_option
def explain(*, task: str, unit: str | None, day: date | None, as_json: bool) -> int:
    """Tell how the days of a task follow from its words."""
    from gkbot.cli.start import office

    with office(day, writes=False) as opened:
        today = opened.clock.today()
        found = opened.task(task)
        wanted = None if unit is None else opened.unit_of(found, unit).name
        mine = [
            duty
            for duty in duties(opened.book, opened.history(), today, tasks=[found])
            if wanted in {None, duty.unit.name}
        ]
        told = explanation(opened.book, opened.history(), found, mine, today, channels=opened.channels)
    if as_json:
        print_json(told.as_json())
    else:
        _show(told, mine, today)
    return 0


def _show(told: Explanation, mine: Sequence[Duty], today: date) -> None:
    click.echo(f"{told.task.id} {told.task.title}")
    click.echo(f"出处：{told.source}")
    for phrase in told.phrases:
        click.echo(f"期限原文：“{phrase.words}”")
        for line in phrase.lines:
            click.echo(f"    {line}")
    for period in told.periods:
        click.echo(f"\n截止：{period.due_words}  单位：{'、'.join(period.units)}")
        for line in (*period.steps, *period.events):
            click.echo(f"    {line}")
        if period.stages:
            click.echo(f"    提醒：{'；'.join(period.stages)}")
    click.echo("")
    for duty in mine:
        reasons = "；".join(told.today.get((duty.unit.name, duty.period), ()))
        click.echo(f"{duty.unit.name}：{status_word(duty, today)}" + (f"。{reasons}" if reasons else "。"))
