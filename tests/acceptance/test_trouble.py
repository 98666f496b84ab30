"""Nothing is lost and nothing comes twice: no network, two runs at once, kill -9, a wrong clock."""

import threading
import time
from collections import Counter
from pathlib import Path

from tests.acceptance.program import Office
from tests.acceptance.small import FIRST_DAY, SEVEN_DAYS_BEFORE, small_office
from tests.acceptance.test_daily import BEFORE, CONTACTS, DAY, connect, to_counties
from tests.servers import RobotServer, SmtpServer, free_port


class HaltingServer(SmtpServer):
    """A mail server that stands still at a phase until told to go on.

    Args:
        phase: rcpt (before the letter is handed over) or dot (after it was taken in whole).
        passing: At which passing of the phase, counted from 1.
    """

    def __init__(self, phase: str, passing: int) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self._phase = phase
        self._passing = passing
        self._passed = 0

    def scripted(self, phase: str) -> str | None:
        if phase == self._phase and not self.reached.is_set():
            self._passed += 1
            if self._passed == self._passing:
                self.reached.set()
                self.go_on.wait(30)
        return super().scripted(phase)


def killed_in_the_middle(office: Office, phase: str, passing: int) -> list[str]:
    """Kill the check while it talks to the mail server, check again; Message-IDs of the counties' letters."""
    with HaltingServer(phase, passing) as mail:
        connect(office, mail)
        process = office.start("daily", "--date", DAY)
        try:
            assert mail.reached.wait(30), process.communicate(timeout=5)
        finally:
            process.kill()
            process.communicate()
        mail.go_on.set()
        time.sleep(0.2)
        again = office.run("daily", "--date", DAY)
        assert "Traceback" not in again.said
        if set(to_counties(mail)) != set(CONTACTS):
            office.run("daily", "--date", "2023-07-25")
        assert set(to_counties(mail)) == set(CONTACTS), again.said
        return [str(x.message["Message-ID"]) for x in mail.letters if x.recipient in CONTACTS]


def test_a_check_killed_before_a_letter_was_handed_over_loses_nothing_and_doubles_nothing(counties: Office) -> None:
    sent = killed_in_the_middle(counties, "rcpt", 4)
    assert len(sent) == len(CONTACTS)


def test_a_check_killed_before_the_answer_came_may_double_that_one_letter_under_the_same_number(
    counties: Office,
) -> None:
    counts = Counter(killed_in_the_middle(counties, "dot", 4))
    assert len(counts) == len(CONTACTS)
    assert sum(counts.values()) <= len(CONTACTS) + 1


def test_a_check_killed_soon_after_its_start_is_made_good_by_the_next(counties: Office) -> None:
    process = counties.start("daily", "--date", DAY)
    time.sleep(0.8)
    process.kill()
    process.communicate()
    counties.ask("daily", "--date", DAY)
    letters = [path.read_bytes() for path in counties.written() if path.suffix == ".eml"]
    for address in CONTACTS:
        assert sum(f"To: {address}".encode() in letter or address.encode() in letter for letter in letters) == 1


def test_two_checks_at_once_send_each_letter_once(counties: Office, mail: SmtpServer, robot: RobotServer) -> None:
    connect(counties, mail, robot)
    both = [counties.start("daily", "--date", DAY) for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert b"Traceback" not in err
    counties.run("daily", "--date", DAY)
    assert to_counties(mail) == sorted(CONTACTS)
    bodies = Counter(str(body) for body in robot.arrived)
    assert max(bodies.values()) == 1


def test_mail_that_finds_no_server_waits_and_goes_out_when_it_is_back(counties: Office, mail: SmtpServer) -> None:
    connect(counties, mail)
    counties.settings["GKBOT_SMTP_PORT"] = str(free_port())
    first = counties.run("daily", "--date", DAY, "--json")
    assert "Traceback" not in first.said
    assert mail.letters == []
    assert first.json["deferred"] >= len(CONTACTS)
    assert first.json["failed"] == 0
    counties.settings["GKBOT_SMTP_PORT"] = str(mail.port)
    for day in (DAY, "2023-07-25"):  # the retry waits some minutes, which a set day does not let pass
        counties.run("daily", "--date", day)
    assert to_counties(mail) == sorted(CONTACTS)


def test_a_server_that_is_away_for_days_still_leaves_one_letter_for_each_contact(
    counties: Office, mail: SmtpServer
) -> None:
    counties.ask("daily", "--date", BEFORE)
    connect(counties, mail)
    counties.settings["GKBOT_SMTP_PORT"] = str(free_port())
    for day in (DAY, "2023-07-26"):
        counties.run("daily", "--date", day)
    counties.settings["GKBOT_SMTP_PORT"] = str(mail.port)
    counties.run("daily", "--date", "2023-07-27")
    assert to_counties(mail) == sorted(CONTACTS)


def test_one_refused_address_does_not_keep_the_others_from_their_letters(counties: Office, mail: SmtpServer) -> None:
    connect(counties, mail)
    mail.answer("rcpt", "550 5.1.1 no such user")
    finished = counties.run("daily", "--date", DAY, "--json")
    assert finished.status == 1, finished.said
    assert finished.json["failed"] == 1
    assert len(to_counties(mail)) >= len(CONTACTS) - 1


def test_a_clock_that_was_a_year_ahead_for_one_run_silences_no_later_reminder(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    office.ask("daily", "--date", FIRST_DAY)
    ahead = office.run("daily", "--date", "2024-07-10", "--json")
    assert "Traceback" not in ahead.said
    assert ahead.json["failed"] == 0
    before = set(office.written())
    office.run("daily", "--date", SEVEN_DAYS_BEFORE)
    new = [path.read_bytes() for path in office.written() if path not in before]
    assert any(b"yi@example.gov.cn" in letter for letter in new)


def test_far_years_beyond_the_calendar_are_planned_provisionally(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    text = (tmp_path / "rules" / "plan.yaml").read_text(encoding="utf-8")
    later = text.replace("2023", "2031")
    (tmp_path / "rules" / "plan.yaml").write_text(later, encoding="utf-8")
    tasks = office.ask("tasks", "--date", "2031-05-17")
    assert {duty["due"] for duty in tasks[0]["duties"]} == {"2031-07-31"}
    assert office.ask("plan", "--from", "2031-05-17", "--to", "2031-08-31")["notices"]
