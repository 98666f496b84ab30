"""Hours after a day: weekday in brackets, part of the day, hour and minute. See `points`."""

from collections.abc import Sequence

from gkbot.deadline.lexer import Token
from gkbot.deadline.point import Point
from gkbot.deadline.vocabulary import DASHES

_BETWEEN = (",", " ", "的", "(", ")(", "),")


def time_of_day(text: str, tokens: Sequence[Token], here: int, point: Point) -> int:
    """Weekday in brackets, part of the day, hour; what is no time is left alone."""
    later = 0
    begun = point.end
    while here < len(tokens):
        token = tokens[here]
        gap = token.start - point.end
        between = text[point.end : token.start] if gap else ""
        if between in DASHES and point.hour is not None and token.kind in ("hour", "clock"):
            _set_hour(point, token, later)  # 9:00-11:30 ends at half past eleven
            point.end, here = token.end, here + 1
            continue
        if gap and (gap > 2 or between not in _BETWEEN):
            break
        if token.kind == "noted" or (token.kind == "weekday" and point.weekday is None and gap <= 1):
            point.noted_weekday = token.value
        elif token.kind == "daypart":
            later = token.value
        elif token.kind in ("hour", "clock") and point.hour is None:
            _set_hour(point, token, later)
        elif token.kind == "minute" and point.hour is not None:
            point.minute = token.value
        elif token.kind == "offwork":
            point.end_of_work = True
        else:
            break
        point.end = token.end
        here += 1
    if point.end > begun and text.startswith(")", point.end):
        said = text[begun : point.end]
        point.end += said.count("(") > said.count(")")
    return here


def _set_hour(point: Point, token: Token, later: int) -> None:
    hour = token.value
    if (later and hour < 12) or (later and hour == 12 and token.word and later == 12 and "晚" in token.word):
        hour += 12
    minute = token.more[0] if token.more else 0
    if hour <= 24 and (minute or 0) < 60:
        point.hour, point.minute = hour, minute or 0
