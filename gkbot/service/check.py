"""One whole check in one process, as `gkbot daily` runs it."""

import time
from dataclasses import replace
from functools import partial

from gkbot.clock import Clock
from gkbot.delivery import Tally, Trouble, work_outbox
from gkbot.errors import LedgerBusy
from gkbot.ledger import Ledger, NoticeState
from gkbot.planning import plan_day
from gkbot.service.daily import DailyResult, Planner, conditions_of, held_remarks
from gkbot.service.office import channels_of, open_office, rules_folder
from gkbot.service.rules import InForce, RuleKeeper, would_be_in_force
from gkbot.service.sending import Fallback, LastLook, renderer, templates_of, transports_of
from gkbot.service.undelivered import undelivered
from gkbot.settings import Settings

BUSY = "后台服务（或另一个 gkbot）正在发送，已写入发件箱的提醒由它送出。"


def look_only(settings: Settings, clock: Clock) -> DailyResult:
    """What a check would do: nothing is sent, nothing is written.

    Raises:
        RulesBroken: The rule files hold errors.
    """
    with open_office(settings, clock, writes=False) as office:
        day = clock.today()
        in_force = would_be_in_force(office, day)
        conditions = conditions_of(in_force, settings.rules)
        if office.ledger is not None:
            conditions.append(undelivered(office.ledger, in_force.book, day))
        history = office.history()
        plan = plan_day(in_force.book, history, day, channels=channels_of(settings), conditions=conditions)
        return DailyResult(
            day=day,
            planned=len(plan.notices),
            drafts=sum(notice.draft for notice in plan.notices),
            remarks=held_remarks(in_force.held),
            held=tuple(danger.text for danger in in_force.held),
        )


def run_daily(settings: Settings, clock: Clock) -> DailyResult:
    """Plan today, write the outbox and send what is due.

    Raises:
        RulesBroken: The rule files hold errors and there never was a good version.
        SettingsError, TemplateError, LedgerError: Something it stands on cannot be used.
    """
    rules_folder(settings)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        in_force = RuleKeeper(settings.rules, ledger, clock).refresh()
        planner = Planner(settings=settings, clock=clock, ledger=ledger, at_once=True)
        result = planner.write(in_force, clock.today())
        return _send(planner, in_force, result)


def _send(planner: Planner, in_force: InForce, result: DailyResult) -> DailyResult:
    """Send what is due; of what fails for good the admins are told in the same run, once."""
    settings, clock, ledger = planner.settings, planner.clock, planner.ledger
    templates = templates_of(settings)
    transports = transports_of(settings, clock)
    try:
        with ledger.outbox.activate("daily") as instance:
            ledger.outbox.hurry()
            send = partial(
                work_outbox,
                ledger,
                transports,
                renderer(templates),
                clock,
                instance=instance,
                look_again=LastLook(book=lambda: in_force.book, ledger=ledger, clock=clock),
                fallback=Fallback(),
                wait=time.sleep,
            )
            result = _with(result, send())
            if result.failed and (told := planner.write(in_force, result.day)).planned:
                result = _with(replace(result, planned=result.planned + told.planned), send())
    except LedgerBusy:
        return replace(result, deferred=result.planned - result.drafts, remarks=(*result.remarks, BUSY))
    finally:
        for transport in transports:
            transport.close()
    return result


def _with(result: DailyResult, tally: Tally) -> DailyResult:
    return replace(
        result,
        sent=result.sent + tally.sent,
        failed=result.failed + tally.failed,
        deferred=tally.deferred,
        skipped=result.skipped + tally.skipped,
        remarks=(*result.remarks, *(_trouble(trouble) for trouble in tally.troubles)),
    )


def _trouble(trouble: Trouble) -> str:
    what = "未送达" if trouble.state in {NoticeState.DEAD, NoticeState.EXPIRED} else "没有送出，稍后再试"
    if trouble.state is NoticeState.HELD:
        what = "结果不明，等人处理"
    return f"消息 {trouble.number}（{trouble.contact}，{trouble.channel}）{what}：{trouble.code}"
