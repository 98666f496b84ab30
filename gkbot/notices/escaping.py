"""Data that stays data: no tag, link, mention or line break gets into a message from a rule file."""

import re
from urllib.parse import urlsplit

FULL_WIDTH = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "#": "＃", "\\": "＼"}
)  # group robots have no escape character, so what they would read as a mark is written full-width
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
BLANKS = re.compile(r" {2,}")
ODD = re.compile(f"{CONTROL.pattern}|{BREAKS.pattern}|{BLANKS.pattern}")  # most texts have none of these
USERID = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


class Ready(str):
    """Text that is markdown already and must not be escaped again."""

    __slots__ = ()


def one_line(value: object) -> str:
    """Text without line breaks, control and invisible characters; runs of blanks are one."""
    text = str(value)
    if ODD.search(text) is not None:
        text = BLANKS.sub(" ", CONTROL.sub("", BREAKS.sub(" ", text)))
    return text.strip(" ")


def for_robot(value: object) -> str:
    """Data as it may stand in a robot's markdown."""
    return str(value) if isinstance(value, Ready) else one_line(value).translate(FULL_WIDTH)


def for_text(value: object) -> str:
    """Data as it may stand in plain text."""
    return str(value) if isinstance(value, Ready) else one_line(value)


def link(text: str, url: str) -> Ready:
    """A markdown link; only its text where the address is none."""
    words = for_robot(text)
    return Ready(f"[{words}]({url})") if is_address(url) else Ready(words)


def mention(userid: str) -> Ready:
    """A mention; nothing for what cannot be a userid, nor for everybody (facts/notices.md 6)."""
    if not USERID.fullmatch(userid) or userid.lower() in {"all", "@all"}:
        return Ready("")
    return Ready(f"<@{userid}>")


def is_address(url: str) -> bool:
    """Whether a text is a web address that a link can hold."""
    if not url.isascii() or re.search(r"[\s()<>\[\]\"'`\\]", url):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
