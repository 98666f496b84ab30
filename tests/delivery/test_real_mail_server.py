"""Digests handed to Postfix and opened again: by Python, by s-nail, and by a calendar reader."""

import mailbox
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar
from small_books import book, by, day, task

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, MailServer
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Ledger, NoticeState, Outcome
from gkbot.notices import Templates, facts
from gkbot.planning import Channels, History, Plan, plan_day
from gkbot.planning.threads import thread_of
from gkbot.service.sending import renderer
from gkbot.settings import Secret
from tests.mail_server_programs import Postfix, postfix
from tests.plans import worker_for
from tests.servers import certificate

TEMPLATES = Templates.load(Path(__file__).parent.parent.parent / "templates")
LONG = "梳理公开事项目录并逐项对照标准完善公开内容" * 30
TASKS = [
    task("GY2023-05", words=("2023年7月底前",)),
    task("GY2023-09", by("2023-12-31"), title="开展政务公开培训", requirement=f".点开头的一行；{LONG}"),
]
UNIT = "苍溪县人民政府"
BOX = "cangxi@example.gov.cn"


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    with postfix() as started:
        yield started


def to(server: Postfix, clock: FixedClock, **changed: object) -> EmailTransport:
    values = {"host": server.host, "port": server.port, "security": "none", "sender": "bot@example.gov.cn", **changed}
    return EmailTransport(MailServer(**values), clock)  # type: ignore[arg-type]  # test values


def enqueue_digest(ledger: Ledger) -> None:
    """Plan the day; keep one county's digest."""
    office = book(*TASKS)
    plan = plan_day(office, History(), day("2023-07-24"), channels=Channels(email=True))
    mine = Plan(day=plan.day, notices=tuple(found for found in plan.notices if found.recipient.unit == UNIT))
    ledger.enqueue(mine, lambda notice: facts(notice, office), rules_digest="rules-1")


def drain(ledger: Ledger, clock: FixedClock, transport: EmailTransport) -> None:
    with ledger.outbox.activate("test") as instance:
        worker = worker_for(ledger, instance, clock, transport)
        worker.render = renderer(TEMPLATES)
        worker.drain()


def newest(server: Postfix, address: str) -> tuple[bytes, EmailMessage]:
    raw = server.wait_for(address, 1)[-1]
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return raw, mail


@pytest.fixture
def digest(server: Postfix, ledger: Ledger, clock: FixedClock) -> tuple[str, EmailMessage]:
    shutil.rmtree(server.maildir(BOX), ignore_errors=True)
    enqueue_digest(ledger)
    drain(ledger, clock, to(server, clock))
    (entry,) = ledger.outbox.entries()
    assert entry.state is NoticeState.SENT, ledger.outbox.attempts(entry.number)
    return entry.number, newest(server, BOX)[1]


def test_a_digest_is_read_as_it_was_meant(digest: tuple[str, EmailMessage]) -> None:
    number, mail = digest
    assert mail["Subject"] == (
        f"【政务公开提醒】2项任务，最急：完善县级政府门户网站公开内容 7月31日（周一）截止，还剩7天（{UNIT}）"
    )
    assert mail["From"] == "政务公开提醒 <bot@example.gov.cn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Gkbot-Number"] == number
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().startswith("完善县级政府门户网站公开内容：7月31日（周一，含当日）截止，还剩7天")
    for body in (text.get_content(), html.get_content()):
        assert f".点开头的一行；{LONG}" in body
        assert number in body


def test_its_calendar_part_arrives_intact(digest: tuple[str, EmailMessage]) -> None:
    _, mail = digest
    (part,) = mail.iter_attachments()
    assert (part.get_content_type(), part.get_param("method"), part.get_filename()) == (
        "text/calendar",
        "PUBLISH",
        "期限.ics",
    )
    events = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")  # type: ignore[arg-type]  # bytes
    found = {
        str(event["UID"]): (event.decoded("DTSTART"), event.decoded("DTEND"), str(event["SUMMARY"])) for event in events
    }
    first, second = (
        thread_of(name, UNIT, period) for name, period in (("GY2023-05", "2023-07-31"), ("GY2023-09", "2023-12-31"))
    )
    assert found == {
        f"o{first}@example.gov.cn": (
            date(2023, 7, 31),
            date(2023, 8, 1),
            f"截止：完善县级政府门户网站公开内容（{UNIT}）",
        ),
        f"o{second}@example.gov.cn": (date(2023, 12, 31), date(2024, 1, 1), f"截止：开展政务公开培训（{UNIT}）"),
    }


def test_a_mailbox_of_python_shows_the_same(server: Postfix, digest: tuple[str, EmailMessage]) -> None:
    box = mailbox.Maildir(server.maildir(BOX), create=False)
    (message,) = list(box)
    assert message["X-Gkbot-Number"] == digest[0]


