"""States that last, such as broken rule files: told at once, again each day while they last, and once when over.

What was told stands in the history as marks (`rules-broken-2-2026-03-05`, `rules-broken-2-over`); the number counts
the times it happened. So nothing depends on a clock or on a process that stays alive.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gkbot.planning.desk import Desk
from gkbot.planning.recipients import Address, address_of
from gkbot.planning.values import Recipient

OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A state of the office's files as a day finds it.

    Attributes:
        lines: Folder of an office and a sentence for its admins; empty where all is well.
        over: What admins are told who heard of it, once it is over.
    """

    name: str
    lines: tuple[tuple[str, str], ...] = ()
    over: str

    def tell(self, desk: Desk) -> None:
        """Tell the admins that it lasts, or that it is over."""
        if self.lines:
            _tell_lasting(desk, self)
        else:
            _tell_over(desk, self)


@dataclass(frozen=True, slots=True)
class _Episode:
    """The last time it happened, as one admin heard it; number 0 where it never did."""

    number: int = 0
    days: frozenset[str] = frozenset()
    is_over: bool = True


def tell_conditions(desk: Desk, conditions: Sequence[Condition]) -> None:
    """Tell the admins, in their list of the day or, where they have that already, in a message of its own."""
    for condition in conditions:
        condition.tell(desk)


def _tell_lasting(desk: Desk, condition: Condition) -> None:
    heard: dict[Recipient, list[str]] = {}
    for folder, line in condition.lines:
        for admin in desk.directory.admins(folder):
            heard.setdefault(admin, []).append(line)
    day = desk.today.day.isoformat()
    for admin, lines in heard.items():
        episode = _episode(desk, address_of(admin), condition.name)
        if day not in episode.days or episode.is_over:
            number = episode.number + episode.is_over
            desk.tell_admin(admin, lines, f"{condition.name}-{number}-{day}")


def _tell_over(desk: Desk, condition: Condition) -> None:
    for admin in desk.directory.all_admins():
        episode = _episode(desk, address_of(admin), condition.name)
        if not episode.is_over:
            desk.tell_admin(admin, [condition.over], f"{condition.name}-{episode.number}-{OVER}")


def _episode(desk: Desk, address: Address, name: str) -> _Episode:
    told: dict[int, set[str]] = {}
    for mark in desk.memory.said.get(address, ()):
        if found := re.fullmatch(rf"{re.escape(name)}-(\d+)-(.+)", mark):
            told.setdefault(int(found[1]), set()).add(found[2])
    if not told:
        return _Episode()
    number = max(told)
    return _Episode(number, frozenset(told[number]), OVER in told[number])
