"""One check: plan the day, write the outbox, deliver what is due (CONTRACTS.md, `gkbot daily`).

It may run any number of times on one day, be killed anywhere and run again: what was decided
and what went out stands in the ledger.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from gkbot.clock import Clock
from gkbot.ledger import Brake, Ledger, Standing, Usual
from gkbot.ledger.enqueue import Hold
from gkbot.planning import Condition, Notice, plan_day
from gkbot.planning.changes import Danger
from gkbot.planning.kept_agenda import KeptAgenda
from gkbot.planning.open_days import OpenDays
from gkbot.rulebook import Problem, Rulebook
from gkbot.service.brakes import BurstBrake, conditions_of_brakes
from gkbot.service.clock_watch import ClockWatch
from gkbot.service.drafts import withdraw_drafts
from gkbot.service.facts import FactsMaker
from gkbot.service.groups import channels_of
from gkbot.service.hours import leaves_at, nearest_day
from gkbot.service.mail_remarks import carry_round, mail_remarks
from gkbot.service.moved_days import MovedDays
from gkbot.service.robot_remarks import robot_remarks
from gkbot.service.rules import InForce
from gkbot.service.standing import lines_of_standing, tell_standing
from gkbot.service.undelivered import undelivered
from gkbot.settings import Settings

log = logging.getLogger("gkbot.daily")

MOST_PROBLEMS = 20
BROKEN, HELD = "rules-broken", "rules-held"
Further = Callable[[InForce, date], Sequence[Condition]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyResult:
    """What one check came to; counts are messages.

    Attributes:
        planned: Newly decided, drafts included.
        failed: Given up for good, or held for a person after trouble.
        deferred: To be sent later (retry, gate, working time).
        skipped: Decided before, or no longer wanted.
        problems: Errors of the rule files where an older version is in force.
        remarks: What else a person should know: changes held back, troubles of sending, one sentence each.
        held: What the rule files would do, where they wait for a person and an older version is in force.
        braked: Messages that were decided and wait for a person because a brake tripped.
        standing: Why nothing was planned: a brake stands.
    """

    day: date
    planned: int = 0
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    skipped: int = 0
    drafts: int = 0
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    braked: int = 0
    standing: Brake | None = None

    def as_json(self) -> dict[str, object]:
        """The object of `gkbot daily --json`."""
        return {
            "date": self.day.isoformat(),
            "planned": self.planned,
            "sent": self.sent,
            "failed": self.failed,
            "deferred": self.deferred,
            "skipped": self.skipped,
            "drafts": self.drafts,
            "problems": [problem.as_json() for problem in self.problems],
            "remarks": list(self.remarks),
            "held": list(self.held),
            "braked": self.braked,
            "standing": None if self.standing is None else str(self.standing),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Turns a day into rows of the outbox.

    Attributes:
        at_once: Messages may leave now, as for a command that a person called; the service
            spreads them over the minutes after the daily time and keeps to working hours.
        watch: Watches the clock; None where a person has named the day.
        further: What else the admins are to hear on a day.
        agendas, moved: Kept from day to day by who lives so long.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger
    at_once: bool
    watch: ClockWatch | None = None
    further: Further = lambda _in_force, _day: ()
    agendas: KeptAgenda = field(default_factory=KeptAgenda)
    moved: MovedDays = field(default_factory=MovedDays)

    def write(self, in_force: InForce, day: date) -> DailyResult:
        """Decide the day and write it down, in one transaction of the ledger; nothing is sent yet.

        What a brake holds is told to the admins at once. While one stands, nothing is decided.
        """
        standing = self.standing()
        if standing is not None:
            return self._stand_still(in_force, day, standing)
        result = self._write(in_force, day)
        if not result.braked:
            return result
        told = self._write(in_force, day)
        planned, braked = result.planned + told.planned, result.braked + told.braked
        remark = f"有{braked}条消息暂扣未发，已告知管理员；用 gkbot outbox list --state held 查看。"
        return replace(result, planned=planned, braked=braked, remarks=(*result.remarks, remark))

    def standing(self) -> Standing | None:
        """The brake because of which nothing may be decided now."""
        clock = None if self.watch is None else self.watch.look()
        return clock or self.ledger.braking.standing(Brake.RESTORED)

    def _stand_still(self, in_force: InForce, day: date, standing: Standing) -> DailyResult:
        channels = channels_of(self.settings)
        told = tell_standing(self.settings, self.clock, self.ledger, in_force.book, standing, channels)
        told += carry_round(self.ledger)
        held = [each for each in self.ledger.braking.held() if each.brake is standing.brake]
        return DailyResult(
            day=day,
            planned=told,
            remarks=tuple(lines_of_standing(standing, len(held), self.clock)),
            standing=standing.brake,
        )

    def write_held(self, in_force: InForce, day: date, brake: Brake, *, admins: bool) -> DailyResult:
        """Decide the day, but hold all of it (admins' own messages only with `admins`) for a person."""

        def hold(notices: Sequence[Notice], _usual: Usual) -> Mapping[str, Brake]:
            mine = (notice for notice in notices if not notice.draft and (admins or notice.recipient.unit))
            return dict.fromkeys((notice.key for notice in mine), brake)

        return self._write(in_force, day, hold)

    def _write(self, in_force: InForce, day: date, hold: Hold | None = None) -> DailyResult:
        known = replace(self.ledger.history(in_force.book), withdrawals=self.ledger.withdrawals())
        history = self.moved.record(in_force.book, self.ledger, known, self.clock, day)
        plan = plan_day(
            in_force.book,
            history,
            day,
            channels=channels_of(self.settings),
            agenda=self.agendas.of(in_force.book, history, day),
            conditions=[
                *conditions_of(in_force, self.settings.rules),
                undelivered(self.ledger, in_force.book, day),
                mail_remarks(self.ledger, in_force.book, self.clock.zone),
                robot_remarks(self.ledger),
                *conditions_of_brakes(self.ledger, in_force.book),
                *self.further(in_force, day),
            ],
        )
        facts = FactsMaker(self.settings, self.clock, in_force.book, history)
        result = self.ledger.enqueue(
            plan,
            facts.of,
            rules_digest=in_force.book.digest,
            book=in_force.book,
            not_before=self._not_before(in_force.book),
            hold=hold or BurstBrake(settings=self.settings.brakes, calendar=in_force.book.calendar, day=day),
        )
        withdraw_drafts(self.ledger, in_force.book, history, day)
        carry_round(self.ledger)
        counts = {"day": day, "planned": result.planned, "existing": result.existing, "held": result.held}
        log.info("day planned", extra=counts)
        return DailyResult(
            day=day,
            planned=result.planned,
            skipped=result.existing,
            drafts=sum(notice.draft for notice in plan.notices),
            problems=in_force.broken,
            remarks=held_remarks(in_force.held),
            held=tuple(danger.text for danger in in_force.held),
            braked=result.held,
        )

    def _not_before(self, book: Rulebook) -> Callable[[Notice], datetime | None]:
        if self.at_once:
            return lambda _notice: None
        now, today = self.clock.now(), self.clock.today()
        open_days = OpenDays.of(book)

        def moment(notice: Notice) -> datetime | None:
            return leaves_at(
                now,
                notice.recipient.address,
                last_day=nearest_day((item.due for item in notice.items if item.due is not None), today),
                daily_at=self.settings.daily_at,
                calendar=open_days.for_tasks(book.task(item.task) for item in notice.items),
                zone=self.settings.zone,
            )

        return moment


def conditions_of(in_force: InForce, root: Path) -> list[Condition]:
    """The states of the rule files that admins hear of; broken files leave open whether they would be held."""
    broken = Condition(
        name=BROKEN,
        lines=tuple(broken_remarks(in_force.broken, root)),
        over="规则文件里的错误已经改好。",
    )
    if in_force.broken:
        return [broken]
    held = Condition(
        name=HELD,
        lines=tuple(line for folder, some in _by_folder(in_force.held) for line in ((folder, each) for each in some)),
        over="等待确认的规则改动已经处理，现在按规则文件提醒。",
    )
    return [broken, held]


def held_remarks(held: Sequence[Danger]) -> tuple[str, ...]:
    """What is said of changes that wait for a person, where they were asked for."""
    return tuple(_held_lines(held)) if held else ()


def _by_folder(held: Sequence[Danger]) -> Iterator[tuple[str, list[str]]]:
    by_folder: dict[str, list[Danger]] = {}
    for danger in held:
        by_folder.setdefault(danger.folder, []).append(danger)
    yield from ((folder, list(_held_lines(some))) for folder, some in by_folder.items())


def _held_lines(held: Sequence[Danger]) -> Iterator[str]:
    yield f"规则文件的改动里有{len(held)}处要由人确认，确认之前继续按上一个版本提醒。"
    yield from (danger.text + "。" for danger in held[:MOST_PROBLEMS])
    if len(held) > MOST_PROBLEMS:
        yield f"另有{len(held) - MOST_PROBLEMS}处。"
    yield "用 gkbot diff 查看全部改动；确实要这样改的，运行 gkbot accept；改错了的，把文件改回来。"


def broken_remarks(problems: Sequence[Problem], root: Path) -> list[tuple[str, str]]:
    """What the admins of each folder are told while its files are broken: places and cures, as in `gkbot check`."""
    by_folder: dict[str, list[Problem]] = {}
    for problem in problems:
        by_folder.setdefault(_folder(problem, root), []).append(problem)
    return [(folder, line) for folder, some in by_folder.items() for line in _broken_lines(some)]


def _broken_lines(problems: Sequence[Problem]) -> Iterator[str]:
    yield f"规则文件有{len(problems)}处错误，改好之前继续按上一个正确的版本提醒。"
    for problem in problems[:MOST_PROBLEMS]:
        place = problem.place
        cure = f"。{problem.fix}" if problem.fix else ""
        yield f"{place.file}:{place.line}:{place.column}: {problem.code} {problem.message}{cure}"
    if len(problems) > MOST_PROBLEMS:
        yield f"另有{len(problems) - MOST_PROBLEMS}处，用 gkbot check 查看。"


def _folder(problem: Problem, root: Path) -> str:
    path = Path(problem.place.file)
    folder = path.parent.relative_to(root) if path != root and path.is_relative_to(root) else Path()
    return "" if folder == Path() else folder.as_posix()
