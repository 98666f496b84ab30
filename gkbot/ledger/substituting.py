"""What goes out instead of a dead notice: a notice with a key and a number of its own, written once.

    plain_of      the same said more simply, by the same way; it stands where the refused part stood
    fallback_of   another way, or plain words; where it dies as well nothing follows, the office is told

Of a long message whose part 2 is dead the fallback carries what nobody was told: parts 2 … n, word
for word, since only their bodies say where the first part ended.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select

from gkbot.ledger.numbers import numbers_for
from gkbot.ledger.parts import copied
from gkbot.ledger.rows import KEEP_TRYING, channel_id
from gkbot.ledger.tables import NOTICE
from gkbot.ledger.values import BARE, PLAIN, POISON, REST, Facts, NoticeState, Payload, Substitute

_WAITING = (NoticeState.PENDING, NoticeState.HELD)


def insert_substitute(connection: Connection, notice_id: int, new: Substitute, now: datetime) -> None:
    """Write what goes out instead of a notice; once, however often it is asked for.

    Called before the parts after it are cancelled: what they say is to be told.
    """
    dead = connection.execute(select(NOTICE).where(NOTICE.c.id == notice_id)).mappings().one()
    key = f"{dead['dedupe_key']}/{new.reason}/{new.channel}/{new.address}"
    if connection.execute(select(NOTICE.c.id).where(NOTICE.c.dedupe_key == key)).first():
        return
    number = numbers_for(connection, [key])[key]
    row = {
        **copied(dead),
        "dedupe_key": key,
        "number": number,
        "channel": new.channel,
        "channel_id": channel_id(new.channel, new.address),
        "address": new.address,
        "contact": new.contact,
        "mentions": list(new.mentions),
        "mobiles": list(new.mobiles),
        **_place_of(dead, new),
        "facts": {**_facts_of(connection, dead, new), "number": number},
        "body": new.body,
        "message_id": None,
        "reason": None,
        "origin": f"{new.reason}:{dead['number']}",
        "created_at": now,
        "next_at": now,
        "expires_at": _expiry(dead, now),
    }
    connection.execute(insert(NOTICE).values(row))


def _place_of(dead: RowMapping, new: Substitute) -> dict[str, Any]:
    """A plainer copy stands where the refused part stood, so that the parts after it follow."""
    if new.reason != PLAIN or dead["parts"] == 1:
        return {"part_no": 1, "parts": 1, "part_of": None}
    return {"part_no": dead["part_no"], "parts": dead["parts"], "part_of": dead["part_of"] or dead["id"]}


def _facts_of(connection: Connection, dead: RowMapping, new: Substitute) -> Facts:
    facts: Mapping[str, Any] = dead["facts"]
    if new.reason == PLAIN:
        return facts
    if dead["part_no"] > 1:
        first = select(NOTICE.c.facts).where(NOTICE.c.id == dead["part_of"])
        facts = {**connection.execute(first).scalar_one(), REST: _rest(connection, dead)}
    is_bare = dead["part_no"] > 1 or dead["reason"] == POISON  # rendering may be what killed it
    return {**facts, BARE: dead["number"]} if is_bare else facts


def _rest(connection: Connection, dead: RowMapping) -> list[Payload]:
    """The bodies of a part that never goes out and of those that wait behind it."""
    behind = (NOTICE.c.part_of == dead["part_of"], NOTICE.c.part_no > dead["part_no"], NOTICE.c.state.in_(_WAITING))
    query = select(NOTICE.c.body).where(or_(NOTICE.c.id == dead["id"], and_(*behind))).order_by(NOTICE.c.part_no)
    return [body for body in connection.execute(query).scalars() if body is not None]


def _expiry(dead: RowMapping, now: datetime) -> datetime | None:
    """However late the dead one turned out dead, another way is tried for as long as any."""
    expires_at: datetime | None = dead["expires_at"]
    return None if expires_at is None else max(expires_at, now + KEEP_TRYING)
