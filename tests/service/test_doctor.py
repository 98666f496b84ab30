"""`gkbot doctor` at home: settings, rules, calendar, templates, database, clock, folders, web address, the work."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from patients import NOW, RULES, SECRET, patient

from gkbot.clock import FixedClock
from gkbot.deadline import Calendar
from gkbot.errors import SettingsError
from gkbot.ledger import Ledger
from gkbot.service.check import run_daily
from gkbot.service.doctor.clock import probe_clock
from gkbot.service.doctor.database import probe_database
from gkbot.service.doctor.examination import Probe, examine, within_time
from gkbot.service.doctor.folders import probe_disk, probe_outbox_folder
from gkbot.service.doctor.rules import calendar_finding, probe_rules, probe_templates
from gkbot.service.doctor.settings import probe_settings
from gkbot.service.doctor.values import Finding, Grade, Patient, Report
from gkbot.service.doctor.web import probe_web
from gkbot.service.doctor.work import probe_work
from gkbot.shipped import folder


def soon() -> FixedClock:
    """A clock a minute ahead of whatever was just written."""
    return FixedClock(datetime.now(NOW.tzinfo) + timedelta(minutes=1))


def grades(found: Iterator[Finding]) -> dict[str, Grade]:
    return {finding.probe: finding.grade for finding in found}


def dotenv(home: Path, text: str, mode: int = 0o600) -> Path:
    path = home / ".env"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


# Settings


@pytest.mark.parametrize(
    ("text", "mode", "grade"),
    [
        (f"GKBOT_SMTP_PASSWORD={SECRET}\n", 0o600, Grade.GOOD),
        (f"GKBOT_SMTP_PASSWORD={SECRET}\n", 0o640, Grade.CAUTION),
        (f"GKBOT_WECOM_ROBOT_A=https://x/?key={SECRET}\n", 0o604, Grade.CAUTION),
        ("GKBOT_DAILY_AT=08:45\nGKBOT_SMTP_PASSWORD=\n", 0o644, Grade.GOOD),
    ],
)
def test_a_file_with_secrets_is_for_its_user_alone(tmp_path: Path, text: str, mode: int, grade: Grade) -> None:
    finding = probe_settings({}, dotenv(tmp_path, text, mode))
    assert finding.grade is grade
    assert SECRET not in str(finding)
    assert (finding.fix is not None) == (grade is Grade.CAUTION)


def test_a_file_that_a_setting_points_to_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text(SECRET, encoding="utf-8")
    (tmp_path / "smtp").chmod(0o644)
    finding = probe_settings({"GKBOT_SMTP_PASSWORD_FILE": str(tmp_path / "smtp")}, tmp_path / ".env")
    assert (finding.grade, "chmod 600" in (finding.fix or "")) == (Grade.CAUTION, True)


def test_with_unusable_settings_only_they_are_told(tmp_path: Path) -> None:
    path = dotenv(tmp_path, f"GKBOT_RULE=x\nGKBOT_SECRET_KEY={SECRET}\n")
    [finding] = examine({}, path, sends=False)
    assert (finding.probe, finding.grade) == ("settings", Grade.BAD)
    assert "GKBOT_RULES" in finding.message
    assert SECRET not in str(finding)


# Rules, calendar, templates


@pytest.mark.parametrize(
    ("change", "grade", "words"),
    [
        (("", ""), Grade.GOOD, "1 项任务"),
        (("6月底前", "单位自己把握"), Grade.BAD, "1 处错误"),
        (("6月底前", "10月初"), Grade.CAUTION, "1 个警告"),
        (("        邮箱: a@example.gov.cn\n", ""), Grade.CAUTION, "收不到通知"),
    ],
)
def test_rule_files_are_judged_as_check_does(tmp_path: Path, change: tuple[str, str], grade: Grade, words: str) -> None:
    rules = RULES.replace(*change) if change[0] else RULES
    finding = next(iter(probe_rules(patient(tmp_path, rules=rules))))
    assert (finding.grade, words in finding.message) == (grade, True)


def test_a_missing_rules_folder_is_bad(tmp_path: Path) -> None:
    office = patient(tmp_path)
    shutil.rmtree(office.settings.rules)
    assert [finding.grade for finding in probe_rules(office)] == [Grade.BAD]


@pytest.mark.parametrize(
    ("day", "grade"),
    [
        (date(2026, 9, 30), Grade.GOOD),
        (date(2026, 10, 1), Grade.CAUTION),
        (date(2026, 12, 31), Grade.CAUTION),
        (date(2027, 1, 1), Grade.BAD),
    ],
)
def test_next_years_notice_is_asked_for_from_october(day: date, grade: Grade) -> None:
    assert calendar_finding(Calendar.builtin(), day).grade is grade


def test_a_broken_template_is_bad_with_its_place(tmp_path: Path) -> None:
    shutil.copytree(folder("templates"), tmp_path / "templates")
    file = tmp_path / "templates/notices/upcoming.subject.txt"
    file.write_text("{{ nonsense }}", encoding="utf-8")
    finding = probe_templates(patient(tmp_path))
    assert finding.grade is Grade.BAD
    assert f"{file}:1" in finding.message
    assert probe_templates(patient(tmp_path, templates=tmp_path / "none")).grade is Grade.GOOD


# Database


def opened(home: Path) -> Path:
    """A database in order, at its path."""
    with Ledger.open(patient(home).settings.database_url, clock=FixedClock(NOW)):
        return home / "var" / "gkbot.db"


def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert probe_database(patient(tmp_path)).grade is Grade.GOOD
    assert not (tmp_path / "var").exists()


def test_a_sound_database_is_told_with_version_and_size(tmp_path: Path) -> None:
    path = opened(tmp_path)
    finding = probe_database(patient(tmp_path))
    assert finding.grade is Grade.GOOD
    assert all(word in finding.message for word in (str(path), "版本", "WAL", "MB"))
    with sqlite3.connect(path) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert not [name for name in tables if "probe" in name]


@pytest.mark.parametrize(("version", "grade"), [("9999", Grade.BAD), ("0000", Grade.CAUTION)])
def test_another_version_is_told_and_left_alone(tmp_path: Path, version: str, grade: Grade) -> None:
    path = opened(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
    assert probe_database(patient(tmp_path)).grade is grade
    assert [each.grade for each in probe_work(patient(tmp_path))] == [Grade.CAUTION]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (version,)
    connection.close()


def test_a_file_that_is_no_database_is_bad(tmp_path: Path) -> None:
    path = opened(tmp_path)
    path.write_bytes(b"not a database at all" * 100)
    finding = probe_database(patient(tmp_path))
    assert (finding.grade, "GKBOT_DATABASE_URL" in (finding.fix or "")) == (Grade.BAD, True)


def test_a_database_server_that_is_away_is_bad_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql://gkbot:{SECRET}@127.0.0.1:1/gkbot"
    finding = probe_database(patient(tmp_path, database_url=url))
    assert (finding.grade, SECRET in str(finding)) == (Grade.BAD, False)


# Clock


def test_a_clock_behind_the_files_is_bad(tmp_path: Path) -> None:
    slow = FixedClock(datetime.now(NOW.tzinfo) - timedelta(days=2))
    finding = probe_clock(patient(tmp_path, clock=slow))
    assert (finding.grade, "还早" in finding.message) == (Grade.BAD, True)


def test_a_clock_a_year_ahead_is_suspicious(tmp_path: Path) -> None:
    fast = FixedClock(datetime.now(NOW.tzinfo) + timedelta(days=400))
    assert probe_clock(patient(tmp_path, clock=fast)).grade is Grade.CAUTION


def test_a_clock_that_fits_the_files_is_good(tmp_path: Path) -> None:
    assert probe_clock(patient(tmp_path, clock=soon())).grade is Grade.GOOD


def test_a_clock_behind_the_last_check_is_bad(tmp_path: Path) -> None:
    later = FixedClock(datetime.now(NOW.tzinfo) + timedelta(days=30))
    run_daily(patient(tmp_path, clock=later).settings, later)
    finding = probe_clock(patient(tmp_path, clock=soon()))
    assert (finding.grade, "上次检查" in finding.message) == (Grade.BAD, True)


# Folders and disk


def test_an_outbox_that_cannot_be_written_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for place in (tmp_path / "file" / "outbox", Path("/proc/gkbot-outbox")):
        assert probe_outbox_folder(patient(tmp_path, outbox_dir=place)).grade is Grade.BAD


def test_a_trial_leaves_nothing_in_the_outbox(tmp_path: Path) -> None:
    (tmp_path / "var/outbox").mkdir(parents=True)
    assert probe_outbox_folder(patient(tmp_path)).grade is Grade.GOOD
    assert list((tmp_path / "var/outbox").iterdir()) == []


@pytest.mark.parametrize(
    ("free", "grade"), [(2 * 1024**3, Grade.GOOD), (500 * 1024**2, Grade.CAUTION), (10 * 1024**2, Grade.BAD)]
)
def test_a_disk_that_fills_up_is_told_in_time(
    tmp_path: Path, free: int, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type(shutil.disk_usage(tmp_path))(10 * 1024**3, 0, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert probe_disk(patient(tmp_path)).grade is grade


# Web address


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[int]:
    """The port of a web server that always says this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def test_a_free_address_is_good(tmp_path: Path) -> None:
    assert probe_web(patient(tmp_path)).grade is Grade.GOOD


