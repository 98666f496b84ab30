"""What is left of a notice's facts when some of its duties are settled before it leaves."""

from dataclasses import replace
from datetime import UTC, datetime

from gkbot.clock import FixedClock
from gkbot.deadline import Calendar
from gkbot.planning import Channels, plan_day
from gkbot.rulebook.values import Role
from gkbot.service.facts import FactsMaker, with_time_to_answer, without_duties
from gkbot.settings import Settings
from tests.small_books import CANGXI, DOCUMENT, WANGCANG, book, day, known, task

NOW = FixedClock(datetime(2023, 7, 24, 1, 0, tzinfo=UTC))


def test_only_contacts_with_open_items_are_called_on() -> None:
    cangxi = replace(CANGXI, robot="COUNTIES")
    wangcang = replace(
        WANGCANG, robot="COUNTIES", contacts=(replace(WANGCANG.contacts[0], wecom="wc", mobile="13900000000"),)
    )
    rules = book(task(units=[(cangxi, Role.LEAD), (wangcang, Role.LEAD)]))
    plan = plan_day(rules, known(*rules.tasks), day("2023-07-24"), channels=Channels(robots=frozenset({"COUNTIES"})))
    (notice,) = (found for found in plan.notices if found.recipient.robot)
    facts = FactsMaker(Settings(), NOW, rules).of(notice)
    assert (facts["mentions"], facts["mobiles"]) == (["cx", "wc"], ["13800000000", "13900000000"])
    left = without_duties(facts, {("GY-01", cangxi.name, "2023-07-31")})
    assert left is not None
    assert (left["mentions"], left["mobiles"]) == (["wc"], ["13900000000"])


def test_a_letter_about_what_the_law_demands_is_signed_by_the_office_and_not_by_the_lawgiver() -> None:
    law = replace(DOCUMENT, file="rules/statutory/statutory.yaml", issuer="国务院")
    rules = book(task(document=law))
    plan = plan_day(rules, known(*rules.tasks), day("2023-08-03"))
    drafts = [found for found in plan.notices if found.draft]
    assert {FactsMaker(Settings(), NOW, rules).of(draft)["issuer"] for draft in drafts} == {"政务公开科"}


def test_a_letter_asks_for_an_answer_by_a_day_that_is_still_to_come() -> None:
    letter = {"letter": "escalation", "answer_by": "2023-08-10"}
    calendar = Calendar.builtin
    assert with_time_to_answer(letter, calendar, day("2023-08-09")) == letter
    assert with_time_to_answer(letter, calendar, day("2023-08-10"))["answer_by"] == "2023-08-17"
    assert (
        with_time_to_answer({"letter": None, "answer_by": "2023-08-10"}, calendar, day("2023-09-01"))["answer_by"]
        == "2023-08-10"
    )
