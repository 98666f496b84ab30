"""A small office's answers, for the tests of founding."""

from dataclasses import replace
from datetime import date
from typing import Any

from gkbot.service.founding.answers import Answers, TaskAnswer, UnitAnswer
from gkbot.service.founding.reading import Reading, reading

TODAY = date(2026, 2, 2)
ISSUED = date(2026, 1, 20)
UNITS = (
    UnitAnswer(name="县财政局", email="caizheng@example.gov.cn"),
    UnitAnswer(name="县发展和改革局", email="fagai@example.gov.cn"),
)
PLAIN = Answers(
    office="示例县人民政府办公室",
    slug="zwgk",
    document="示例县2026年政务公开工作要点",
    number="示政办发〔2026〕2号",
    issued=ISSUED,
    year=2026,
    units=UNITS,
    admin="gongkai@example.gov.cn",
    task=TaskAnswer(title="公布年度报告", deadline="3月31日前", responsible=("县财政局",)),
)


def answers(**changed: Any) -> Answers:
    """The plain answers with some changed."""
    return replace(PLAIN, **changed)


def read(words: str) -> Reading:
    """What the words say in the plain document."""
    return reading(words, issued=ISSUED, year=2026, today=TODAY)
