"""A long robot message in parts that each fit, cut between tasks, then lines, then words, never inside a mark."""

import re
from collections.abc import Iterable, Iterator

ROBOT_MARKDOWN_BYTES = 4096  # WeCom docs, path/91770: markdown.content, UTF-8
SPARE_BYTES = 18  # a second copy begins with “（可能重复）”
PART_BYTES = ROBOT_MARKDOWN_BYTES - SPARE_BYTES
NUMBER_BYTES = 32  # room for “（12/34）” and a line break
MARK = re.compile(r"\[[^\[\]]*\]\([^()\s]*\)|<@[^<>\s]*>|<font [^<>]*>[^<>]*</font>|\*\*[^*]*\*\*|`[^`]*`")


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
    for block in re.split(r"\n[ \t]*\n+", text):
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
    lines = block.split("\n")
    if len(lines) > 1:
        yield from _packed(lines, limit, "\n")
    else:
        yield from _cut(block, limit)


def _cut(line: str, limit: int) -> Iterator[str]:
    """A single line cut between marks, or between characters outside marks; a quoted line stays quoted."""
    quote = ">" if line.startswith(">") else ""
    part = ""
    for token in _tokens(line.removeprefix(quote)):
        if size(quote + part + token) > limit and part:
            yield quote + part
            part = ""
        # A mark longer than a whole part cannot be kept; its text is, without what made it a mark.
        part += token if size(quote + token) <= limit else ""
    if part:
        yield quote + part


def _tokens(line: str) -> Iterator[str]:
    """Marks whole, everything else character by character."""
    end = 0
    for mark in MARK.finditer(line):
        yield from line[end : mark.start()]
        yield mark.group()
        end = mark.end()
    yield from line[end:]
