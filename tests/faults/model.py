"""The slow model: says anew, from the papers alone, what must have been decided and what may have arrived.

It knows the office's plain lists, the receivers' ledger and the rows of the database, and nothing
of how the program works. Invariants I1–I9 are those of facts/delivery.md 6.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.faults.evidence import Evidence, moment
from tests.faults.offices import DUE, OfficeOf
from tests.faults.receivers import Seen

FINAL = {"sent", "dead", "held", "superseded", "cancelled", "expired"}
OPEN_TRANSACTION = "TRANSACTION OPEN ON THE WIRE"
ROBOT_LIMIT, WINDOW_SECONDS = 20, 60.0
UNMARKABLE_BYTES = 4096 - len("（可能重复）".encode())

Told = tuple[str, str, str, int, str, str, str]
"""Task, unit, period, revision, stage, channel, address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one fault test came to."""

    notices: int
    sent: int
    lost: int
    doubled: int
    unclear: int
    held: int


def planned(office: OfficeOf, day: date) -> set[Told]:
    """Every stage of every duty that the office's units must be told on a day some days before due."""
    left = (DUE - day).days
    if left not in {15, 7, 3, 1}:
        raise ValueError(f"no stage on {day}")
    to = {name: (channel, address) for name, channel, address in office.units()}
    return {
        (task, unit, DUE.isoformat(), 0, f"before-{left}", *to[unit])
        for task, units in office.tasks()
        for unit in units
    }


def figures(found: Evidence, seen: Sequence[Seen]) -> Figures:
    """Count what arrived against what was decided."""
    rows = [row for row in found["notice"] if row["state"] != "superseded"]
    return Figures(
        notices=sum(row["part_no"] == 1 for row in rows),
        sent=sum(row["state"] == "sent" for row in rows),
        lost=len(lost(found, seen)),
        doubled=sum(count - 1 for count in _copies(seen).values()),
        unclear=sum(row["outcome"] == "unclear" for row in found["attempt"]),
        held=sum(row["state"] == "held" or _waits_for_a_person(row, found) for row in rows),
    )


def lost(found: Evidence, seen: Sequence[Seen]) -> list[tuple[Any, ...]]:
    """What neither arrived, nor was overtaken, nor waits for a person."""
    copies = _copies(seen)
    return [
        _named(row)
        for row in found["notice"]
        if row["state"] not in {"superseded", "held"}
        and not _waits_for_a_person(row, found)
        and row["channel"] != "file"
        and not copies[_label(row)]
    ]


def poisoned(found: Evidence) -> list[tuple[Any, ...]]:
    """What was given up because it had killed its process too often."""
    return [_named(row) for row in found["notice"] if row["reason"] == "poison"]


def check(
    office: OfficeOf,
    found: Evidence,
    seen: Sequence[Seen],
    *,
    days: Collection[date],
    secrets: Collection[str],
    settled: bool = True,
) -> None:
    """All invariants that hold whatever was killed; each assertion names the rows that break it."""
    one_decision(office, found, days)
    if settled:
        everything_final(found)
    sent_has_arrived(found, seen)
    copies_only_in_doubt(found, seen)
    within_the_limit(seen)
    no_secret(found, secrets)
    no_day_left_out(found)
    assert OPEN_TRANSACTION not in found.said, "I9: a transaction was open while the network was used"


def one_decision(office: OfficeOf, found: Evidence, days: Collection[date]) -> None:
    """I1: the planned set is the set of decisions, one notice for each recipient and day."""
    wanted = set().union(*(planned(office, day) for day in days))
    told = Counter(tuple(row[name] for name in ("task", "unit", "period", "revision", "stage", "channel", "address"))
                   for row in found["told"] if row["task"])  # fmt: skip
    assert set(told) == wanted, f"I1: missing {wanted - set(told)}, too many {set(told) - wanted}"
    assert max(told.values()) == 1
    keys = Counter(row["dedupe_key"] for row in found["notice"])
    assert max(keys.values()) == 1, "I1: a key twice"
    firsts = Counter((str(row["day"]), row["channel"], row["address"]) for row in found["notice"] if _is_planned(row))
    recipients = {(str(day), channel, address) for day in days for _, channel, address in office.units()}
    assert set(firsts) == recipients, f"I1: recipients {set(firsts) ^ recipients}"
    assert max(firsts.values()) == 1, "I1: two notices for a recipient on a day"


def everything_final(found: Evidence) -> None:
    """I2: nothing stays in between, and what was given up has a reason."""
    between = [_named(row) for row in found["notice"]
               if row["state"] not in FINAL and not _waits_for_a_person(row, found)]  # fmt: skip
    assert not between, f"I2: {between}"
    silent = [_named(row) for row in found["notice"] if row["state"] in {"dead", "held"} and not row["reason"]]
    assert not silent, f"I2: no reason: {silent}"


