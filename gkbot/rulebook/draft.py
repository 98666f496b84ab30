"""One line under repair: what was wrong is reported at the author's place, and mended so that YAML reads on."""

from gkbot.rulebook.source import Edits, Source
from gkbot.rulebook.values import Severity


class Draft:
    """One line under repair: `text` changes, reports speak of the author's columns."""

    def __init__(self, source: Source, number: int) -> None:
        self.source = source
        self.number = number
        self.text = source.lines[number]
        self.edits = source.edits.get(number) or Edits()

    def replace(self, column: int, length: int, new: str) -> None:
        """Put `new` in place of `length` characters."""
        if self.text[column : column + length] == new:
            return
        self.text = self.text[:column] + new + self.text[column + length :]
        self.edits.changes.append((column, len(new), length))
        self.source.edits[self.number] = self.edits

    def report(self, column: int, length: int, code: str, message: str, fix: str, *, warning: bool = False) -> None:
        """Note a problem over `length` characters of the line as it is now."""
        first = self.edits.original(column)
        last = self.edits.original(column + length - 1) + 1 if length else first
        place = self.source.place(self.number, first, self.number, last)
        self.source.report(place, Severity.WARNING if warning else Severity.ERROR, code, message, fix)


def short(value: str) -> str:
    return value if len(value) <= 20 else value[:20] + "…"