def test_another_mail_program_shows_the_same(server: Postfix, digest: tuple[str, EmailMessage]) -> None:
    program = shutil.which("s-nail")
    if program is None:
        if os.environ.get("TEST_REQUIRE_ALL"):
            pytest.fail("s-nail is not installed")
        pytest.skip("s-nail is not installed")
    command = [program, "-n", "-R", "-#", "-Sttycharset=utf-8", "-f", str(server.maildir(BOX))]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "dumb"}
    shown = subprocess.run(
        command, input=b"type 1\nxit\n", env=environment, capture_output=True, check=False
    ).stdout.decode()  # fmt: skip
    assert f"Subject: {digest[1]['Subject']}" in shown
    text = digest[1].get_body(("plain",))
    assert text is not None
    for line in text.get_content().splitlines():
        assert line in shown
    assert "DTSTART;VALUE=DATE:20230731" in shown
    assert "METHOD:PUBLISH" in shown


def test_a_second_copy_is_the_same_mail(server: Postfix, clock: FixedClock, parcel: Callable[..., Parcel]) -> None:
    transport = to(server, clock)
    twice = parcel({"subject": "年报", "text": "x\n", "html": None}, address="b@example.gov.cn")
    for _ in range(2):
        assert transport.send(twice).outcome is Outcome.OK
    transport.close()
    first, second = (message_from_bytes(raw)["Message-ID"] for raw in server.wait_for("b@example.gov.cn", 2))
    assert first == second == twice.message_id


def test_dots_long_lines_and_rare_characters_survive(
    server: Postfix, clock: FixedClock, parcel: Callable[..., Parcel]
) -> None:
    text = ".\n..\n.end\n" + "长" * 5000 + "\n𠮷田、㐂、😀\n\nFrom me\n"
    transport = to(server, clock)
    assert (
        transport.send(parcel({"subject": "𠮷", "text": text, "html": None}, address="c@example.gov.cn")).code == "250"
    )
    transport.close()
    _, mail = newest(server, "c@example.gov.cn")
    body = mail.get_body(("plain",))
    assert body is not None
    assert (mail["Subject"], body.get_content().splitlines()) == ("𠮷", text.splitlines())


@pytest.mark.fault("F17")
def test_its_refusals_are_judged_as_they_are_meant(
    server: Postfix, clock: FixedClock, parcel: Callable[..., Parcel]
) -> None:
    transport = to(server, clock)
    unknown = transport.send(parcel(address="nobody-here@example.gov.cn"))
    elsewhere = transport.send(parcel(address="x@elsewhere.cn"))
    transport.close()
    assert (unknown.outcome, unknown.code, unknown.phase) == (Outcome.DEAD, "550", "rcpt")
    assert "5.1.1" in unknown.reply
    assert elsewhere.outcome is Outcome.DEAD or elsewhere.code == "250"  # it bounces what it cannot route


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_it_is_spoken_to_encrypted_and_after_a_login(
    security: str, clock: FixedClock, parcel: Callable[..., Parcel], tmp_path: Path
) -> None:
    files = certificate(tmp_path)
    with postfix(certificate=files, users={"bot@example.gov.cn": "right"}) as server:
        port = server.tls_port if security == "ssl" else server.port
        how = {"port": port, "security": security, "user": "bot@example.gov.cn"}
        good = to(server, clock, ca_file=str(files[0]), password=Secret("right"), **how)
        wrong = to(server, clock, ca_file=str(files[0]), password=Secret("wrong"), **how)
        stranger = to(server, clock, password=Secret("right"), **how)
        receipts = [each.send(parcel()) for each in (good, wrong, stranger)]
        for each in (good, wrong, stranger):
            each.close()
        (raw,) = server.wait_for("a@example.gov.cn", 1)
    assert [(found.outcome, found.code, found.disable) for found in receipts] == [
        (Outcome.OK, "250", False),
        (Outcome.RETRY, "535", True),
        (Outcome.RETRY, "tls-CERTIFICATE_VERIFY_FAILED", False),
    ]
    assert b"with ESMTPSA" in raw  # encrypted and logged in, says the server itself


@pytest.mark.fault("F17")
def test_a_mail_too_big_for_it_goes_out_without_its_attachment(
    server: Postfix, digest: tuple[str, EmailMessage], clock: FixedClock, tmp_path: Path
) -> None:
    whole = len(newest(server, BOX)[0])
    with (
        postfix(size_limit=whole - 2_000) as small,
        Ledger.open(f"sqlite:///{tmp_path}/small.db", clock=clock) as ledger,
    ):
        enqueue_digest(ledger)
        drain(ledger, clock, to(small, clock))
        _, mail = newest(small, BOX)
        states = {entry.origin: entry.state for entry in ledger.outbox.entries()}
    assert list(mail.iter_attachments()) == []
    assert states == {None: NoticeState.DEAD, f"plain_of:{digest[0]}": NoticeState.SENT}
