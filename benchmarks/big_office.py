"""Rule files of a whole province: many offices, each with its contact book and its tasks; the same for every run."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

SEED = 20_260_522
_PHRASES = (
    "{m}月底前",
    "2027年{m}月{d}日前完成",
    "收到{what}之日起{n}个工作日内",
    "自{what}形成之日起{n}日内公开",
    "每月{d}日前报送",
    "每季度末月{d}日前",
    "每年{m}月{d}日前公布{what}",
    "于{m}月{d}日前将{what}报县政府办公室",
    "第四季度",
    "持续推进",
)
_WORDS = ("财政预算", "权责清单", "行政许可结果", "年度报告", "规划计划", "公开目录", "人事信息", "应急预案")


def write_offices(root: Path, offices: int, tasks: int, units: int) -> None:
    """A folder for each office: units.yaml with one group of all units, plan.yaml with tasks for that group."""
    chooser = Random(SEED)  # noqa: S311 (repeatable, not secret)
    for office in range(1, offices + 1):
        folder = root / f"office{office:03}"
        folder.mkdir(parents=True)
        (folder / "units.yaml").write_text("\n".join(_units(office, units)) + "\n", encoding="utf-8")
        (folder / "plan.yaml").write_text("\n".join(_plan(office, tasks, chooser)) + "\n", encoding="utf-8")


def _units(office: int, count: int) -> Iterator[str]:
    yield "单位:"
    for number in range(1, count + 1):
        yield f"  - 名称: 第{office}县第{number}局"
        yield f"    别名: [{number}局]"
        yield "    联络员:"
        yield f"      - {{岗位: 办公室, 邮箱: u{number}.o{office}@example.com, 企业微信: u{number}o{office}}}"
    yield "单位组:"
    yield "  - 名称: 县直各部门"
    yield "    成员:"
    for number in range(1, count + 1):
        yield f"      - 第{office}县第{number}局"


def _plan(office: int, count: int, chooser: Random) -> Iterator[str]:
    yield from ("文件:", f"  标题: 第{office}县2026年政务公开要点", "  印发日期: 2026-01-20", "任务:")
    for number in range(1, count + 1):
        what = chooser.choice(_WORDS)
        phrase = chooser.choice(_PHRASES).format(
            m=chooser.randint(2, 12), d=chooser.randint(1, 28), n=chooser.randint(3, 60), what=what
        )
        yield f"  - 编号: O{office}-{number:03}"
        yield f"    事项: 公开第{number}项{what}"
        yield f"    条款: 第{number % 9 + 1}部分第{number}条"
        yield f"    期限: {phrase}"
        yield "    责任单位: 县直各部门"
        yield f"    备注: 由第{number % 7 + 1}股经办"
