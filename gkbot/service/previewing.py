"""One notice as it would leave: found by its key, its number or a task, rendered as the sender renders it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gkbot.errors import UsageError
from gkbot.ledger import Facts
from gkbot.ledger.numbers import number_of
from gkbot.notices import Message
from gkbot.planning import Notice, NoticeKind, plan_range
from gkbot.service.facts import FactsMaker
from gkbot.service.office import Office
from gkbot.service.sending import renderer, templates_of
from gkbot.service.views import KIND_WORDS
from gkbot.service.ways import whom, whom_of

LOOK_AHEAD_DAYS = 400
MAIL, ROBOT = "mail", "robot"
KEY = re.compile(r"[0-9a-f]{32}")
RENDERED_AS = {MAIL: "email", ROBOT: "wecom"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A rendered notice and where it goes.

    Attributes:
        channel: mail or robot.
        heading: Day, kind and recipient, one Chinese line.
    """

    channel: str
    heading: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What was asked for: a task (of one unit), or a notice by key or number."""

    text: str
    is_task: bool
    unit: str | None

    def fits(self, notice: Notice) -> bool:
        """Whether this is the notice meant; a task's own are those to units."""
        if not self.is_task:
            return self.text in {notice.key, number_of(notice.key)}
        if notice.recipient.unit is None:
            return False
        return any(item.task == self.text and self.unit in {None, item.unit} for item in notice.items)


def preview_of(office: Office, wanted: str, *, unit: str | None, day: date, channel: str | None) -> tuple[Preview, ...]:
    """The next notice of a task, or the one with this key or number: as mail and as robot message where both go out.

    Args:
        wanted: A task's id, or a notice's key or number.
        unit: Only what goes to this unit.
        day: First day to look at.
        channel: mail or robot; None for both.

    Raises:
        UsageError: There is no such task or notice, or nothing goes out.
    """
    known = _in_outbox(office, wanted, day)
    if known is not None:
        return (known,)
    task = office.book.task(wanted)
    name = None if unit is None or task is None else office.unit_of(task, unit).name
    found = _chosen(office, _Wanted(text=wanted, is_task=task is not None, unit=name), day, channel)
    if not found:
        if task is None:
            office.task(wanted)  # tells of near ids
        raise _nothing(wanted, name, channel)
    return tuple(_rendered(office, notice) for notice in found)


def _chosen(office: Office, wanted: _Wanted, day: date, channel: str | None) -> Sequence[Notice]:
    """The notices of the first day that has any: one for each channel."""
    last = day + timedelta(days=LOOK_AHEAD_DAYS)
    for plan in plan_range(office.book, office.history(), day, last, channels=office.channels):
        fitting = [
            notice
            for notice in plan.notices
            if wanted.fits(notice) and channel in {None, _channel(is_robot=notice.recipient.robot)}
        ]
        if fitting:
            return tuple({_channel(is_robot=notice.recipient.robot): notice for notice in reversed(fitting)}.values())[
                ::-1
            ]
    return ()


def _rendered(office: Office, notice: Notice) -> Preview:
    known = FactsMaker(office.settings, office.clock, office.book, office.history()).of(notice)
    facts = {**known, "number": number_of(notice.key)}
    channel = _channel(is_robot=notice.recipient.robot)
    recipient = notice.recipient
    draft = "（草稿，人审发后才发出）" if notice.draft else ""
    way = "" if recipient.robot else f"（{recipient.address}）"
    marks = f"消息 {facts['number']}，键 {notice.key}"
    return Preview(
        channel=channel,
        heading=f"{notice.day} {KIND_WORDS[notice.kind]}{draft} 发给 {whom(recipient)}{way} {marks}",
        message=_message(office, facts, channel, notice.day),
    )


def _in_outbox(office: Office, wanted: str, day: date) -> Preview | None:
    """A notice already decided, by its key or number."""
    if office.ledger is None:
        return None
    entries = office.ledger.outbox.entries(number=wanted.upper())
    if not entries and KEY.fullmatch(wanted):
        entries = tuple(entry for entry in office.ledger.outbox.entries() if entry.key == wanted)
    if not entries:
        return None
    entry = entries[0]
    channel = _channel(is_robot=bool(entry.facts["robot"]))
    kind = KIND_WORDS[NoticeKind(entry.kind)]
    heading = f"{entry.day} {kind} 发给 {whom_of(entry)} 消息 {entry.number}"
    return Preview(channel=channel, heading=heading, message=_message(office, entry.facts, channel, day))


def _message(office: Office, known: Facts, channel: str, today: date) -> Message:
    render = renderer(templates_of(office.settings))
    return render(known, channel=RENDERED_AS[channel], today=today, maybe_twice=False)


def _channel(*, is_robot: bool) -> str:
    return ROBOT if is_robot else MAIL


def _nothing(wanted: str, unit: str | None, channel: str | None) -> UsageError:
    to = f"给{unit}" if unit else ""
    way = {MAIL: "邮件", ROBOT: "群机器人消息"}.get(channel or "", "消息")
    cure = f"用 gkbot explain {wanted} 查看为什么；换一天用 --date。"
    return UsageError(f"{wanted}：今后{LOOK_AHEAD_DAYS}天没有要发{to}的{way}。{cure}")
