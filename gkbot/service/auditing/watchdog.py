"""The heartbeat outside: an address that is asked, or a file that is touched, as long as all is well.

Whoever watches it (an uptime service, a cron job, a colleague's script) raises the alarm when it
stops; so it needs nothing of this machine to work. The address is a secret: who knows it can
make a dead service look alive.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gkbot.delivery.web_line import Line
from gkbot.delivery.webhook import silence, within
from gkbot.settings import Secret

log = logging.getLogger("gkbot.watchdog")

DEADLINE_SECONDS = 10.0
MOST_ANSWER_BYTES = 1024
Feed = Callable[[datetime], str | None]
"""Feeds the heartbeat; None, or in short why that failed (no secret)."""


def feed_of(target: Secret | None, *, deadline_seconds: float = DEADLINE_SECONDS) -> Feed | None:
    """What feeds the heartbeat that the settings name; None where they name none."""
    if target is None:
        return None
    where = target.reveal()
    if where.lower().startswith(("http://", "https://")):
        return lambda _now: asked(where, deadline_seconds)
    return lambda now: touched(Path(where), now)


def touched(path: Path, now: datetime) -> str | None:
    """Set the time of a file to this moment, in one step; it is made where it is not there."""
    try:
        try:
            os.utime(path, (now.timestamp(), now.timestamp()))
        except FileNotFoundError:
            path.touch()
            os.utime(path, (now.timestamp(), now.timestamp()))
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def asked(url: str, deadline_seconds: float) -> str | None:
    """Ask an address, and hang up at the deadline: `timeout=` bounds each read, not all of them."""
    silence("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response")
    answer: list[str | None] = []
    line = Line()
    if not within(deadline_seconds, lambda: _ask(line, url, deadline_seconds, answer), give_up=line.hang_up):
        return "deadline"
    return answer[0]


def _ask(line: Line, url: str, deadline_seconds: float, answer: list[str | None]) -> None:
    try:
        with line.session() as session, session.get(url, timeout=deadline_seconds, stream=True) as response:
            response.raw.read(MOST_ANSWER_BYTES)
            answer.append(None if 200 <= response.status_code < 300 else f"http-{response.status_code}")
    except Exception as error:  # noqa: BLE001 - its text holds the address; its class says enough
        answer.append(type(error).__name__)
