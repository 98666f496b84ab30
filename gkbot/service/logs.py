"""The log: one event a line on standard error, with its facts and without secrets."""

import logging
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gkbot.errors import LedgerError

STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
QUIET_LOGGERS = ("urllib3", "apscheduler", "sqlalchemy", "alembic", "uvicorn", "asyncio")


class EventFormatter(logging.Formatter):
    """`2026-03-05T09:00:00+08:00 INFO notice sent rule=… recipient=…`."""

    def __init__(self, zone: ZoneInfo | None) -> None:
        """Tell the time of a zone; None: of this machine."""
        super().__init__()
        self.zone = zone

    def format(self, record: logging.LogRecord) -> str:
        """The line of one event; facts come from `extra`, an exception is told by its class and place."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone(self.zone).isoformat(timespec="seconds")
        facts = [f"{k}={_quoted(v)}" for k, v in vars(record).items() if k not in STANDARD_ATTRIBUTES]
        if record.exc_info and record.exc_info[1] is not None:
            facts.append(f"error={failure_in_short(record.exc_info[1])}")
            if isinstance(record.exc_info[1], LedgerError):  # our own words: what, and what to do
                facts.append(f"cause={_quoted(record.exc_info[1])}")
        return " ".join([moment, record.levelname, _one_line(record.getMessage()), *facts])


def set_up_logs(zone: ZoneInfo, level: int = logging.INFO) -> None:
    """Send gkbot's events to standard error; other libraries speak from WARNING on.

    urllib3 logs whole webhook addresses at DEBUG, so it is capped for good (facts/delivery.md 2.3).
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter(zone))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def set_up_last_words() -> None:
    """For commands, which speak in sentences: where nobody set up a log, errors are events all the same, in one line.

    Else Python prints them with the traceback and the exception's text.
    """
    if logging.lastResort is not None:
        logging.lastResort.setLevel(logging.ERROR)
        logging.lastResort.setFormatter(EventFormatter(None))


def failure_in_short(error: BaseException) -> str:
    """Class and place of an exception; never its text, which may hold a secret address."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = "" if frame is None else f"@{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}"
    return f"{type(error).__name__}{where}"


def _quoted(value: object) -> str:
    text = _one_line(str(value))
    return f'"{text}"' if " " in text or not text else text


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")
