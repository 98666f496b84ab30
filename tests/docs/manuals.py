"""The documents as the tests read them: sections, tables, code blocks, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADMIN = ROOT / "docs" / "管理员手册.md"
OPERATOR = ROOT / "docs" / "运维手册.md"
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
FILE_MARK = "# 文件："  # first line of a block that the reader saves as a rule file
SKIPPED_FOLDERS = {".venv", ".git", "var", "build", "dist", "node_modules"}

_HEADING = re.compile(r"(#{1,6}) +(.+?) *$")
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the language after the fence, the text between the fences."""

    language: str
    text: str


def documents() -> list[Path]:
    """Every Markdown file that belongs to the project."""
    found = sorted(ROOT.rglob("*.md"))
    return [path for path in found if not SKIPPED_FOLDERS & set(path.relative_to(ROOT).parts[:-1])]


def blocks(text: str) -> list[Block]:
    """The fenced blocks, in order."""
    return [Block(match[2], match[3]) for match in _FENCE.finditer(text)]


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of the same or a higher level."""
    lines = text.splitlines()
    found = list(_headings(lines))
    at, level = next((at, level) for at, level, title in found if title == heading)
    end = next((later for later, other, _ in found if later > at and other <= level), len(lines))
    return "\n".join(lines[at + 1 : end])


def rows(text: str, *headers: str) -> list[list[str]]:
    """The rows of the first table whose header begins with these cells; more tables alike are joined."""
    found: list[list[str]] = []
    taking = False
    for line in text.splitlines():
        cells = _cells(line)
        if cells is None:
            taking = False
        elif cells[: len(headers)] == list(headers):
            taking = True
        elif taking and not set("".join(cells)) <= set("-: "):
            found.append(cells)
    assert found, f"no table with the header {headers}"
    return found


def codes(cell: str) -> list[str]:
    """What stands between backticks."""
    return _CODE.findall(cell)


def headings(text: str) -> list[str]:
    """The headings outside code."""
    return [title for _, _, title in _headings(text.splitlines())]


def anchor(heading: str) -> str:
    """The fragment under which a heading is reached: lower case, no punctuation, hyphens for spaces."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.replace(" ", "-")


def links(text: str) -> list[str]:
    """The targets of all links outside code."""
    return _LINK.findall(_CODE.sub("", prose(text)))


def _cells(line: str) -> list[str] | None:
    if not line.startswith("|"):
        return None
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Line, level and title of each heading; a comment inside a code block is none."""
    inside = False
    for at, line in enumerate(lines):
        if line.lstrip().startswith("```"):
            inside = not inside
        found = None if inside else _HEADING.match(line)
        if found:
            yield at, len(found[1]), found[2]
