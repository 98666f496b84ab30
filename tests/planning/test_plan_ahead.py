"""A preview of a later day is no catch-up."""

from small_books import book, by, day, known, task

from gkbot.planning import plan_ahead, plan_day, plan_range


def test_a_preview_of_a_later_day_takes_the_days_between_as_looked_at() -> None:
    county = task("GY-01", by("2023-07-31"))
    history = known(county, last_scan=day("2023-06-30"))
    [previewed] = plan_ahead(book(county), history, day("2023-07-24"), day("2023-07-24"))
    stages = {(item.stage, item.catch_up) for notice in previewed.notices for item in notice.items}
    assert stages == {("before-7", False)}
    after_a_stop = plan_day(book(county), history, day("2023-07-25"))
    assert {(item.stage, item.catch_up) for notice in after_a_stop.notices for item in notice.items} == {
        ("before-7", True)
    }


def test_a_rest_day_looked_at_first_after_a_stop_does_not_eat_the_catch_up() -> None:
    county = task("GY-01", by("2026-03-31"))
    history = known(county, last_scan=day("2026-03-06"))
    saturday, sunday, monday = plan_range(book(county), history, day("2026-05-30"), day("2026-06-01"))
    assert (saturday.notices, sunday.notices) == ((), ())
    assert (saturday.is_rest, monday.is_rest) == (True, False)
    assert monday.notices
    assert any(item.catch_up for notice in monday.notices for item in notice.items)
