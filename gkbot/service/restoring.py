"""What becomes of the messages after the database was restored from a backup: a person chooses (F15).

The database does not know what went out since the backup. Sending as planned may say it twice;
taking it as sent may leave something unsaid; holding leaves it to a person, message by message.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gkbot.clock import Clock
from gkbot.errors import UsageError
from gkbot.ledger import Brake, Ledger
from gkbot.service.daily import Planner
from gkbot.service.rules import RuleKeeper
from gkbot.settings import Settings

ONE_DAY = timedelta(days=1)


class Choice(StrEnum):
    """The three ways to go on."""

    RESEND = "resend"
    HOLD = "hold"
    SKIP = "skip-before"


WORDS = {
    Choice.RESEND: "按计划发送",
    Choice.HOLD: "逐条由人确认",
    Choice.SKIP: "算已发过",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of the choice, in messages.

    Attributes:
        released: Back in the outbox, to be sent.
        held: Waiting for a person.
        skipped: Taken as sent.
    """

    released: int = 0
    held: int = 0
    skipped: int = 0


def settle(
    settings: Settings, clock: Clock, choice: Choice, *, who: str, why: str, before: date | None = None
) -> Settled:
    """Carry the choice out and let the brake go; cut off anywhere, it can be made again.

    Args:
        before: With `SKIP`: what was due to be said before this day is taken as said.

    Raises:
        UsageError: No restored database waits for a choice, or the day lies ahead.
    """
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        if ledger.braking.standing(Brake.RESTORED) is None:
            raise UsageError("数据库没有从备份恢复的迹象，不用选择。")
        planner = Planner(settings=settings, clock=clock, ledger=ledger, at_once=True)
        told = f"{WORDS[choice]}：{why}"
        if choice is Choice.HOLD:
            return _hold(planner, who=who, why=told)
        skipped = 0
        if choice is Choice.SKIP:
            skipped = _skip(planner, before or clock.today(), who=who, why=told)
        return Settled(released=ledger.braking.lift(Brake.RESTORED, who=who, why=told), skipped=skipped)


def _hold(planner: Planner, *, who: str, why: str) -> Settled:
    """What waits stays held, and so does what today's check finds to be made up for."""
    ledger = planner.ledger
    in_force = RuleKeeper(planner.settings.rules, ledger, planner.clock).refresh()
    planner.write_held(in_force, planner.clock.today(), Brake.RESTORED, admins=False)
    held = sum(notice.brake is Brake.RESTORED for notice in ledger.braking.held())
    ledger.braking.lift(Brake.RESTORED, who=who, why=why, keeps=True)
    return Settled(held=held)


def _skip(planner: Planner, before: date, *, who: str, why: str) -> int:
    """Plan the days that the database forgot, and take what they say as said."""
    if before > planner.clock.today() + ONE_DAY:
        raise UsageError(f"{before} 还没有到：最晚写明天，连今天的也算已发过。")
    ledger = planner.ledger
    in_force = RuleKeeper(planner.settings.rules, ledger, planner.clock).refresh()
    last = in_force.book.calendar.workday_on_or_before(before - ONE_DAY)
    known = ledger.history().last_scan
    if known is None or known <= last:
        planner.write_held(in_force, last, Brake.RESTORED, admins=True)
    return ledger.braking.drop(Brake.RESTORED, who=who, why=why, before=before)
