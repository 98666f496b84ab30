"""After every test of a fault the slow model is asked: its invariants hold, or the test has failed.

`@pytest.mark.fault("F14", except_for={"I2": "why it is broken on purpose"})` names the few that a test
breaks itself.
"""

import logging
import sqlite3
import subprocess
from collections.abc import Callable, Generator
from datetime import UTC
from functools import cache, wraps
from pathlib import Path
from typing import Any

import pytest

from tests.faults.case import Case
from tests.faults.checked import CHECKED
from tests.faults.evidence import is_file, plain, rows_of
from tests.faults.invariants import HOLDS, judged
from tests.witness import WITNESS, Listener, Seen

PROPERTY = "invariants"
NOT_OURS = ("sqlalchemy", "mail", "asyncio", "hypothesis", "faker")
"""Loggers of the other side and of tools, whose words are none of the program's."""

_listener = Listener(level=0)
_levels = pytest.StashKey[dict[str, int]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Watch from before the first fixture on."""
    if faults_of(item):
        _watch_the_program()
        names = (None, *NOT_OURS)
        item.stash[_levels] = {name or "": logging.getLogger(name).level for name in names}
        for name in NOT_OURS:
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger().setLevel(logging.DEBUG)
        logging.getLogger().addHandler(_listener)
        WITNESS.begin()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge while the fixtures still stand."""
    report = yield
    seen = WITNESS.seen
    if call.when != "call" or seen is None:
        return report
    if report.passed:
        seen.said += [report.capstdout, report.capstderr]
        verdicts, violated = judged(_case(item, seen), except_for(item))
        verdicts |= {name: said for name, said in seen.verdicts.items() if verdicts[name] != HOLDS}
        report.user_properties.append((PROPERTY, {"faults": sorted(faults_of(item)), "verdicts": verdicts}))
        if violated:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: the slow model does not agree\n" + "\n".join(violated)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Look away before the fixtures are taken down."""
    if _levels in item.stash:
        WITNESS.end()
        logging.getLogger().removeHandler(_listener)
        for name, level in item.stash[_levels].items():
            logging.getLogger(name or None).setLevel(level)
        del item.stash[_levels]
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where all reports come together, those of other processes as well."""
    for name, told in report.user_properties:
        if name == PROPERTY and report.when == "call":
            CHECKED.note(report.nodeid, told["faults"], told["verdicts"])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table of what was checked, and what nobody checked, where whole files were run."""
    if config.option.verbose > 0:
        for line in CHECKED.table():
            terminalreporter.write_line(line)
    for line in CHECKED.missing():
        terminalreporter.write_line(line, red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A fault whose tests were all run, and of which an invariant was asked by none, fails the run."""
    is_whole = not (session.config.option.keyword or session.config.option.markexpr not in {"", "fault"})
    CHECKED.is_whole = is_whole and not any("::" in each for each in session.config.args)
    if exitstatus == 0 and CHECKED.missing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def faults_of(item: pytest.Item) -> set[str]:
    """The faults that a test plays."""
    return {str(number) for mark in item.iter_markers("fault") for number in mark.args}


def except_for(item: pytest.Item) -> dict[str, str]:
    """What the test breaks on purpose."""
    found: dict[str, str] = {}
    for mark in item.iter_markers("fault"):
        found |= mark.kwargs.get("except_for", {})
    return found


def _case(item: pytest.Item, seen: Seen) -> Case:
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    case = Case(seen=seen, folder=folder, mail_logs=WITNESS.mail_logs())
    if len(seen.clocks) >= 1:
        case.now = max(clock.now() for clock in seen.clocks).astimezone(UTC).replace(tzinfo=None)
    urls = dict.fromkeys(seen.urls.values())
    if folder is not None:
        urls |= {f"sqlite:///{path}": None for path in sorted(folder.rglob("gkbot.db"))}
        seen.said += [path.read_text(errors="replace") for path in sorted(folder.rglob("process-*.log"))]
    for url in urls:
        if url in seen.gone:
            case.ledgers[url] = seen.gone[url]
        elif not is_file(url) or _is_database(url):
            try:
                case.ledgers[url] = rows_of(url)
            except (sqlite3.Error, OSError) as error:
                case.broken[url] = f"{type(error).__name__}: {error}"
    case.ledgers = {url: tables for url, tables in case.ledgers.items() if "notice" in tables}
    return case


def _is_database(url: str) -> bool:
    path = Path(url.removeprefix("sqlite:///"))
    return path.is_file() and path.stat().st_size > 0


@cache
def _watch_the_program() -> None:
    """Once: databases, transactions, marked secrets and whatever commands print are told to the witness."""
    from click.testing import CliRunner
    from sqlalchemy import Engine, event

    from gkbot.ledger.database import Database
    from gkbot.settings import Secret

    _tell(Database, "__init__", lambda database, *_: _uses(database))
    _tell(Secret, "__init__", lambda secret, *_: _marks(secret))
    _tell(CliRunner, "invoke", lambda _, result: WITNESS.says(f"{result.output}\n{result.exc_info}"))
    _tell(pytest.CaptureFixture, "readouterr", lambda _, said: WITNESS.says(f"{said.out}\n{said.err}"))
    _tell(subprocess.Popen, "communicate", lambda _, said: [WITNESS.says(_text(each)) for each in said])
    event.listen(Engine, "begin", WITNESS.begun)
    event.listen(Engine, "commit", lambda connection: WITNESS.ended(connection, committed=True))
    event.listen(Engine, "rollback", lambda connection: WITNESS.ended(connection, committed=False))
    event.listen(Engine, "after_cursor_execute", _executed)


def _tell(owner: Any, name: str, told: Callable[[Any, Any], object]) -> None:
    """Call `told` with the object and what came of it, after each call."""
    really = getattr(owner, name)

    @wraps(really)
    def watched(self: Any, *args: Any, **how: Any) -> Any:
        result = really(self, *args, **how)
        if WITNESS.seen is not None:
            told(self, result)
        return result

    setattr(owner, name, watched)


def _uses(database: Any) -> None:
    if database.path is not None or database.is_postgresql:
        WITNESS.uses(plain(database.url.render_as_string(hide_password=False)), database.clock)


def _marks(secret: Any) -> None:
    value = secret.reveal()
    WITNESS.marks(value)


def _text(said: Any) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said or "")


_WATCHED_TABLES = {
    "event": ("kind", "task", "unit", "period"),
    "attempt": ("notice_id", "token"),
    "told": ("notice_id",),
    "notice": ("number",),
}


def _executed(connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    if WITNESS.seen is None or not statement.startswith("INSERT INTO "):
        return
    table = statement[12:].split(None, 1)[0].strip('"')
    if table in _WATCHED_TABLES and context is not None and context.compiled_parameters:
        names = _WATCHED_TABLES[table]
        WITNESS.wrote(
            connection, table, [{name: row.get(name) for name in names} for row in context.compiled_parameters]
        )
