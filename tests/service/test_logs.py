"""Log lines: one event a line, facts beside it, never the text of an exception."""

import logging
import subprocess
import sys
from zoneinfo import ZoneInfo

from gkbot.service.logs import EventFormatter, set_up_logs

COMMAND = """
import logging
from gkbot.cli.app import run
try:
    run(["--version"])
except SystemExit:
    pass
logging.getLogger("some.library").warning("chatter")
for name in ("some.library", "gkbot.delivery"):
    try:
        raise ValueError("https://example.com/?key=MARKED-SECRET")
    except ValueError:
        logging.getLogger(name).exception("failed")
"""


def line(message: str, *, exc_info: object = None, **facts: object) -> str:
    record = logging.LogRecord("gkbot.test", logging.INFO, __file__, 1, message, (), exc_info)  # type: ignore[arg-type]
    record.__dict__.update(facts)
    record.created = 1_772_700_000.0
    return EventFormatter(ZoneInfo("Asia/Shanghai")).format(record)


def test_an_event_is_told_with_moment_level_and_facts():
    assert line("notice sent", rule="GY2023-05", unit="苍溪县 公开岗") == (
        '2026-03-05T16:40:00+08:00 INFO notice sent rule=GY2023-05 unit="苍溪县 公开岗"'
    )


def test_a_line_break_in_a_fact_does_not_make_a_new_line():
    assert "\n" not in line("x\ny", note="a\nb")


def test_the_text_of_an_exception_is_not_told():
    try:
        raise ValueError("https://example.com/?key=MARKED-SECRET")
    except ValueError as error:
        text = line("failed", exc_info=(type(error), error, error.__traceback__))
    assert "MARKED-SECRET" not in text
    assert "error=ValueError@" in text


def test_urllib3_may_not_log_addresses():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        set_up_logs(ZoneInfo("Asia/Shanghai"), logging.DEBUG)
        assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)
        assert logging.getLogger("gkbot").isEnabledFor(logging.DEBUG)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def test_an_error_while_a_command_runs_is_one_line_without_its_text():
    said = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, check=True).stderr
    assert [text.partition(" ")[2] for text in said.splitlines()] == ["ERROR failed error=ValueError@__main__:11"] * 2
