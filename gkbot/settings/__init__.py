"""Settings: what an operator can set, from the environment and `.env` (CONTRACTS.md, Settings)."""

from gkbot.settings.channels import DEFAULT_SMTP_PORTS
from gkbot.settings.loading import load_settings
from gkbot.settings.names import APPRISE_PREFIX, FORM_PREFIX, NAMES, PREFIX, PREFIXES, ROBOT_PREFIX, SECRET_NAMES
from gkbot.settings.values import (
    BrakeSettings,
    Mention,
    RobotForm,
    Secret,
    Settings,
    SmtpSecurity,
    SmtpSettings,
)

__all__ = [
    "APPRISE_PREFIX",
    "DEFAULT_SMTP_PORTS",
    "FORM_PREFIX",
    "NAMES",
    "PREFIX",
    "PREFIXES",
    "ROBOT_PREFIX",
    "SECRET_NAMES",
    "BrakeSettings",
    "Mention",
    "RobotForm",
    "Secret",
    "Settings",
    "SmtpSecurity",
    "SmtpSettings",
    "load_settings",
]
