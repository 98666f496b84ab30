"""What a run of the sender remembers of its troubles."""

from gkbot.delivery.tally import MOST_TROUBLES, Tally
from gkbot.ledger import Closed, NoticeState


def test_a_service_that_meets_trouble_for_years_does_not_grow() -> None:
    tally = Tally()
    closed = Closed(number="N", channel_id="email", contact="岗", state=NoticeState.EXPIRED, reason="expired")
    for _ in range(MOST_TROUBLES + 5):
        tally.note_closed(closed)
    assert (tally.failed, len(tally.troubles)) == (MOST_TROUBLES + 5, MOST_TROUBLES)
