"""One day's work: for each duty, who is told what today, and why the others are not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from gkbot.planning.digest import Digests
from gkbot.planning.folding import Today
from gkbot.planning.memory import ESCALATION, Memory, Window
from gkbot.planning.reasons import named_day, silence_text, stage_reason
from gkbot.planning.recipients import Directory, address_of
from gkbot.planning.stages import Stage, Timetable, Timetables
from gkbot.planning.telling import (
    announcements_of,
    applying,
    kind_on,
    next_day,
    silent_because,
    timetable_of,
    unit_series,
    without_reminder,
)
from gkbot.planning.values import Announcement, Duty, Item, NoticeKind, Reason, Recipient, Silence
from gkbot.rulebook.values import Role

LATE = "office-late"
NO_LEADER = "office-no-leader"
UNREACHABLE = "office-unreachable-"


@dataclass(slots=True)
class Desk:
    """Takes duties one by one and gathers what the day's notices say.

    Attributes:
        explains: Silences are put into words.
        late: Duties listed today as overdue when first loaded.
        told: Units and duties spoken of today, by folder of the document.
        drafted: Units whose leader gets a draft today, by folder.
    """

    today: Today
    window: Window
    timetables: Timetables
    directory: Directory
    memory: Memory
    explains: bool = False
    digests: Digests = field(default_factory=Digests)
    silences: list[Silence] = field(default_factory=list)
    late: set[tuple[str, str, str | None]] = field(default_factory=set)
    told: dict[str, set[tuple[str, str, str | None]]] = field(default_factory=dict)
    drafted: dict[str, set[str]] = field(default_factory=dict)

    def take(self, duty: Duty) -> None:
        """Say what is to be said of a duty, or note why nothing is."""
        reason = silent_because(duty, self.today.day)
        if reason is Reason.LATE_LOADED:
            self._list_late(duty)
        if reason is not None:
            self.be_silent(duty, reason)
            return
        timetable = timetable_of(duty, self.timetables)
        if timetable is not None and duty.role is not Role.SUPPORT:
            self._tell_leader(duty, timetable)
            self._tell_office(duty, timetable)
        self._tell_unit(duty, timetable)

    def report(self, duty: Duty, stage: str, reason: str) -> bool:
        """Put a duty on the admins' list, once for each stage; whether some admin hears of it today."""
        item = self._item(duty, stage, kind_on(duty, self.today.day), reason)
        found = False
        for admin in self.directory.admins(duty.task.document.folder):
            address = address_of(admin)
            if not self.memory.knows(address, duty, stage) and not self.memory.is_served(address):
                self.digests.report(admin, item)
                found = True
        return found

    def tell_admin(self, admin: Recipient, lines: Iterable[str], *marks: str) -> None:
        """Say what is about no task: with the day's list, or apart where the admin has had that already."""
        if self.memory.is_served(address_of(admin)):
            self.digests.set_apart(admin, lines, marks)
            return
        for line in lines:
            self.digests.remark(admin, line)
        self.digests.mark(admin, marks)

    def _tell_unit(self, duty: Duty, timetable: Timetable | None) -> None:
        stages = unit_series(duty, timetable) if timetable else ()
        stage = applying(stages, duty, self.window)
        said = announcements_of(duty, self.window)
        if stage is None and not said:
            coming = next_day(stages, duty, self.today.day)
            self.be_silent(duty, _quiet(duty, coming), coming)
            return
        recipients = self.directory.unit(duty.unit)
        if not recipients:
            self._report_unreachable(duty, stage, said)
        for recipient in recipients:
            self._tell(recipient, duty, stage, said, stages)

    def _tell(
        self,
        recipient: Recipient,
        duty: Duty,
        stage: Stage | None,
        said: list[Announcement],
        stages: Iterable[Stage],
    ) -> None:
        address = address_of(recipient)
        if stage is not None and self.memory.knows(address, duty, stage.name):
            stage = None
        said = [found for found in said if not self.memory.knows(address, duty, found.stage)]
        if stage is None and not said:
            self.be_silent(duty, Reason.ALREADY_TOLD, next_day(stages, duty, self.today.day))
        elif self.memory.is_served(address):
            self.be_silent(duty, Reason.TOLD_TODAY)
        else:
            self.digests.add(recipient, self._unit_item(duty, stage, said))
            self.told.setdefault(duty.task.document.folder, set()).add(duty.key)

    def _tell_leader(self, duty: Duty, timetable: Timetable) -> None:
        stage = applying(timetable.leader, duty, self.window)
        if stage is None:
            return
        reason = self._reason(stage, duty)
        leader = self.directory.leader(duty.unit)
        if leader is None:
            self.report(duty, NO_LEADER, f"{duty.unit.name}未登记分管领导，未拟催办函。{reason}")
            return
        address = address_of(leader)
        if not self.memory.knows(address, duty, ESCALATION) and not self.memory.is_served(address, draft=True):
            self.digests.draft(leader, self._item(duty, ESCALATION, NoticeKind.ESCALATION, reason))
            self.drafted.setdefault(duty.task.document.folder, set()).add(duty.unit.name)

    def _tell_office(self, duty: Duty, timetable: Timetable) -> None:
        stage = applying(timetable.office, duty, self.window)
        if stage is not None:
            self.report(duty, stage.name, self._reason(stage, duty))

    def _list_late(self, duty: Duty) -> None:
        if duty.role is Role.SUPPORT or duty.since is None or duty.due is None or duty.paused:
            return
        if self.window.holds(self.today.calendar.workday_on_or_after(duty.since)):
            reason = f"录入时已逾期；到期日{named_day(duty.due)}。接手或归档前不通知单位。"
            if self.report(duty, LATE, reason):
                self.late.add(duty.key)

    def _report_unreachable(self, duty: Duty, stage: Stage | None, said: list[Announcement]) -> None:
        name = stage.name if stage is not None else said[0].stage
        self.report(duty, UNREACHABLE + name, f"{duty.unit.name}没有可以联系的联络员，通知未能发出。")
        self.be_silent(duty, Reason.NO_CONTACT)

    def _unit_item(self, duty: Duty, stage: Stage | None, said: list[Announcement]) -> Item:
        texts = [found.text for found in said]
        names = tuple(found.stage for found in said)
        if stage is None:
            return self._item(duty, names[0], NoticeKind.NEW, "；".join(texts) + "。", also=names[1:])
        reason = "；".join([*texts, self._reason(stage, duty)])
        kind = kind_on(duty, self.today.day)
        return self._item(duty, stage.name, kind, reason, stage=stage, also=names)

    def _item(
        self,
        duty: Duty,
        name: str,
        kind: NoticeKind,
        reason: str,
        *,
        stage: Stage | None = None,
        also: tuple[str, ...] = (),
    ) -> Item:
        return Item(
            task=duty.task.id,
            unit=duty.unit.name,
            role=duty.role,
            period=duty.period,
            due=duty.due,
            days_left=duty.days_left(self.today.day),
            stage=name,
            kind=kind,
            reason=reason,
            revision=duty.revision,
            number=stage.number if stage else None,
            of=stage.of if stage else None,
            catch_up=stage is not None and stage.day < self.today.day,
            provisional=duty.provisional,
            also=also,
            at=duty.at,
        )

    def _reason(self, stage: Stage, duty: Duty) -> str:
        return stage_reason(stage, duty, self.today.calendar, self.today.day)

    def be_silent(self, duty: Duty, reason: Reason, coming: date | None = None) -> None:
        """Note why nothing is said of a duty."""
        text = silence_text(reason, duty, coming) if self.explains else ""
        self.silences.append(
            Silence(
                task=duty.task.id,
                unit=duty.unit.name,
                period=duty.period,
                reason=reason,
                text=text,
                next_day=coming,
            )
        )


def _quiet(duty: Duty, coming: date | None) -> Reason:
    if duty.due is None:
        return without_reminder(duty)
    return Reason.NOT_YET if coming else Reason.NOTHING_MORE
