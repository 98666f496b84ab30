"""`gkbot done|ack|reopen|extend|event|adopt|pause|resume`: say what happened; nothing is ever overwritten."""

from collections.abc import Callable
from datetime import date, datetime

import click

from gkbot.cli.arguments import DAY, MOMENT, current_user, in_zone, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json
from gkbot.planning import EventKind, NewEvent
from gkbot.service.office import Office
from gkbot.service.records import record

task_argument = click.argument("task", metavar="任务编号")
unit_option = click.option("--unit", metavar="单位", required=True, help="哪个单位。")
period_option = click.option("--period", metavar="周期", help="哪一期，例 2026-03-25；不写时指当前这一期。")
note_option = click.option("--note", metavar="文字", help="说明，例如公开网址。")
reason_option = click.option("--note", "--why", "note", metavar="原因", help="为什么；写 --why 也一样。")
actor_option = click.option("--actor", metavar="姓名", help="由谁登记，默认当前登录用户。")
Function = Callable[..., int]


def about_a_duty(function: Function, *, note: Callable[[Function], Function] = note_option) -> Function:
    """What every command about one duty takes: the task, the unit, the period, a note, who records it."""
    for option in (json_option, actor_option, note, period_option, unit_option, task_argument):
        function = option(function)
    return function


def about_a_pause(function: Function) -> Function:
    """The same; the note is the reason, which other commands call --why."""
    return about_a_duty(function, note=reason_option)


EXIT_CODES = "\n\n退出码：0 已登记，1 规则文件有错，2 编号、单位或用法有错。"


@command(help="登记办结：此后不再提醒。\n\n例：gkbot done GY2023-05 --unit 苍溪县 --note https://…" + EXIT_CODES)
@about_a_duty
@click.option("--reported", is_flag=True, help="只是单位已报完成，尚待核实（同样停止提醒）。")
def done(*, reported: bool, **facts: object) -> int:
    """Record that a duty is done, or that its unit says so."""
    return _record(EventKind.REPORTED if reported else EventKind.DONE, facts)


@command(help="登记签收：单位已收到任务，提醒照常。\n\n例：gkbot ack GY2023-05 --unit 苍溪县" + EXIT_CODES)
@about_a_duty
def ack(**facts: object) -> int:
    """Record that the unit has taken the task."""
    return _record(EventKind.ACKNOWLEDGED, facts)


@command(help="退回补办：重新提醒。\n\n例：gkbot reopen GY2023-05 --unit 苍溪县 --note 链接打不开" + EXIT_CODES)
@about_a_duty
def reopen(**facts: object) -> int:
    """Record that the work is not done after all."""
    return _record(EventKind.REOPENED, facts)


@command(
    help="登记延期：改按新的截止日提醒，并告知单位一次。\n\n"
    "例：gkbot extend GY2023-05 --unit 苍溪县 --to 2023-08-15 --by 王某 --basis 苍府办函〔2023〕8号" + EXIT_CODES
)
@about_a_duty
@click.option("--to", "until", type=DAY, metavar="日期", required=True, help="新的截止日。")
@click.option("--by", "approver", metavar="批准人", required=True, help="由谁批准。")
@click.option("--basis", metavar="依据", required=True, help="批准的文件或单据。")
def extend(**facts: object) -> int:
    """Record an extension with its approver and paper."""
    return _record(EventKind.EXTENDED, facts)


@command(
    help="登记起算事件已经发生，开始计算期限。\n\n"
    "例：gkbot event FD-GK-03 --at 2026-03-05 --unit 本级政府办公室" + EXIT_CODES
)
@task_argument
@click.option("--at", "occurred", type=MOMENT, metavar="日期", required=True, help="哪一天（或时刻）发生。")
@click.option("--unit", metavar="单位", help="只对这个单位起算，默认全部责任单位。")
@note_option
@actor_option
@json_option
def event(**facts: object) -> int:
    """Record that the event a period is counted from has happened."""
    return _record(EventKind.OCCURRED, facts)


@command(
    help="接管载入时已经逾期的任务：从今天起按提醒方案正常催办。不接管的只列给管理员。\n\n"
    "例：gkbot adopt GY2023-05" + EXIT_CODES
)
@task_argument
@click.option("--unit", metavar="单位", help="只接管这个单位的，默认全部。")
@note_option
@actor_option
@json_option
def adopt(**facts: object) -> int:
    """Record that tasks overdue when first seen are to be urged from now on."""
    return _record(EventKind.ADOPTED, facts)


@command(
    help="暂停一项责任的提醒：停办、等待上级答复时用。从事件起算的期限，暂停的日子不计入；文件写明日期的，日期不变。\n\n"
    "例：gkbot pause GY2023-05 --unit 苍溪县 --until 2023-07-25 --note 等省厅答复" + EXIT_CODES
)
@about_a_pause
@click.option("--until", "until", type=DAY, metavar="日期", help="暂停的最后一天；不写时直到 gkbot resume。")
def pause(**facts: object) -> int:
    """Record that a duty stands still."""
    return _record(EventKind.PAUSED, facts)


@command(
    help="恢复一项暂停的责任：暂停期间落下的提醒，仍然适用的补发最要紧的一次。\n\n"
    "例：gkbot resume GY2023-05 --unit 苍溪县" + EXIT_CODES
)
@about_a_pause
def resume(**facts: object) -> int:
    """Record that a paused duty goes on."""
    return _record(EventKind.RESUMED, facts)


def _record(kind: EventKind, facts: dict[str, object]) -> int:
    from gkbot.cli.start import office

    as_json = bool(facts.pop("as_json"))
    with office(writes=True) as opened:
        recorded = record(opened, _new_event(opened, kind, facts))
    if as_json:
        print_json(recorded.as_json())
    else:
        click.echo(recorded.sentence())
    return 0


def _new_event(opened: Office, kind: EventKind, facts: dict[str, object]) -> NewEvent:
    text = {key: value for key, value in facts.items() if isinstance(value, str)}
    occurred, until = facts.get("occurred"), facts.get("until")
    return NewEvent(
        kind=kind,
        task=text["task"],
        unit=text.get("unit"),
        period=text.get("period"),
        at=opened.clock.now(),
        actor=text.get("actor") or current_user(),
        note=text.get("note"),
        until=until if isinstance(until, date) else None,
        approver=text.get("approver"),
        basis=text.get("basis"),
        occurred_on=occurred.date() if isinstance(occurred, datetime) else None,
        occurred_at=in_zone(occurred, opened.settings.zone) if isinstance(occurred, datetime) else None,
    )
