"""Why something is said or not said, in one Chinese sentence."""

from datetime import date, timedelta

from gkbot.deadline import Calendar
from gkbot.planning.stages import BULLETIN, ESCALATION, URGE, Stage
from gkbot.planning.suppressions import Suppression, SuppressionKind
from gkbot.planning.values import Duty, Reason, Status

WEEKDAYS = "一二三四五六日"
LETTER_NAMES = {ESCALATION: "催办函", URGE: "催办通知", BULLETIN: "逾期情况通报"}


def short_day(day: date) -> str:
    """7月24日."""
    return f"{day.month}月{day.day}日"


def weekday(day: date) -> str:
    """周一."""
    return f"周{WEEKDAYS[day.weekday()]}"


def named_day(day: date) -> str:
    """7月24日（周一）."""
    return f"{short_day(day)}（{weekday(day)}）"


def stage_reason(stage: Stage, duty: Duty, calendar: Calendar, today: date) -> str:
    """Why a stage is said on `today`."""
    due = f"到期日{named_day(duty.due)}" if duty.due else "未定到期日"
    told = _when_planned(stage, duty, calendar)
    late = f"，本应于{short_day(stage.day)}发出" if stage.day < today else ""
    return f"{told}{late}；{due}。"


def silence_text(reason: Reason, duty: Duty, next_day: date | None) -> str:
    """Why nothing is said of a duty."""
    then = f"下次为{named_day(next_day)}" if next_day else "之后不再提醒"
    match reason:
        case Reason.NOT_YET:
            return f"未到提醒日，{then}。"
        case Reason.ALREADY_TOLD:
            return f"本次提醒已经发出，{then}。"
        case Reason.LATE_LOADED:
            return "录入时已经逾期，未被接手前不通知单位，只列入管理员清单。"
        case Reason.NO_DUE_DAY:
            return f"期限“{'；'.join(duty.task.words)}”没有具体日期，不设提醒。"
        case Reason.ARCHIVED:
            day = duty.task.document.archived_on
            return f"文件已于{short_day(day)}归档，不再提醒。" if day else "文件已归档，不再提醒。"
        case _:
            return SILENCES[reason]


def silenced_text(found: Suppression) -> str:
    """Who does not want it said, why, and for how long."""
    until = f"到{named_day(found.end - timedelta(days=1))}为止" if found.end else "到有人结束为止"
    then = "；这期间的不再补告。" if found.kind is SuppressionKind.ACK else "；结束后仍适用的会补告。"
    return f"静默中（{found.author}：{found.reason}），{until}{then}"


SILENCES = {
    Reason.REST_DAY: "休息日不发通知。",
    Reason.NOT_ISSUED: "文件尚未印发。",
    Reason.REPORTED: "单位已报完成，不再提醒。",
    Reason.DONE: "已办结核销，不再提醒。",
    Reason.CANCELLED: "事项已终止，不再提醒。",
    Reason.SILENCED: "静默期间不发通知，结束后仍适用的会补告。",
    Reason.OFFICE_CLOSED: "机关停止办公，不发通知，恢复办公后再说。",
    Reason.PAUSED: "事项暂停中，恢复后再提醒。",
    Reason.WAITING: "起算事件尚未发生，没有到期日。",
    Reason.TOLD_TODAY: "对方今天已收到一份通知，并入下一个工作日。",
    Reason.NO_CONTACT: "单位没有可以联系的联络员，已告知管理员。",
    Reason.NOTHING_MORE: "逾期提示已满次数，不再提醒单位。",
}
CLOSED_REASONS = {
    Status.REPORTED: Reason.REPORTED,
    Status.DONE: Reason.DONE,
    Status.CANCELLED: Reason.CANCELLED,
    Status.ARCHIVED: Reason.ARCHIVED,
}


def _when_planned(stage: Stage, duty: Duty, calendar: Calendar) -> str:
    if stage.after_due:
        return _after_due(stage, duty)
    unit = "个工作日" if stage.workdays else "天"
    point = f"到期前{stage.count}{unit}" if stage.count else "到期当日"
    merged = "、".join(f"{count}{unit}" for count in reversed(stage.merged))
    merged = f"，与到期前{merged}的提醒合并" if merged else ""
    if stage.planned == stage.day:
        return f"{point}（{short_day(stage.day)}）提醒{merged}"
    rest = calendar.rest_name(stage.planned) or "休息日"
    return f"{point}为{short_day(stage.planned)}（{rest}，休息），提前到{named_day(stage.day)}提醒{merged}"


def _after_due(stage: Stage, duty: Duty) -> str:
    since = f"接手（{short_day(duty.adopted_on)}）后" if duty.adopted_on else "到期后"
    point = f"{since}第{stage.count}个工作日（{short_day(stage.planned)}）"
    if stage.name in LETTER_NAMES:
        return f"{point}未收到办结反馈，拟{LETTER_NAMES[stage.name]}草稿"
    nth = f"，第{stage.number}次，共{stage.of}次" if stage.number else ""
    return f"{point}未收到办结反馈，提示{nth}"
