"""What later clauses of a text need from earlier ones: the year, a first day, an event, a rhythm."""

from typing import TYPE_CHECKING

from gkbot.deadline.clauses import Clause
from gkbot.deadline.frame import Frame, Stretch
from gkbot.deadline.lexer import Token
from gkbot.deadline.meaning import Reading
from gkbot.deadline.normal import Folded
from gkbot.deadline.schedule import AfterEvent, Freq

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar

SENTENCE_ENDS = frozenset("。;!?|")


class Memory:
    """One text, its readings so far, and what carries on.

    Attributes:
        event: Of the last count in the sentence.
        rhythm: Of the last recurrence in the sentence.
        first_day: Days, clause start and clause end of a first day that waits for its last.
        firm_year: The carried year goes on past a full stop.
        verdicts: What became of each clause, where somebody wants to know (`trace`).
        stretch: The last stretch, which may limit a recurrence (2023—2025年每年).
    """

    __slots__ = (
        "calendar", "event", "firm_year", "first_day", "folded", "found", "frame", "not_before", "rhythm", "sentence",
        "stretch", "tokens", "verdicts", "wordless",
    )  # fmt: skip

    def __init__(self, folded: Folded, found: list[Token], frame: Frame, calendar: "Calendar") -> None:
        self.calendar = calendar
        self.folded = folded
        self.tokens = found
        self.frame = frame
        self.found: list[Reading] = []
        self.wordless: list[Clause] = []
        self.firm_year = self.not_before = False
        self.event: AfterEvent | None = None
        self.rhythm: Freq | None = None
        self.stretch: Reading | None = None
        self.first_day: tuple[Stretch, int, int] | None = None
        self.verdicts: list[tuple[Clause, str]] | None = None
        self.sentence = 0

    def forget(self, place: int) -> None:
        """A year carries through its paragraph; the rest only through its sentence."""
        if self.found or self.first_day is not None or self.frame.told is not None:
            passed = self.folded.text[self.sentence : place]
            if not SENTENCE_ENDS.isdisjoint(passed):
                self.first_day = self.event = self.rhythm = self.frame.told = None
                if not self.firm_year or self._line_ends(self.sentence, place):
                    self.frame.carried = None
        self.sentence = max(self.sentence, place)

    def _line_ends(self, start: int, end: int) -> bool:
        breaks = self.folded.breaks
        return bool(breaks) and any(place in breaks for place in range(start + 1, end + 1))

    def carry(self, reading: Reading, clause: Clause) -> None:
        """2017年4月底前…11月底前: the year goes on; past a full stop only a year with a month (not 到2025年)."""
        if reading.carries is not None:
            self.frame.carried = reading.carries
            far = any(point.scale == "year" or point.part_of == "year" or point.plan for point in clause.points)
            self.firm_year = not far and reading.carries >= self.frame.year
