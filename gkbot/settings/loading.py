"""Settings from the environment and `.env`, checked before anything starts (CONTRACTS.md, Settings)."""

import os
from collections.abc import Mapping
from pathlib import Path

from gkbot.clock import DEFAULT_ZONE
from gkbot.settings.channels import apprise, robot_forms, robots, smtp
from gkbot.settings.checking import (
    chosen,
    daily_at,
    database_url,
    is_on,
    number,
    public_url,
    readable,
    secret_key,
    watchdog,
    web_address,
    zone,
)
from gkbot.settings.names import gkbot_values
from gkbot.settings.values import BrakeSettings, Mention, Settings


def load_settings(environ: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")) -> Settings:
    """Read the settings; the environment wins over `.env`.

    Raises:
        SettingsError: A name is unknown, or a value cannot be used. The text never shows a secret.
    """
    values = gkbot_values(os.environ if environ is None else environ, dotenv)
    web_host, web_port = web_address(values.get("GKBOT_WEB_ADDRESS", "127.0.0.1:8000"))
    return Settings(
        rules=Path(values.get("GKBOT_RULES", "rules")),
        templates=Path(values.get("GKBOT_TEMPLATES", "templates")),
        database_url=database_url(values.get("GKBOT_DATABASE_URL", "sqlite:///var/gkbot.db")),
        zone=zone(values.get("GKBOT_TIMEZONE", DEFAULT_ZONE.key)),
        daily_at=daily_at(values.get("GKBOT_DAILY_AT", "09:00")),
        smtp=smtp(values),
        robots=robots(values),
        robot_forms=robot_forms(values),
        robot_mentions=chosen("GKBOT_WECOM_MENTIONS", values.get("GKBOT_WECOM_MENTIONS", "userid"), Mention),
        robot_ca_file=readable("GKBOT_WECOM_CA_FILE", values),
        apprise=apprise(values),
        outbox_dir=Path(values.get("GKBOT_OUTBOX_DIR", "var/outbox")),
        state_dir=Path(values.get("GKBOT_STATE_DIR", "var")),
        brakes=_brakes(values),
        watchdog=watchdog(values.get("GKBOT_WATCHDOG")),
        sign_of_life=is_on("GKBOT_SIGN_OF_LIFE", values.get("GKBOT_SIGN_OF_LIFE", "on")),
        public_url=public_url(values.get("GKBOT_PUBLIC_URL"), has_key="GKBOT_SECRET_KEY" in values),
        secret_key=secret_key(values.get("GKBOT_SECRET_KEY")),
        web_host=web_host,
        web_port=web_port,
    )


def _brakes(values: Mapping[str, str]) -> BrakeSettings:
    usual = BrakeSettings()
    return BrakeSettings(
        factor=number("GKBOT_BRAKE_FACTOR", values.get("GKBOT_BRAKE_FACTOR", str(usual.factor))),
        least=int(number("GKBOT_BRAKE_LEAST", values.get("GKBOT_BRAKE_LEAST", str(usual.least)))),
        per_group=int(number("GKBOT_BRAKE_PER_GROUP", values.get("GKBOT_BRAKE_PER_GROUP", str(usual.per_group)))),
    )
