"""Small plans, notices and workers for tests of the ledger and of delivery."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from gkbot.clock import Clock
from gkbot.delivery.transport import Transport
from gkbot.delivery.worker import Review, Worker
from gkbot.ledger import Claimed, Facts, Instance, Ledger
from gkbot.notices.message import Message
from gkbot.planning.values import Item, Notice, NoticeKind, Plan, Recipient
from gkbot.rulebook.values import Role

MONDAY = date(2023, 7, 24)


def item(
    task: str = "GY2023-05",
    unit: str = "苍溪县",
    *,
    stage: str = "before-7",
    period: str | None = "2023-07-31",
    revision: int = 0,
    days_left: int | None = 7,
) -> Item:
    due = date.fromisoformat(period) if period else None
    return Item(
        task=task,
        unit=unit,
        role=Role.RESPONSIBLE,
        period=period,
        due=due,
        days_left=days_left,
        stage=stage,
        kind=NoticeKind.UPCOMING,
        reason="提前7天提醒",
        revision=revision,
    )


def notice(
    key: str = "k1",
    *items: Item,
    channel: str = "email",
    address: str = "a@example.gov.cn",
    day: date = MONDAY,
    draft: bool = False,
    contact: str = "办公室公开岗",
    mentions: tuple[str, ...] = (),
) -> Notice:
    return Notice(
        key=key,
        day=day,
        kind=NoticeKind.ESCALATION if draft else NoticeKind.UPCOMING,
        recipient=Recipient(unit="苍溪县", contact=contact, channel=channel, address=address, mentions=mentions),
        items=items or (item(),),
        draft=draft,
    )


def many(count: int, *, channel: str = "email", address: str | None = None) -> tuple[Notice, ...]:
    """Notices about a task each; to one address or to one each."""
    return tuple(
        notice(f"k{n}", item(f"T{n}"), channel=channel, address=address or f"u{n}@example.gov.cn") for n in range(count)
    )


def plan(*notices: Notice, day: date = MONDAY) -> Plan:
    return Plan(day=day, notices=notices)


def facts_of(told: Notice) -> dict[str, Any]:
    return {"tasks": [each.task for each in told.items], "day": told.day.isoformat()}


def enqueue(ledger: Ledger, *notices: Notice, day: date = MONDAY) -> Any:
    return ledger.enqueue(plan(*notices, day=day), facts_of, rules_digest="rules-1")


def render(facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
    """Names tasks and number; a task called LONG-n makes a robot message of n parts."""
    line = f"{'、'.join(facts['tasks'])} 编号 {facts['number']}"
    if channel == "email":
        return Message(text=f"{line}\n", subject=f"【政务公开提醒】{line}", html=f"<p>{line}</p>")
    long = next((task for task in facts["tasks"] if task.startswith("LONG-")), None)
    count = int(long.removeprefix("LONG-")) if long else 1
    parts = tuple(f"**{line}** ({n}/{count})" if count > 1 else f"**{line}**" for n in range(1, count + 1))
    return Message(text=line, parts=parts)


def tell_everything(claimed: Claimed) -> Review:
    return Review(facts=claimed.facts)


def worker_for(ledger: Ledger, instance: Instance, clock: Clock, *transports: Transport, **settings: Any) -> Worker:
    settings.setdefault("look_again", tell_everything)
    settings.setdefault("wait", lambda _seconds: None)
    return Worker(
        ledger=ledger,
        instance=instance,
        transports=transports,
        render=render,
        clock=clock,
        random=Random(7),  # noqa: S311 - the same spread every time
        **settings,
    )


def numbers(ledger: Ledger) -> Sequence[str]:
    return [entry.number for entry in ledger.outbox.entries()]


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)
