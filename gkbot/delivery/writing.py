"""From a claimed notice to the letter that leaves: looked at again, rendered, addressed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from gkbot.delivery.said import said
from gkbot.delivery.transport import Parcel, Steps, Transport
from gkbot.ledger import BARE, REST, Claimed, Facts, NoticeState, Payload
from gkbot.notices.bare import bare
from gkbot.notices.message import Message

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A notice ready for its attempt.

    Attributes:
        bodies: The payloads of all parts.
        parcel: The first of them, addressed.
        template_hash: Of the templates, where it was rendered now.
    """

    bodies: Sequence[Payload]
    parcel: Parcel
    template_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Nothing is left to tell; what becomes of the notice, and why."""

    state: NoticeState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """It waits until this moment, as when a later try falls into the night."""

    until: datetime


Written = Letter | Dropped | NotYet


def written(worker: "Worker", transport: Transport, claimed: Claimed, steps: Steps) -> tuple[Claimed, Written]:
    """Look again and write what is still to be told; a body that may have arrived stays as it is.

    Returns:
        The claim as well, without what was put off at this look: it is no longer this notice's to tell.
    """
    facts = claimed.facts
    if claimed.part_no == 1:
        review = worker.look_again(claimed)
        if review.put_off:
            left = tuple(told for told in claimed.items if (told.task, told.unit, told.period) not in review.put_off)
            claimed = replace(claimed, facts=review.kept, items=left)
        if review.facts is None:
            return claimed, Dropped(state=review.state, reason=review.reason)
        if review.later is not None:
            return claimed, NotYet(until=review.later)
        facts = review.facts
    bodies: Sequence[Payload] = (claimed.body,) if claimed.body is not None and claimed.is_frozen else ()
    template_hash = None
    if not bodies:
        message = _message(worker, claimed, facts)
        bodies = transport.freeze(message, claimed.address)
        template_hash = message.template_hash
    parcel = _addressed(worker, transport, claimed, bodies[0], steps)
    return claimed, Letter(bodies=bodies, parcel=parcel, template_hash=template_hash)


def _message(worker: "Worker", claimed: Claimed, facts: Facts) -> Message:
    """As the templates say it, or the few plain words that stand for a notice that could not be written."""
    instead_of = facts.get(BARE)
    if instead_of is not None:
        rest = [words for body in facts.get(REST, ()) if (words := said(body))]
        return bare(facts, instead_of=instead_of, rest=rest)
    return worker.render(facts, channel=_form(claimed), today=worker.clock.today(), maybe_twice=False)


def _form(claimed: Claimed) -> str:
    """The channel to render for; a folder takes what the real one would have carried."""
    if claimed.channel != "file":
        return claimed.channel
    return "email" if "@" in claimed.address else "wecom"


def _addressed(worker: "Worker", transport: Transport, claimed: Claimed, payload: Payload, steps: Steps) -> Parcel:
    return Parcel(
        payload=payload,
        number=claimed.number,
        message_id=claimed.message_id or _message_id(claimed, transport.domain),
        thread=f"<o{claimed.thread}@{transport.domain}>" if claimed.thread else None,
        day=claimed.day,
        unit=claimed.unit,
        contact=claimed.contact,
        address=claimed.address,
        maybe_twice=claimed.maybe_twice,
        at=worker.clock.now().astimezone(worker.clock.zone),
        steps=steps,
    )


def _message_id(claimed: Claimed, domain: str) -> str:
    """RFC 5322 3.6.4; the same on every copy, since it follows from the notice alone."""
    key16 = "".join(letter for letter in claimed.key if letter.isalnum() and letter.isascii())[:16]
    return f"<n{claimed.number}.{key16}@{domain}>"
