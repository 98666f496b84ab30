"""A decision as a row of the outbox: through which gate it goes, how urgent it is, how long it is tried."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from gkbot.ledger.policies import policy_for
from gkbot.ledger.values import NoticeState
from gkbot.planning.digest import is_sign_of_life
from gkbot.planning.threads import thread_of
from gkbot.planning.values import Notice

KEEP_TRYING = timedelta(days=5)  # RFC 5321 4.5.4.1: give up after 4–5 days
THE_DAY = timedelta(hours=8)  # a sign of life says how all is this morning
DRAFT = "draft"
URGENT, ADMIN, LEAST_URGENT = 0, 50, 99
ROBOT_CHANNELS = frozenset({"wecom", "apprise"})


def row_of(notice: Notice, number: str, now: datetime, not_before: datetime | None) -> dict[str, Any]:
    """The row of a new notice that waits, or of a draft, which a person sends."""
    to = notice.recipient
    return {
        "number": number,
        "dedupe_key": notice.key,
        "kind": str(notice.kind),
        "day": notice.day,
        "draft": notice.draft,
        "digest_id": None,
        "stage": only(item.stage for item in notice.items),
        "thread": only(thread_of(item.task, item.unit, item.period) for item in notice.items),
        "channel": to.channel,
        "channel_id": channel_id(to.channel, to.address),
        "unit": to.unit,
        "contact": to.contact,
        "address": to.address,
        "mentions": list(to.mentions),
        "mobiles": list(to.mobiles),
        "part_no": 1,
        "parts": 1,
        "part_of": None,
        "template_hash": None,
        "body": None,
        "message_id": None,
        "state": str(NoticeState.HELD if notice.draft else NoticeState.PENDING),
        "reason": DRAFT if notice.draft else None,
        "origin": None,
        "policy": policy_for(notice),
        "priority": _priority(notice),
        "tries": 0,
        "crashes": 0,
        "judged_token": 0,
        "created_at": now,
        "not_before": not_before,
        "expires_at": max(now, not_before or now) + (THE_DAY if is_sign_of_life(notice) else KEEP_TRYING),
        "next_at": not_before or now,
        "settled_at": None,
        "lease_owner": None,
        "lease_token": 0,
        "lease_until": None,
    }


def channel_id(channel: str, address: str) -> str:
    """The gate a message passes: one for each robot, one for all mail."""
    return f"{channel}:{address}" if channel in ROBOT_CHANNELS else channel


def only(values: Iterable[Any]) -> Any:
    """The one value all have in common; None where they differ or there is none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _priority(notice: Notice) -> int:
    days = [item.days_left for item in notice.items if item.days_left is not None]
    if not days:
        return LEAST_URGENT if notice.items else ADMIN
    return min(max(URGENT, min(days)), LEAST_URGENT)
