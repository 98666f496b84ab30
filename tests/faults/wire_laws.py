"""I3–I7 and I9: what the receivers, the words said and the open transactions must agree on (facts/delivery.md 6)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tests.faults.arrivals import MAYBE_TWICE
from tests.faults.case import Case, NotHere, Tables, Violated, named
from tests.faults.evidence import Rows, moment
from tests.witness import ROBOT, Written

OPEN_TRANSACTION = "TRANSACTION OPEN ON THE WIRE"
MOST_A_MINUTE = {"FeishuServer": 100}
MOST_OF_ANY, WINDOW_SECONDS = 20, 60.0
ROBOT_BYTES = 4096
REMINDERS = ("before-", "due", "overdue-")
OVER = {"done", "reported", "cancelled", "extended"}


def i3_sent_has_arrived(case: Case) -> None:
    """Whatever the ledger calls sent is in the receiver's ledger, and on record as taken."""
    looked = False
    for url, tables in case.outboxes():
        taken = {row["notice_id"] for row in tables["attempt"] if row["outcome"] == "ok"}
        for row in tables["notice"]:
            if row["state"] != "sent":
                continue
            if case.knows(row["channel"]):
                looked = True
                if not _has_arrived(case, url, row):
                    raise Violated(f"sent, and never arrived: {named(row)}")
                if row["id"] not in taken:
                    raise Violated(f"sent without an attempt that was answered: {named(row)}")
    if not looked:
        raise NotHere("nothing was sent to a receiver that keeps a ledger")


def _has_arrived(case: Case, url: str, row: dict[str, Any]) -> bool:
    if row["channel"] == "file":
        return case.folder is not None and any(case.folder.rglob(f"*_{row['number']}.*"))
    return bool(case.matched(url).copies[row["id"]])


def i4_copies_only_in_doubt(case: Case) -> None:
    """Each copy has its attempt; one more than once only for each attempt in doubt, and it says so."""
    looked = False
    if strangers := case.strangers():
        raise Violated(f"nobody decided {strangers}")
    for url, tables in case.outboxes():
        rows = {row["id"]: row for row in tables["notice"]}
        begun = Counter(row["notice_id"] for row in tables["attempt"])
        doubts = Counter(row["notice_id"] for row in tables["attempt"] if _in_doubt(row, tables["attempt"]))
        for place, copies in case.matched(url).copies.items():
            looked = looked or bool(copies)
            row, extra = rows[place], len(copies) - 1
            if len(copies) > begun[place]:
                raise Violated(f"{len(copies)} copies of {begun[place]} attempts: {named(row)}")
            if extra > doubts[place]:
                raise Violated(f"{extra} extra copies, {doubts[place]} attempts in doubt: {named(row)}")
            silent = [each for each in copies if each.channel == ROBOT and MAYBE_TWICE not in each.content.decode()]
            if len(silent) > 1 and len(silent[0].content) < ROBOT_BYTES - len(MAYBE_TWICE.encode()):
                raise Violated(f"a copy that does not say so: {named(row)}")
    if not looked:
        raise NotHere("no notice arrived at a receiver that keeps a ledger")


def _in_doubt(attempt: dict[str, Any], attempts: Rows) -> bool:
    """Without an answer, or its answer came when the next attempt had begun: F10."""
    if attempt["outcome"] in {"unclear", None}:
        return True
    return any(
        later["notice_id"] == attempt["notice_id"]
        and later["token"] > attempt["token"]
        and moment(later["started_at"]) < moment(attempt["ended_at"])
        for later in attempts
    )


def i5_nothing_after_its_end(case: Case) -> None:
    """No attempt begins after its notice was closed, or after all it speaks of was committed as done or moved."""
    looked = False
    for url, tables in case.outboxes():
        rows = {row["id"]: row for row in tables["notice"]}
        for attempt in tables["attempt"]:
            row, looked = rows[attempt["notice_id"]], True
            closed = row["settled_at"] if row["state"] in {"superseded", "cancelled", "expired"} else None
            if closed is not None and moment(attempt["started_at"]) > moment(closed):
                raise Violated(f"attempt {attempt['token']} after the end: {named(row)}")
        for attempt in _late(url, tables, case.seen.written):
            raise Violated(f"attempt {attempt['token']} after all was over: {named(rows[attempt['notice_id']])}")
    if not looked:
        raise NotHere("nothing was tried")


def _late(url: str, tables: Tables, written: list[Written]) -> Iterator[dict[str, Any]]:
    """Attempts begun after the commit of what made every line of their notice void, by the order of commits."""
    mine = [each for each in written if each.url == url]
    if any(each.table == "event" and each.values["kind"] == "reopened" for each in mine):
        return
    duties: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in tables["told"]:
        duties[row["notice_id"]].append(row)
    planned = {each.values["notice_id"]: each.order for each in mine if each.table == "told"}
    ends = [each for each in mine if each.table == "event" and each.values["kind"] in OVER]
    for attempt in (each for each in mine if each.table == "attempt"):
        told, since = duties[attempt.values["notice_id"]], planned.get(attempt.values["notice_id"], 0)
        before = [end.values for end in ends if since < end.committed < attempt.order]
        if told and all(row["stage"].startswith(REMINDERS) and _is_over(row, before) for row in told):
            yield attempt.values


def _is_over(told: dict[str, Any], ends: list[dict[str, Any]]) -> bool:
    return any(
        end["task"] == told["task"]
        and end.get("unit") in {None, told["unit"]}
        and (end.get("period") or told["period"]) == told["period"]
        for end in ends
    )


def i6_within_the_limit(case: Case) -> None:
    """No robot is spoken to more often than it takes, in any sixty seconds of its own clock."""
    next(case.outboxes())
    by_robot: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in case.seen.arrivals:
        if each.channel == ROBOT and each.at is not None:
            by_robot[each.server, each.address.partition("&timestamp")[0]].append(each.at)
    if not by_robot:
        raise NotHere("no robot whose clock is the office's")
    for (server, _), moments in by_robot.items():
        most = MOST_A_MINUTE.get(server.partition(":")[0], MOST_OF_ANY)
        moments.sort()
        for first, last in zip(moments, moments[most:], strict=False):
            if last - first < WINDOW_SECONDS:
                raise Violated(f"{server}: {most + 1} messages in {last - first:.1f} s")


def i7_no_secret(case: Case) -> None:
    """No secret in what was logged and printed, in a traceback or in a database."""
    secrets = case.seen.secrets
    if not secrets:
        raise NotHere("no secret was marked")
    said = "\n".join(case.seen.said)
    for secret in secrets:
        if secret in said:
            place = said.index(secret)
            raise Violated(f"said: …{said[max(place - 200, 0) : place + 80]}…")
        for url, tables in case.ledgers.items():
            for table, rows in tables.items():
                for row in rows:
                    if secret in str(row):
                        raise Violated(f"in table {table} of {url.rpartition('/')[2]}: {row}")


def i9_no_transaction_on_the_wire(case: Case) -> None:
    """No thread has a transaction open while it uses the network."""
    if not case.seen.asked:
        raise NotHere("no receiver answered in this test")
    if not case.seen.urls and not case.ledgers:
        raise NotHere("no ledger")
    if case.seen.on_the_wire or any(OPEN_TRANSACTION in said for said in case.seen.said):
        raise Violated(f"a transaction was open on the wire: {case.seen.on_the_wire[:1]}")
