"""One whole check in one process, as `gkbot daily` runs it."""

import time
from dataclasses import replace

from gkbot.clock import Clock
from gkbot.errors import LedgerBusy
from gkbot.ledger import Ledger
from gkbot.planning import plan_day
from gkbot.service.daily import DailyResult, Planner
from gkbot.service.office import channels_of, open_office, rules_folder
from gkbot.service.rules import InForce, RuleKeeper
from gkbot.service.sending import templates_of, transports_of, worker_of
from gkbot.settings import Settings

BUSY = "后台服务（或另一个 gkbot）正在发送，已写入发件箱的提醒由它送出。"


def look_only(settings: Settings, clock: Clock) -> DailyResult:
    """What a check would do: nothing is sent, nothing is written.

    Raises:
        RulesBroken: The rule files hold errors.
    """
    with open_office(settings, clock, writes=False) as office:
        day = clock.today()
        plan = plan_day(office.book, office.history(), day, channels=channels_of(settings))
        drafts = sum(notice.draft for notice in plan.notices)
        return DailyResult(day=day, planned=len(plan.notices), drafts=drafts)


def run_daily(settings: Settings, clock: Clock) -> DailyResult:
    """Plan today, write the outbox and send what is due.

    Raises:
        RulesBroken: The rule files hold errors and there never was a good version.
        SettingsError, TemplateError, LedgerError: Something it stands on cannot be used.
    """
    rules_folder(settings)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        in_force = RuleKeeper(settings.rules, ledger, clock).refresh()
        day = clock.today()
        written = Planner(settings=settings, clock=clock, ledger=ledger, at_once=True).write(in_force, day)
        result = DailyResult(
            day=day,
            planned=written.planned,
            skipped=written.existing,
            drafts=written.drafts,
            problems=in_force.broken,
        )
        return _send(settings, clock, ledger, in_force, result)


def _send(settings: Settings, clock: Clock, ledger: Ledger, in_force: InForce, result: DailyResult) -> DailyResult:
    transports = transports_of(settings, clock)
    try:
        with ledger.outbox.activate("daily") as instance:
            worker = worker_of(
                ledger,
                clock,
                instance,
                transports,
                templates=templates_of(settings),
                book=lambda: in_force.book,
                stop=lambda: False,
                wait=time.sleep,
            )
            tally = worker.drain()
    except LedgerBusy:
        return replace(result, deferred=result.planned - result.drafts, remarks=(BUSY,))
    finally:
        for transport in transports:
            transport.close()
    return replace(
        result,
        sent=tally.sent,
        failed=tally.failed,
        deferred=tally.deferred,
        skipped=result.skipped + tally.skipped,
        remarks=tuple(tally.troubles),
    )
