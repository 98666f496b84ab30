"""The few plain words that go out where a notice cannot be written as it should: no template, no long text.

Rendering may be what killed the process, so nothing here does more than put short strings together.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gkbot.notices.message import Message
from gkbot.notices.splitting import parts

MOST_LINES, MOST_CHARACTERS = 20, 60
_HARMLESS = str.maketrans("<>[]*`#", "＜＞［］＊｀＃")  # a robot takes them for marks, and for calls on people


def bare(facts: Mapping[str, Any], *, instead_of: str, rest: Sequence[str] = ()) -> Message:
    """A message that says in a few lines what another one could not.

    Args:
        facts: Of that one.
        instead_of: Its number, as people know it.
        rest: What nobody was told of a long message, word for word.
    """
    if rest:
        said = [f"编号 {instead_of} 的提醒只送到了前面的部分，余下的内容如下。", *rest]
    else:
        said = [f"编号 {instead_of} 的提醒没有能按原样写成，改发这条简短文字。", "\n".join(_lines(facts))]
    contact = facts.get("contact_line")
    ends = [f"联系人：{_short(contact)}" if contact else "", f"编号 {facts['number']}"]
    text = "\n\n".join(part for part in (*said, "\n".join(end for end in ends if end)) if part)
    return Message(
        subject=f"【政务公开提醒】{_short(facts.get('unit') or '')}（编号 {facts['number']}）",
        text=f"{text}\n",
        parts=parts(text),
        mentions=tuple(facts.get("mentions", ())),
        mobiles=tuple(facts.get("mobiles", ())),
    )


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    found = [*map(_entry, facts.get("entries", ())), *map(_short, facts.get("lines", ()))]
    yield from (f"{place}. {line}" for place, line in enumerate(found[:MOST_LINES], start=1))
    if len(found) > MOST_LINES:
        yield f"另有{len(found) - MOST_LINES}项。"


def _entry(entry: Mapping[str, Any]) -> str:
    due = "" if entry["sensitive"] or not entry["due"] else f"，{entry['due']}截止"
    return f"{_short(entry['title'])}（{_short(entry['task'])}，{_short(entry['unit'])}）{due}"


def _short(text: object) -> str:
    """One line without anything but letters, cut to some length."""
    clean = "".join(each for each in str(text) if unicodedata.category(each)[0] != "C").translate(_HARMLESS)
    line = " ".join(clean.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"
