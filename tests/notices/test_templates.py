"""Templates are tried when they are loaded, and never keep a notice from going out."""

import shutil
from pathlib import Path

import pytest

from gkbot.notices import Templates, render
from gkbot.notices.samples import SAMPLE_DAY, samples
from gkbot.notices.templates import KINDS

SHIPPED = Path(__file__).parent.parent.parent / "templates"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An office's own copy of the templates."""
    shutil.copytree(SHIPPED, tmp_path / "templates")
    return tmp_path / "templates"


def test_the_shipped_templates_have_no_problems() -> None:
    assert Templates.load(SHIPPED).problems == ()


def test_every_template_names_what_it_is_given() -> None:
    for path in sorted((SHIPPED / "notices").iterdir()):
        assert path.read_text(encoding="utf-8").startswith("{#"), path.name


BROKEN = [
    ("{{ headline }}\n{{ days_left }}\n", 2, "days_left"),
    ("{{ headline }}\n{% if %}\n", 2, "语法有误"),
    ("{{ first.title }}\n\n{{ first.deadline }}\n", 3, "deadline"),
    ("{{ ''.__class__.__mro__ }}\n", 1, "用不了"),
    ("{{ 'x' * 1000000000 }}\n", 1, "不能用“*”"),
    ("{% for a in range(9) %}x{% endfor %}\n", 1, "range"),
]


@pytest.mark.parametrize(("source", "line", "words"), BROKEN)
def test_a_broken_template_is_found_with_file_and_line(own: Path, source: str, line: int, words: str) -> None:
    (own / "notices" / "due.email.txt").write_text(source, encoding="utf-8")
    problems = Templates.load(own).problems
    assert [(Path(found.file).name, found.line) for found in problems] == [("due.email.txt", line)]
    assert words in problems[0].message


def test_a_missing_template_is_a_problem(own: Path) -> None:
    (own / "notices" / "admin.wecom.md").unlink()
    assert [found.message for found in Templates.load(own).problems] == ["缺少模板文件“admin.wecom.md”"]


def test_all_broken_templates_are_told_at_once(own: Path) -> None:
    for name in ("due.email.txt", "digest.subject.txt"):
        (own / "notices" / name).write_text("{{ nothing }}", encoding="utf-8")
    assert {Path(found.file).name for found in Templates.load(own).problems} == {"due.email.txt", "digest.subject.txt"}


def test_a_broken_template_gives_plain_text_and_says_where(own: Path) -> None:
    for form in ("email.txt", "email.html", "subject.txt"):
        (own / "notices" / f"due.{form}").write_text("{{ nothing }}", encoding="utf-8")
    message = render(samples("due")[0], channel="email", today=SAMPLE_DAY, templates=Templates.load(own))
    assert "due.subject.txt:1" in (message.problem or "")
    assert message.text.startswith(
        "公布政府信息公开工作年度报告：1月22日（周五，含当日）截止，今日到期\n（补发：系统于"
    )
    assert message.html is None
    assert (message.subject or "").startswith("【政务公开提醒】")


@pytest.mark.parametrize("kind", KINDS)
def test_marks_of_robot_templates_stay_marks_and_mentions_come_once_at_the_end(kind: str) -> None:
    for sample in samples(kind):
        parts = render(sample, channel="wecom", today=SAMPLE_DAY, templates=Templates.load(SHIPPED)).parts
        assert not set("＊＞＜［］＃｀") & set("".join(parts))
        assert parts[0].startswith(("**", "（1/"))
        if kind != "escalation":  # a letter mentions nobody
            assert [part.count("<@zhangsan>") for part in parts] == [0] * (len(parts) - 1) + [len(sample["mentions"])]


def test_without_any_template_a_robot_still_speaks(tmp_path: Path) -> None:
    message = render(samples("digest")[0], channel="wecom", today=SAMPLE_DAY, templates=Templates.load(tmp_path))
    assert "ZWGK-2026-001" in message.parts[0]
    assert "<@zhangsan>" in message.parts[0]
