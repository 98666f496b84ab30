"""A transaction that lost against another one is done again."""

import threading
from pathlib import Path

from sqlalchemy import text

from gkbot.clock import SystemClock
from gkbot.ledger.again import again
from gkbot.ledger.database import Database
from tests.databases import fresh_database


def test_the_victim_of_a_deadlock_is_done_again(tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path) as url:
        database = Database(url, clock=SystemClock())
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE pair (id integer PRIMARY KEY, times integer)"))
            connection.execute(text("INSERT INTO pair VALUES (1, 0), (2, 0)"))
        both_hold_one = threading.Barrier(2, timeout=10)
        tries = {1: 0, 2: 0}
        errors: list[Exception] = []

        def step(first: int, second: int) -> None:
            tries[first] += 1
            with database.writing() as connection:
                for number in (first, second):
                    connection.execute(text("UPDATE pair SET times = times + 1 WHERE id = :n"), {"n": number})
                    if number == first and tries[first] == 1:
                        both_hold_one.wait()

        def person(first: int, second: int) -> None:
            try:
                again(lambda: step(first, second))
            except Exception as error:  # noqa: BLE001 - told to the test
                errors.append(error)

        people = [threading.Thread(target=person, args=order) for order in ((1, 2), (2, 1))]
        for each in people:
            each.start()
        for each in people:
            each.join()
        with database.reading() as connection:
            times = connection.execute(text("SELECT times FROM pair")).scalars().all()
        database.close()
    assert errors == []
    assert times == [2, 2]
    assert sum(tries.values()) == 3
