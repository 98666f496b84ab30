"""How wide text stands on a screen of fixed cells (Unicode Standard Annex 11)."""

import unicodedata


def cells(text: str) -> int:
    """Cells a text takes: two for a wide character, none for a combining one.

    Punctuation of ambiguous width (“…”) counts as wide, as Chinese terminals show it; Latin and
    Greek letters of ambiguous width as narrow.
    """
    return sum(_cells_of(letter) for letter in text)


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    width = unicodedata.east_asian_width(letter)
    return 2 if width in "WF" or (width == "A" and letter >= "\u2000") else 1
