"""The steps of a sender, taken one by one."""

from random import Random

from gkbot.ledger import (
    BEGUN,
    Beginning,
    Claimed,
    Closed,
    Ended,
    Entry,
    Instance,
    Ledger,
    NoticeState,
    Outcome,
    Rate,
    Receipt,
    Substitute,
    UnclearPolicy,
    Wanted,
)

OK = Receipt(outcome=Outcome.OK, code="250")
RETRY = Receipt(outcome=Outcome.RETRY, code="450")
DEAD = Receipt(outcome=Outcome.DEAD, code="550")
UNCLEAR = Receipt(outcome=Outcome.UNCLEAR, code="lost")
RANDOM = Random(1)  # noqa: S311 - the same spread every time
BODY = {"text": "x"}
RESEND, HOLD, DROP = UnclearPolicy.RESEND_ONCE, UnclearPolicy.HOLD, UnclearPolicy.DROP


def beginning(claimed: Claimed, *bodies: dict[str, str], phase: str = BEGUN) -> Beginning:
    return Beginning(claimed=claimed, bodies=bodies or (BODY,), message_id="<id@x>", phase=phase, template_hash="t1")


class Hand:
    """Takes the steps of a sender one by one."""

    def __init__(self, ledger: Ledger, instance: Instance) -> None:
        self.outbox = ledger.outbox
        self.instance = instance
        self.closed: tuple[Closed, ...] = ()
        self.instead: dict[str, Substitute] = {}
        """Key → what goes out instead where it is lost."""

    def claim(
        self, channel: str = "email", *, rate: Rate | None = None, policy: UnclearPolicy = RESEND
    ) -> Claimed | None:
        rates = (rate,) if rate else ()
        wanted = Wanted(channel=channel, rates=rates, lease_seconds=60, policy=policy)
        claimed, self.closed = self.outbox.claim(self.instance, wanted, find=self._find)
        return claimed

    def begin(self, claimed: Claimed, *bodies: dict[str, str], phase: str = BEGUN) -> bool:
        return self.outbox.begin_attempt(self.instance, beginning(claimed, *bodies, phase=phase))

    def finish(
        self,
        claimed: Claimed,
        receipt: Receipt,
        *,
        policy: UnclearPolicy = RESEND,
        substitute: Substitute | None = None,
    ) -> NoticeState | None:
        ended = Ended(claimed=claimed, receipt=receipt, policy=policy, random=RANDOM, substitute=substitute)
        return self.outbox.finish(ended)

    def attempt(self, receipt: Receipt, channel: str = "email", **how: UnclearPolicy) -> NoticeState | None:
        claimed = self.claim(channel, **how)
        assert claimed is not None
        assert self.begin(claimed)
        return self.finish(claimed, receipt, **how)

    def _find(self, lost: Entry) -> Substitute | None:
        return self.instead.get(lost.key)
