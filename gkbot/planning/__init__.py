"""Tasks, what has happened, a day: which notices go out, each with its reason. Pure."""

from gkbot.planning.agenda import Agenda
from gkbot.planning.conditions import Condition
from gkbot.planning.duties import duties
from gkbot.planning.plan import (
    agenda_for,
    explain_day,
    fixed_periods,
    plan_ahead,
    plan_day,
    plan_range,
    told_by,
)
from gkbot.planning.values import (
    CLOSED,
    Channels,
    Duty,
    Event,
    EventKind,
    History,
    Item,
    NewEvent,
    Notice,
    NoticeKind,
    Plan,
    Reason,
    Recipient,
    Silence,
    Status,
    Told,
)

__all__ = [
    "CLOSED",
    "Agenda",
    "Channels",
    "Condition",
    "Duty",
    "Event",
    "EventKind",
    "History",
    "Item",
    "NewEvent",
    "Notice",
    "NoticeKind",
    "Plan",
    "Reason",
    "Recipient",
    "Silence",
    "Status",
    "Told",
    "agenda_for",
    "duties",
    "explain_day",
    "fixed_periods",
    "plan_ahead",
    "plan_day",
    "plan_range",
    "told_by",
]
