"""One script, one width, no gaps: the form of a text that the lexer reads, with the way back to the original.

Every character is replaced by exactly one (traditional → simplified, full → half width, kinds of dashes, quotes
and brackets → one each), then blanks and line breaks are taken out, since narrow table cells and machine
conversion put them inside phrases. A blank between two digits stays: "附件1 26个领域" is not 126.
"""

import re
from bisect import bisect_right

from gkbot.deadline.script import simplified_table

# what is taken out: white space and marks without width, as a blank or, where it ends a line or cell, a line feed
BLANKS = " \x1c\x1d\x1e\x1f\xa0\xad\u1680" + "".join(map(chr, range(0x2000, 0x2010))) + "\u202f\u205f\u2060\u3000\ufeff"
LINE_ENDS = "\t\n\x0b\x0c\r\x85\u2028\u2029"

_SAME = {
    "-": "‐‑‒–—―−─━﹣",
    "~": "～〜∼∽˜﹋",
    '"': "“”‘’「」『』«»〝〞＂'＇`",
    "(": "﹙❨",
    ")": "﹚❩",
    "[": "〔【［〖",
    "]": "〕】］〗",
    "|": "｜│┃┆┊¦",
    "〇": "○◯",
    ",": "﹐",
    ":": "︰﹕∶",
    ";": "﹔",
    "、": "﹑､",
    "。": "｡",
    "/": "∕⁄",
    ".": "．﹒",
    "每": "毎",
}


class Folded:
    """A text as the lexer reads it.

    Attributes:
        source: The original.
        text: Folded and without blanks.
        breaks: Positions in `text` before which the original has a line break or a tab.
    """

    __slots__ = ("_cuts", "_shifts", "breaks", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source.translate(_table())
        self._cuts: list[int] = []
        self._shifts: list[int] = []
        self.breaks: set[int] = set()
        if " " in self.text or "\n" in self.text or ("(" in self.text and _PINYIN.search(self.text)):
            self._take_out_blanks()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a stretch of `text`."""
        if not self._cuts:
            return start, end
        return self._origin(start), self._origin(end - 1) + 1

    def original(self, start: int, end: int) -> str:
        """The words as they stand in the original, without blanks and line breaks."""
        first, last = self.span(start, end)
        words = self.source[first:last]
        return _BLANKS.sub("", words) if self._cuts else words

    def _origin(self, position: int) -> int:
        place = bisect_right(self._cuts, position)
        return position + (self._shifts[place - 1] if place else 0)

    def _take_out_blanks(self) -> None:
        text, kept, done, length, shift = self.text, [], 0, 0, 0
        for blank in _FOLDED_BLANKS.finditer(text):
            start, end = blank.span()
            kept.append(text[done:start])
            length += start - done
            done = end
            broken = "\n" in blank[0]
            if broken:
                self.breaks.add(length)
            if start and end < len(text) and text[start - 1].isdigit() and text[end].isdigit():
                kept.append("\n" if broken else " ")
                length += 1
                shift += end - start - 1
            else:
                shift += end - start
            self._cuts.append(length)
            self._shifts.append(shift)
        kept.append(text[done:])
        self.text = "".join(kept)


def fold_characters(text: str) -> str:
    """Simplified script and half width, one character for one; blanks stay, as plain ones."""
    return text.translate(_table())


# the pinyin that broken web pages put behind a character: 20個(gè)工作日
_VOWELS = "aeiouāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü"
_PINYIN = re.compile(f"(?<=[\u4e00-\u9fff])\n?\\((?=[a-z\n]*[{_VOWELS}])[a-z{_VOWELS}\n]{{1,7}}\\)")
_FOLDED_BLANKS = re.compile(f"{_PINYIN.pattern}|[ \n]+")
_BLANKS = re.compile(f"[{BLANKS}{LINE_ENDS}]+")
_TABLE: dict[int, int] = {}


def _table() -> dict[int, int]:
    """Made when the first text is read. Plain characters map to themselves: `str.translate` is slow on gaps."""
    if not _TABLE:
        _TABLE.update({code: code for code in (*range(0x80), *range(0x2010, 0x2040), *range(0x3000, 0x3040))})
        _TABLE.update({code: code for code in range(0x4E00, 0x9FA6)})
        _TABLE.update(simplified_table())
        _TABLE.update({0xFF01 + offset: 0x21 + offset for offset in range(94)})
        _TABLE.update({ord(old): ord(new) for new, olds in _SAME.items() for old in olds})
        _TABLE.update(dict.fromkeys(map(ord, BLANKS), 0x20))
        _TABLE.update(dict.fromkeys(map(ord, LINE_ENDS), 0x0A))
    return _TABLE
