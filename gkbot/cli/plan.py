"""`gkbot plan`: what would go out, and why; sends nothing, writes nothing."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date

import click

from gkbot.cli.arguments import DAY, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, print_table, say
from gkbot.deadline import Calendar
from gkbot.planning import Notice, Plan, plan_ahead
from gkbot.planning.due_days import due_days
from gkbot.service.views import KIND_WORDS, plan_json
from gkbot.service.ways import channel_word, reader

MAX_DAYS = 3700


@command(
    help="""查看某一天（或一段时间）会发哪些提醒、为什么发；不发送，不记录。

例：gkbot plan --from 2023-05-17 --to 2024-03-31 --json

例：gkbot plan --date 2023-07-24 --calendar

退出码：0 正常，1 规则文件有错，2 用法或设置有错。"""
)
@click.option("--date", "day", type=DAY, metavar="日期", help="看哪一天，默认今天。")
@click.option("--from", "first", type=DAY, metavar="日期", help="从哪一天起。")
@click.option("--to", "last", type=DAY, metavar="日期", help="到哪一天止（含）。")
@click.option("--calendar", "as_calendar", is_flag=True, help="按月历看：每天发几条，哪些任务截止；默认看整个月。")
@json_option
def plan(*, day: date | None, first: date | None, last: date | None, as_calendar: bool, as_json: bool) -> int:
    """Show the notices of a day or of a stretch of days."""
    from gkbot.cli.start import office
    from gkbot.service.comparing import moved_days

    _check_options(day, first, last)
    with office(day or first, writes=False) as opened:
        start = first or day or opened.clock.today()
        end = last or start
        if as_calendar and first is None:
            start, end = _whole_month(start)
        history = opened.history()
        plans = list(plan_ahead(opened.book, history, start, end, channels=opened.channels))
        due = due_days(opened.book, history, start, end) if as_calendar and not as_json else {}
        moved = moved_days(opened)
    if as_json:
        print_json(plan_json(plans, start, end, moved))
    elif as_calendar:
        _show_calendar(plans, due, opened.book.calendar)
    else:
        _show(plans)
    if moved and not as_json:
        say("与生效的版本相比，截止日有移动：")
        for change in moved:
            say(f"  {change.task.id} {change.task.title}：{'；'.join(map(str, change.moves))}")
    return 0


def _whole_month(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _show_calendar(plans: Sequence[Plan], due: Mapping[date, tuple[str, ...]], workdays: Calendar) -> None:
    from gkbot.cli.plan_calendar import month_lines

    for line in month_lines(plans, due, workdays):
        click.echo(line)
    _say_total(plans)


def _check_options(day: date | None, first: date | None, last: date | None) -> None:
    if day is not None and (first is not None or last is not None):
        raise click.UsageError("--date 与 --from、--to 不能同时使用。")
    if (first is None) != (last is None):
        raise click.UsageError("--from 和 --to 要一起写。")
    if first is not None and last is not None:
        if last < first:
            raise click.UsageError("--to 不能早于 --from。")
        if (last - first).days > MAX_DAYS:
            raise click.UsageError(f"一次最多看 {MAX_DAYS} 天。")


def _show(plans: Sequence[Plan]) -> None:
    notices = [notice for plan in plans for notice in plan.notices]
    rows = [row for notice in notices for row in _rows(notice)]
    if rows:
        print_table(("日期", "收件单位", "岗位或群", "渠道", "类型", "任务", "责任单位", "原因"), rows)
    _say_total(plans)


def _say_total(plans: Sequence[Plan]) -> None:
    first, last = plans[0].day, plans[-1].day
    span = f"{first}" if first == last else f"{first} 至 {last}"
    notices = [notice for plan in plans for notice in plan.notices]
    drafts = sum(notice.draft for notice in notices)
    say(f"{span}：共 {len(notices)} 条消息" + (f"，其中草稿 {drafts} 条" if drafts else "") + "。没有发送任何消息。")


def _rows(notice: Notice) -> list[tuple[str, ...]]:
    """One row an item and a line; what the first row says is not said again."""
    recipient = notice.recipient
    kind = KIND_WORDS[notice.kind] + ("（草稿）" if notice.draft else "")
    who = (recipient.unit or "管理员", reader(recipient), channel_word(recipient.channel))
    head = (notice.day.isoformat(), *who, kind)
    tails = [(item.task, item.unit, item.reason) for item in notice.items]
    tails += [("", "", line) for line in notice.lines]
    return [(*(head if index == 0 else ("",) * len(head)), *tail) for index, tail in enumerate(tails)]
