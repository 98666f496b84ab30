"""What has happened and what must still go out: tables, queries, migrations.

Nothing is imported before it is asked for: SQLModel takes its time, and most commands need no database.
"""

from typing import TYPE_CHECKING, Any

from gkbot.ledger import values
from gkbot.ledger.presence import ledger_exists
from gkbot.ledger.values import *  # noqa: F403 - what its own list names, and nothing else

if TYPE_CHECKING:
    from gkbot.ledger.ledger import Ledger
    from gkbot.ledger.outbox import Outbox

__all__ = ["Ledger", "Outbox", "ledger_exists"]
__all__ += values.__all__


def __getattr__(name: str) -> Any:
    if name == "Ledger":
        from gkbot.ledger.ledger import Ledger

        return Ledger
    if name == "Outbox":
        from gkbot.ledger.outbox import Outbox

        return Outbox
    raise AttributeError(name)
