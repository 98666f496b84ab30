"""The leases of one sender: renewed while it works, judged by a clock that only goes forward.

A lease is short, so that what a dead instance held is taken over within minutes, and a mail may
take twenty (RFC 5321 4.5.3.2); so it is renewed as long as the sender lives. A process that was
stopped beyond its lease finds it over and leaves the wire alone (facts/delivery.md 3.7, CP15).
"""

import logging
import threading
from typing import Self

from gkbot.clock import Clock
from gkbot.errors import LedgerError
from gkbot.ledger import Claimed, Ledger

log = logging.getLogger(__name__)

LEASE_MARGIN_SECONDS = 60.0
LONGEST_LEASE_SECONDS = 180.0
_RENEWALS_A_LEASE = 3


class LeaseLost(Exception):
    """The notice may be somebody else's by now: no further on the wire."""


class Leases:
    """Keeps what this sender has claimed; a context manager that renews from a thread of its own."""

    def __init__(self, ledger: Ledger, clock: Clock, *, deadline_seconds: float, longest_seconds: float) -> None:
        """Work out how long a lease lasts.

        Args:
            deadline_seconds: No attempt lasts longer; what is held beyond that and the margin is no
                longer renewed, since its sender hangs.
            longest_seconds: Of a lease.
        """
        self._ledger = ledger
        self._clock = clock
        self._most_seconds = deadline_seconds + LEASE_MARGIN_SECONDS
        self.seconds = min(self._most_seconds, longest_seconds)
        self._held: dict[int, tuple[Claimed, float, float]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Nothing is renewed before something is held."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Renew nothing any more."""
        self._ended.set()

    def hold(self, claimed: Claimed, since: float) -> None:
        """Keep a lease that was taken after this moment of the monotonic clock."""
        with self._lock:
            self._held[claimed.id] = (claimed, since, since + self.seconds)
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew_again_and_again, daemon=True)
                self._thread.start()

    def let_go(self, claimed: Claimed) -> None:
        """Its outcome stands, or it was given back."""
        with self._lock:
            self._held.pop(claimed.id, None)

    def check(self, claimed: Claimed) -> None:
        """Make sure that a lease still runs, just before the wire.

        Raises:
            LeaseLost: It may have run out.
        """
        with self._lock:
            _, _, until = self._held.get(claimed.id, (claimed, 0.0, float("-inf")))
        if self._clock.monotonic() >= until:
            raise LeaseLost

    def renew(self) -> None:
        """Make every lease last anew from now."""
        before = self._clock.monotonic()
        with self._lock:
            wanted = [claimed for claimed, since, _ in self._held.values() if before - since < self._most_seconds]
        if not wanted:
            return
        for claimed in self._ledger.outbox.renew(wanted, self.seconds):
            with self._lock:
                if claimed.id in self._held:
                    _, since, _ = self._held[claimed.id]
                    self._held[claimed.id] = (claimed, since, before + self.seconds)

    def _renew_again_and_again(self) -> None:
        while not self._ended.wait(self.seconds / _RENEWALS_A_LEASE):
            try:
                self.renew()
            except LedgerError:
                log.warning("leases not renewed", exc_info=True)
