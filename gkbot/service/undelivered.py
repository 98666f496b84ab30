"""What the admins are told of messages that reached nobody: whose, by which way, why."""

from datetime import UTC, date, datetime, time, timedelta

from gkbot.ledger import Entry, Ledger, NoticeState
from gkbot.planning import NoticeKind
from gkbot.planning.undelivered import Failure, Undelivered
from gkbot.rulebook import Rulebook
from gkbot.service.ways import channel_word

SPOKEN_OF = timedelta(days=28)
"""How long an undelivered message is counted each week; its reminder is out of date by then."""

REASON_WORDS = {
    "channel disabled": "渠道已停用",
    "channel removed": "渠道已从设置中去掉",
    "bounced": "此前退信，地址已停用",
    "bad-address": "邮箱地址写法不对",
    "expired": "过期，多次重试仍未送出",
    "poison": "发送时多次中断",
    "unclear": "结果不明",
    "unclear twice": "结果不明",
    "unreadable": "记录读不懂",
    "unclear, dropped": "结果不明",
}


def undelivered(ledger: Ledger, book: Rulebook, day: date) -> Undelivered:
    """The units' messages that were given up lately, or are held after unclear attempts.

    An admin's own message is left out: telling of it by the way that failed would go on for ever.
    """
    since = datetime.combine(day - SPOKEN_OF, time.min, UTC)
    entries = [entry for entry in ledger.outbox.undelivered(since) if entry.kind != NoticeKind.ADMIN]
    return Undelivered(
        failures=tuple(
            Failure(number=entry.number, folders=_folders(entry, book), text=_text(entry)) for entry in entries
        )
    )


def masked(address: str) -> str:
    """A mail address with all but the first letter of its name hidden; a robot's name is no secret."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***@{host}" if at else address


def _folders(entry: Entry, book: Rulebook) -> tuple[str, ...]:
    tasks = [book.task(told["task"]) for told in entry.facts.get("entries", ())]
    return tuple(sorted({task.document.folder for task in tasks if task is not None})) or ("",)


def _text(entry: Entry) -> str:
    who = " ".join(dict.fromkeys(name for name in (entry.unit, entry.contact) if name))
    way = f"{channel_word(entry.channel)} {masked(entry.address)}"
    return f"{who}（{way}，{_why(entry)}，编号 {entry.number}）"


def _why(entry: Entry) -> str:
    if entry.state is NoticeState.EXPIRED:
        return "多次重试仍未送出"
    reason = entry.reason or ""
    words = REASON_WORDS.get(reason, f"错误码 {reason}")
    return f"{words}，等人处理" if entry.state is NoticeState.HELD else words
