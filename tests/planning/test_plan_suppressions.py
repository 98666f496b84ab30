"""A person's "not now": quiet while it holds, made up for afterwards where it still makes sense."""

from dataclasses import replace

import pytest
from small_books import CANGXI, WANGCANG, book, by, day, event, known, stages, task

from gkbot.planning import EventKind, History, Plan, Reason, explain_day, plan_day, plan_range, told_by
from gkbot.planning.suppressions import Suppression, SuppressionKind

TASK = task()


def silence(**changes: object) -> Suppression:
    made = Suppression(
        id=1,
        kind=SuppressionKind.SILENCE,
        since=day("2023-07-10"),
        end=day("2023-07-29"),
        author="张三",
        reason="迎检",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def planned(on: str, *suppressions: Suppression, last: str | None = None, **changes: object) -> Plan:
    history = known(TASK, suppressions=suppressions, last_scan=None if last is None else day(last), **changes)
    return plan_day(book(TASK), history, day(on))


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"unit": CANGXI.name},
        {"task": "GY-01"},
        {"document": TASK.document.id},
        {"address": "Cangxi@example.gov.cn"},
        {"unit": CANGXI.name, "task": "GY-01", "address": "cangxi@example.gov.cn"},
    ],
)
def test_what_is_silenced_is_not_said(about: dict[str, str]) -> None:
    assert stages(planned("2023-07-24", silence(**about))) == []


@pytest.mark.parametrize(
    "about", [{"unit": WANGCANG.name}, {"task": "GY-02"}, {"document": "x.yaml"}, {"address": "other@example.gov.cn"}]
)
def test_what_the_silence_is_not_about_is_said(about: dict[str, str]) -> None:
    assert stages(planned("2023-07-24", silence(**about))) == ["before-7"]


def test_other_units_hear_of_the_task() -> None:
    assert stages(planned("2023-07-24", silence(unit=CANGXI.name)), WANGCANG.name) == ["before-7"]


def test_what_was_silenced_for_long_is_told_afterwards_the_most_urgent_stage_only() -> None:
    plan = planned("2023-07-31", silence(end=day("2023-07-31")), last="2023-07-28")
    assert stages(plan) == ["due"]
    early = silence(since=day("2023-07-01"), end=day("2023-07-27"))
    made_up = planned("2023-07-27", early, last="2023-07-26")
    assert stages(made_up) == ["before-7"]
    assert made_up.notices[0].items[0].catch_up


def test_what_lies_further_back_than_any_catch_up_is_told_after_the_silence() -> None:
    far = task("GY-01", by("2023-08-31"))
    history = known(far, suppressions=(silence(end=day("2023-08-29")),), last_scan=day("2023-08-28"))
    only_fifteen = replace(far, plan=replace(far.plan, advances=(15,)))
    assert stages(plan_day(book(only_fifteen), history, day("2023-08-29"))) == ["before-15"]


def test_what_no_longer_applies_is_not_made_up_for() -> None:
    quiet = replace(TASK, plan=replace(TASK.plan, overdue_most=0))
    history = known(quiet, suppressions=(silence(end=day("2023-08-07")),), last_scan=day("2023-08-04"))
    assert stages(plan_day(book(quiet), history, day("2023-08-07"))) == []


def test_what_was_made_up_for_is_said_once() -> None:
    first = planned("2023-07-26", silence(end=day("2023-07-26")), last="2023-07-25")
    again = planned("2023-07-27", silence(end=day("2023-07-26")), last="2023-07-26", told=frozenset(told_by(first)))
    assert (stages(first), stages(again)) == (["before-7"], [])


def test_what_falls_into_an_acknowledgement_counts_as_told() -> None:
    known_of = silence(kind=SuppressionKind.ACK, end=day("2023-07-26"))
    assert stages(planned("2023-07-24", known_of)) == []
    assert stages(planned("2023-07-26", known_of, last="2023-07-25")) == []
    assert stages(planned("2023-07-28", known_of, last="2023-07-27")) == ["before-1"]


def test_two_silences_one_after_the_other_are_made_up_for_as_one() -> None:
    both = (
        silence(since=day("2023-07-10"), end=day("2023-07-17")),
        silence(id=2, since=day("2023-07-17"), end=day("2023-07-27")),
    )
    far = replace(TASK, plan=replace(TASK.plan, advances=(15,)))
    history = known(far, suppressions=both, last_scan=day("2023-07-26"))
    assert stages(plan_day(book(far), history, day("2023-07-27"))) == ["before-15"]


def test_a_new_task_is_announced_after_the_silence() -> None:
    history = History(first_seen={"GY-01": day("2023-06-05")}, last_scan=day("2023-06-30"))
    quiet = replace(history, suppressions=(silence(since=day("2023-06-05"), end=day("2023-07-03")),))
    assert stages(plan_day(book(TASK), quiet, day("2023-07-03"))) == ["new"]
    assert stages(plan_day(book(TASK), history, day("2023-07-03"))) == []


def test_a_preview_goes_through_a_silence_as_the_days_will() -> None:
    history = known(TASK, suppressions=(silence(),), last_scan=day("2023-07-07"))
    said = {plan.day: stages(plan) for plan in plan_range(book(TASK), history, day("2023-07-10"), day("2023-08-01"))}
    assert {on.isoformat(): names for on, names in said.items() if names} == {
        "2023-07-31": ["due"],
        "2023-08-01": ["overdue-1"],
    }


def test_the_admins_list_and_explain_go_on() -> None:
    plan = planned("2023-07-31", silence(end=None))
    assert [item.stage for item in plan.notices[0].items] == ["office-due", "office-due"]
    history = known(TASK, suppressions=(silence(),))
    _, silences = explain_day(book(TASK), history, day("2023-07-24"), [TASK])
    assert {found.reason for found in silences} == {Reason.SILENCED}
    assert silences[0].text == "静默中（张三：迎检），到7月28日（周五）为止；结束后仍适用的会补告。"


def test_no_letter_is_drafted_in_a_silence() -> None:
    assert not any(found.draft for found in planned("2023-08-03", silence(end=None)).notices)
    assert any(found.draft for found in planned("2023-08-03").notices)


def test_a_pause_of_weeks_is_made_up_for_when_it_ends() -> None:
    events = (event(EventKind.PAUSED, 1, on="2023-07-10"), event(EventKind.RESUMED, 2, on="2023-07-27"))
    far = replace(TASK, plan=replace(TASK.plan, advances=(15,)))
    history = known(far, events=events, last_scan=day("2023-07-26"))
    assert stages(plan_day(book(far), history, day("2023-07-27"))) == ["before-15"]
