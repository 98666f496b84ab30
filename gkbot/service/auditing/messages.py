"""What may be so of messages: late, tried in vain, without outcome, waiting for a person."""

from collections.abc import Iterator

from gkbot.ledger.watching import Seen, Some
from gkbot.service.auditing.values import Finding, Severity

OUTBOX = "gkbot outbox list 查看是哪些"
_MESSAGES = (
    (
        Severity.FAIL,
        "late",
        "{count}条消息到时间15分钟了没有发出{numbers}",
        "看后台服务在不在运行（systemctl status gkbot）；在运行的，重新启动它，并把日志留给维护人员",
    ),
    (
        Severity.WARN,
        "retrying",
        "{count}条消息一个多小时没有发成，还在重试{numbers}",
        f"用 {OUTBOX}；用 gkbot doctor 检查邮件服务器和机器人",
    ),
    (
        Severity.WARN,
        "crashing",
        "{count}条消息连续两次发到一半没有结果{numbers}",
        "看日志里这些编号前后的错误；五次以后自动作废",
    ),
    (
        Severity.WARN,
        "abandoned",
        "{count}次发送开始了，过了期限没有结果",
        "重新启动后台服务；再次发送时，收件人可能收到两次，编号相同",
    ),
    (
        Severity.WARN,
        "held",
        "{count}条消息结果不明，等人决定{numbers}",
        f"用 {OUTBOX}；没有收到的用 approve 再发，收到了的用 drop",
    ),
    (
        Severity.WARN,
        "braked",
        "{count}条消息暂扣未发{numbers}",
        "用 gkbot outbox list --state held 查看；无误的用 gkbot outbox release 放行，发错了的用 drop",
    ),
    (
        Severity.WARN,
        "dead",
        "{count}条消息没有送达{numbers}",
        f"用 {OUTBOX}；改好联系方式后用 retry 重发，已另行通知的用 drop 撤销",
    ),
    (
        Severity.WARN,
        "expired",
        "{count}条消息过期没有送出{numbers}",
        f"用 {OUTBOX}；仍要发的用 retry，不发的用 drop 撤销",
    ),
)


def about_messages(seen: Seen) -> Iterator[Finding]:
    """A finding for every kind of trouble of which the ledger shows some."""
    for severity, code, what, cure in _MESSAGES:
        some: Some = getattr(seen, code)
        if some:
            said = what.format(count=some.count, numbers=_numbers(some))
            yield Finding(code=code, severity=severity, what=said, cure=cure, since=some.since)


def _numbers(some: Some) -> str:
    more = " 等" if some.count > len(some.numbers) else ""
    return f"（编号 {'、'.join(some.numbers)}{more}）" if some.numbers else ""
