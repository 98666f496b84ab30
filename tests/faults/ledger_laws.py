"""I1, I2, I8: what must hold of the rows alone (facts/delivery.md 6)."""

from datetime import date, timedelta
from typing import Any

from tests.faults.case import Case, NotHere, Violated, named
from tests.faults.evidence import moment

FINAL = {"sent", "dead", "held", "superseded", "cancelled", "expired"}
UNSENT = FINAL - {"sent", "held"}
DECISION = ("task", "unit", "period", "revision", "stage", "channel", "address")


def i2_final_or_pending(case: Case) -> None:
    """Every notice is final, or pending with a time and a reason the model can name, or in somebody's hand."""
    for _, tables in case.outboxes():
        attempts = {(row["notice_id"], row["token"]): row for row in tables["attempt"]}
        parts = {(row["part_of"] or row["id"], row["part_no"]): row for row in tables["notice"]}
        for row in tables["notice"]:
            attempt = attempts.get((row["id"], row["lease_token"]))
            before = parts.get((row["part_of"] or row["id"], row["part_no"] - 1))
            why = _trouble(row, attempt, before, case)
            if why:
                raise Violated(f"{why}: {named(row)}")


def _trouble(row: dict[str, Any], attempt: dict[str, Any] | None, before: dict[str, Any] | None, case: Case) -> str:
    """What is wrong with a notice; nothing where all is well."""
    state, outcome = row["state"], attempt and attempt["outcome"]
    if before is not None and state == "sent" and before["state"] != "sent":
        return "sent before the part in front of it"
    if state in FINAL:
        if state != "sent" and not row["reason"]:
            return "given up without a reason"
        if state != "held" and row["next_at"] is not None:  # what a person may release keeps its time
            return "final and still due"
        return ""
    if state == "leased":
        if outcome is not None:
            return f"leased though its attempt came to {outcome}"
        if row["lease_until"] is None or row["lease_owner"] is None:
            return "leased to nobody"
        alive = moment(row["lease_until"]) >= case.now
        return "" if alive or attempt is not None else "leased, the lease is over and no attempt is open"
    if state != "pending":
        return "in no state that the papers know"
    return _trouble_waiting(row, attempt, before)


def _trouble_waiting(row: dict[str, Any], attempt: dict[str, Any] | None, before: dict[str, Any] | None) -> str:
    if row["next_at"] is None:
        if before is None:
            return "pending for ever: no time, and no part in front of it"
        stands = before["state"]
        return "" if stands in {"pending", "leased", "held"} else f"waits for a part that is {stands}"
    if attempt is None:  # never claimed, or given back before any attempt
        return ""
    if attempt["outcome"] in {"retry", "unclear"}:
        return ""
    if attempt["outcome"] is None:
        return "pending though its attempt is open"
    return "" if row["judged_token"] >= attempt["token"] else f"pending though its attempt came to {attempt['outcome']}"


def i8_no_day_left_out(case: Case) -> None:
    """Every day from the first that was looked at to the last was looked at, once."""
    scanned = [tables["scan_run"] for tables in case.ledgers.values() if tables.get("scan_run")]
    if not scanned:
        raise NotHere("no day was planned")
    for rows in scanned:
        days = [_day(row["logical_date"]) for row in rows]
        gaps = {min(days) + timedelta(days=n) for n in range((max(days) - min(days)).days)} - set(days)
        if gaps or len(days) != len(set(days)):
            raise Violated(f"gaps {sorted(gaps)} in {len(days)} days")


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
