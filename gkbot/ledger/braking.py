"""The brakes as the other rooms see them: whether one stands, what is held, letting go."""

from collections.abc import Sequence
from datetime import date, datetime

from gkbot.ledger import brakes, decisions
from gkbot.ledger.database import Database
from gkbot.ledger.values import Brake, HeldBack, Standing


class Braking:
    """What waits for a person though nothing went wrong with it."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def standing(self, brake: Brake) -> Standing | None:
        """Since when a brake stands, and why; None where it does not."""
        with self._database.reading() as connection:
            return brakes.standing(connection, brake)

    def left(self, brake: Brake) -> Standing | None:
        """A brake that stands though the process that set it is gone."""
        with self._database.reading() as connection:
            found = brakes.standing(connection, brake)
            if found is None or brakes.is_kept(connection, found, self._database.now(connection)):
                return None
            return found

    def set(self, brake: Brake, *, expected: datetime, found: datetime, why: str, epoch: int | None = None) -> Standing:
        """Let a brake stand, and hold what waits to be sent to units; `epoch` is of the process that sets it."""
        with self._database.writing() as connection:
            return brakes.set_brake(
                self._database, connection, brake, expected=expected, found=found, why=why, epoch=epoch
            )

    def lift(self, brake: Brake, *, who: str, why: str, keeps: bool = False) -> int:
        """Let a standing brake go, and what it held unless it `keeps` that; how many messages that were."""
        with self._database.writing() as connection:
            return brakes.lift(self._database, connection, brake, who=who, why=why, keeps=keeps)

    def release(self, brake: Brake, *, who: str, why: str) -> int:
        """Send what a brake held after all; a standing one is lifted."""
        with self._database.writing() as connection:
            return decisions.release_brake(self._database, connection, brake, who=who, why=why)

    def drop(self, brake: Brake, *, who: str, why: str, before: date | None = None) -> int:
        """Never send what a brake holds (of days before `before`); a standing one stays."""
        with self._database.writing() as connection:
            return decisions.drop_brake(self._database, connection, brake, who=who, why=why, before=before)

    def held(self) -> Sequence[HeldBack]:
        """What the brakes hold, notice by notice."""
        with self._database.reading() as connection:
            return brakes.held_back(connection)

    def last_sign(self, now: datetime, *, besides: int | None = None) -> datetime | None:
        """The latest moment at which a process said that it was alive; None before the first."""
        with self._database.reading() as connection:
            return brakes.last_sign(connection, now, besides=besides)
