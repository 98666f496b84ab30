"""Mail against a real server, phase by phase (facts/delivery.md 2.2, 5.3; F07, F08, F17, F18)."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gkbot.clock import FixedClock, SystemClock
from gkbot.delivery import EmailTransport, MailServer
from gkbot.delivery.email import TLS_TROUBLE
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome
from gkbot.settings import Secret
from tests.servers import DROP, TAKE_AND_DROP, SmtpServer, certificate, expired_certificate, free_port

Make = Callable[..., Parcel]


def to(server: SmtpServer, **settings: object) -> EmailTransport:
    values = {
        "host": server.host,
        "port": server.port,
        "security": server.security,
        "sender": "bot@example.gov.cn",
        **settings,
    }
    return EmailTransport(MailServer(**values), FixedClock(SystemClock().now()))  # type: ignore[arg-type]  # test values


@pytest.fixture
def post(mail: SmtpServer) -> Iterator[EmailTransport]:
    transport = to(mail)
    yield transport
    transport.close()


def test_a_mail_arrives_whole(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    receipt = post.send(parcel())
    assert (receipt.outcome, receipt.code) == (Outcome.OK, "250")
    (letter,) = mail.letters
    message = letter.message
    assert (letter.sender, letter.recipient) == ("bot@example.gov.cn", "a@example.gov.cn")
    assert message["Subject"] == "【政务公开提醒】年报"
    assert message["To"] == "办公室公开岗 <a@example.gov.cn>"
    assert message["Message-ID"] == "<n7QK3M9ZD.0123456789abcdef@bot.example.gov.cn>"
    assert message["References"] == "<o00ff@bot.example.gov.cn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Mon, 24 Jul 2023 01:00:00 +0000"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[union-attr]  # parsed with the default policy
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == ["年报", ".点行"]


def test_lines_that_begin_with_a_dot_survive(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    post.send(parcel({"subject": "x", "text": ".\n..\n.end\n", "html": None}))
    assert mail.messages[0].get_content().splitlines() == [".", "..", ".end"]


def test_one_connection_carries_many_mails(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    for _ in range(60):
        assert post.send(parcel()).outcome is Outcome.OK
    assert (len(mail.letters), mail.connections) == (60, 2)


def test_a_kept_connection_that_was_closed_is_opened_again(
    mail: SmtpServer, post: EmailTransport, parcel: Make
) -> None:
    post.send(parcel())
    mail.answer("mail", DROP)
    assert post.send(parcel()).outcome is Outcome.OK
    mail.answer("mail", "421 4.3.2 idle too long")
    assert post.send(parcel()).outcome is Outcome.OK
    assert (len(mail.letters), mail.connections) == (3, 3)


@pytest.mark.fault("F17")
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one-by-one"])
@pytest.mark.parametrize(
    ("phase", "answer", "outcome", "code"),
    [
        ("connect", "421 4.3.2 busy", Outcome.RETRY, "421"),
        ("connect", "554 5.7.1 go away", Outcome.RETRY, "554"),
        ("connect", DROP, Outcome.RETRY, "SMTPServerDisconnected"),
        ("ehlo", "421 4.3.2 busy", Outcome.RETRY, "421"),
        ("mail", "451 4.7.1 later", Outcome.RETRY, "451"),
        ("mail", "553 5.7.1 sender is not your login", Outcome.RETRY, "553"),
        ("rcpt", "450 4.2.1 busy", Outcome.RETRY, "450"),
        ("rcpt", "421 4.7.0 slow down", Outcome.RETRY, "421"),
        ("rcpt", "550 5.1.1 no such user", Outcome.DEAD, "550"),
        ("data", "451 4.3.0 later", Outcome.RETRY, "451"),
        ("data", DROP, Outcome.RETRY, "SMTPServerDisconnected"),
        ("dot", "451 4.3.0 later", Outcome.RETRY, "451"),
        ("dot", "550 5.7.1 refused", Outcome.DEAD, "550"),
        ("dot", "552 5.3.4 too big", Outcome.DEAD, "552"),
        ("dot", DROP, Outcome.UNCLEAR, "SMTPServerDisconnected"),
        ("dot", TAKE_AND_DROP, Outcome.UNCLEAR, "SMTPServerDisconnected"),
        ("ehlo", DROP, Outcome.RETRY, "SMTPServerDisconnected"),
        ("mail", "421 4.3.2 closing", Outcome.RETRY, "421"),
        ("rcpt", "450 4.1.1 greylisted", Outcome.RETRY, "450"),
        ("dot", "421 4.3.2 closing", Outcome.RETRY, "421"),
        ("dot", "251 2.0.0 will forward", Outcome.OK, "251"),
        ("dot", "200 fine", Outcome.OK, "200"),
        ("dot", "354 go on", Outcome.UNCLEAR, "answer-354"),
        ("dot", "OK queued as 123", Outcome.UNCLEAR, "answer--1"),
    ],
)
def test_every_phase_has_its_outcome(
    mail: SmtpServer, parcel: Make, phase: str, answer: str, outcome: Outcome, code: str, pipelining: bool
) -> None:
    mail.pipelining = pipelining
    mail.answer(phase, answer)
    transport = to(mail)
    receipt = transport.send(parcel())
    assert (receipt.outcome, receipt.code, receipt.phase) == (outcome, code, phase)
    assert transport.send(parcel()).outcome is Outcome.OK  # the next one is not harmed
    transport.close()


@pytest.mark.fault("F17")
def test_a_line_cut_within_the_body_is_a_plain_retry(mail: SmtpServer, parcel: Make) -> None:
    mail.answer("body", DROP)
    transport = to(mail)
    longer_than_any_buffer = {"subject": "x", "text": "年报\n" * 1_000_000, "html": None}
    receipt = transport.send(parcel(longer_than_any_buffer))
    assert (receipt.outcome, receipt.phase, mail.letters) == (Outcome.RETRY, "body", [])


@pytest.mark.fault("F17")
@pytest.mark.parametrize("answer", [DROP, "421 4.4.2 bye", "500 what"])
def test_trouble_at_the_goodbye_is_nobodys_business(mail: SmtpServer, parcel: Make, answer: str) -> None:
    mail.answer("quit", answer)
    transport = to(mail)
    assert transport.send(parcel()).outcome is Outcome.OK
    transport.close()
    assert len(mail.letters) == 1


@pytest.mark.fault("F18")
@pytest.mark.parametrize(
    ("text", "minutes", "closes_gate"),
    [
        ("450 4.2.1 busy", 10, False),
        ("550 Domain frequency limited", 30, True),
        ("550 5.7.1 Sender frequency limited [x]. https://service.mail.qq.com/", 30, True),
        ("550 Mailbox unavailable or access denied", 30, False),
        ("554 Reject by behaviour spamANTISPAM_BAT[01201311R196S]: too frequently sending", 30, True),
        ("454 Transient reject by behaviour spam at DATA State: currently unexpected sending", 30, True),
        ("451 MI:SFQ 163 smtp14,EsCowAD", 15, True),
        ("451 DT:SPM ,please try again", 2, False),
        ("450 MI:DMC 163 smtp", 2, False),
        ("421 HL:ICC 163 smtp", 15, True),
        ("421 HL:IFC 163 smtp", 15, True),
        ("550 MI:STC 163 smtp", 60, True),
        ("552 5.2.2 mailbox full", 60, False),
        ("550 5.2.2 Over quota", 60, False),
    ],
)
def test_what_passes_by_itself_is_tried_again_after_a_while(
    mail: SmtpServer, parcel: Make, text: str, minutes: int, closes_gate: bool
) -> None:
    mail.answer("rcpt", text)
    transport = to(mail)
    receipt = transport.send(parcel())
    assert (receipt.outcome, receipt.retry_after) == (Outcome.RETRY, minutes * 60)
    assert receipt.close_gate == (minutes * 60 if closes_gate else None)
    assert receipt.reply == text  # the provider's own words stay on record
    transport.close()


@pytest.mark.fault("F18")
@pytest.mark.parametrize(
    "text",
    ["554 DT:SPM 163 smtp", "550 5.7.1 Mail content denied", "554 Reject by content spam", "550 5.1.1 user unknown"],
)
def test_an_unknown_permanent_refusal_is_permanent(mail: SmtpServer, parcel: Make, text: str) -> None:
    mail.answer("dot", text)
    transport = to(mail)
    receipt = transport.send(parcel())
    assert (receipt.outcome, receipt.simplify, receipt.reply) == (Outcome.DEAD, False, text)
    transport.close()


@pytest.mark.fault("F17")
@pytest.mark.parametrize(
    ("phase", "text"),
    [
        ("mail", "552 5.3.4 Message size exceeds fixed limit"),
        ("dot", "552 5.3.4 Message size exceeds file system imposed limit"),
        ("dot", "552 message is too long"),
        ("dot", "554 5.2.3 too large"),
    ],
)
def test_too_big_a_mail_asks_for_a_plainer_form(mail: SmtpServer, parcel: Make, phase: str, text: str) -> None:
    mail.answer(phase, text)
    transport = to(mail)
    receipt = transport.send(parcel())
    assert (receipt.outcome, receipt.simplify, receipt.disable) == (Outcome.DEAD, True, False)
    transport.close()


def test_a_connection_that_carried_enough_is_not_used_again(mail: SmtpServer, parcel: Make) -> None:
    transport = to(mail)
    mail.answer("mail", "450 MI:DMC 163 smtp")
    transport.send(parcel())
    assert transport.send(parcel()).outcome is Outcome.OK
    assert mail.connections == 2
    transport.close()


@pytest.mark.fault("F17")
def test_one_refused_recipient_harms_no_other(mail: SmtpServer, parcel: Make) -> None:
    transport = to(mail)
    mail.answer("rcpt", "450 4.2.1 busy", "550 5.1.1 no such user")
    outcomes = [transport.send(parcel(address=f"{who}@example.gov.cn")).outcome for who in "abc"]
    assert outcomes == [Outcome.RETRY, Outcome.DEAD, Outcome.OK]
    transport.close()


@pytest.mark.fault("F17")
def test_login_is_tried_once_and_disables_the_channel(parcel: Make) -> None:
    with SmtpServer(users={"bot@example.gov.cn": "right"}) as server:
        transport = to(server, user="bot@example.gov.cn", password=Secret("wrong"))
        receipt = transport.send(parcel())
        assert (receipt.outcome, receipt.code, receipt.disable) == (Outcome.RETRY, "535", True)
        assert server.commands.count("auth") == 1
        good = to(server, user="bot@example.gov.cn", password=Secret("right"))
        assert good.send(parcel()).outcome is Outcome.OK
        assert server.letters[0].user == "bot@example.gov.cn"
        transport.close()
        good.close()


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_mail_travels_encrypted(security: str, parcel: Make, local_certificate: tuple[Path, Path]) -> None:
    with SmtpServer(security=security, certificate=local_certificate) as server:
        transport = to(server, ca_file=str(local_certificate[0]))
        assert transport.send(parcel()).outcome is Outcome.OK
        assert server.letters[0].over_tls
        transport.close()


@pytest.mark.fault("F08")
@pytest.mark.parametrize("security", ["ssl", "starttls"])
@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("unknown authority", "self-signed certificate"),
        ("wrong name", "IP address mismatch, certificate is not valid for '127.0.0.1'."),
        ("expired", "certificate has expired"),
    ],
)
def test_a_certificate_that_does_not_fit_sends_nothing(
    security: str, trouble: str, words: str, parcel: Make, tmp_path: Path
) -> None:
    make = {
        "wrong name": lambda: certificate(tmp_path, "mail.other.cn"),
        "expired": lambda: expired_certificate(tmp_path),
    }
    files = make.get(trouble, lambda: certificate(tmp_path))()
    trusted = None if trouble == "unknown authority" else str(files[0])
    with SmtpServer(security=security, certificate=files, users={"u": "p"}) as server:
        transport = to(server, ca_file=trusted, user="u", password=Secret("p"))
        receipt = transport.send(parcel())
        assert (receipt.outcome, receipt.code, receipt.reply) == (
            Outcome.RETRY,
            "tls-CERTIFICATE_VERIFY_FAILED",
            words,
        )
        assert (server.letters, server.commands.count("auth")) == ([], 0)  # never plain
        transport.close()


@pytest.mark.fault("F08")
def test_a_server_that_hangs_up_while_encryption_begins_is_not_called_untrusted(parcel: Make, hanging_up: int) -> None:
    server = MailServer(host="127.0.0.1", port=hanging_up, security="ssl", sender="bot@example.gov.cn")
    receipt = EmailTransport(server, FixedClock(SystemClock().now())).send(parcel())
    assert receipt.outcome is Outcome.RETRY
    assert not receipt.code.startswith(TLS_TROUBLE)


@pytest.fixture
def hanging_up() -> Iterator[int]:
    """The port of a server that takes connections, hears a little, and hangs up, as one that is overloaded does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with line:
                        line.recv(65536)

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.fault("F17", "F08")
def test_a_stripped_starttls_is_never_answered_with_plain_text(parcel: Make) -> None:
    with SmtpServer(users={"u": "p"}) as server:
        transport = to(server, security="starttls", user="u", password=Secret("p"))
        receipt = transport.send(parcel())
        assert (receipt.outcome, receipt.phase) == (Outcome.RETRY, "starttls")
        assert (server.letters, server.commands.count("auth")) == ([], 0)
        transport.close()


