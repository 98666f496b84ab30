"""`gkbot show`: what is watched, what goes out today, what comes next."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice

import click

from gkbot.cli.arguments import DAY
from gkbot.cli.chinese import command
from gkbot.cli.output import print_table
from gkbot.planning import Duty, Notice, duties, plan_ahead
from gkbot.service.office import Office
from gkbot.service.views import KIND_WORDS, WEEKDAY_WORDS
from gkbot.service.ways import channel_word, whom

NEXT_NOTICES = 5
LOOK_AHEAD_DAYS = 400


@command(
    help="""一屏看清：盯着哪些文件，今天发什么，接下来的五条提醒在哪天。不发送，不记录。

例：gkbot show --date 2023-07-24

退出码：0 正常，1 规则文件有错，2 用法或设置有错。"""
)
@click.option("--date", "day", type=DAY, metavar="日期", help="按哪一天的情况看，默认今天。")
def show(*, day: date | None) -> int:
    """Show the state of the office on a day in one screen."""
    from gkbot.cli.start import office

    with office(day, writes=False) as opened:
        today = opened.clock.today()
        history = opened.history()
        _watched(opened, duties(opened.book, history, today), today)
        days = plan_ahead(
            opened.book, history, today, today + timedelta(days=LOOK_AHEAD_DAYS), channels=opened.channels
        )
        first = next(days)
        _today(first.notices, opened, today)
        coming = (notice for plan in days for notice in plan.notices)
        _next(list(islice(coming, NEXT_NOTICES)))
    return 0


def _watched(opened: Office, found: Sequence[Duty], today: date) -> None:
    rows = []
    for document in opened.book.documents:
        mine = [duty for duty in found if duty.task.document.id == document.id]
        coming = [duty.due for duty in mine if duty.due is not None and duty.due >= today]
        tasks = {duty.task.id for duty in mine}
        state = "已归档" if document.is_archived(today) else str(min(coming)) if coming else "无日期"
        overdue = sum(duty.is_overdue(today) for duty in mine)
        rows.append((document.title, str(len(tasks)), str(len(mine)), str(overdue), state))
    headers = ("文件", "任务", "责任项", "逾期", "最近截止")
    print_table(headers, rows, title=f"盯着的文件（{_day(today)}，规则文件夹 {opened.settings.rules}）")


def _today(notices: Sequence[Notice], opened: Office, today: date) -> None:
    if notices:
        print_table(("收件", "类型", "渠道", "内容"), [_row(notice)[1:] for notice in notices], title="今天要发")
    elif not opened.book.calendar.is_workday(today):
        click.echo(f"今天要发：没有。今天休息（{opened.book.calendar.rest_name(today)}），休息日不打扰。\n")
    else:
        click.echo("今天要发：没有。\n")


def _next(notices: Sequence[Notice]) -> None:
    if notices:
        rows = [_row(notice) for notice in notices]
        print_table(("日期", "收件", "类型", "渠道", "内容"), rows, title="接下来的五条")
    else:
        click.echo("接下来一年没有要发的提醒。")


def _row(notice: Notice) -> tuple[str, str, str, str, str]:
    recipient = notice.recipient
    kind = KIND_WORDS[notice.kind] + ("（草稿）" if notice.draft else "")
    tasks = list(dict.fromkeys(item.task for item in notice.items))
    named = "、".join(tasks[:4]) + (f" 等{len(tasks)}项" if len(tasks) > 4 else "")
    return (
        _day(notice.day),
        whom(recipient),
        kind,
        channel_word(recipient.channel),
        named or "；".join(notice.lines[:1]),
    )


def _day(day: date) -> str:
    return f"{day}（{WEEKDAY_WORDS[day.weekday()]}）"
