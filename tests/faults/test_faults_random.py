"""F33: days, moves, kills, reloads and every kind of answer in any order agree with the slow model."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gkbot.clock import DEFAULT_ZONE, FixedClock
from gkbot.delivery import work_outbox
from gkbot.delivery.worker import Review
from gkbot.ledger import Claimed, Ledger
from gkbot.planning import Channels, EventKind, NewEvent, plan_day
from gkbot.rulebook.values import Contact, Role, Rulebook, Unit
from gkbot.service.daily import Planner
from gkbot.service.last_look import LastLook
from gkbot.service.rules import InForce
from gkbot.settings import BrakeSettings, Secret, Settings, SmtpSecurity, SmtpSettings
from tests.faults.case import Case
from tests.faults.evidence import Evidence, evidence, moment, rows_of, undecided
from tests.faults.invariants import judged
from tests.faults.slow_days import SlowDuty, SlowOffice
from tests.faults.told_wire import Killed, Wire, killed, render, text_of
from tests.small_books import book, by, task
from tests.witness import EMAIL, ROBOT, WITNESS, Arrival, Seen

FIRST_DAY = date(2023, 7, 10)
MAIL_UNIT = Unit(name="甲单位", contacts=(Contact(post="办公室", email="jia@example.gov.cn"),))
ROBOT_UNIT = Unit(name="乙单位", contacts=(Contact(post="办公室"),), robot="YI")
RECIPIENTS = {"甲单位": ("email", "jia@example.gov.cn"), "乙单位": ("wecom", "YI")}
REMINDERS = ("before-", "due", "overdue-")
CHANNELS = Channels(email=True, robots=frozenset({"YI"}))
ANSWERS = ("ok", "retry", "lost before", "lost reply", "killed before", "killed after", "killed at claim")


class Office(RuleBasedStateMachine):
    """An office of two units from its first day on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock(datetime.combine(FIRST_DAY, time(9), DEFAULT_ZONE))
        self.url = f"sqlite:///{self.folder.name}/gkbot.db"
        self.ledger = Ledger.open(self.url, clock=self.clock)
        self.slow = SlowOffice(RECIPIENTS)
        self.book: Rulebook = book(admins=())
        self.answers: list[str] = []
        self.arrived: list[Arrival] = []
        self.eventful = False
        self.done_at: dict[tuple[str, str], datetime] = {}

    @initialize(days=st.lists(st.integers(2, 25), min_size=1, max_size=3))
    def open_office(self, days: list[int]) -> None:
        for count in days:
            self._add_task(count)
        self.plan()

    # What happens

    @precondition(lambda self: len(self.book.tasks) < 5)
    @rule(days=st.integers(2, 25))
    def reload_with_a_new_task(self, days: int) -> None:
        """Before the day's plan, so that the day is decided once."""
        self._next_day(1)
        self._add_task(days)
        self.plan()

    @rule(days=st.integers(1, 6))
    def go_on(self, days: int) -> None:
        self._next_day(days)
        self.plan()

    @rule(place=st.integers(0, 9))
    def report_done(self, place: int) -> None:
        duty = self.slow.duties[place % len(self.slow.duties)]
        self._record(EventKind.DONE, duty)
        duty.done = True
        self.done_at.setdefault((duty.task, duty.unit), self.clock.now())
        self.clock.advance(1)

    @rule(place=st.integers(0, 9), days=st.integers(1, 12))
    def move(self, place: int, days: int) -> None:
        duty = self.slow.duties[place % len(self.slow.duties)]
        if not duty.done:
            until = max(duty.due, self.clock.today()) + timedelta(days=days)
            self._record(EventKind.EXTENDED, duty, until=until)
            duty.move(until, self.clock.today())

    @precondition(lambda self: not self.eventful)
    @rule()
    def plan_again(self) -> None:
        self._plan()

    @rule()
    def kill_the_planner(self) -> None:
        """Half a day's plan is none."""
        self._next_day(1)
        day, history = self.clock.today(), self.ledger.history(self.book)
        half = plan_day(self.book, history, day, channels=CHANNELS)
        if half.notices:
            with pytest.raises(Killed):
                self.ledger.enqueue(half, killed, rules_digest="test", book=self.book)
        self.plan()

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        self.ledger = Ledger.open(self.url, clock=self.clock)

    @rule(answers=st.lists(st.sampled_from(ANSWERS), max_size=4))
    def send(self, answers: list[str]) -> None:
        self.answers = list(answers)
        self._send()

    # How it is done

    def plan(self) -> None:
        """Plan the day, in both worlds."""
        self._plan()
        self.slow.look(self.clock.today())
        self.eventful = False

    def _plan(self) -> None:
        found = Settings(
            database_url=self.url,
            smtp=SmtpSettings(host="127.0.0.1", port=25, security=SmtpSecurity.NONE, mail_from="bot@example.gov.cn"),
            robots={"YI": Secret("http://127.0.0.1:9/?key=MARKED")},
            state_dir=Path(self.folder.name),
            brakes=BrakeSettings(factor=0, least=0, per_group=0),
        )
        planner = Planner(settings=found, clock=self.clock, ledger=self.ledger, at_once=True)
        planner.write(InForce(book=self.book), self.clock.today())

    def _add_task(self, days: int) -> None:
        """A task due some days from today for both units."""
        number, due = f"T{len(self.book.tasks)}", self.clock.today() + timedelta(days=days)
        made = task(number, by(due.isoformat()), units=[(MAIL_UNIT, Role.RESPONSIBLE), (ROBOT_UNIT, Role.RESPONSIBLE)])
        self.book = replace(book(*self.book.tasks, made, admins=()), digest=f"test-{number}")
        for unit in RECIPIENTS:
            duty = SlowDuty(task=number, unit=unit, period=due, due=due, since=self.clock.today())
            self.slow.duties.append(duty)

    def _next_day(self, days: int) -> None:
        day = self.clock.today() + timedelta(days=days)
        self.clock.moment = datetime.combine(day, time(9), DEFAULT_ZONE)

    def _record(self, kind: EventKind, duty: SlowDuty, until: date | None = None) -> None:
        period = duty.period.isoformat()
        event = NewEvent(
            kind=kind, task=duty.task, unit=duty.unit, period=period, until=until, at=self.clock.now(), actor="测试"
        )
        self.ledger.record(event)
        self.eventful = True

    def _send(self) -> None:
        look = LastLook(book=lambda: self.book, ledger=self.ledger, clock=self.clock)

        def look_again(claimed: Claimed) -> Review:
            if self.answers[:1] == ["killed at claim"]:
                self.answers.pop(0)
                raise Killed
            return look(claimed)

        try:
            with self.ledger.outbox.activate("test") as instance:
                work_outbox(
                    self.ledger,
                    [Wire(channel, self.answers, self.arrived) for channel in ("email", "wecom")],
                    render,
                    self.clock,
                    instance=instance,
                    look_again=look_again,
                    wait=self.clock.advance,
                    random=Random(1),  # noqa: S311 - repeatable
                )
        except Killed:
            pass

    def _found(self) -> Evidence:
        return evidence(self.url, Path(self.folder.name), tables=("told", "notice", "attempt"))

    # What must hold

    @invariant()
    def both_worlds_agree(self) -> None:
        found = self._found()
        self._slow_model_agrees(found)
        self._copies_are_backed_by_doubt(found)
        self._nothing_begins_after_done(found)
        self._parts_come_in_order()

    def _slow_model_agrees(self, found: Evidence) -> None:
        told = {
            (row["task"], row["unit"], row["period"], row["revision"], row["stage"], row["channel"], row["address"])
            for row in found["told"]
            if row["stage"].startswith(REMINDERS)
        }
        assert told == self.slow.told

    def _copies_are_backed_by_doubt(self, found: Evidence) -> None:
        ids = {row["body"]["text"]: row["id"] for row in found["notice"] if row["body"]}
        doubts = Counter(row["notice_id"] for row in found["attempt"] if row["outcome"] in {"unclear", None})
        for text, count in Counter(map(text_of, self.arrived)).items():
            assert count - 1 <= doubts[ids[text]]

    def _nothing_begins_after_done(self, found: Evidence) -> None:
        """But for the parts of a message of which one has been sent: half a message helps nobody."""
        duties: dict[int, set[tuple[str, str]]] = {}
        for row in found["told"]:
            duties.setdefault(row["notice_id"], set()).add((row["task"], row["unit"]))
        for row in found["attempt"]:
            spoken_of = duties.get(row["notice_id"], set())
            if spoken_of and spoken_of <= self.done_at.keys():
                last = max(self.done_at[duty] for duty in spoken_of)
                assert moment(row["started_at"]) <= moment(last)

    def _parts_come_in_order(self) -> None:
        """No part before the one in front of it, none twice but in doubt."""
        seen: dict[str, int] = {}
        for number, _, place in (text.partition(" ") for text in map(text_of, self.arrived)):
            part = int(place.partition("/")[0] or 1)
            assert part <= seen.get(number, 0) + 1
            seen[number] = max(part, seen.get(number, 0))

    def _model_agrees(self) -> None:
        seen = Seen(arrivals=self.arrived, channels={EMAIL, ROBOT})
        now = moment(self.clock.now())
        verdicts, violated = judged(Case(seen=seen, ledgers={self.url: rows_of(self.url)}, now=now), {})
        assert violated == []
        WITNESS.agrees(verdicts)

    def teardown(self) -> None:
        try:
            self.answers = []
            for _ in range(8):
                self._send()
                self.clock.advance(3600)
            assert undecided(self.url) == 0  # a part behind a held one waits for a person
            self._model_agrees()
        finally:
            self.ledger.close()
            self.folder.cleanup()


@pytest.mark.fault("F33")
class TestOffice(Office.TestCase):  # type: ignore[name-defined,misc]  # hypothesis makes it
    """Played in CI with the same choices every time; `make soak` plays more."""

    settings = settings(
        max_examples=12,
        stateful_step_count=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
