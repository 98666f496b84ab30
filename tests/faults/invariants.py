"""The slow model for any test of a fault: what holds of I1–I9, what does not, and what says nothing here.

It reads the databases by plain SQL and the receivers' own ledgers, and asks no room of the program.
"""

from collections.abc import Callable, Mapping

from tests.faults.case import Case, NotHere, Violated
from tests.faults.ledger_laws import i2_final_or_pending, i8_no_day_left_out
from tests.faults.planned_laws import i1_planned_is_decided
from tests.faults.wire_laws import (
    i3_sent_has_arrived,
    i4_copies_only_in_doubt,
    i5_nothing_after_its_end,
    i6_within_the_limit,
    i7_no_secret,
    i9_no_transaction_on_the_wire,
)

LAWS: Mapping[str, Callable[[Case], None]] = {
    "I1": i1_planned_is_decided,
    "I2": i2_final_or_pending,
    "I3": i3_sent_has_arrived,
    "I4": i4_copies_only_in_doubt,
    "I5": i5_nothing_after_its_end,
    "I6": i6_within_the_limit,
    "I7": i7_no_secret,
    "I8": i8_no_day_left_out,
    "I9": i9_no_transaction_on_the_wire,
}
NEEDS_ROWS = {"I1", "I2", "I3", "I4", "I5", "I8"}
HOLDS = "holds"

Verdicts = dict[str, str]
"""By invariant: that it holds, or why it says nothing."""


def judged(case: Case, except_for: Mapping[str, str]) -> tuple[Verdicts, list[str]]:
    """Each invariant's verdict, and what is violated.

    Args:
        except_for: Invariants that the test breaks on purpose, and why.
    """
    verdicts: Verdicts = {}
    violated: list[str] = []
    for name, law in LAWS.items():
        if name in except_for:
            verdicts[name] = f"broken on purpose: {except_for[name]}"
            continue
        try:
            if name in NEEDS_ROWS and case.broken:
                raise Violated(f"a database cannot be read: {case.broken}")
            law(case)
            verdicts[name] = HOLDS
        except NotHere as why:
            verdicts[name] = str(why)
        except Violated as trouble:
            verdicts[name] = "violated"
            violated.append(f"{name}: {trouble}")
    return verdicts, violated
