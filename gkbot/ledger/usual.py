"""How many messages a day usually brings, read from the days looked at: what the burst brake goes by."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from sqlalchemy import Connection, String, column, func, select, values

from gkbot.ledger.history import REST, last_working_scan
from gkbot.ledger.tables import AUDIT, NOTICE, SCAN_RUN
from gkbot.ledger.values import Usual
from gkbot.planning.values import Notice

UNITS = "units"  # in the counts of a scan: messages to units that were let out
PLANNED = "planned"  # what scans count that were written before there was a brake
SCANS = 20
REMEMBERED = timedelta(days=400)  # a bit more than a year: the season of annual reports comes once
_ADDRESSES_A_QUERY = 400


def usual(connection: Connection, day: date, notices: Sequence[Notice], rules_digest: str) -> Usual:
    """What is usual, as of `day`, with the new notices of the day."""
    before = _scans(connection, day)
    today = connection.execute(select(SCAN_RUN.c.counts).where(SCAN_RUN.c.logical_date == day)).scalar() or {}
    told = [count for count in before if count][-SCANS:]
    return Usual(
        fresh=_counting(connection, notices, day, rules_digest) if before else frozenset(),
        today=today.get(UNITS, 0),
        to_address=_to_address(connection, day),
        scans=len(told),
        median=median(told) if told else 0.0,
        peak=max(before[1:], default=0),
        last_scan=last_working_scan(connection, day),
    )


def is_to_unit(notice: Notice) -> bool:
    """Whether a message counts: it goes to a unit by itself."""
    return notice.recipient.unit is not None and not notice.draft


def _scans(connection: Connection, day: date) -> list[int]:
    """Messages of each working day looked at before `day`, in order."""
    query = (
        select(SCAN_RUN.c.counts)
        .where(SCAN_RUN.c.logical_date < day, SCAN_RUN.c.logical_date >= day - REMEMBERED)
        .where(SCAN_RUN.c.finished_at.is_not(None), SCAN_RUN.c.covered_by.is_(None))
        .order_by(SCAN_RUN.c.logical_date)
    )
    found = (counts or {} for counts in connection.execute(query).scalars())
    return [counts.get(UNITS, counts.get(PLANNED, 0)) for counts in found if REST not in counts]


def _counting(connection: Connection, notices: Sequence[Notice], day: date, rules_digest: str) -> frozenset[str]:
    mine = [notice for notice in notices if is_to_unit(notice)]
    if not mine or _is_newly_accepted(connection, day, rules_digest):
        return frozenset()
    known = _known_addresses(connection, sorted({(n.recipient.channel, n.recipient.address) for n in mine}), day)
    return frozenset(n.key for n in mine if (n.recipient.channel, n.recipient.address) in known)


def _is_newly_accepted(connection: Connection, day: date, rules_digest: str) -> bool:
    """Whether a person said yes to these rules, and no working day was looked at with them yet."""
    said_yes = (AUDIT.c.what == "accept rules", AUDIT.c.after_hash == rules_digest)
    if connection.execute(select(AUDIT.c.id).where(*said_yes).limit(1)).first() is None:
        return False
    looked = select(SCAN_RUN.c.counts).where(SCAN_RUN.c.rules_hash == rules_digest, SCAN_RUN.c.logical_date <= day)
    return not any(REST not in (counts or {}) for counts in connection.execute(looked).scalars())


def _known_addresses(connection: Connection, wanted: Sequence[tuple[str, str]], day: date) -> set[tuple[str, str]]:
    """Which of these were told something before `day`; one notice of each is proof enough, of years of them."""
    found: set[tuple[str, str]] = set()
    for first in range(0, len(wanted), _ADDRESSES_A_QUERY):
        named = values(column("channel", String), column("address", String), name="wanted")
        asked = named.data(wanted[first : first + _ADDRESSES_A_QUERY]).cte("wanted")
        same = (NOTICE.c.channel == asked.c.channel, NOTICE.c.address == asked.c.address, NOTICE.c.day < day)
        query = select(asked.c.channel, asked.c.address).where(select(NOTICE.c.id).where(*same).exists())
        found |= {(channel, address) for channel, address in connection.execute(query)}
    return found


def _to_address(connection: Connection, day: date) -> dict[tuple[str, str], int]:
    query = (
        select(NOTICE.c.channel, NOTICE.c.address, func.count())
        .where(NOTICE.c.day == day, NOTICE.c.draft.is_(False), NOTICE.c.part_no == 1)
        .group_by(NOTICE.c.channel, NOTICE.c.address)
    )
    return {(channel, address): count for channel, address, count in connection.execute(query)}
