"""The first notices that a new office's files will send: on which day, to whom, in what words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from gkbot.clock import Clock
from gkbot.notices import Message, render
from gkbot.planning import History, Notice, plan_range
from gkbot.rulebook import Rulebook
from gkbot.service.facts import FactsMaker
from gkbot.service.founding.reading import day_words
from gkbot.service.groups import channels_of
from gkbot.service.sending import templates_of
from gkbot.service.views import KIND_WORDS
from gkbot.service.ways import whom
from gkbot.settings import Settings

LOOK_AHEAD_DAYS = 400
MOST_NOTICES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A notice to come; the first one of its day."""

    day: date
    line: str
    notice: Notice


def coming_notices(settings: Settings, clock: Clock, book: Rulebook, task_id: str) -> tuple[Coming, ...]:
    """The next notices that speak of a task, one a day, as if nothing were reported meanwhile."""
    return tuple(islice(_coming(settings, book, clock.today(), task_id), MOST_NOTICES))


def message_of(settings: Settings, clock: Clock, book: Rulebook, notice: Notice) -> Message:
    """The message exactly as it will leave."""
    facts = FactsMaker(settings, clock, book).of(notice)
    channel = notice.recipient.channel
    return render(dict(facts), channel=channel, today=notice.day, templates=templates_of(settings))


def _coming(settings: Settings, book: Rulebook, first: date, task_id: str) -> Iterator[Coming]:
    last = first + timedelta(days=LOOK_AHEAD_DAYS)
    for plan in plan_range(book, History(), first, last, channels=channels_of(settings)):
        mine = [each for each in plan.notices if _speaks_of(each, task_id)]
        if mine:
            yield Coming(day=plan.day, line=_line(mine, plan.day, task_id), notice=mine[0])


def _speaks_of(notice: Notice, task_id: str) -> bool:
    return not notice.draft and notice.recipient.unit is not None and any(i.task == task_id for i in notice.items)


def _line(mine: list[Notice], day: date, task_id: str) -> str:
    to = mine[0].recipient
    more = f" 等{len(mine)}个收件人" if len(mine) > 1 else ""
    kind = next(item.kind for item in mine[0].items if item.task == task_id)
    return f"{day_words(day)}  {KIND_WORDS[kind]}  发给 {whom(to)}{more}"
