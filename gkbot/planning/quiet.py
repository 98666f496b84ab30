"""Who is not told of a duty today though there is something to say, and what is made up for afterwards.

A silence, a pause or a closed office keeps back what falls into it. When it is over, the catch-up reaches
back to its beginning, so that the most urgent stage that still applies is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gkbot.planning.agenda import CATCH_UP_DAYS
from gkbot.planning.folding import Today
from gkbot.planning.memory import ONE_DAY, Window
from gkbot.planning.open_days import OpenDays
from gkbot.planning.pauses import paused_stretches
from gkbot.planning.recipients import Address
from gkbot.planning.suppressions import Suppression, SuppressionKind
from gkbot.planning.values import Duty, EventKind

Stretch = tuple[date, date]  # half-open


@dataclass(frozen=True, slots=True)
class Quiet:
    """What is kept back on one day."""

    suppressions: tuple[Suppression, ...]
    open_days: OpenDays
    today: Today

    @property
    def is_personal(self) -> bool:
        """Whether something is kept back from single recipients of a unit."""
        return any(found.address is not None for found in self.suppressions)

    def is_closed(self, duty: Duty) -> bool:
        """Whether the office that answers for the duty is closed today."""
        return self.open_days.is_closed(duty.task.document.folder, self.today.day)

    def now(self, duty: Duty, address: Address | None) -> Suppression | None:
        """What keeps a duty from a recipient (None: from all of the unit) today."""
        holding = (found for found in self.suppressions if found.holds(self.today.day))
        return next((found for found in holding if found.is_about(duty.task, duty.unit.name, address)), None)

    def is_known(self, duty: Duty, address: Address | None, day: date) -> bool:
        """Whether the recipient has said of what falls on `day` that they know."""
        known = (found for found in self.suppressions if found.kind is SuppressionKind.ACK and found.holds(day))
        return any(found.is_about(duty.task, duty.unit.name, address) for found in known)

    def window(self, duty: Duty, address: Address | None, window: Window) -> Window:
        """The days that are made up for: more where something was kept back that is over now."""
        return _reaching_back(window, self._over(duty, address))

    def reach(self, window: Window) -> Window:
        """The same for any duty and recipient; `window` itself where nothing was kept back lately."""
        return _reaching_back(window, (*self._silences(), *self._closures()))

    def oldest(self, window: Window) -> date:
        """The first day of which it must be known what was told: some silence or closure may yet reach back to it."""
        begun = (since for since, end in (*self._silences(), *self._closures()) if window.after < end)
        return min((window.after, *(since - ONE_DAY for since in begun)))

    def _over(self, duty: Duty, address: Address | None) -> Iterator[Stretch]:
        for found in self.suppressions:
            if found.is_about(duty.task, duty.unit.name, address):
                yield from _stretch(found)
        if any(event.kind is EventKind.PAUSED for event in duty.events):
            yield from ((first, last + ONE_DAY) for first, last in paused_stretches(duty.events, self.today))
        if self.open_days.in_folder(duty.task.document.folder) is not self.open_days.calendar:
            yield from self._closures()

    def _silences(self) -> Iterator[Stretch]:
        for found in self.suppressions:
            yield from _stretch(found)

    def _closures(self) -> Iterator[Stretch]:
        """With the week before each, in which the catch-up may have been cut off."""
        return ((found.first - CATCH_UP_DAYS, found.end) for found in self.open_days.closures)


def _stretch(found: Suppression) -> Iterator[Stretch]:
    if found.end is not None and found.kind is not SuppressionKind.ACK:
        yield found.since, found.end


def _reaching_back(window: Window, over: Iterator[Stretch] | tuple[Stretch, ...]) -> Window:
    """The window from the beginning of what ended within it, one stretch after the other."""
    after = window.after
    for since, end in sorted(over, key=lambda stretch: stretch[1], reverse=True):
        if after < end <= window.until:
            after = min(after, since - ONE_DAY)
    return window if after == window.after else Window(after=after, until=window.until, last_scan=window.last_scan)
