"""Which due days a mail puts into its recipient's calendar."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_books import ONGOING, book, by, day, event, known, task

from gkbot.notices import Message, Templates, facts, render
from gkbot.planning import Channels, EventKind, History, plan_day
from gkbot.planning.threads import thread_of
from gkbot.rulebook.values import Task

TEMPLATES = Templates.load(Path(__file__).parent.parent.parent / "templates")
TASK = task("GY2023-05", words=("2023年7月底前",))


def mailed(tasks: list[Task], history: History, today: str, *, unit: str = "苍溪县人民政府") -> Message:
    office = book(*tasks)
    notices = plan_day(office, history, day(today), channels=Channels(email=True)).notices
    (notice,) = (found for found in notices if found.recipient.unit == unit and not found.draft)
    return render(facts(notice, office), channel="email", today=day(today), templates=TEMPLATES)


def test_the_due_day_of_a_reminder_is_one() -> None:
    (found,) = mailed([TASK], known(TASK), "2023-07-24").due_days
    assert (found.thread, found.sequence, found.day) == (
        thread_of("GY2023-05", "苍溪县人民政府", "2023-07-31"),
        0,
        day("2023-07-31"),
    )
    assert found.summary == "截止：完善县级政府门户网站公开内容（苍溪县人民政府）"
    assert "截止：2023年7月31日（周一，含当日）" in found.description


def test_a_moved_due_day_keeps_its_name_and_raises_its_sequence() -> None:
    moved = event(EventKind.EXTENDED, task=TASK.id, until=day("2023-08-31"), on="2023-07-25")
    (found,) = mailed([TASK], replace(known(TASK), events=(moved,)), "2023-07-25").due_days
    assert (found.thread, found.sequence, found.day) == (
        thread_of("GY2023-05", "苍溪县人民政府", "2023-07-31"),
        1,
        day("2023-08-31"),
    )


def test_what_is_overdue_is_no_entry_any_more() -> None:
    late = mailed([TASK], known(TASK, last_scan=day("2023-08-03")), "2023-08-04")
    assert (late.due_days, "已过4天" in late.text) == ((), True)


def test_a_sensitive_task_is_not_carried_to_calendars() -> None:
    assert mailed([replace(TASK, sensitive=True)], known(TASK), "2023-07-24").due_days == ()


def test_a_task_without_a_day_is_no_entry() -> None:
    lasting = task("GY2023-12", ONGOING, words=("持续推进",))
    assert [found.day for found in mailed([TASK, lasting], History(), "2023-07-24").due_days] == [day("2023-07-31")]


@pytest.mark.parametrize(("count", "told", "left_out"), [(50, 50, 0), (53, 50, 3)])
def test_a_long_digest_carries_the_nearest_fifty(count: int, told: int, left_out: int) -> None:
    tasks = [task(f"T{n:02}", by("2023-12-31" if n < 10 else "2023-09-30")) for n in range(count)]
    message = mailed(tasks, History(), "2023-07-24")
    assert (len(message.due_days), message.left_out) == (told, left_out)
    assert message.due_days[0].day == day("2023-09-30")