def sent_has_arrived(found: Evidence, seen: Sequence[Seen]) -> None:
    """I3: whatever the ledger calls sent is in the receiver's ledger."""
    copies = _copies(seen)
    sent = [row for row in found["notice"] if row["state"] == "sent" and row["channel"] != "file"]
    missing = [_named(row) for row in sent if not copies[_label(row)]]
    assert not missing, f"I3: {missing}"


def copies_only_in_doubt(found: Evidence, seen: Sequence[Seen]) -> None:
    """I4: an extra copy only for an attempt marked unclear, with the same number, and marked by robots."""
    copies = _copies(seen)
    by_label = {_label(row): row for row in found["notice"] if row["body"] is not None}
    strangers = set(copies) - set(by_label)
    assert not strangers, f"I4: nobody decided {strangers}"
    unclear = Counter(row["notice_id"] for row in found["attempt"] if row["outcome"] == "unclear")
    bad = [(_named(by_label[label]), count, unclear[by_label[label]["id"]])
           for label, count in copies.items() if count - 1 > unclear[by_label[label]["id"]]]  # fmt: skip
    assert not bad, f"I4: (notice, copies, unclear) {bad}"
    unmarked = Counter(entry.label for entry in seen if entry.took and entry.channel == "wecom" and not entry.marked)
    small = [label for label, count in unmarked.items() if count > 1 and len(label.encode()) <= UNMARKABLE_BYTES]
    assert not small, f"I4: copies that do not say so: {small}"
    assert all(row["number"] in label for label, row in by_label.items() if row["part_no"] == row["parts"])


def nothing_after(done: Mapping[tuple[str, str], float], found: Evidence, start: datetime) -> None:
    """I5: no attempt begins after all that a notice speaks of was reported done.

    Args:
        done: Task and unit → seconds on the receivers' clock at which the commit had come back.
        start: Moment of second 0, naive UTC.
    """
    duties: dict[int, set[tuple[str, str]]] = {}
    for row in found["told"]:
        duties.setdefault(row["notice_id"], set()).add((row["task"], row["unit"]))
    for row in found["attempt"]:
        spoken_of = duties.get(row["notice_id"], set())
        if spoken_of and spoken_of <= set(done):
            last = start + timedelta(seconds=max(done[duty] for duty in spoken_of))
            assert moment(row["started_at"]) <= last, f"I5: {row['notice_id']} {sorted(spoken_of)}"


def within_the_limit(seen: Sequence[Seen]) -> None:
    """I6: no robot is spoken to more than twenty times in any sixty seconds."""
    by_robot: dict[str, list[float]] = {}
    for entry in seen:
        if entry.channel == "wecom" and entry.at:
            by_robot.setdefault(entry.address, []).append(entry.at)
    for robot, moments in by_robot.items():
        moments.sort()
        for first, last in zip(moments, moments[ROBOT_LIMIT:], strict=False):
            assert last - first > WINDOW_SECONDS, f"I6: {robot} {ROBOT_LIMIT + 1} in {last - first:.1f} s"


def no_secret(found: Evidence, secrets: Collection[str]) -> None:
    """I7: no secret in logs, tracebacks or the database."""
    for secret in secrets:
        assert secret not in found.said, "I7: a secret was logged"
        assert secret not in found.dump(), "I7: a secret is in the database"


def no_day_left_out(found: Evidence) -> None:
    """I8: every day from the first to the last was looked at, once."""
    days = [date.fromisoformat(str(row["logical_date"])) for row in found["scan_run"]]
    whole = {min(days) + timedelta(days=count) for count in range((max(days) - min(days)).days + 1)}
    assert len(days) == len(set(days))
    assert set(days) == whole, f"I8: gaps {whole - set(days)}"


def _copies(seen: Sequence[Seen]) -> Counter[str]:
    return Counter(entry.label for entry in seen if entry.took)


def _label(row: dict[str, Any]) -> str:
    """How the receiver knows a notice: the Message-ID, or the robot's text."""
    if row["channel"] == "email":
        return str(row["message_id"])
    body = row["body"] or {}
    return str(body.get(body.get("msgtype", ""), {}).get("content", f"never rendered {row['number']}"))


def _waits_for_a_person(row: dict[str, Any], found: Evidence) -> bool:
    """Whether it is a part behind one that is held."""
    if row["state"] != "pending" or row["part_no"] == 1:
        return False
    return any(other["state"] == "held" and other["number"] == row["number"] for other in found["notice"])


def _is_planned(row: dict[str, Any]) -> bool:
    return row["part_no"] == 1 and row["origin"] is None


def _named(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["number"], row["part_no"], row["channel"], row["state"], row["reason"]
