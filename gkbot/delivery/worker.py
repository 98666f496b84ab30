"""The sender: takes one notice after the other and sees it through (facts/delivery.md 3.4).

    claim ─▶ look again ─▶ render and freeze ─▶ commit the attempt ─▶ wire ─▶ commit the outcome

Whatever goes wrong with one notice stays with that notice. Only a ledger that cannot be
written stops the work: no attempt without its row.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from gkbot.clock import Clock
from gkbot.delivery.tally import Tally
from gkbot.delivery.transport import Parcel, Render, Stop, Transport
from gkbot.errors import LedgerError
from gkbot.ledger import (
    Claimed,
    Entry,
    Facts,
    Instance,
    Ledger,
    NoticeState,
    Outcome,
    Payload,
    Receipt,
    Substitute,
)
from gkbot.ledger.crash_points import crash_point

log = logging.getLogger(__name__)

LEASE_MARGIN_SECONDS = 60.0
PUT_BACK_SECONDS = 60.0
COMMIT_TRIES = 5
COMMIT_WAIT_SECONDS = 1.0
_LOOKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is still to be told just before the wire.

    Attributes:
        facts: The notice's facts without the duties that are settled; None where nothing is left.
        state, reason: What becomes of the notice then.
    """

    facts: Facts | None
    state: NoticeState = NoticeState.SUPERSEDED
    reason: str = ""


LookAgain = Callable[[Claimed], Review]
FindFallback = Callable[[Claimed | Entry], Substitute | None]


