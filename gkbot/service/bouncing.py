"""A mail that came back: noted against the notice it carried, told to the office, sent another way."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gkbot.clock import Clock
from gkbot.delivery.bounces import Bounce, read_bounce
from gkbot.ledger import Entry, Ledger, Substitute
from gkbot.service.undelivered import masked

KNOWN_SECONDS = 5.0
Instead = Callable[[Entry], Substitute | None]


class Came(StrEnum):
    """What a mail that was handed in turned out to be."""

    NOTED = "noted"
    KNOWN = "known"
    LATE = "late"
    OTHER = "other"
    STRANGE = "strange"
    UNREADABLE = "unreadable"


WORDS = {
    Came.OTHER: "这不是退信（可能是自动回复或普通来信），没有登记，也不会回复。",
    Came.STRANGE: "这封退信说的不是本系统发出的邮件（编号对不上），没有登记。",
    Came.UNREADABLE: "这封邮件太大或结构不正常，读不出来，没有登记。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of it; `sentence` is for people."""

    came: Came
    sentence: str
    number: str | None = None
    status: str | None = None
    disabled: bool = False

    def as_json(self) -> dict[str, object]:
        """For machines; no address in it."""
        return {
            "result": str(self.came),
            "number": self.number,
            "status": self.status,
            "disabled": self.disabled,
            "sentence": self.sentence,
        }


def take_bounce(ledger: Ledger, instead: Instead, raw: bytes, *, who: str) -> Result:
    """Read a mail that came back and note what it says; handing in the same again changes nothing.

    Args:
        instead: Another way for the notice that was lost.
    """
    try:
        bounce = read_bounce(raw)
    except ValueError:
        return Result(came=Came.UNREADABLE, sentence=WORDS[Came.UNREADABLE])
    if bounce is None:
        return Result(came=Came.OTHER, sentence=WORDS[Came.OTHER])
    entry = next((found for name in bounce.message_ids if (found := ledger.addresses.notice_of(name))), None)
    if entry is None:
        return Result(came=Came.STRANGE, sentence=WORDS[Came.STRANGE])
    is_new = ledger.addresses.note_bounce(
        entry,
        bounce.status,
        bounce.said,
        who=who,
        disables=bounce.disables,
        instead=instead(entry) if bounce.is_final else None,
    )
    came = (Came.NOTED if bounce.is_final else Came.LATE) if is_new else Came.KNOWN
    return Result(
        came=came,
        sentence=_sentence(entry, bounce, came),
        number=entry.number,
        status=bounce.status,
        disabled=bounce.disables,
    )


@dataclass(slots=True)
class BouncedAddresses:
    """The addresses nothing is sent to, asked of the ledger every few seconds at most."""

    ledger: Ledger
    clock: Clock
    _known: frozenset[str] = frozenset()
    _asked: float | None = None

    def __call__(self) -> frozenset[str]:
        """Casefolded, as they stood a few seconds ago."""
        now = self.clock.monotonic()
        if self._asked is None or not 0 <= now - self._asked < KNOWN_SECONDS:
            self._known, self._asked = self.ledger.addresses.bounced(), now
        return self._known


def _sentence(entry: Entry, bounce: Bounce, came: Came) -> str:
    what = f"发给 {entry.contact}（{masked(entry.address)}）的通知 {entry.number}"
    if came is Came.KNOWN:
        return f"{what} 的这次退信（{bounce.status}）此前已经登记。"
    if came is Came.LATE:
        return f"{what} 被对方服务器推迟（{bounce.status}），对方仍在重试，已登记。"
    if not bounce.disables:
        return f"{what} 被退回（{bounce.status}），已改走其他渠道；邮箱地址继续使用。"
    cure = "改好邮箱后，用 gkbot bounce --clear 邮箱地址 恢复"
    return f"{what} 被退回（{bounce.status}），已改走其他渠道；这个地址不再发送，管理员会收到告知。{cure}。"
