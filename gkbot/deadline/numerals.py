"""Chinese and Arabic numerals as numbers."""

DIGITS = {
    **{char: value for value, char in enumerate("〇一二三四五六七八九")},
    **{char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "两": 2, "元": 1, "正": 1, "○": 0, "O": 0, "o": 0,
}  # fmt: skip
PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
TENS = {"廿": 20, "卅": 30}

# Characters a Chinese number may consist of; 元 and 正 only before 月 and 年, O only inside a year.
CHINESE = "〇零一二三四五六七八九十百两廿卅壹贰叁肆伍陆柒捌玖拾佰"
LONGEST = 9  # digits: nobody means more, and int() of a megabyte of digits takes minutes


def number(words: str) -> int | None:
    """The value of a numeral (12, 十二, 二〇二三, 廿五, 一百二十), or None where it is none or too long."""
    known = _KNOWN.get(words)
    if known is not None:
        return known
    if len(words) > LONGEST:
        return None
    if words.isdecimal():
        return int(words)
    if len(words) == 1 and words in DIGITS:
        return DIGITS[words]
    if all(char in DIGITS for char in words):
        return _digit_by_digit(words)
    return _by_places(words)


def _digit_by_digit(words: str) -> int:
    value = 0
    for char in words:
        value = value * 10 + DIGITS[char]
    return value


def _by_places(words: str) -> int | None:
    total, pending = 0, None
    for char in words:
        if char in TENS:
            total += TENS[char]
        elif char in PLACES:
            total += PLACES[char] * (1 if pending is None else pending)
            pending = None
        elif char in DIGITS:
            pending = DIGITS[char]
        else:
            return None
    return total + (pending or 0)


# days, months, years and small amounts, which are nearly all that is written
_KNOWN: dict[str, int] = {str(value): value for value in (*range(100), *range(1990, 2051))} | {
    f"0{value}": value for value in range(10)
}
