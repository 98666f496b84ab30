"""Folded text as tokens: numbers with their units, and the words of `vocabulary`; all other text is skipped.

    token  = date | clock | lunar day | ordinal | plan | festival | rhythm | weekday | number [unit] | word
    number = Arabic or Chinese numeral

A text is read from left to right once. Only at characters that may begin a token are the readers of that
character asked, so prose without deadlines costs little and time is linear.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gkbot.deadline import vocabulary as words
from gkbot.deadline.numerals import CHINESE
from gkbot.deadline.schedule import Unit


@dataclass(slots=True)
class Token:
    """A word that means something for deadlines, with its place in the folded text.

    Attributes:
        kind: What it is (year, month, day, count, every, before …).
        value: Number, or the word's meaning.
        word: As it stands in the folded text; for rhythms the name of the rhythm, for festivals their name.
        unit: For counts, what is counted.
        more: Further figures of dates, weekdays and rhythms.
        months: Months that the name of a rhythm tells (单月).
    """

    kind: str
    start: int
    end: int
    value: int
    word: str
    unit: Unit | None = None
    more: tuple[int | None, ...] = ()
    months: tuple[int, ...] = ()


Reader = Callable[[str, int], Token | None]


def tokens(text: str) -> list[Token]:
    """The tokens of a folded text, in order."""
    if not _READERS:
        _prepare()
    found: list[Token] = []
    done = 0
    readers = _READERS
    for match in _ANCHORS[0].finditer(text):
        start = match.start()
        if start < done:
            continue
        for reader in readers[text[start]]:
            token = reader(text, start)
            if token is not None:
                found.append(token)
                done = token.end
                break
    return found


_READERS: dict[str, tuple[Reader, ...]] = {}
_ANCHORS: list[re.Pattern[str]] = []


def _prepare() -> None:
    """Tell each character which readers to ask; done when the first text is read."""
    from gkbot.deadline import patterns

    readers: dict[str, list[Reader]] = {}
    for characters, reader in _special_readers():
        for char in characters:
            readers.setdefault(char, []).append(reader)
    for first, entries in _word_entries().items():
        readers.setdefault(first, []).append(_word_reader(entries))
    for char in CHINESE:
        readers.setdefault(char, []).extend((patterns.read_number, patterns.read_bare))
    _READERS.update({char: tuple(several) for char, several in readers.items()})
    _ANCHORS.append(_anchors(frozenset(readers)))


def _special_readers() -> tuple[tuple[str, Reader], ...]:
    from gkbot.deadline import patterns

    return patterns.READERS


def _anchors(characters: frozenset[str]) -> re.Pattern[str]:
    """Where a token may begin: one set, so that the search is fast; not inside a run of digits.

    A character that begins words of the table only is passed over unless a second character of them follows.
    """
    entries = _word_entries()
    special = {char for several, _ in _special_readers() for char in several} | set(CHINESE)
    plain = {char for char, words_of in entries.items() if char not in special and all(len(e[0]) > 1 for e in words_of)}
    seconds = {entry[0][1] for char in plain for entry in entries[char]}
    every, lone, following = (re.escape("".join(sorted(some))) for some in (characters, plain, seconds))
    return re.compile(f"[{every}](?<![0-9][0-9])(?:(?<![{lone}])|(?=[{following}]))")


# --- plain words ----------------------------------------------------------------------------------------------

Entry = tuple[str, str, int, str, str]  # word, kind, value, characters before, characters after


def _word_entries() -> dict[str, list[Entry]]:
    """First character → its words, the longest first."""
    by_first: dict[str, list[Entry]] = {}
    for word, (kind, value) in sorted(_word_table().items(), key=lambda item: -len(item[0])):
        by_first.setdefault(word[0], []).append((word, kind, value, *words.GUARDS.get(word, ("", ""))))
    return by_first


def _word_reader(entries: list[Entry]) -> Reader:
    """One pattern for all words of a first character, the longest first, with what must stand around them."""
    pattern = re.compile(
        "|".join(
            (f"(?<=[{re.escape(before)}])" if before else "")
            + re.escape(word)
            + (f"(?=[{re.escape(after)}])" if after else "")
            for word, _, _, before, after in entries
        )
    ).match
    meant = {word: (kind, value) for word, kind, value, _, _ in entries}

    def read_word(text: str, start: int) -> Token | None:
        match = pattern(text, start)
        if match is None:
            return None
        word = match[0]
        kind, value = meant[word]
        return Token(kind, start, match.end(), value, word) if kind else None

    return read_word


def _word_table() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    listed = {
        "part": words.PARTS, "yearpart": words.YEAR_PARTS, "monthpart": words.MONTH_PARTS,
        "quarterpart": words.QUARTER_PARTS, "ending": words.ENDING, "starting": words.STARTING,
        "limit": words.LIMITS, "notbefore": words.NOT_BEFORE, "from": words.FROM, "inside": words.INSIDE,
        "before": words.BEFORE, "upto": words.UP_TO, "least": words.LEAST, "most": words.MOST, "now": words.NOW,
        "duration": words.DURATION, "advance": words.ADVANCE, "vague": words.VAGUE, "ongoing": words.ONGOING,
        "offwork": words.OFF_WORK, "about": words.ABOUT, "": words.SKIPPED,
    }  # fmt: skip
    valued = {
        "relyear": words.YEARS_FROM_NOW, "relmonth": words.MONTHS_FROM_NOW, "relquarter": words.QUARTERS_FROM_NOW,
        "relday": words.DAYS_FROM_NOW, "half": words.HALVES, "daypart": words.DAY_PARTS,
        "month": words.MONTH_NAMES,
    }  # fmt: skip
    for kind, several in listed.items():
        for word in several:
            table.setdefault(word, (kind, 0))
    for kind, values in valued.items():
        table.update({word: (kind, value) for word, value in values.items()})
    return table