@pytest.mark.fault("F08")
@pytest.mark.parametrize(
    ("host", "code"), [("127.0.0.1", "ConnectionRefusedError"), ("no-such-host.invalid", "gaierror")]
)
def test_a_server_that_cannot_be_reached_is_a_plain_retry(parcel: Make, mail: SmtpServer, host: str, code: str) -> None:
    receipt = to(mail, host=host, port=free_port()).send(parcel())
    assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.RETRY, code, "connect")
    assert receipt.close_gate == 30.0  # the mails behind it need not try the same


@pytest.mark.fault("F07")
def test_a_silent_server_is_given_up_at_the_deadline(mail: SmtpServer, parcel: Make) -> None:
    mail.pipelining = False  # or its answer would end with the one to DATA
    transport = to(mail)
    transport.deadline_seconds = 0.2
    mail.always("rcpt", "250-still\r\n250-thinking")  # an answer that never ends
    receipt = transport.send(parcel())
    assert (receipt.outcome, receipt.phase) == (Outcome.RETRY, "rcpt")


@pytest.mark.parametrize("address", ["", "nobody", "a@x\r\nRCPT TO:<b@y>", "联系@例子.中国", "a b@x", "<a@x>"])
def test_what_is_no_address_never_reaches_the_wire(mail: SmtpServer, parcel: Make, address: str) -> None:
    transport = to(mail)
    assert transport.send(parcel(address=address)).code == "bad-address"
    assert mail.connections == 0


def test_a_subject_cannot_smuggle_headers(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    post.send(parcel({"subject": "a\r\nBcc: x@y", "text": "t", "html": None}, contact="岗\r\nBcc: x@y"))
    assert mail.messages[0]["Bcc"] is None
    assert mail.messages[0]["Subject"] == "a Bcc: x@y"
