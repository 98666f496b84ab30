"""What the coming days bring with two rule books: which notices appear, which vanish, how many hear them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from gkbot.planning.expectations import Said, said_of
from gkbot.planning.plan import plan_range
from gkbot.planning.recipients import Address, address_of
from gkbot.planning.values import Channels, History
from gkbot.rulebook.values import Rulebook

Heard = tuple[date, Address, Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Some coming days with one rule book.

    Attributes:
        messages: Without drafts; `by_robot` of them go into robots' groups.
        recipients: Mailboxes and groups.
        heard: Who is told what on which day.
    """

    messages: int
    drafts: int
    by_robot: int
    recipients: int
    heard: frozenset[Heard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing said of a task on a day that only one of two forecasts has; `units` are those it is said of."""

    day: date
    task: str
    kind: str
    stage: str | None
    due: date | None
    units: tuple[str, ...]


def forecast(book: Rulebook, history: History, first: date, last: date, channels: Channels) -> Forecast:
    """Plan `first` to `last`, both inclusive, as if every notice had gone out."""
    notices = [notice for plan in plan_range(book, history, first, last, channels=channels) for notice in plan.notices]
    sent = [notice for notice in notices if not notice.draft]
    return Forecast(
        messages=len(sent),
        drafts=len(notices) - len(sent),
        by_robot=sum(notice.recipient.robot for notice in sent),
        recipients=len({address_of(notice.recipient) for notice in sent}),
        heard=frozenset((n.day, address_of(n.recipient), said) for n in notices for said in said_of(n)),
    )


def only_in(first: Forecast, second: Forecast) -> tuple[Difference, ...]:
    """What the first has and the second has not, by day."""
    return tuple(_grouped(first.heard - second.heard))


def _grouped(heard: Iterable[Heard]) -> Iterator[Difference]:
    units: dict[tuple[date, str, str, str | None, date | None], set[str]] = {}
    for day, _, said in heard:
        units.setdefault((day, said.task, said.kinds[0], said.stage, said.due), set()).add(said.unit)
    for (day, task, kind, stage, due), names in sorted(units.items(), key=lambda pair: tuple(map(str, pair[0]))):
        yield Difference(day=day, task=task, kind=kind, stage=stage, due=due, units=tuple(sorted(names)))
