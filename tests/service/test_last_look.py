"""The last look before the wire reads what it needs, however long the ledger."""

from pathlib import Path

from gkbot.ledger import Ledger
from gkbot.ledger.seeing import Tasks
from gkbot.planning.values import History
from tests.brake_offices import FIRST, BrakeOffice, at, by
from tests.servers import SmtpServer


class Watched(Ledger):
    """A ledger that remembers of which tasks it was asked."""

    asked: list[Tasks | None]

    def history(self, book: Tasks | None = None) -> History:
        self.asked.append(book)
        return super().history(book)


def test_only_the_past_of_the_claimed_tasks_is_read_and_once(tmp_path: Path) -> None:
    with SmtpServer() as mail:
        office = BrakeOffice(tmp_path, mail, f"sqlite:///{tmp_path / 'gkbot.db'}", units=3, is_busy=False)
        office.write(by("2023-06-15", [3], "THIRD"))
        office.check(FIRST)
        office.clock.advance((at("2023-06-08") - office.clock.moment).total_seconds())  # seven days before
        mail.letters.clear()
        with Watched.open(office.url, clock=office.clock) as ledger:
            ledger.asked = []
            service = office.service(ledger)
            service.keeper.refresh()
            service.watch.start()
            service.look()
            ledger.asked = []
            office.clock.advance(600)
            with ledger.outbox.activate("test") as instance:
                office.send(service, instance)
        assert office.to_units() == ["u3@example.gov.cn"]
    assert ledger.asked == [{"THIRD"}]