@pytest.mark.parametrize(
    ("body", "status", "grade", "words"),
    [
        (b'{"status": "ok", "rules": "ok"}', 200, Grade.GOOD, "后台服务在运行"),
        (b'{"status": "fail", "findings": ["database"]}', 503, Grade.BAD, "有要处理的（database）"),
        (b'{"status": "warn", "findings": ["rules-held"]}', 200, Grade.CAUTION, "有要处理的（rules-held）"),
        (b"<html>hello</html>", 200, Grade.BAD, "别的程序"),
        (b"[]", 200, Grade.BAD, "别的程序"),
    ],
)
def test_who_holds_the_address_is_asked(tmp_path: Path, body: bytes, status: int, grade: Grade, words: str) -> None:
    with answering(body, status) as port:
        finding = probe_web(patient(tmp_path, web_port=port))
    assert (finding.grade, words in finding.message) == (grade, True)


def test_an_address_of_another_machine_is_bad(tmp_path: Path) -> None:
    assert probe_web(patient(tmp_path, web_host="192.0.2.1")).grade is Grade.BAD


# The work


def test_before_the_first_check_a_person_is_told_to_start(tmp_path: Path) -> None:
    assert grades(probe_work(patient(tmp_path))) == {"last_check": Grade.CAUTION}
    assert not (tmp_path / "var").exists()


