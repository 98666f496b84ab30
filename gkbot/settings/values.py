"""What an operator can set, as values: a secret shows itself only to who asks for it by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from gkbot.clock import DEFAULT_ZONE


class Secret:
    """A password, key or secret address: it shows itself only to who asks for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; hand it to the wire and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected; it never falls back to a weaker one."""

    SSL = "ssl"
    STARTTLS = "starttls"
    NONE = "none"


class RobotForm(StrEnum):
    """The form a group robot's messages take; `CARD` only where one card can hold what is said."""

    MARKDOWN = "markdown"
    TEXT = "text"
    CARD = "card"


class Mention(StrEnum):
    """How a group robot's message calls on contacts."""

    USERID = "userid"
    MOBILE = "mobile"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server to hand messages to.

    Attributes:
        ca_file: Certificates to trust besides the system's.
        helo: Name to say at EHLO; None for the sender's domain.
        every_seconds: At least so long between two mails; 0 for no pace.
        per_hour: At most so many mails in any hour; 0 for no limit.
    """

    host: str
    port: int
    security: SmtpSecurity
    mail_from: str
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    helo: str | None = None
    every_seconds: float = 0.0
    per_hour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrakeSettings:
    """When a day's messages wait for a person (facts/delivery.md 3.3); 0 switches a brake off.

    Attributes:
        factor: So many times the usual daily number.
        least: Days with no more messages than this are never held for their number.
        per_group: Messages to one address on one day.
    """

    factor: float = 10.0
    least: int = 50
    per_group: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set.

    Attributes:
        daily_at: Local time of the daily check.
        robots: Robot name as unit files say it → its secret webhook address.
        robot_forms: Robot name → form, where it is not markdown.
        apprise: Name as unit files say it → secret Apprise address, for channels besides WeCom.
        smtp: None where no mail server is set; mails are then written to `outbox_dir`.
        state_dir: Where the last epoch of a PostgreSQL database is remembered.
        watchdog: Address to ask, or path of a file to touch, as long as all is well.
        sign_of_life: The service tells the admins each working morning that it works.
        public_url: Where contacts reach the web page, without a slash at the end; None for no links.
    """

    rules: Path = Path("rules")
    templates: Path = Path("templates")
    database_url: str = field(default="sqlite:///var/gkbot.db", repr=False)
    zone: ZoneInfo = DEFAULT_ZONE
    daily_at: time = time(9, 0)
    smtp: SmtpSettings | None = None
    robots: Mapping[str, Secret] = field(default_factory=dict)
    robot_forms: Mapping[str, RobotForm] = field(default_factory=dict)
    robot_mentions: Mention = Mention.USERID
    robot_ca_file: Path | None = None
    apprise: Mapping[str, Secret] = field(default_factory=dict)
    outbox_dir: Path = Path("var/outbox")
    state_dir: Path = Path("var")
    brakes: BrakeSettings = field(default_factory=BrakeSettings)
    watchdog: Secret | None = None
    sign_of_life: bool = True
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    public_url: str | None = None
    secret_key: Secret | None = None
