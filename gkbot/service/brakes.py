"""Which of a day's messages wait for a person, and what the admins are told of it (facts/delivery.md 3.3)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gkbot.deadline import Calendar
from gkbot.ledger import Brake, HeldBack, Ledger, Usual
from gkbot.planning import Condition, Notice
from gkbot.planning.recipients import Address
from gkbot.rulebook import Rulebook
from gkbot.settings import BrakeSettings

LEAST_SCANS = 5  # fewer days say nothing about what is usual
PEAK_ROOM = 1.5  # a season may bring somewhat more than the last one
MOST_NAMED = 10
WORDS = {
    Brake.BURST: "数量异常",
    Brake.GROUP: "同一收件人太多",
    Brake.CLOCK: "时钟异常",
    Brake.RESTORED: "数据库恢复",
}
OVER = "此前暂扣的消息已经处理完毕。"


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstBrake:
    """Holds what is far more than usual; made for one day's plan.

    Attributes:
        calendar: Days missed while the service was off count as usual days of their own.
    """

    settings: BrakeSettings
    calendar: Calendar
    day: date

    def __call__(self, notices: Sequence[Notice], usual: Usual) -> Mapping[str, Brake]:
        """Which of the new notices wait, by key; an admin's message never does."""
        mine = [notice for notice in notices if notice.recipient.unit is not None and not notice.draft]
        held = {notice.key: Brake.GROUP for notice in mine if self._is_flooded(_address(notice), mine, usual)}
        if self._is_burst(usual):
            held |= dict.fromkeys(usual.fresh, Brake.BURST)
        return held

    def most(self, usual: Usual) -> float | None:
        """How many messages a day may bring without anybody asking; None where the brake is off."""
        if not self.settings.factor or usual.scans < LEAST_SCANS:
            return None
        days = 1
        if usual.last_scan is not None and usual.last_scan < self.day:
            days = max(1, self.calendar.workdays_between(usual.last_scan, self.day))
        return max(self.settings.least, self.settings.factor * usual.median * days, PEAK_ROOM * usual.peak)

    def _is_burst(self, usual: Usual) -> bool:
        most = self.most(usual)
        return most is not None and usual.today + len(usual.fresh) > most

    def _is_flooded(self, address: Address, notices: Sequence[Notice], usual: Usual) -> bool:
        if not self.settings.per_group:
            return False
        fresh = sum(_address(notice) == address for notice in notices)
        return usual.to_address.get(address, 0) + fresh > self.settings.per_group


def conditions_of_brakes(ledger: Ledger, book: Rulebook) -> list[Condition]:
    """What the admins of each office hear while messages of theirs are held; said once more when it is over."""
    held = ledger.braking.held()
    return [
        Condition(name=f"brake-{brake}", lines=tuple(_lines_by_folder(brake, held, book)), over=OVER)
        for brake in (Brake.BURST, Brake.GROUP, Brake.RESTORED)
    ]


def _lines_by_folder(brake: Brake, held: Sequence[HeldBack], book: Rulebook) -> Iterator[tuple[str, str]]:
    by_folder: dict[str, list[HeldBack]] = {}
    for notice in held:
        if notice.brake is brake:
            for folder in _folders(notice, book):
                by_folder.setdefault(folder, []).append(notice)
    for folder, some in by_folder.items():
        yield from ((folder, line) for line in lines_of(brake, some))


def lines_of(brake: Brake, held: Sequence[HeldBack]) -> Iterator[str]:
    """What is held, how much, why, and what to do, in words for admins."""
    yield f"有{len(held)}条发给单位的消息暂扣未发（{WORDS[brake]}）：{_why(brake)}"
    days = Counter(notice.day for notice in held)
    yield (
        "暂扣的消息："
        + "，".join(f"{day} 计划的{count}条" for day, count in sorted(days.items()))
        + f"；{_units(held)}。"
    )
    yield (
        "处理：用 gkbot outbox list --state held 查看；"
        f"确认无误的，运行 gkbot outbox release --brake {brake} --why 原因；"
        f"发错了的，先改规则文件，再运行 gkbot outbox drop --brake {brake} --why 原因。处理之前不会发出，也不会丢失。"
    )


def lines_of_held(held: Sequence[HeldBack]) -> Iterator[str]:
    """How many messages of which days, and whom they are for; nothing where there are none."""
    days = Counter(notice.day for notice in held)
    if days:
        counts = "，".join(f"{day} 计划的{count}条" for day, count in sorted(days.items()))
        yield f"暂扣的消息：{counts}；{_units(held)}。"


def _why(brake: Brake) -> str:
    if brake is Brake.BURST:
        return "当天要发的消息比平时多得多，可能是规则文件改错了。"
    if brake is Brake.GROUP:
        return "同一天发给同一收件人的消息太多。"
    if brake is Brake.RESTORED:
        return "数据库从备份恢复后，选择了逐条由人确认。"
    return "系统时钟不可信。"


def _units(held: Sequence[HeldBack]) -> str:
    units = list(dict.fromkeys(notice.unit for notice in held if notice.unit))
    named = "、".join(units[:MOST_NAMED])
    return f"涉及{named}等{len(units)}个单位" if len(units) > MOST_NAMED else f"涉及{named}"


def _folders(notice: HeldBack, book: Rulebook) -> tuple[str, ...]:
    tasks = [book.task(task) for task in notice.tasks]
    return tuple(sorted({task.document.folder for task in tasks if task is not None})) or ("",)


def _address(notice: Notice) -> Address:
    return notice.recipient.channel, notice.recipient.address
