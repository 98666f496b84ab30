"""Templates are tried when they are loaded, and never keep a notice from going out."""

import shutil
from pathlib import Path

import pytest

from gkbot.notices import Templates, render
from gkbot.notices.samples import SAMPLE_DAY, samples
from gkbot.notices.templates import KINDS
from gkbot.planning import stages

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


LOOP = "{% for a in first.title %}"
ENDLESS = LOOP * 12 + "{% if a == 1 %}x{% endif %}" + "{% endfor %}" * 12
DOUBLING = "{% set a = first.title ~ first.title %}\n" + "{% set a = a ~ a %}\n" * 40
BLOCKS = "{% set a %}{{ first.title }}{% endset %}\n" + "{% set a %}{{ a }}{{ a }}{% endset %}\n" * 40
TWICE = "{{ f(n[1:]) }}{{ f(n[1:]) }}"
MACROS = "{% macro f(n) %}{% if n %}" + TWICE + "{% endif %}{% endmacro %}\n{{ f(first.title ~ opening) }}"
BROKEN = [
    (ENDLESS, "运行太久"),
    (DOUBLING, "太多"),
    (BLOCKS, "太多"),
    (MACROS, "运行太久"),
    ("{% macro f() %}{{ f() }}{% endmacro %}\n{{ f() }}", "用不了"),
    ("x\n" + LOOP * 4 + "y" * 500 + "{% endfor %}" * 4, "超过"),
    ("{{ '%1000000000d' % 1 }}", "不能用“%”"),
    ("{{ 'x'|center(1000000000) }}", "center"),
    ("{{ 'x'.ljust(1000000000) }}", "不能用这个方法"),
    ("{{ '{:>1000000000}'.format(1) }}", "不能用这个方法"),
    ("{{ 'a'|replace('', opening) }}", "replace"),
    ("{% set a = [1] %}{% set b = [a, a] %}{{ b }}", "不能用列表"),
    ("{{ sections }}", "不能直接输出"),
    ("{% autoescape false %}{{ opening }}{% endautoescape %}", "autoescape"),
    ("{% for a in range(10 ** 9) %}x{% endfor %}\n", "不能用“**”"),
]


@pytest.mark.fault("F19")
@pytest.mark.parametrize(("source", "words"), BROKEN)
def test_a_template_that_could_run_away_is_refused_when_it_is_loaded(own: Path, source: str, words: str) -> None:
    (own / "notices" / "due.subject.txt").write_text(source, encoding="utf-8")
    (problem,) = Templates.load(own).problems
    assert Path(problem.file).name == "due.subject.txt"
    assert words in problem.message


MISTAKEN = [
    ("{{ headline }}\n{{ days_left }}\n", 2, "days_left"),
    ("{{ headline }}\n{% if %}\n", 2, "语法有误"),
    ("{{ headline }}\n{{ headline }\n", 2, "语法有误：这里不该有“}”"),
    ("{{ headline }}\n{{ headline topic }}\n", 2, "这里该是“}}”，写的是“topic”"),
    ("{{ headline }}\n{{ headline，topic }}\n", 2, "大括号里不能写“，”"),
    ("{{ headline }}\n{% iff %}\n", 2, "没有“iff”这种标签"),
    ("{% if headline %}\n", 1, "没有写完，后面缺少 elif 或 else 或 endif"),
    ("{{ first.title }}\n\n{{ first.deadline }}\n", 3, "deadline"),
    ("{{ ''.__class__.__mro__ }}\n", 1, "用不了"),
    ("{{ 'x' * 1000000000 }}\n", 1, "不能用“*”"),
    ("{% for a in range(9) %}x{% endfor %}\n", 1, "range"),
]


@pytest.mark.fault("F19")
@pytest.mark.parametrize(("source", "line", "words"), MISTAKEN)
def test_a_broken_template_is_found_with_file_and_line(own: Path, source: str, line: int, words: str) -> None:
    (own / "notices" / "due.email.txt").write_text(source, encoding="utf-8")
    problems = Templates.load(own).problems
    assert [(Path(found.file).name, found.line) for found in problems] == [("due.email.txt", line)]
    assert words in problems[0].message


@pytest.mark.fault("F19")
@pytest.mark.parametrize(
    "source",
    [
        "{% for a in items %}" * 21 + "{% endfor %}" * 21,
        "{% macro m(a, a) %}{% endmacro %}",
        "{{ headline.upper(a=1, a=1) }}",
    ],
    ids=["loops in loops", "a name twice in a macro", "a name twice in a call"],
)
def test_what_only_python_finds_wrong_is_a_problem_like_any_other(own: Path, source: str) -> None:
    (own / "notices" / "due.email.txt").write_text(source, encoding="utf-8")
    (problem,) = Templates.load(own).problems
    assert problem.file.endswith("due.email.txt")
    assert "套得太深，或者一个名称写了两次" in problem.message


def test_a_template_that_prints_a_megabyte_is_stopped(own: Path) -> None:
    (own / "notices" / "due.subject.txt").write_text("{{ headline }}\n" + "字" * 401_000, encoding="utf-8")
    assert "100KB" in Templates.load(own).problems[0].message
    loop = "{% for a in first.title %}"
    (own / "notices" / "due.subject.txt").write_text(loop * 4 + "{{ opening }}" + "{% endfor %}" * 4, encoding="utf-8")
    assert "400000" in Templates.load(own).problems[0].message


@pytest.mark.fault("F19")
def test_a_template_that_runs_away_on_real_facts_gives_plain_text_in_time(own: Path) -> None:
    long = "{% if first.id == 'X-1' %}" + ENDLESS + "{% endif %}{{ headline }}"
    (own / "notices" / "due.email.txt").write_text(long, encoding="utf-8")
    templates = Templates.load(own)
    assert templates.problems == ()
    entry = samples("due")[0]["entries"][0]
    odd = samples("due")[0] | {"entries": [entry | {"task": "X-1"}]}
    message = render(odd, channel="email", today=SAMPLE_DAY, templates=templates)
    assert "due.email.txt:1: 模板用不了：运行太久" in (message.problem or "")
    assert "X-1" in message.text


def test_a_loop_still_knows_its_length_and_place(own: Path) -> None:
    source = "{% for s in sections %}{{ loop.index }}/{{ loop.length }}{% if loop.last %}。{% endif %}{% endfor %}"
    (own / "notices" / "due.subject.txt").write_text(source, encoding="utf-8")
    message = render(samples("due")[0], channel="email", today=SAMPLE_DAY, templates=Templates.load(own))
    assert (message.problem, message.subject) == (None, "1/1。")


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


@pytest.mark.parametrize("form", ["email.html", "email.txt", "wecom.md"])
def test_the_letters_share_one_frame(form: str) -> None:
    sources = Templates.load(SHIPPED).sources
    framed = [name for name, text in sources.items() if f'{{% extends "_letter.{form}" %}}' in text]
    assert framed == [f"{letter}.{form}" for letter in sorted(stages.LETTERS)]


def test_a_template_that_is_no_text_is_told_in_words(own: Path) -> None:
    (own / "notices" / "due.subject.txt").write_bytes(b"\xff\xfe")
    assert "读不出来：不是 UTF-8 编码" in {found.message for found in Templates.load(own).problems}
