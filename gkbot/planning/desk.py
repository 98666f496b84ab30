"""One day's work: for each duty, who is told what today, and why the others are not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from gkbot.deadline import Calendar
from gkbot.planning.digest import Digests
from gkbot.planning.folding import Today
from gkbot.planning.memory import Memory, Window
from gkbot.planning.quiet import Quiet
from gkbot.planning.reasons import named_day, silence_text, silenced_text, stage_reason
from gkbot.planning.recipients import Address, Directory, address_of
from gkbot.planning.stages import URGE, Stage, Timetable, Timetables
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
        drafted: Units about which letters are drafted today, by folder and kind of letter.
    """

    today: Today
    window: Window
    timetables: Timetables
    directory: Directory
    memory: Memory
    quiet: Quiet
    explains: bool = False
    digests: Digests = field(default_factory=Digests)
    silences: list[Silence] = field(default_factory=list)
    late: set[tuple[str, str, str | None]] = field(default_factory=set)
    told: dict[str, set[tuple[str, str, str | None]]] = field(default_factory=dict)
    drafted: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def take(self, duty: Duty) -> None:
        """Say what is to be said of a duty, or note why nothing is."""
        reason = silent_because(duty, self.today.day)
        if reason is Reason.LATE_LOADED:
            self._list_late(duty)
        elif reason is None and self.quiet.is_closed(duty):
            reason = Reason.OFFICE_CLOSED
        if reason is not None:
            self.be_silent(duty, reason)
            return
        timetable = timetable_of(duty, self.timetables)
        if timetable is not None and duty.role is not Role.SUPPORT:
            self._tell_leader(duty, timetable)
            self._tell_office(duty, timetable)
            self._draft_to_unit(duty, timetable)
            self._draft_bulletin(duty, timetable)
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
        if self._is_silenced(duty, None):
            return
        stage, said = self._to_say(duty, stages, None)
        if stage is None and not said and not self.quiet.is_personal:
            coming = next_day(stages, duty, self.today.day)
            self.be_silent(duty, _quiet(duty, coming), coming)
            return
        recipients = self.directory.unit(duty.unit)
        if not recipients and (stage is not None or said):
            self._report_unreachable(duty, stage, said)
        for recipient in recipients:
            self._tell(recipient, duty, stages)

    def _to_say(
        self, duty: Duty, stages: Sequence[Stage], address: Address | None
    ) -> tuple[Stage | None, list[Announcement]]:
        """What is to be said of a duty, whether or not it was told."""
        window = self.quiet.window(duty, address, self.window)
        stage = applying(stages, duty, window)
        if stage is not None and self.quiet.is_known(duty, address, stage.day):
            stage = None
        said = announcements_of(duty, window)
        return stage, [found for found in said if not self.quiet.is_known(duty, address, found.on)]

    def _is_silenced(self, duty: Duty, address: Address | None) -> bool:
        found = self.quiet.now(duty, address)
        if found is not None:
            self.be_silent(duty, Reason.SILENCED, text=silenced_text(found))
        return found is not None

    def _tell(self, recipient: Recipient, duty: Duty, stages: Sequence[Stage]) -> None:
        address = address_of(recipient)
        if self._is_silenced(duty, address):
            return
        stage, said = self._to_say(duty, stages, address)
        if stage is None and not said:
            coming = next_day(stages, duty, self.today.day)
            self.be_silent(duty, _quiet(duty, coming), coming)
            return
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
        leader = self.directory.leader(duty.unit)
        address = None if leader is None else address_of(leader)
        stage = applying(timetable.leader, duty, self.quiet.window(duty, address, self.window))
        if stage is None or self.quiet.now(duty, address) or self.quiet.is_known(duty, address, stage.day):
            return
        reason = self._reason(stage, duty)
        if leader is None:
            self.report(duty, NO_LEADER, f"{duty.unit.name}未登记分管领导，未拟催办函。{reason}")
            return
        self._draft(leader, duty, stage)

    def _draft_to_unit(self, duty: Duty, timetable: Timetable) -> None:
        """A 催办通知, to be sent by a person to the unit's first contact; none where its leader is written to."""
        stage = self._letter_stage((*timetable.urging, *timetable.leader), duty)
        contacts = self.directory.unit(duty.unit)
        if stage is not None and stage.name == URGE and contacts:
            self._draft(contacts[0], duty, stage)

    def _draft_bulletin(self, duty: Duty, timetable: Timetable) -> None:
        """The 逾期情况通报 that the office may issue: one for all its units."""
        stage = self._letter_stage(timetable.bulletin, duty)
        admins = self.directory.admins(duty.task.document.folder)
        if stage is not None and admins:
            self._draft(admins[0], duty, stage)

    def _letter_stage(self, stages: Sequence[Stage], duty: Duty) -> Stage | None:
        stage = applying(stages, duty, self.quiet.window(duty, None, self.window))
        if stage is None or self.quiet.now(duty, None) or self.quiet.is_known(duty, None, stage.day):
            return None
        return stage

    def _draft(self, recipient: Recipient, duty: Duty, stage: Stage) -> None:
        """Write a draft, once; the office hears for which units."""
        address, letter = address_of(recipient), stage.name
        if not self.memory.knows(address, duty, letter) and not self.memory.is_served(address, letter=letter):
            self.digests.draft(recipient, self._item(duty, letter, NoticeKind.ESCALATION, self._reason(stage, duty)))
            self.drafted.setdefault((duty.task.document.folder, letter), set()).add(duty.unit.name)

    def _tell_office(self, duty: Duty, timetable: Timetable) -> None:
        stage = applying(timetable.office, duty, self.window)
        if stage is not None:
            self.report(duty, stage.name, self._reason(stage, duty))

    def _list_late(self, duty: Duty) -> None:
        if duty.role is Role.SUPPORT or duty.since is None or duty.due is None or duty.paused:
            return
        if self.window.holds(self.today.calendar.workday_on_or_after(duty.since)):
            reason = f"录入时已逾期；到期日{named_day(duty.due)}。接管（gkbot adopt）或归档前不通知单位。"
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
        return stage_reason(stage, duty, self._open_days(duty), self.today.day)

    def _open_days(self, duty: Duty) -> Calendar:
        return self.timetables.open_days.in_folder(duty.task.document.folder)

    def be_silent(self, duty: Duty, reason: Reason, coming: date | None = None, *, text: str = "") -> None:
        """Note why nothing is said of a duty."""
        text = (text or silence_text(reason, duty, coming)) if self.explains else ""
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
