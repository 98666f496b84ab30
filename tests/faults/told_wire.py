"""A channel that answers, fails or kills as it was told, and the ledger of what arrived (F33)."""

import json
from datetime import date
from typing import Any

from gkbot.delivery.transport import Parcel
from gkbot.ledger import Facts, Outcome, Payload, Receipt, UnclearPolicy
from gkbot.notices import Message
from tests.faults.arrivals import MAYBE_TWICE
from tests.witness import EMAIL, ROBOT, Arrival


class Killed(BaseException):
    """The process ends here."""


def killed(_notice: object) -> dict[str, Any]:
    raise Killed


def render(facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
    """A robot's digest has as many parts as lines."""
    number, lines = str(facts["number"]), len(facts["entries"])
    parts = tuple(f"{number} {n}/{lines}" for n in range(1, lines + 1)) if channel == "wecom" else (number,)
    return Message(text=number, subject=number, parts=parts)


class Wire:
    """A channel whose answers are told beforehand, and the receiver's ledger behind it.

    Args:
        answers: Taken one by one; "ok" when there are no more.
        arrived: The ledger.
    """

    deadline_seconds, rates, domain = 30.0, (), "test"
    policy = UnclearPolicy.RESEND_ONCE
    disabled_is_final = says_when_at_risk = False

    def __init__(self, channel: str, answers: list[str], arrived: list[Arrival]) -> None:
        self.channel, self.answers, self.arrived = channel, answers, arrived

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        return tuple({"text": part} for part in message.parts)

    def plainer(self, payload: Payload) -> Payload | None:
        return None

    def send(self, parcel: Parcel) -> Receipt:
        answer = self.answers.pop(0) if self.answers else "ok"
        if answer == "killed before":
            raise Killed
        if answer in {"ok", "lost reply", "killed after"}:
            self._take(parcel)
        if answer == "killed after":
            raise Killed
        if answer == "retry":
            return Receipt(outcome=Outcome.RETRY, code="later")
        unclear = answer.startswith("lost")
        return Receipt(outcome=Outcome.UNCLEAR if unclear else Outcome.OK, code=answer)

    def close(self) -> None:
        pass

    def _take(self, parcel: Parcel) -> None:
        text = parcel.payload["text"]
        mail = f"Message-ID: {parcel.message_id}\n\n{text}"
        robots = json.dumps({"text": f"{MAYBE_TWICE}{text}" if parcel.maybe_twice else text}, ensure_ascii=False)
        content = (mail if self.channel == EMAIL else robots).encode()
        kind = EMAIL if self.channel == EMAIL else ROBOT
        self.arrived.append(Arrival(len(self.arrived), None, kind, "Wire", parcel.address, content, took=True))


def text_of(arrival: Arrival) -> str:
    """What it said, without the mark of a copy."""
    if arrival.channel == EMAIL:
        return arrival.content.decode().partition("\n\n")[2]
    return str(json.loads(arrival.content)["text"]).replace(MAYBE_TWICE, "")
