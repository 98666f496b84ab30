"""What one test left behind, for the model to judge."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.arrivals import Matched, matched, message_id_of, number_in, taken_by_postfix
from tests.faults.evidence import Rows
from tests.witness import EMAIL, Arrival, Seen

Tables = dict[str, Rows]
INVARIANTS = tuple(f"I{number}" for number in range(1, 10))


class NotHere(Exception):
    """An invariant says nothing about this test; why."""


class Violated(AssertionError):
    """An invariant does not hold; what breaks it."""


@dataclass(slots=True)
class Case:
    """Databases, receivers and words of one test.

    Attributes:
        ledgers: The tables of each database that has any of ours, by its address.
        folder: Where files of the test lie; None where it has none.
        now: The office's time, naive UTC.
        broken: Databases that could not be read, and why.
        mail_logs: What mail servers that are programs of their own wrote.
    """

    seen: Seen
    ledgers: dict[str, Tables] = field(default_factory=dict)
    folder: Path | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))
    broken: dict[str, str] = field(default_factory=dict)
    mail_logs: list[str] = field(default_factory=list)
    _matched: dict[str, Matched] = field(default_factory=dict)

    def outboxes(self) -> Iterator[tuple[str, Tables]]:
        """The databases in which notices stand.

        Raises:
            NotHere: There is none.
        """
        found = {url: tables for url, tables in self.ledgers.items() if tables.get("notice")}
        if not found:
            raise NotHere("no notice in any ledger" if self.ledgers else "no ledger")
        yield from found.items()

    def arrivals(self) -> list[Arrival]:
        """All that receivers were handed, also those that are programs of their own."""
        return self.seen.arrivals + [each for log in self.mail_logs for each in taken_by_postfix(log)]

    def matched(self, url: str) -> Matched:
        """Which arrival is a copy of which notice."""
        if url not in self._matched:
            self._matched[url] = matched(self.arrivals(), self.ledgers[url]["notice"])
        return self._matched[url]

    def knows(self, channel: str) -> bool:
        """Whether a receiver of this channel stood ready."""
        if channel == "file":
            return self.folder is not None
        name = EMAIL if channel == EMAIL else "robot"
        return name in self.seen.channels or (name == EMAIL and bool(self.mail_logs))

    def strangers(self) -> list[str]:
        """Message-IDs of mails that say they are notices and stand in no ledger."""
        known = [{message_id_of(each) for each in self.matched(url).strangers} for url in self.ledgers if
                 self.ledgers[url].get("notice")]  # fmt: skip
        found = set.intersection(*known) if known else set()
        return sorted(each for each in found if number_in(each) not in self.seen.decided)


def named(row: dict[str, Any]) -> tuple[Any, ...]:
    """A notice, for people who look into a failure."""
    return row["number"], f"{row['part_no']}/{row['parts']}", row["channel"], row["state"], row["reason"]
