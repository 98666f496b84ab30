"""The benchmarks still run; how fast is not asked here."""

from importlib import import_module

import pytest

from benchmarks import corpus, digests, mail, open_duties, robot, rules, startup, workdays
from benchmarks.__main__ import NAMES
from benchmarks.accuracy import compared
from benchmarks.hostile import hostile
from benchmarks.labels import phrase
from benchmarks.peers import GKBOT, Peer
from benchmarks.speed import speed
from benchmarks.tables import Bar, Table, cells

BY = phrase({"text": "8月底前完成", "ref": "2023-03-01", "kind": "by", "due": "2023-08-31"})
COUNT = phrase(
    {
        "text": "收到后3个工作日内",
        "ref": "2023-03-01",
        "kind": "after_event",
        "offset": {"workdays": 3},
        "event": "收到",
    }
)
MONTHLY = phrase({"text": "每月报送", "ref": "2023-03-01", "kind": "recurring", "recurrence": {"freq": "monthly"}})
NONE = phrase({"text": "国办发〔2023〕15号", "ref": "2023-03-01", "kind": "none"})


def test_gkbot_is_asked_like_any_other_parser():
    table = compared("four phrases", [BY, COUNT, MONTHLY, NONE], [GKBOT])
    assert table.rows == [("gkbot", "1/1", "1/1", "1/1", "1/1", "4/4 = 100.0%", "0")]


def test_a_parser_that_cannot_be_asked_is_told_in_its_row():
    (row,) = compared("one phrase", [BY], [Peer(name="nobody", parser="nobody")]).rows
    assert row[0] == "nobody"
    assert row[1].startswith("not available: ")


def test_speed_and_hostile_input_give_a_row_each():
    assert [row[0] for row in speed([GKBOT], phrases=4, paragraphs=2).rows] == ["gkbot"]
    assert [row[0] for row in hostile((64, 128), {"digits": "7"}).rows] == ["digits"]


def test_startup_and_workdays_give_their_tables():
    assert len(next(startup.run(1, {"gkbot --help": ("--help",)})).rows) == 1
    assert len(next(workdays.run(1_000)).rows) == 9


def test_every_benchmark_has_a_name_and_its_tables():
    assert all(callable(import_module(f"benchmarks.{name}").run) for name in NAMES)


def test_rule_files_are_written_checked_and_read_again():
    (table,) = rules.run(offices=2, tasks=3, units=2, rounds=1)
    assert table.title == "Rule files: 2 offices, 6 tasks, 12 duties"
    assert [row[2][-5:] for row in table.rows if len(row) > 2] == ["holds"] * 4


def test_the_outbox_is_measured_beside_bare_smtplib():
    with mail.nothing_server(milliseconds=1) as port:
        table = mail.measured("nothing", port, mails=3, rounds=1)
    assert [row[0] for row in table.rows][-1] == "gkbot"
    assert table.notes[0].startswith("gkbot 每封提交2.")


@pytest.mark.parametrize(
    ("findings", "right"),
    [
        ([{"end": "2023-03-31"}, {"end": "2023-08-31"}], True),
        ([{"end": "2023-08-30"}], False),
        ([{"every": "P1Y", "end": "2023-08-31"}], False),
        ([], False),
    ],
)
def test_a_phrase_with_a_day_is_right_when_some_finding_ends_on_it(findings, right):
    assert BY.is_right(findings) is right


def test_a_count_is_right_by_its_length_or_by_its_end_from_the_day_of_issue():
    assert COUNT.is_right([{"within": "P3B"}])
    assert COUNT.is_right([{"end": "2023-03-06"}])
    assert not COUNT.is_right([{"within": "P3D"}])


def test_the_made_up_text_is_the_same_for_every_run():
    assert corpus.phrase_rounds(1, 5) == corpus.phrase_rounds(1, 5)
    assert {len(text) for text in corpus.paragraph_rounds(1, 5)[0]} == {320}


def test_a_table_is_aligned_by_screen_cells():
    table = Table(title="t", columns=("甲", "b"), rows=[("a", "1"), ("每每每", "22")])
    assert {cells(line) for line in table.as_text().splitlines()[2:]} == {10}


def test_a_bar_says_whether_a_figure_holds_it():
    assert Bar(value=20_000, unit="/s", least=True).judge(19_999) == "≥ 20,000/s misses"
    assert Bar(value=0.35, unit=" s").judge(0.2) == "≤ 0.35 s holds"
    assert Bar(value=6).judge(None) == "≤ 6 misses"


def test_a_robots_burst_keeps_every_bar():
    table = robot.measured("sqlite", 60, instances=1)
    assert [row[2][-5:] for row in table.rows] == ["holds"] * 5


def test_a_days_look_is_measured_for_few_and_for_many_open_duties():
    (table,) = open_duties.run(many=20, few=15, units=2)
    assert [row[0] for row in table.rows if row[3]] == ["  how many times as long", "peak memory"]


def test_digests_are_planned_written_and_rendered():
    (table,) = digests.run(digests=20)
    assert "plan, enqueue and render" in table.as_text()
