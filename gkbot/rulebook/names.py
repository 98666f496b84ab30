"""Names of units and groups: compared without brackets, width, script and spaces; looked up folder by folder."""

import difflib
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

from gkbot.deadline.normal import fold_characters

_BRACKETS = frozenset("()[]{}<>〔〕【】《》〈〉﹝﹞「」")
_BLANK = "ZCM"  # first letters of Unicode categories: separators, control and format characters, combining marks
_NEAR = 0.5  # difflib ratio from which a proposal helps; Chinese names are short, one wrong character in four is 0.75

T = TypeVar("T")
S = TypeVar("S")


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The form in which two spellings of one name are equal."""
    plain = fold_characters(unicodedata.normalize("NFKC", name)).casefold()
    return "".join(char for char in plain if char not in _BRACKETS and unicodedata.category(char)[0] not in _BLANK)


def upward(folder: str) -> Iterator[str]:
    """The folder itself, its parent and so on, to "" for the root."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def nearest(word: str, choices: list[str], count: int = 1) -> list[str]:
    """Choices that look like `word`, best first, spelled as given."""
    spelled = {fold(choice): choice for choice in reversed(choices)}
    close = difflib.get_close_matches(fold(word), list(spelled), n=count, cutoff=_NEAR)
    return [spelled[key] for key in close]


class NameBook(Generic[T]):
    """Things by name, each in the folder that defines it; a nearer folder hides a farther one."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, list[T]]] = {}
        self._spellings: dict[str, list[str]] = {}
        self._near: dict[tuple[str, str | None], list[str]] = {}

    def add(self, folder: str, name: str, thing: T) -> None:
        """Make `thing` known by `name` in `folder` and below."""
        things = self._folders.setdefault(folder, {}).setdefault(fold(name), [])
        if thing not in things:
            things.append(thing)
        self._spellings.setdefault(folder, []).append(name)

    def find(self, name: str, folder: str) -> tuple[T, ...]:
        """What `name` means in `folder`: nothing, one thing, or several where it is ambiguous."""
        key = fold(name)
        for place in upward(folder):
            if found := self._folders.get(place, {}).get(key):
                return tuple(found)
        return ()

    def replaced(self, change: Callable[[T], S]) -> "NameBook[S]":
        """The same names for other things."""
        other: NameBook[S] = NameBook()
        other._spellings = self._spellings
        other._folders = {
            folder: {name: [change(thing) for thing in things] for name, things in named.items()}
            for folder, named in self._folders.items()
        }
        return other

    def folders(self, name: str) -> list[str]:
        """The folders that define `name`."""
        key = fold(name)
        return [folder for folder, things in self._folders.items() if key in things]

    def anywhere(self, name: str) -> tuple[T, ...]:
        """What `name` means in any folder at all."""
        key = fold(name)
        return tuple(thing for things in self._folders.values() for thing in things.get(key, ()))

    def near(self, name: str, folder: str | None, count: int = 1) -> list[str]:
        """Known names that look like `name`, best first; a folder of None means any."""
        if (key := (name, folder)) not in self._near:
            places = self._spellings if folder is None else upward(folder)
            known = [each for place in places for each in self._spellings.get(place, ())]
            self._near[key] = nearest(name, known, 3)
        return self._near[key][:count]


def split_names(text: str, is_known: Callable[[str], bool]) -> list[tuple[str, int]]:
    """Cut a string at "、" into names, each with its offset; a known name may hold "、" itself.

    The longest known name wins; what is not known is cut at the next "、" outside brackets.
    """
    if "、" not in text:
        return [(text.strip(), len(text) - len(text.lstrip()))] if text.strip() else []
    cuts = [-1, *(at for at, char in enumerate(text) if char == "、"), len(text)]
    names: list[tuple[str, int]] = []
    first = 0
    while first < len(cuts) - 1:
        last = _longest(text, cuts, first, is_known)
        raw = text[cuts[first] + 1 : cuts[last]]
        if raw.strip():
            names.append((raw.strip(), cuts[first] + 1 + len(raw) - len(raw.lstrip())))
        first = last
    return names


def _longest(text: str, cuts: list[int], first: int, is_known: Callable[[str], bool]) -> int:
    for last in range(len(cuts) - 1, first, -1):
        if is_known(text[cuts[first] + 1 : cuts[last]]):
            return last
    for last in range(first + 1, len(cuts)):
        raw = text[cuts[first] + 1 : cuts[last]]
        if all(raw.count(left) <= raw.count(right) for left, right in ("（）", "()")):
            return last
    return first + 1
