"""A long robot message in parts that each fit, cut between tasks, then lines, then characters, never inside a mark."""

import re
from collections.abc import Iterable, Iterator

ROBOT_MARKDOWN_BYTES = 4096  # WeCom docs, path/91770: markdown.content, UTF-8
SPARE_BYTES = 18  # a second copy begins with “（可能重复）”
PART_BYTES = ROBOT_MARKDOWN_BYTES - SPARE_BYTES
NUMBER_BYTES = 32  # room for “（12/34）” and a line break
_INSIDE = r"(?!\n[ \t]*\n)"  # an unclosed mark does not swallow the paragraphs after it
MARK = re.compile(
    rf"<font [^<>\n]*>(?P<font>(?:{_INSIDE}(?!</?font)[\s\S])*)</font>"
    rf"|\*\*(?P<bold>(?:{_INSIDE}[^*])*)\*\*"
    rf"|\[(?P<link>(?:{_INSIDE}[^\[\]])*)\]\([^()\s]*\)"
    r"|<@[^<>\s]*>"
    r"|`(?P<code>[^`\n]*)`"
    r"|https?://(?:(?![<>\[\]()*`])[!-~])+"
)
_PARAGRAPH, _LINE = re.compile(r"\n[ \t]*\n+"), re.compile(r"\n")
_MODIFIERS = "\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_CHARACTER = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[\s\S](?:[{_MODIFIERS}]|\u200d[\s\S])*"
)  # what is seen as one: a flag, a family, a thumb with its colour of skin


def size(text: str) -> int:
    """Length in bytes of UTF-8, as robots count."""
    return len(text.encode())


def parts(markdown: str, limit: int = PART_BYTES) -> tuple[str, ...]:
    """The message in parts of at most `limit` bytes, numbered （1/3） where there are several."""
    text = markdown.strip("\n")
    if size(text) <= limit:
        return (text,)
    packed = list(_packed(_blocks(text), limit - NUMBER_BYTES, "\n\n"))
    return tuple(f"（{number}/{len(packed)}）\n{part}" for number, part in enumerate(packed, start=1))


def _blocks(text: str) -> Iterator[str]:
    """Runs of lines between blank lines: a heading, a task, the last lines."""
    for block in _between(text, _PARAGRAPH):
        if block.strip():
            yield block.strip("\n")


def _packed(blocks: Iterable[str], limit: int, between: str) -> Iterator[str]:
    """As many blocks in a part as fit; one that does not fit alone is taken apart."""
    part = ""
    for block in blocks:
        for piece in [block] if size(block) <= limit else _torn(block, limit):
            joined = f"{part}{between}{piece}" if part else piece
            if size(joined) <= limit:
                part = joined
            else:
                yield part
                part = piece
    if part:
        yield part


def _torn(block: str, limit: int) -> Iterator[str]:
    lines = _between(block, _LINE)
    if len(lines) > 1:
        yield from _packed(lines, limit, "\n")
    else:
        yield from _cut(block, limit)


def _between(text: str, gap: re.Pattern[str]) -> list[str]:
    """What stands between gaps; a gap inside a mark is none."""
    marks = [mark.span() for mark in MARK.finditer(text)]
    pieces, start, place = [], 0, 0
    for found in gap.finditer(text):
        while place < len(marks) and marks[place][1] <= found.start():
            place += 1
        if place == len(marks) or marks[place][0] > found.start():
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _cut(line: str, limit: int) -> Iterator[str]:
    """A single line cut between marks, or between characters outside marks; a quoted line stays quoted."""
    quote = ">" if line.startswith(">") else ""
    room = limit - size(quote)
    part, taken = "", 0
    for token in _tokens(line.removeprefix(quote), room):
        length = size(token)
        if taken + length > room and part:
            yield quote + part
            part, taken = "", 0
        part, taken = part + token, taken + length
    if part:
        yield quote + part


def _tokens(line: str, limit: int) -> Iterator[str]:
    """Marks whole, everything else character by character."""
    end = 0
    for mark in MARK.finditer(line):
        yield from _characters(line[end : mark.start()], limit)
        yield from [mark.group()] if size(mark.group()) <= limit else _unmarked(mark, limit)
        end = mark.end()
    yield from _characters(line[end:], limit)


def _unmarked(mark: re.Match[str], limit: int) -> Iterator[str]:
    """A mark longer than a whole part cannot be kept; its words are, without what made it a mark."""
    kind = mark.lastgroup
    words = mark.group() if kind is None else mark[kind]
    yield from _characters(words, limit) if kind is None else _tokens(words, limit)


def _characters(text: str, limit: int) -> Iterator[str]:
    for seen_as_one in _CHARACTER.findall(text):
        yield from [seen_as_one] if size(seen_as_one) <= limit else seen_as_one