def test_after_a_check_all_is_well_until_one_is_missed(tmp_path: Path) -> None:
    run_daily(patient(tmp_path).settings, FixedClock(NOW))
    good = {"last_check": Grade.GOOD, "notices": Grade.GOOD, "channels": Grade.GOOD}
    assert grades(probe_work(patient(tmp_path))) == good
    monday_morning = FixedClock(NOW + timedelta(days=4, hours=-2))
    late = patient(tmp_path, clock=monday_morning)
    assert grades(probe_work(late)) == {**good, "last_check": Grade.BAD}


# The whole


def probe_of(look) -> Probe:
    return Probe(Report("trial", "试"), look, 0.2)


def test_a_probe_that_hangs_is_a_finding(tmp_path: Path) -> None:
    [finding] = within_time(probe_of(lambda _patient: time.sleep(1)), patient(tmp_path))
    assert (finding.grade, "没有结果" in finding.message) == (Grade.BAD, True)


def test_a_probe_that_breaks_is_a_finding_without_its_text(tmp_path: Path) -> None:
    def broken(_patient: Patient) -> Finding:
        raise RuntimeError(SECRET)

    [finding] = within_time(probe_of(broken), patient(tmp_path))
    assert (finding.grade, "RuntimeError" in finding.message, SECRET in str(finding)) == (Grade.BAD, True, False)


def test_a_known_trouble_is_told_in_its_own_words(tmp_path: Path) -> None:
    def troubled(_patient: Patient) -> Finding:
        raise SettingsError("GKBOT_X", "不好", "改一改。")

    [finding] = within_time(probe_of(troubled), patient(tmp_path))
    assert "改一改" in finding.message
