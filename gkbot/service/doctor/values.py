"""What a probe finds: a grade, a sentence, a cure."""

from dataclasses import dataclass
from enum import StrEnum

from gkbot.clock import Clock
from gkbot.settings import Settings


class Grade(StrEnum):
    """How well something is; only `BAD` makes the whole bad."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


GRADE_WORDS = {Grade.GOOD: "好", Grade.CAUTION: "注意", Grade.BAD: "坏"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; holds no secret.

    Attributes:
        probe: Stable English name.
        title: What was looked at, in Chinese.
        message: How it is.
        fix: What to do; None where nothing is.
    """

    probe: str
    title: str
    grade: Grade
    message: str
    fix: str | None = None

    def as_json(self) -> dict[str, object]:
        """For `gkbot doctor --json`."""
        return {
            "probe": self.probe,
            "title": self.title,
            "grade": str(self.grade),
            "message": self.message,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Makes the findings of one probe."""

    probe: str
    title: str

    def good(self, message: str) -> Finding:
        """As it should be."""
        return self._finding(Grade.GOOD, message, None)

    def caution(self, message: str, fix: str | None = None) -> Finding:
        """It works, but a person should look."""
        return self._finding(Grade.CAUTION, message, fix)

    def bad(self, message: str, fix: str) -> Finding:
        """It does not work, or will not for long."""
        return self._finding(Grade.BAD, message, fix)

    def _finding(self, grade: Grade, message: str, fix: str | None) -> Finding:
        return Finding(probe=self.probe, title=self.title, grade=grade, message=message, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined.

    Attributes:
        sends: Probes may send a test message where only that shows whether something works.
    """

    settings: Settings
    clock: Clock
    sends: bool = False
