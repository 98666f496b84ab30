"""Which due days people were told of, as they were told."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, and_, select

from gkbot.ledger.events import NAMES_A_QUERY
from gkbot.ledger.tables import NOTICE, OCCURRENCE, TOLD
from gkbot.ledger.values import NoticeState
from gkbot.planning.rescheduling import DayTold
from gkbot.planning.stages import LETTERS

_SAME = and_(*(TOLD.c[name] == OCCURRENCE.c[name] for name in ("task", "unit", "period", "revision")))
_TO_UNITS = and_(TOLD.c.stage.not_like("office-%"), TOLD.c.stage.not_in(LETTERS))


def days_told(connection: Connection, tasks: Sequence[str], since: date) -> tuple[DayTold, ...]:
    """The due days from `since` on of these tasks, of which a message really went out."""
    went_out = (
        select(TOLD.c.id)
        .join(NOTICE, NOTICE.c.id == TOLD.c.notice_id)
        .where(_SAME, _TO_UNITS, NOTICE.c.state == NoticeState.SENT)
        .exists()
    )
    columns = [OCCURRENCE.c[name] for name in ("task", "unit", "period", "revision", "due_date")]
    query = select(*columns).where(OCCURRENCE.c.due_date >= since, went_out)
    found: list[DayTold] = []
    for first in range(0, len(tasks), NAMES_A_QUERY):
        some = query.where(OCCURRENCE.c.task.in_(tasks[first : first + NAMES_A_QUERY]))
        found += [
            DayTold(task=task, unit=unit, period=period or None, revision=revision, due=due)
            for task, unit, period, revision, due in connection.execute(some)
        ]
    return tuple(found)
