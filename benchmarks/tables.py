"""Tables of figures beside their bars, as aligned text and as Markdown."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure to reach: at least (`least`) or at most `value`."""

    value: float
    unit: str = ""
    least: bool = False

    def judge(self, figure: float | None) -> str:
        """The bar and whether a figure holds it; no figure misses it."""
        holds = figure is not None and (figure >= self.value if self.least else figure <= self.value)
        sign = "≥" if self.least else "≤"
        return f"{sign} {self.value:,.10g}{self.unit} {'holds' if holds else 'misses'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A titled table; the first column stands left, the others right."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Columns aligned by screen cells."""
        lines = [self.columns, *self.rows]
        widths = [max(cells(row[index]) for row in lines if index < len(row)) for index in range(len(self.columns))]
        shown = ["  ".join(_padded(row, widths)).rstrip() for row in lines]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([self.title, rule, shown[0], rule, *shown[1:], *self.notes]) + "\n"

    def as_markdown(self) -> str:
        """A section with a table and its notes."""
        head = "| " + " | ".join(self.columns) + " |"
        align = "|---|" + "---:|" * (len(self.columns) - 1)
        rows = ["| " + " | ".join(row + ("",) * (len(self.columns) - len(row))) + " |" for row in self.rows]
        return "\n".join([f"## {self.title}", "", head, align, *rows, "", *[f"{note}\n" for note in self.notes]])


def cells(text: str) -> int:
    """Screen cells of a text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    gaps = [" " * (width - cells(cell)) for cell, width in zip(row, widths, strict=False)]
    return [cell + gap if index == 0 else gap + cell for index, (cell, gap) in enumerate(zip(row, gaps, strict=True))]
