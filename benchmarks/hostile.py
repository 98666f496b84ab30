"""Whether time stays linear on hostile input up to a million characters."""

from collections.abc import Mapping, Sequence

from benchmarks.peers import GKBOT, Unavailable, ask
from benchmarks.tables import Bar, Table

SIZES = (250_000, 500_000, 1_000_000)
LINEAR = Bar(value=8)  # four times the text: 4 when linear, 16 when quadratic; half-way, since readings are noisy
SECONDS = 60
UNITS = {
    "digits": "7",
    "每每每": "每",
    "nested brackets": "（",
    "月月月": "月",
    "日日日": "日",
    "年年年": "年",
    "前前前": "前",
    "一一一": "一",
    "自自自": "自",
    "1月1月": "1月",
    "1日、1日、": "1日、",
    "1月1日至": "1月1日至",
    "每月": "每月",
    "第": "第",
    "spaces in a date": "1 ",
    "之日起": "之日起",
    "30日内": "30日内",
    "2023年": "2023年",
}


def hostile(sizes: Sequence[int] = SIZES, units: Mapping[str, str] = UNITS) -> Table:
    """A row for each kind of input."""
    return Table(
        title="Hostile input: CPU seconds for one reading",
        columns=("repeated", *(f"{size:,} characters" for size in sizes), "last ÷ first", "bar"),
        rows=[_row(name, unit, sizes) for name, unit in units.items()],
        notes=("Sizes are characters, so up to 3 MB of UTF-8. Linear gives 4, quadratic 16.",),
    )


def text_of(name: str, unit: str, size: int) -> str:
    """Hostile input of some characters; what is opened is closed again."""
    if name == "nested brackets":
        return unit * (size // 2) + "）" * (size // 2)
    return (unit * (size // len(unit) + 1))[:size]


def _row(name: str, unit: str, sizes: Sequence[int]) -> tuple[str, ...]:
    asked = [{"once": text_of(name, unit, size), "issued": "2023-03-01"} for size in sizes]
    warm = {"once": "2023年8月底前", "issued": "2023-03-01"}
    try:
        seconds = [answer["seconds"] for answer in ask(GKBOT, [warm, *asked], SECONDS)[2:]]
    except Unavailable as reason:
        return (name, *[""] * (len(sizes) - 1), str(reason), "", LINEAR.judge(None))
    ratio = seconds[-1] / max(seconds[0], 1e-6)
    return (name, *(f"{each:.3f}" for each in seconds), f"{ratio:.1f}", LINEAR.judge(ratio))
