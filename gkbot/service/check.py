"""One whole check in one process, as `gkbot daily` runs it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from gkbot.clock import Clock, ShiftedClock
from gkbot.delivery import Tally, Trouble, work_outbox
from gkbot.delivery.worker import LookAgain
from gkbot.errors import LedgerBusy
from gkbot.ledger import Closed, Instance, Ledger, NoticeState, Pace
from gkbot.ledger.brakes import WISHED
from gkbot.planning import plan_day
from gkbot.service.clock_watch import ClockWatch
from gkbot.service.daily import DailyResult, Planner, conditions_of, held_remarks
from gkbot.service.fallback import Fallback
from gkbot.service.groups import channels_of
from gkbot.service.last_look import LastLook
from gkbot.service.mail_remarks import mail_signs
from gkbot.service.office import open_office, rules_folder
from gkbot.service.rules import InForce, RuleKeeper, would_be_in_force
from gkbot.service.sending import transports_of
from gkbot.service.template_keeper import TemplateKeeper
from gkbot.service.undelivered import REASON_WORDS, undelivered
from gkbot.service.unserved import divert_unserved
from gkbot.service.ways import channel_word, named_channel
from gkbot.settings import Settings

OnPace = Callable[[Pace], None]
AHEAD = "{day} 还没有到：那天的提醒现在就已经发出（或写入发件箱），到了那天不再发。只想看看的，加 --dry-run。"
TRIED_AGAIN = "有消息在等，再试一次"
BUSY = "后台服务（或另一个 gkbot）正在发送，已写入发件箱的提醒由它送出。"


def say_nothing(_pace: Pace) -> None:
    """Where nobody watches."""


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


def run_daily(settings: Settings, clock: Clock, *, on_pace: OnPace = say_nothing) -> DailyResult:
    """Plan today, write the outbox and send what is due.

    What waits for nothing but its channel's pace is waited for, as long as it takes.

    A day that a person named is planned as such: the clock is not asked whether it can be believed.

    Args:
        on_pace: Told before every wait for the pace.

    Raises:
        RulesBroken: The rule files hold errors and there never was a good version.
        SettingsError, TemplateError, LedgerError: Something it stands on cannot be used.
    """
    rules_folder(settings)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        in_force = RuleKeeper(settings.rules, ledger, clock).refresh()
        watch = None if isinstance(clock, ShiftedClock) else ClockWatch(ledger, clock)
        templates = TemplateKeeper(settings)
        planner = Planner(
            settings=settings,
            clock=clock,
            ledger=ledger,
            at_once=True,
            watch=watch,
            further=lambda _in_force, _day: templates.conditions(),
        )
        result = _plan_and_send(_Run(planner, in_force, templates, on_pace))
    if isinstance(clock, ShiftedClock) and clock.is_ahead:
        return replace(result, remarks=(AHEAD.format(day=clock.day), *result.remarks))
    return result


@dataclass(frozen=True, slots=True)
class _Run:
    """What one check works with."""

    planner: Planner
    in_force: InForce
    templates: TemplateKeeper
    on_pace: OnPace


def _plan_and_send(run: _Run) -> DailyResult:
    """Plan first where another process sends; else take the right to send first: it tells a restored database."""
    planner, in_force = run.planner, run.in_force
    name = "daily" if planner.watch is not None else WISHED
    try:
        activation = planner.ledger.outbox.activate(name, state_dir=planner.settings.state_dir)
    except LedgerBusy:
        result = _plan(planner, in_force)
        return replace(result, deferred=result.planned - result.drafts - result.braked, remarks=(*result.remarks, BUSY))
    with activation as instance:
        return _send(run, _plan(planner, in_force, instance), instance)


def _plan(planner: Planner, in_force: InForce, instance: Instance | None = None) -> DailyResult:
    if planner.watch is not None:
        planner.watch.start(besides=None if instance is None else instance.epoch)
    return _with_held(planner.write(in_force, planner.clock.today()), planner.ledger)


def _with_held(result: DailyResult, ledger: Ledger) -> DailyResult:
    """What an earlier check left with a person is said too: nothing of it is new, and yet not all is well."""
    if result.braked or result.standing is not None or not (count := len(ledger.braking.held())):
        return result
    remark = f"此前暂扣的{count}条消息还没有处理；用 gkbot outbox list --state held 查看。"
    return replace(result, remarks=(*result.remarks, remark))


def _send(run: _Run, result: DailyResult, instance: Instance) -> DailyResult:
    """Send what is due; of what fails for good, or of a dead mail server, the admins are told in the same run, once."""
    planner, in_force = run.planner, run.in_force
    settings, clock, ledger = planner.settings, planner.clock, planner.ledger
    look_again: LookAgain = LastLook(book=lambda: in_force.book, ledger=ledger, clock=clock)
    transports = transports_of(settings, clock, ledger)
    fallback = Fallback(book=lambda: in_force.book, ledger=ledger, channels=channels_of(settings))
    try:
        result = _hurried(result, ledger)
        result = _with(result, _diverted(divert_unserved(ledger, transports, fallback)))
        send = partial(
            work_outbox,
            ledger,
            transports,
            run.templates.render,
            clock,
            instance=instance,
            look_again=look_again if planner.watch is None else planner.watch.guards(look_again),
            fallback=fallback,
            on_pace=run.on_pace,
            wait=time.sleep,
        )
        signs = *mail_signs(ledger), run.templates.signs
        result = _with(result, send())
        is_news = bool(result.failed) or (*mail_signs(ledger), run.templates.signs) != signs
        if is_news and (told := planner.write(in_force, result.day)).planned:
            result = _with(replace(result, planned=result.planned + told.planned), send())
    finally:
        for transport in transports:
            transport.close()
    return result


def _hurried(result: DailyResult, ledger: Ledger) -> DailyResult:
    """Try again what waits; that a disabled channel is tried once more stands in the audit and is said."""
    again = ledger.outbox.hurry(who="gkbot daily", why=TRIED_AGAIN)
    if not again:
        return result
    names = "、".join(map(named_channel, again))
    remark = f"停用的渠道有消息在等，已重新启用再试：{names}。仍不成的会再停用，用 gkbot status 查看。"
    return replace(result, remarks=(*result.remarks, remark))


def _with(result: DailyResult, tally: Tally) -> DailyResult:
    return replace(
        result,
        sent=result.sent + tally.sent,
        failed=result.failed + tally.failed,
        deferred=tally.deferred,
        skipped=result.skipped + tally.skipped,
        remarks=(*result.remarks, *(_trouble(trouble) for trouble in tally.troubles)),
    )


def _diverted(closed: Sequence[Closed]) -> Tally:
    tally = Tally()
    for each in closed:
        tally.note_closed(each)
    return tally


def _trouble(trouble: Trouble) -> str:
    what = "未送达" if trouble.state in {NoticeState.DEAD, NoticeState.EXPIRED} else "没有送出，稍后再试"
    if trouble.state is NoticeState.HELD:
        what = "结果不明，等人处理"
    way, why = channel_word(trouble.channel), REASON_WORDS.get(trouble.code, trouble.code)
    return f"消息 {trouble.number}（{trouble.contact}，{way}）{what}：{why}"
