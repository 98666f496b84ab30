"""Readers of keys and values: what does not fit is a problem with its place, and reading goes on."""

import re
from datetime import date

from gkbot.rulebook.keys import Form, Key, Section
from gkbot.rulebook.names import fold, nearest
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence, place_of, place_within
from gkbot.rulebook.source import Source
from gkbot.rulebook.values import Place, Severity

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LOOSE_DATE = re.compile(r"(\d{4})\s*[-—－–年/.]\s*(\d{1,2})\s*[-—－–月/.]\s*(\d{1,2})\s*[日号]?")
QUOTES = "“”‘’「」＂＇"
_YEARS = range(1949, 2101)
_MOST_UNKNOWN = 20  # unknown keys of one mapping that are worth a line each


class Fields:
    """One mapping of a rule file, read key by key.

    Reading a key that is missing or wrong gives None; its problem is already noted.
    """

    def __init__(self, source: Source, node: Node, section: Section) -> None:
        """Take a mapping apart; notes unknown, repeated and missing keys."""
        self.source = source
        self.section = section
        self.node = node
        self.place = place_of(source, node)
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        if isinstance(node, Mapping):
            self._take(node)
            self._miss()
        elif not self.is_patchy():
            self._wrong_shape(node, section.name, f"下一层的键，例如“{section.keys[0].name}: …”")

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def place_of(self, key: str) -> Place:
        """Where the value of a key stands; the key itself where the value is empty, the mapping where both lack."""
        value = self.values.get(key)
        if value is None:
            return self.place
        if isinstance(value, Scalar) and not value.value:
            return place_of(self.source, self.keys[key])
        return place_of(self.source, value)

    def key_place(self, key: str) -> Place:
        """Where the key itself stands."""
        return place_of(self.source, self.keys[key]) if key in self.keys else self.place

    def error(self, key: str, code: str, message: str, fix: str | None = None) -> None:
        """Note an error at the value of a key."""
        self.source.error(self.place_of(key), code, message, fix)

    def warn(self, key: str, code: str, message: str, fix: str | None = None) -> None:
        """Note a warning at the value of a key."""
        self.source.report(self.place_of(key), Severity.WARNING, code, message, fix)

    def text(self, key: str) -> str | None:
        """A text, in one line."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, Scalar):
            self._wrong_shape(value, key, "文字")
            return None
        return " ".join(value.value.split())

    def scalars(self, key: str) -> list[Scalar]:
        """The texts of a key that holds one or a list of them."""
        value = self.values.get(key)
        if value is None:
            return []
        items = value.items if isinstance(value, Sequence) else [value]
        found: list[Scalar] = []
        for item in items:
            if not isinstance(item, Scalar):
                self._wrong_shape(item, key, "文字")
            elif item.value.strip():
                found.append(item)
            else:
                place = place_of(self.source, item)
                self.source.error(place, "GK147", f"“{key}”里有空的一项", "补上内容，或者删掉这一行")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """The same as plain strings."""
        return tuple(" ".join(item.value.split()) for item in self.scalars(key))

    def items(self, key: str) -> list[Node]:
        """The items of a list of mappings."""
        value = self.values.get(key)
        if value is None:
            return []
        if isinstance(value, Sequence):
            return value.items
        spec = self.section.key(key)
        first = spec.section.keys[0].name if spec and spec.section else "名称"
        self._wrong_shape(value, key, f"列表，每一项以“- {first}: …”开头")
        return [value] if isinstance(value, Mapping) else []

    def fields(self, key: str, section: Section) -> "Fields | None":
        """The mapping under a key."""
        value = self.values.get(key)
        return None if value is None else Fields(self.source, value, section)

    def date(self, key: str) -> date | None:
        """A day, written 2026-03-31."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, Scalar):
            self._wrong_shape(value, key, "日期，例如 2026-03-31")
            return None
        return read_date(self.source, value)

    def number(self, key: str, least: int = 0, most: int = 9999) -> int | None:
        """A whole number, both limits inclusive."""
        text = self.text(key)
        if text is None or self.is_quoted(key, text):
            return None
        if not re.fullmatch(r"\d{1,6}", text) or not least <= int(text) <= most:
            self.error(key, "GK146", f"“{key}”要写{least}到{most}之间的整数，不能是“{text}”", "改成阿拉伯数字")
            return None
        return int(text)

    def choice(self, key: str, default: str | None = None) -> str | None:
        """One of the choices of a key."""
        text = self.text(key)
        spec = self.section.key(key)
        if text is None or spec is None or text in spec.choices:
            return text if text is not None else default
        if self.is_quoted(key, text):
            return default
        near = nearest(text, list(spec.choices))
        known = "、".join(spec.choices)
        fix = f"是不是“{near[0]}”？可以写的有：{known}" if near else f"可以写的有：{known}"
        self.error(key, "GK145", f"“{key}”不能是“{text}”", fix)
        return default

    def is_quoted(self, key: str, text: str) -> bool:
        """Full-width quotes stand around a value in which they mean nothing; notes it."""
        if text and text[0] in QUOTES:
            self.error(key, "GK170", f"“{key}”的内容外面有中文引号", f"去掉引号，写成“{text.strip(QUOTES)}”")
            return True
        return False

    def _take(self, node: Mapping) -> None:
        unknown = 0
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                place = place_of(self.source, key)
                self.source.error(place, "GK143", "键要写成文字", "写成“键: 内容”")
            elif (spec := self.section.key(key.value)) is None:
                unknown += 1
                if unknown <= _MOST_UNKNOWN:
                    self._unknown(key)
            elif key.value in self.keys:
                self._repeated(key)
            else:
                self.keys[key.value] = key
                self._accept(spec, key, value)

    def _accept(self, spec: Key, key: Scalar, value: Node) -> None:
        empty = (isinstance(value, Scalar) and not value.value.strip()) or (
            isinstance(value, Sequence) and not value.items
        )
        if not empty:
            self.values[spec.name] = value
        elif spec.required or spec.form in {Form.LIST, Form.MAPPING}:
            place = place_of(self.source, key)
            fix = f"写上{spec.meaning}" if spec.required else "补上内容，或者删掉这一行"
            self.source.error(place, "GK147", f"“{spec.name}”后面没有内容", fix)
        else:
            place = place_of(self.source, key)
            self.source.report(
                place, Severity.WARNING, "GK147", f"“{spec.name}”后面没有内容", "补上内容，或者删掉这一行"
            )

    def _unknown(self, key: Scalar) -> None:
        text = key.value
        place = place_of(self.source, key)
        clean = text.strip(QUOTES + "\u3000 ")
        if clean != text and clean in self.section.names():
            self.source.error(place, "GK170", f"键“{text}”外面有多余的引号或空格", f"改成“{clean}”")
            return
        if "：" in text:
            column = text.index("：")
            place = place_within(self.source, key, column, column + 1)
            message = f"“{text[:column]}”后面用了中文冒号“：”，应为英文冒号加空格"
            self.source.error(place, "GK120", message, f"改成“{text[:column]}: ”")
            return
        names = self.section.names()
        same = [name for name in names if fold(name) == fold(text)]
        near = same or nearest(text, names)
        known = "、".join(names)
        fix = f"是不是“{near[0]}”？" if near else f"“{self.section.name}”里可以写：{known}"
        self.source.error(place, "GK140", f"“{self.section.name}”里没有“{_clip(text)}”这个键", fix)

    def _repeated(self, key: Scalar) -> None:
        first = place_of(self.source, self.keys[key.value])
        message = f"“{key.value}”写了两次，第一次在第{first.line}行"
        self.source.error(place_of(self.source, key), "GK141", message, "只留一处；是两项内容的，前面加“- ”分成两项")

    def is_patchy(self) -> bool:
        """A line of this mapping was left out, so a key may only seem to be missing."""
        return self.source.has_lost(self.node.line, self.node.end_line)

    def _miss(self) -> None:
        if self.is_patchy():
            return
        for key in self.section.keys:
            if key.required and key.name not in self.keys:
                message = f"“{self.section.name}”缺少“{key.name}”"
                self.source.error(self.place, "GK142", message, f"加上一行“{key.name}: …”（{key.meaning}）")

    def _wrong_shape(self, node: Node, name: str, wanted: str) -> None:
        place = place_of(self.source, node)
        if isinstance(node, Scalar) and "：" in node.value:
            column = node.value.index("：")
            place = place_within(self.source, node, column, column + 1)
            message = f"“{_clip(node.value[:column])}”后面用了中文冒号“：”，应为英文冒号加空格"
            self.source.error(place, "GK120", message, f"改成“{_clip(node.value[:column])}: ”")
            return
        got = "文字" if isinstance(node, Scalar) else "列表" if isinstance(node, Sequence) else "一组键"
        self.source.error(place, "GK143", f"“{name}”这里要写{wanted}，不能是{got}", "对照手册里的例子改正")


def read_date(source: Source, node: Scalar) -> date | None:
    """A day, written 2026-03-31; anything else is a problem, with the right form where it can be guessed."""
    text = node.value.strip()
    if _DATE.fullmatch(text):
        day = _day(*map(int, text.split("-")))
        if day is None:
            source.error(place_of(source, node), "GK144", f"没有“{text}”这一天，或者年份不对", "核对年份、月份和日期")
        return day
    fix = "写成 年-月-日，例如 2026-03-31"
    found = _LOOSE_DATE.fullmatch(text.strip(QUOTES))
    if found and (day := _day(*map(int, found.groups()))):
        fix = f"写成 {day}"
    source.error(place_of(source, node), "GK144", f"看不懂的日期“{_clip(text)}”", fix)
    return None


def _clip(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 30 else text[:30] + "…"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
