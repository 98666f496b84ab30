"""What an audit comes to: findings, each with a code that stays, a sentence, and what to do."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gkbot.iso import iso


class Severity(StrEnum):
    """How bad a finding is; from `WARN` on a person must do something, and the heartbeat outside stops."""

    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"


class Status(StrEnum):
    """The worst of an audit, as `/healthz` says it."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


SEVERITY_WORDS = {Severity.NOTE: "提示", Severity.WARN: "注意", Severity.FAIL: "故障"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be; holds no secret and no person's data.

    Attributes:
        code: Stable English name; docs/运维手册.md explains each.
        what: What is so, one Chinese clause without full stop.
        since: Since when; None where that is not known.
        cure: What to do.
    """

    code: str
    severity: Severity
    what: str
    cure: str
    since: datetime | None = None

    def as_json(self) -> dict[str, object]:
        """For `gkbot status --json`."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "what": self.what,
            "since": iso(self.since),
            "cure": self.cure,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One look at everything, and what was found; the worst first.

    Attributes:
        last_check: Last day that was looked at to the end; None before the first.
    """

    at: datetime
    findings: tuple[Finding, ...] = ()
    last_check: date | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing needs a person: only then is the heartbeat outside fed."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)

    @property
    def status(self) -> Status:
        """The worst finding; a note leaves all well."""
        severities = {finding.severity for finding in self.findings}
        if Severity.FAIL in severities:
            return Status.FAIL
        return Status.WARN if Severity.WARN in severities else Status.OK