@dataclass(slots=True, kw_only=True)
class Worker:
    """Works off the outbox of one instance.

    Attributes:
        look_again: Asked just before the wire what is still to be told; reads the ledger anew.
        fallback: Another channel of the same recipient, for a notice that is dead.
        wait: Sleeps, at most so many seconds; a service passes one that ends when it is told to stop.
        random: Spreads retries.
    """

    ledger: Ledger
    instance: Instance
    transports: Sequence[Transport]
    render: Render
    clock: Clock
    look_again: LookAgain
    fallback: FindFallback = lambda _notice: None
    stop: Stop = lambda: False
    wait: Callable[[float], None] = time.sleep
    random: Random = field(default_factory=Random)
    tally: Tally = field(default_factory=Tally)

    def drain(self) -> Tally:
        """Send everything that may go out now, each channel in turn."""
        for transport in self.transports:
            while not self.stop() and self.send_next(transport):
                pass
            transport.close()
        return self.tally

    def send_next(self, transport: Transport) -> bool:
        """See the next notice of a channel through; False where there is none to take now."""
        claimed = self.ledger.outbox.claim(
            self.instance,
            channel=transport.channel,
            rate=transport.rate,
            lease_seconds=transport.deadline_seconds + LEASE_MARGIN_SECONDS,
            policy=transport.policy,
            note_closed=self.tally.note_closed,
        )
        if claimed is None:
            return self._divert_stranded(transport)
        try:
            self._see_through(transport, claimed)
        except LedgerError:
            raise
        except Exception as error:
            # One bad notice must not stop the others; five claims without outcome make it dead.
            log.exception("notice put back", extra={"number": claimed.number})
            reason = type(error).__name__
            self.ledger.outbox.put_back(claimed, reason=reason, seconds=PUT_BACK_SECONDS)
            self.tally.note_trouble(claimed, reason)
        return True

    def _see_through(self, transport: Transport, claimed: Claimed) -> None:
        begun = self._begin(transport, claimed)
        if begun is None:
            return
        payload, message_id = begun
        receipt = self._on_the_wire(transport, claimed, payload, message_id)
        crash_point("CP6")
        state = self._commit(transport, claimed, payload, receipt)
        crash_point("CP7")
        if claimed.parts > 1:
            crash_point("CP11")
        log.info(
            "notice attempted",
            extra={
                "number": claimed.number,
                "channel": claimed.channel_id,
                "outcome": str(receipt.outcome),
                "code": receipt.code,
                "state": str(state),
            },
        )
        self.tally.note(claimed, receipt, state)

    def _begin(self, transport: Transport, claimed: Claimed) -> tuple[Payload, str] | None:
        """Look again and commit that an attempt begins; None where nothing is to be sent."""
        for _ in range(_LOOKS):
            review = self.look_again(claimed) if claimed.part_no == 1 else Review(facts=claimed.facts)
            if review.facts is None:
                self.ledger.outbox.drop(claimed, review.state, review.reason)
                self.tally.note_dropped(claimed)
                return None
            bodies = self._bodies(transport, claimed, review.facts)
            message_id = claimed.message_id or _message_id(claimed, transport.domain)
            if self.ledger.outbox.begin_attempt(self.instance, claimed, bodies, message_id):
                return bodies[0], message_id
            if not self.ledger.outbox.is_still_ours(claimed):
                return None
            claimed = replace(claimed, events_seen=self.ledger.outbox.events_now())
        self.ledger.outbox.put_back(claimed, reason="events keep coming", seconds=PUT_BACK_SECONDS)
        return None

    def _bodies(self, transport: Transport, claimed: Claimed, facts: Facts) -> Sequence[Payload]:
        if claimed.body is not None:
            return (claimed.body,)
        channel = claimed.channel
        if channel == "file":  # a folder takes what the real channel would have carried
            channel = "email" if "@" in claimed.address else "wecom"
        message = self.render(facts, channel=channel, today=self.clock.today(), maybe_twice=False)
        return transport.freeze(message, claimed.address)

    def _on_the_wire(self, transport: Transport, claimed: Claimed, payload: Payload, message_id: str) -> Receipt:
        parcel = Parcel(
            payload=payload,
            number=claimed.number,
            message_id=message_id,
            thread=f"<o{claimed.thread}@{transport.domain}>" if claimed.thread else None,
            day=claimed.day,
            unit=claimed.unit,
            contact=claimed.contact,
            address=claimed.address,
            maybe_twice=claimed.maybe_twice,
            at=self.clock.now().astimezone(self.clock.zone),
        )
        try:
            return transport.send(parcel)
        except Exception as error:  # noqa: BLE001 - whatever a channel does, the bytes may be out
            return Receipt(outcome=Outcome.UNCLEAR, code=type(error).__name__, phase="unknown")

    def _commit(self, transport: Transport, claimed: Claimed, payload: Payload, receipt: Receipt) -> NoticeState | None:
        """Commit the outcome before anything else; a lost connection is tried again, never assumed."""
        substitute = self._substitute(transport, claimed, payload, receipt)
        for left in reversed(range(COMMIT_TRIES)):
            try:
                return self.ledger.outbox.finish(
                    claimed, receipt, policy=transport.policy, random=self.random, substitute=substitute
                )
            except LedgerError:
                if not left:
                    raise
                self.wait(COMMIT_WAIT_SECONDS)
        return None  # pragma: no cover - the loop returns or raises

    def _substitute(
        self, transport: Transport, claimed: Claimed, payload: Payload, receipt: Receipt
    ) -> Substitute | None:
        """What takes the place of a notice that may turn out dead now."""
        if receipt.outcome in {Outcome.OK, Outcome.UNCLEAR}:
            return None
        plainer = transport.plainer(payload) if receipt.simplify else None
        if plainer is not None:
            return Substitute(
                reason="plain_of",
                channel=claimed.channel,
                address=claimed.address,
                contact=claimed.contact,
                mentions=claimed.mentions,
                mobiles=claimed.mobiles,
                body=plainer,
            )
        if claimed.origin is not None or claimed.part_no > 1:
            return None  # there is no second way out, and a part is not the whole
        return self.fallback(claimed)

    def _divert_stranded(self, transport: Transport) -> bool:
        """Send by another way what waits for a channel that is of no use; True where something moved."""
        moved = False
        if not transport.disabled_is_final:
            return False
        for entry in self.ledger.outbox.stranded(transport.channel):
            whole = entry.origin is None and entry.part_no == 1
            substitute = self.fallback(entry) if whole else None
            if substitute is not None:
                moved |= self.ledger.outbox.divert(entry, "channel disabled", substitute)
        return moved


def _message_id(claimed: Claimed, domain: str) -> str:
    """RFC 5322 3.6.4; the same on every copy, since it follows from the notice alone."""
    key16 = "".join(letter for letter in claimed.key if letter.isalnum() and letter.isascii())[:16]
    return f"<n{claimed.number}.{key16}@{domain}>"
