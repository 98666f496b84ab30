"""Planning and sending stand still while the clock cannot be believed (facts/delivery.md 3.3, CP16).

A wrong clock makes due days overdue that are not. So a jump in mid-run holds everything, and so does
a clock that stands before the last sign of life in the ledger. It ends when the clock comes back, or
when a person says that it is right (`gkbot clock accept`). A long stop looks like a jump forward to
the ledger, so at a start only a clock that went back is told from it.
"""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime

from gkbot.clock import Clock
from gkbot.delivery.worker import LookAgain, Review
from gkbot.ledger import Brake, Claimed, Ledger, NoticeState, Standing
from gkbot.planning import NoticeKind
from gkbot.service.clock_guard import TOLERANCE, ClockGuard, Jump

log = logging.getLogger("gkbot.clock")

MACHINE = "gkbot"
CAME_BACK = "时钟已恢复"
JUMPED, WENT_BACK = "运行中系统时钟跳变", "系统时钟早于上次运行的时间"


@dataclass(slots=True)
class ClockWatch:
    """Sets the clock's brake and lifts it again; one for all threads of a process."""

    ledger: Ledger
    clock: Clock
    guard: ClockGuard = field(init=False)
    _epoch: int | None = field(init=False, default=None)
    _standing: Standing | None = field(init=False, default=None)
    _jumped: bool = field(init=False, default=False)
    _lock: threading.RLock = field(init=False, default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Watch from now on."""
        self.guard = ClockGuard(self.clock)

    def start(self, *, besides: int | None = None) -> None:
        """Take up a brake that stands, and compare the clock with the last sign of life.

        Args:
            besides: Epoch of this process, whose own sign says nothing.
        """
        with self._lock:
            self._epoch = besides
            self._take_up()
            now = self.clock.now()
            last = self.ledger.braking.last_sign(now, besides=besides)
            if self._standing is None and last is not None and now < last - TOLERANCE:
                self._trip(Jump(expected=last, found=now), WENT_BACK)

    def look(self) -> Standing | None:
        """Look at the clock and at what people decided; the brake where it stands."""
        with self._lock:
            if self._standing is None:
                self._take_up()
            else:
                current = self.ledger.braking.standing(Brake.CLOCK)
                if current is None or current.id != self._standing.id:
                    self._go_on()
                else:
                    self._come_back_if_so()
            self.is_trusted()
            return self._standing

    def is_trusted(self) -> bool:
        """Whether the clock can be believed right now; a jump is acted on at once."""
        jump = self.guard.look()
        if jump is not None and self._standing is None:
            with self._lock:
                if self._standing is None:
                    self._trip(jump, JUMPED)
                    self._jumped = True
        return self._standing is None

    def moment(self) -> datetime | None:
        """The moment it should be, while the clock is off; None where the clock is as good as any."""
        jump = self.guard.look()
        return jump.expected if jump is not None else None

    def guards(self, look_again: LookAgain) -> LookAgain:
        """The last look before the wire, which also looks at the clock."""

        def look(claimed: Claimed) -> Review:
            if claimed.kind != NoticeKind.ADMIN and not self.is_trusted():
                return Review(facts=None, state=NoticeState.HELD, reason=Brake.CLOCK.reason)
            return look_again(claimed)

        return look

    def _take_up(self) -> None:
        """A brake whose process is gone is ours to lift; one whose process lives says nothing of our clock."""
        self._standing = self.ledger.braking.left(Brake.CLOCK)
        self._come_back_if_so()

    def _trip(self, jump: Jump, why: str) -> None:
        log.error("clock held", extra={"expected": jump.expected, "found": jump.found})
        self._standing = self.ledger.braking.set(
            Brake.CLOCK, expected=jump.expected, found=jump.found, why=why, epoch=self._epoch
        )

    def _come_back_if_so(self) -> None:
        standing = self._standing
        if standing is None:
            return
        back = self.guard.look() is None if self._jumped else _has_come_back(standing, self.clock.now())
        if back:
            self.ledger.braking.lift(Brake.CLOCK, who=MACHINE, why=CAME_BACK)
            self._go_on()

    def _go_on(self) -> None:
        log.info("clock trusted again")
        self._standing, self._jumped = None, False
        self.guard.believe()


def _has_come_back(standing: Standing, now: datetime) -> bool:
    """Whether a clock that was off when the brake was set is right again, as far as a new process can tell."""
    if now < standing.expected - TOLERANCE:
        return False
    return standing.found < standing.expected or now < standing.found - TOLERANCE
