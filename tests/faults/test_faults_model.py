"""The model can say no: a ledger and receivers that break an invariant are found out, each by its own number."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults.arrivals import taken_by_postfix
from tests.faults.case import INVARIANTS, Case
from tests.faults.invariants import HOLDS, LAWS, judged
from tests.faults.wire_laws import OPEN_TRANSACTION
from tests.witness import EMAIL, ROBOT, WITNESS, Arrival, Seen, Written

URL, BEGUN = "sqlite:///office.db", datetime(2023, 7, 24, 1)
TEXT = "**年报还剩7天** 编号 7QK3M9ZD"
MESSAGE_ID = "<n7QK3M9ZD.0123456789abcdef@example.gov.cn>"


def row(**changed: Any) -> dict[str, Any]:
    """A notice that was sent to a robot, as it should be."""
    whole: dict[str, Any] = {
        "id": 1, "number": "7QK3M9ZD", "dedupe_key": "k1", "channel": "wecom", "address": "R1", "part_no": 1,
        "parts": 1, "part_of": None, "message_id": MESSAGE_ID,
        "body": {"msgtype": "markdown", "markdown": {"content": TEXT}},
        "state": "sent", "reason": None, "origin": None, "next_at": None, "settled_at": str(BEGUN), "judged_token": 0,
        "lease_owner": None, "lease_token": 1, "lease_until": None, "day": "2023-07-24",
    }  # fmt: skip
    return whole | changed


def tried(token: int = 1, outcome: str | None = "ok", **changed: Any) -> dict[str, Any]:
    times = {"started_at": str(BEGUN), "ended_at": str(BEGUN)}
    return {"notice_id": 1, "token": token, "outcome": outcome, **times, **changed}


def told(**changed: Any) -> dict[str, Any]:
    whole = {"notice_id": 1, "task": "GY-01", "unit": "苍溪县", "period": "2023-07-31", "revision": 0,
             "stage": "before-7", "channel": "wecom", "address": "R1", "day": "2023-07-24"}  # fmt: skip
    return whole | changed


def posted(at: float | None = 0.0, text: str = TEXT, *, order: int = 1, took: bool = True) -> Arrival:
    content = json.dumps({"msgtype": "markdown", "markdown": {"content": text}}, ensure_ascii=False).encode()
    return Arrival(order, at, ROBOT, "RobotServer:1", "/send?key=K", content, took)


def mailed(message_id: str) -> Arrival:
    return Arrival(
        1, None, EMAIL, "SmtpServer:1", "a@example.gov.cn", f"Message-ID: {message_id}\r\n\r\n".encode(), True
    )


@pytest.fixture
def case() -> Case:
    """One reminder, planned, sent and arrived; everything holds."""
    seen = Seen(arrivals=[posted()], channels={ROBOT, EMAIL}, secrets={"MARKED-SECRET"}, asked=1, said=["sent"])
    due = {"task": "GY-01", "unit": "苍溪县", "period": "2023-07-31", "revision": 0, "due_date": "2023-07-31"}
    tables = {
        "notice": [row()],
        "attempt": [tried()],
        "told": [told()],
        "occurrence": [due],
        "scan_run": [{"logical_date": "2023-07-23"}, {"logical_date": "2023-07-24"}],
    }
    return Case(seen=seen, ledgers={URL: tables}, now=BEGUN)


def test_where_all_is_well_everything_holds(case: Case) -> None:
    assert judged(case, {}) == (dict.fromkeys(INVARIANTS, HOLDS), [])


def test_without_ledger_and_receiver_it_says_why_nothing_is_said() -> None:
    verdicts, violated = judged(Case(seen=Seen()), {})
    assert violated == []
    assert HOLDS not in verdicts.values()
    assert verdicts["I3"] == "no ledger"
    assert verdicts["I7"] == "no secret was marked"


def in_notice(**changed: Any) -> Callable[[Case], None]:
    return lambda case: case.ledgers[URL]["notice"][0].update(changed)


def more(table: str, *rows: dict[str, Any]) -> Callable[[Case], None]:
    return lambda case: case.ledgers[URL][table].extend(rows)


def stands(table: str, *rows: dict[str, Any]) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.ledgers[URL][table] = list(rows)

    return change


def arrive(*arrivals: Arrival) -> Callable[[Case], None]:
    return lambda case: case.seen.arrivals.extend(arrivals)


def lose_arrivals(case: Case) -> None:
    case.seen.arrivals.clear()


def done_before_the_attempt(case: Case) -> None:
    event = {"kind": "done", "task": "GY-01", "unit": None, "period": None}
    case.seen.written += [
        Written(1, 2, URL, "told", {"notice_id": 1}),
        Written(3, 4, URL, "event", event),
        Written(5, 6, URL, "attempt", {"notice_id": 1, "token": 1}),
    ]


def say(words: str) -> Callable[[Case], None]:
    return lambda case: case.seen.said.append(words)


LATER = str(BEGUN + timedelta(seconds=1))
BROKEN: list[tuple[str, str, Callable[[Case], None]]] = [
    ("I1", "a key twice", more("notice", row(id=2, number="OTHER"))),
    ("I1", "told twice", more("told", told(notice_id=2))),
    ("I1", "before-15, not ['before-7']", stands("told", told(stage="before-15"))),
    ("I1", "overdue-2, not ['overdue-1']", stands("told", told(stage="overdue-2", day="2023-08-03"))),
    ("I2", "no time, and no part", in_notice(state="pending", next_at=None)),
    ("I2", "its attempt is open", lambda case: (in_notice(state="pending", next_at=LATER)(case),
                                                stands("attempt", tried(outcome=None))(case))),
    ("I2", "came to ok", in_notice(state="pending", next_at=LATER)),
    ("I2", "leased to nobody", lambda case: (in_notice(state="leased")(case), stands("attempt")(case))),
    ("I2", "the lease is over", lambda case: (
        in_notice(state="leased", lease_owner=1, lease_until=str(BEGUN - timedelta(seconds=1)))(case),
        stands("attempt")(case))),
    ("I2", "without a reason", in_notice(state="dead")),
    ("I2", "final and still due", in_notice(next_at=LATER)),
    ("I2", "the part in front", lambda case: (
        in_notice(state="held", reason="unclear", parts=2)(case),
        more("notice", row(id=2, dedupe_key="k1#2", part_no=2, parts=2, part_of=1))(case))),
    ("I3", "never arrived", lose_arrivals),
    ("I3", "without an attempt that was answered", stands("attempt", tried(outcome="unclear"))),
    ("I4", "2 copies of 1 attempts", arrive(posted(order=2))),
    ("I4", "0 attempts in doubt", lambda case: (arrive(posted(order=2))(case),
                                                stands("attempt", tried(1, "retry"), tried(2))(case))),
    ("I4", "does not say so", lambda case: (arrive(posted(order=2))(case),
                                            stands("attempt", tried(1, "unclear"), tried(2))(case))),
    ("I4", "nobody decided", arrive(mailed("<nZZZZZZZZ.0123@example.gov.cn>"))),
    ("I5", "after the end", lambda case: (in_notice(state="superseded", reason="done")(case),
                                          stands("attempt", tried(started_at=LATER))(case))),
    ("I5", "after all was over", done_before_the_attempt),
    ("I6", "21 messages", arrive(*(posted(float(n), f"{n}") for n in range(1, 21)))),
    ("I7", "said: …", say("posting to https://robot.test/send?key=MARKED-SECRET")),
    ("I7", "in table attempt", stands("attempt", tried(reply="MARKED-SECRET"))),
    ("I8", "gaps", stands("scan_run", {"logical_date": "2023-07-20"}, {"logical_date": date(2023, 7, 24)})),
    ("I9", "open on the wire", lambda case: case.seen.on_the_wire.append("send < urlopen")),
    ("I9", "open on the wire", say(OPEN_TRANSACTION)),
]  # fmt: skip


@pytest.mark.parametrize(("number", "words", "breaks"), BROKEN, ids=[f"{name} {words}" for name, words, _ in BROKEN])
def test_what_is_broken_is_named(case: Case, number: str, words: str, breaks: Callable[[Case], object]) -> None:
    breaks(case)
    verdicts, violated = judged(case, {})
    assert verdicts[number] == "violated"
    assert any(each.startswith(f"{number}: ") and words in each for each in violated), violated
    kept, left = judged(case, {number: "the test does it"})
    assert kept[number] == "broken on purpose: the test does it"
    assert not [each for each in left if each.startswith(f"{number}:")]


def test_every_invariant_is_broken_here() -> None:
    assert {number for number, _, _ in BROKEN} == set(INVARIANTS) == set(LAWS)


def test_a_database_that_cannot_be_read_is_no_proof(case: Case) -> None:
    _, violated = judged(replace(case, broken={URL: "malformed"}), {})
    assert {each[:2] for each in violated} == {"I1", "I2", "I3", "I4", "I5", "I8"}


def test_copies_for_attempts_in_doubt_hold(case: Case) -> None:
    """Marked ones, and the answer of a sender that came when the next had begun (F10)."""
    arrive(posted(text=f"（可能重复）{TEXT}", order=2))(case)
    stands("attempt", tried(1, "unclear"), tried(2))(case)
    assert judged(case, {})[1] == []
    stands("attempt", tried(1, ended_at=str(BEGUN + timedelta(hours=1))), tried(2, started_at=LATER))(case)
    assert judged(case, {})[1] == []


def test_a_file_is_a_receiver_too(case: Case, tmp_path: Path) -> None:
    in_notice(channel="file", body=None)(case)
    case.folder = tmp_path
    assert judged(case, {})[0]["I3"] == "violated"
    (tmp_path / "2023-07-24_7QK3M9ZD.md").touch()
    assert judged(case, {})[0]["I3"] == HOLDS


def test_postfix_says_what_it_took() -> None:
    log = (
        f"Jul 24 mail postfix/cleanup[12]: 4Xa1: message-id={MESSAGE_ID}\n"
        "Jul 24 mail postfix/cleanup[12]: 4Xa2: message-id=<n22222222.0@example.gov.cn>\n"
        "Jul 24 mail postfix/cleanup[12]: warning: 4Xa2: queue file size limit exceeded\n"
    )
    assert [each.content for each in taken_by_postfix(log)] == [f"Message-ID: {MESSAGE_ID}\n\n".encode()]


def test_the_witness_sees_a_transaction_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that waits in a socket with its transaction open; one that only waits is none of its business."""
    monkeypatch.setattr("tests.witness._WIRE", (Path(__file__).name,))
    WITNESS.begin()
    try:
        connection = SimpleNamespace(closed=False, in_transaction=lambda: True)
        WITNESS.begun(connection)
        WITNESS.answering()
        WITNESS.ended(connection, committed=False)
        WITNESS.answering()
        assert WITNESS.seen is not None
        assert (len(WITNESS.seen.on_the_wire), WITNESS.seen.asked) == (1, 2)
    finally:
        WITNESS.end()
