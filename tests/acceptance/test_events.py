"""What happened is said once and holds from then on: extended, acknowledged, begun, explained."""

from typing import Any

from tests.acceptance.program import Office

STRETCH = ("--from", "2023-07-03", "--to", "2023-09-29")


def july_task(office: Office) -> str:
    found: str = next(
        task["id"]
        for task in office.ask("tasks", "--date", "2023-07-03")
        if task["clause"] == "三（二）1" and "7月" in task["deadline"]["text"]
    )
    return found


def say(office: Office, *words: str) -> None:
    finished = office.run(*words)
    assert finished.status == 0, finished.said


def duty(office: Office, task: str, unit: str, day: str) -> dict[str, Any]:
    (found,) = [
        duty
        for each in office.ask("tasks", "--date", day, "--unit", unit)
        if each["id"] == task
        for duty in each["duties"]
        if duty["unit"] == unit
    ]
    return dict(found)


def days_told(office: Office, task: str, unit: str) -> set[str]:
    """Days on which the unit's first contact hears of the task."""
    return {
        notice["date"]
        for notice in office.ask("plan", *STRETCH)["notices"]
        if not notice["draft"] and notice["recipient"]["address"] == "cangxi.gongkai@guangyuan.example.com"
        for item in notice["items"]
        if (item["task"], item["unit"]) == (task, unit)
    }


def test_an_extension_moves_the_reminders_of_that_unit_only(counties: Office) -> None:
    task = july_task(counties)
    counties.ask("daily", "--date", "2023-06-30")
    words = ("--to", "2023-08-31", "--by", "张某", "--basis", "延期批复1号")
    say(counties, "extend", task, "--unit", "苍溪县", *words)
    assert duty(counties, task, "苍溪县", "2023-07-03")["due"] == "2023-08-31"
    assert duty(counties, task, "旺苍县", "2023-07-03")["due"] == "2023-07-31"
    days = days_told(counties, task, "苍溪县")
    assert {"2023-08-16", "2023-08-24", "2023-08-28", "2023-08-30", "2023-08-31", "2023-09-01"} <= days
    assert not days & {"2023-07-24", "2023-07-28", "2023-07-31", "2023-08-01"}


def test_an_acknowledged_duty_is_still_reminded(counties: Office) -> None:
    task = july_task(counties)
    say(counties, "ack", task, "--unit", "苍溪县")
    assert duty(counties, task, "苍溪县", "2023-07-03")["status"] == "acknowledged"
    assert {"2023-07-14", "2023-07-24", "2023-07-28", "2023-07-31"} <= days_told(counties, task, "苍溪县")


def test_a_duty_said_to_be_done_is_done_and_no_longer_overdue(counties: Office) -> None:
    task = july_task(counties)
    say(counties, "done", task, "--unit", "苍溪县", "--note", "网址见附件")
    assert duty(counties, task, "苍溪县", "2023-08-15")["status"] in {"done", "reported"}
    assert duty(counties, task, "旺苍县", "2023-08-15")["status"] == "overdue"


def test_a_period_counted_from_an_event_waits_for_it_and_then_runs(guangyuan: Office) -> None:
    (task,) = [
        each for each in guangyuan.ask("tasks", "--date", "2023-06-06") if each["deadline"]["kind"] == "after_event"
    ]
    assert task["clause"] == "三（一）5"
    assert {duty["status"] for duty in task["duties"]} == {"waiting"}
    say(guangyuan, "event", task["id"], "--at", "2023-06-05", "--unit", "苍溪县")
    assert duty(guangyuan, task["id"], "苍溪县", "2023-06-06")["due"] == "2023-07-05"
    waiting = duty(guangyuan, task["id"], "旺苍县", "2023-06-06")
    assert (waiting["status"], waiting["due"]) == ("waiting", None)


def test_explain_tells_why_this_date_and_why_nothing_comes(counties: Office) -> None:
    task = july_task(counties)
    finished = counties.run("explain", task, "--unit", "苍溪县", "--date", "2023-07-25")
    assert finished.status == 0, finished.said
    assert "2023年7月底前" in finished.out
    assert "7月31日" in finished.out or "2023-07-31" in finished.out
    assert "7月28日" in finished.out or "2023-07-28" in finished.out  # when the next reminder comes
