"""What the admins hear beside their lists: drafts, the week's late tasks, how much went out."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from gkbot.deadline import Calendar
from gkbot.planning.desk import Desk
from gkbot.planning.reasons import LETTER_NAMES
from gkbot.planning.recipients import address_of
from gkbot.planning.stages import BULLETIN
from gkbot.planning.values import CLOSED, Duty
from gkbot.rulebook.values import Role


def is_first_workday_of_week(day: date, calendar: Calendar) -> bool:
    """Whether `day` is worked and no day before it in its week is."""
    earlier = (day - timedelta(days=count) for count in range(1, day.isoweekday()))
    return calendar.is_workday(day) and not any(calendar.is_workday(found) for found in earlier)


def remind_of_late(desk: Desk, duties: Iterable[Duty]) -> None:
    """One line a week on what was overdue when loaded and is still neither taken over nor closed."""
    counts = Counter(
        duty.task.document.folder
        for duty in duties
        if duty.is_late_loaded
        and duty.status not in CLOSED
        and duty.role is not Role.SUPPORT
        and duty.key not in desk.late
    )
    for folder, count in sorted(counts.items()):
        line = f"另有{count}项事项录入时已逾期，尚未接手、报完成或归档，暂不通知单位。"
        _remark(desk, folder, line)


def remark_drafts(desk: Desk) -> None:
    """Name the units for which, or about which, letters were drafted."""
    for (folder, letter), units in sorted(desk.drafted.items()):
        names = "、".join(sorted(units))
        if letter == BULLETIN:
            _remark(desk, folder, f"已拟逾期情况通报草稿，涉及{len(units)}个单位，审核后方可发出：{names}。")
        else:
            _remark(desk, folder, f"已拟{LETTER_NAMES[letter]}草稿{len(units)}份，审核后方可发出：{names}。")


def remark_told(desk: Desk) -> None:
    """Say how much the units are told today, to admins who hear something anyway."""
    for folder, keys in sorted(desk.told.items()):
        units = len({unit for _, unit, _ in keys})
        tasks = len({task for task, _, _ in keys})
        for admin in desk.directory.admins(folder):
            bundle = desk.digests.reported(admin)
            if bundle is not None and (bundle.office or bundle.lines):
                desk.digests.remark(admin, f"今日向{units}个单位通知{tasks}项事项。")


def _remark(desk: Desk, folder: str, line: str) -> None:
    for admin in desk.directory.admins(folder):
        if not desk.memory.is_served(address_of(admin)):
            desk.digests.remark(admin, line)
