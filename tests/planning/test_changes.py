"""What changes between two rule books, and which of it a person must mean."""

from dataclasses import replace
from datetime import date

import pytest

from gkbot.deadline import YearNotice
from gkbot.planning import Channels, EventKind, History
from gkbot.planning.book_changes import calendar_changes, unit_changes
from gkbot.planning.changes import Changes, compare, dangers, touched
from gkbot.planning.due_days import due_days
from gkbot.planning.forecast import forecast, only_in
from gkbot.rulebook.values import Role, Rulebook
from tests.small_books import (
    AFTER_APPROVAL,
    CANGXI,
    FINANCE,
    ONGOING,
    WANGCANG,
    WEEKLY,
    book,
    by,
    day,
    event,
    known,
    task,
)

TODAY = day("2023-07-03")
OLD = book(task("GY-01", by("2023-07-31")), task("GY-02", by("2023-12-20")))


def changed(new: Rulebook, old: Rulebook = OLD, history: History | None = None) -> Changes:
    return compare(old, new, history or History(), TODAY)


def texts(changes: Changes) -> list[str]:
    return [danger.text for danger in dangers(changes)]


def test_the_same_book_has_no_changes():
    changes = changed(OLD)
    assert changes.tasks == ()
    assert (changes.before, changes.gone, changes.come) == (4, 0, 0)
    assert touched(OLD, OLD) == frozenset()


def test_an_added_task_is_no_danger():
    changes = changed(book(*OLD.tasks, task("GY-03", by("2023-09-30"))))
    assert [(each.task.id, each.old) for each in changes.tasks] == [("GY-03", None)]
    assert [str(move.new) for move in changes.tasks[0].moves] == ["2023-09-30"]
    assert (changes.come, texts(changes)) == (2, [])


@pytest.mark.parametrize(("new", "told"), [("2023-12-10", True), ("2023-12-25", False)])
def test_only_a_move_to_an_earlier_day_is_dangerous(new: str, told: bool):
    changes = changed(book(OLD.tasks[0], task("GY-02", by(new), words=(new,))))
    assert [(str(m.old), str(m.new)) for m in changes.tasks[0].moves] == [("2023-12-20", new)]
    assert bool(texts(changes)) is told


def test_a_vanished_task_is_dangerous_while_somebody_has_to_do_it():
    changes = changed(book(OLD.tasks[0], *(task(f"N-{n}") for n in range(3))))
    assert texts(changes)[0] == "GY-02（完善县级政府门户网站公开内容）被删除，还有2项责任没有办结"


def test_a_vanished_task_that_is_done_is_no_danger():
    done = event(EventKind.DONE, on="2023-06-20", task="GY-02")
    many = book(*(task(f"N-{n}") for n in range(8)), *OLD.tasks)
    changes = changed(book(*many.tasks[:-1]), many, known(*many.tasks, events=(done,)))
    assert texts(changes) == []


def test_a_task_that_loses_its_day_is_dangerous():
    assert "不再有截止日2023-12-20" in texts(changed(book(OLD.tasks[0], task("GY-02", ONGOING))))[0]


def test_more_than_three_tenths_of_the_duties_at_once_are_dangerous():
    done = tuple(event(EventKind.DONE, n, on="2023-06-20", task=f"N-{n}") for n in range(4))
    old = book(*(task(f"N-{n}") for n in range(10)))
    history = known(*old.tasks, events=done)
    assert texts(changed(book(*old.tasks[3:]), old, history)) == []
    assert texts(changed(book(*old.tasks[4:]), old, history)) == ["20项责任中有8项（40%）不见了"]


def test_archived_documents_may_change_and_go():
    archived = replace(OLD.tasks[0].document, archived_on=day("2023-06-01"))
    old = book(*(replace(each, document=archived) for each in OLD.tasks))
    assert texts(changed(book(replace(OLD.tasks[0], document=archived)), old)) == []


def test_a_shorter_period_moves_the_days_of_events_that_happened():
    occurred = event(EventKind.OCCURRED, on="2023-06-20", occurred_on=date(2023, 6, 20))
    old = book(task("GY-01", AFTER_APPROVAL))
    shorter = book(task("GY-01", replace(AFTER_APPROVAL, amount=15), words=("批复后15日内",)))
    changes = changed(shorter, old, known(*old.tasks, events=(occurred,)))
    assert [(str(m.old), str(m.new)) for m in changes.tasks[0].moves] == [("2023-07-10", "2023-07-05")]
    assert len(texts(changes)) == 1


def test_units_that_come_and_go_are_named():
    fewer = task("GY-02", by("2023-12-20"), units=[(CANGXI, Role.RESPONSIBLE), (FINANCE, Role.SUPPORT)])
    (change,) = changed(book(OLD.tasks[0], fewer)).tasks
    assert change.what == ("增加单位：市财政局", "减少单位：旺苍县人民政府")
    other = book(OLD.tasks[0], fewer)
    assert list(unit_changes(OLD, other)) == ["＋ 市财政局"]
    moved = replace(WANGCANG, contacts=(replace(WANGCANG.contacts[0], email="new@example.gov.cn"),))
    assert list(unit_changes(OLD, replace(OLD, units=(CANGXI, moved)))) == [
        "～ 旺苍县人民政府：办公室公开岗的邮箱 wangcang@example.gov.cn → new@example.gov.cn"
    ]


def test_a_calendar_that_arrives_says_which_days_it_moved():
    notice = YearNotice(
        year=2027,
        basis="通知",
        published=date(2026, 12, 1),
        off=(("元旦", date(2027, 1, 1), date(2027, 1, 3)), ("春节", date(2027, 2, 5), date(2027, 2, 12))),
        work=(date(2027, 1, 31),),
    )
    period = replace(AFTER_APPROVAL, amount=20)
    old = book(task("GY-01", period))
    occurred = event(EventKind.OCCURRED, on="2027-01-18", occurred_on=date(2027, 1, 18))
    new = replace(old, calendar=old.calendar.with_year(notice))
    changes = compare(old, new, known(*old.tasks, events=(occurred,)), date(2027, 1, 19))
    (move,) = changes.tasks[0].moves
    assert move.by_calendar
    assert list(calendar_changes(old, new, date(2027, 1, 19))) == ["＋ 2027年放假安排"]


def test_the_coming_days_show_what_appears_and_vanishes():
    new = book(task("GY-01", by("2023-07-28"), words=("7月28日前",)), OLD.tasks[1])
    history = known(*OLD.tasks)
    days = (TODAY, day("2023-07-31"))
    before, after = (forecast(found, history, *days, Channels()) for found in (OLD, new))
    appearing, vanishing = only_in(after, before), only_in(before, after)
    assert ("2023-07-28", "到期当日") in [(str(each.day), each.stage) for each in appearing]
    assert ("2023-07-31", "到期当日") in [(str(each.day), each.stage) for each in vanishing]
    assert only_in(before, before) == ()
    assert before.messages > 0
    assert before.recipients == 3  # two counties and the admin


def test_the_days_of_a_month_name_their_tasks():
    weekly = book(task("GY-01", WEEKLY), task("GY-02", by("2023-07-14")))
    found = due_days(weekly, known(*weekly.tasks), day("2023-07-01"), day("2023-07-31"))
    assert found[day("2023-07-14")] == ("GY-01", "GY-02")
    assert sorted(each.day for each in found) == [7, 14, 21, 28]
