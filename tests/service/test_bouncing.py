"""Mails that came back: matched to their notice, told to the office, never believed further than the ledger."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, FileTransport, MailServer
from gkbot.ledger import FALLBACK, Entry, Ledger, NoticeState, Substitute
from gkbot.service.bouncing import BouncedAddresses, Came, Result, take_bounce
from gkbot.service.fallback import Fallback
from tests.databases import DATABASES, fresh_database
from tests.ledger.hand import DEAD, OK, Hand
from tests.mail_server_programs import postfix
from tests.plans import enqueue, item, notice, worker_for
from tests.returned_mails import report
from tests.servers import RobotServer, SmtpServer
from tests.service import told_office

pytestmark = pytest.mark.fault("F32")
FOLDER = Substitute(reason=FALLBACK, channel="file", address="a@example.gov.cn", contact="岗")
NOW = datetime(2023, 7, 24, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(params=DATABASES)
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    with fresh_database(request.param, tmp_path) as url, Ledger.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def send(ledger: Ledger, clock: FixedClock, mail: SmtpServer) -> Callable[..., Entry]:
    """Send a notice by mail; its row."""

    def sent(key: str = "0123456789abcdef0123", address: str = "a@example.gov.cn") -> Entry:
        server = MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn")
        transport = EmailTransport(server, clock, bounced=BouncedAddresses(ledger, clock))
        enqueue(ledger, notice(key, item(f"T{key[:4]}"), address=address))
        with ledger.outbox.activate("test") as instance:
            worker_for(ledger, instance, clock, transport, fallback=Fallback()).drain()
        return next(entry for entry in ledger.outbox.entries() if entry.key == key)

    return sent


def take(ledger: Ledger, entry: Entry, **changed: Any) -> Result:
    raw = report(original=f"Message-ID: {entry.message_id}\n", **changed)
    return take_bounce(ledger, Fallback(), raw, who="王某")


def origins(ledger: Ledger) -> dict[str | None, str]:
    return {entry.origin: entry.channel for entry in ledger.outbox.entries()}


def test_a_lost_mail_goes_to_the_folder_and_its_address_is_left_alone(
    ledger: Ledger, send: Callable[..., Entry], mail: SmtpServer
) -> None:
    entry = send()
    result = take(ledger, entry)
    assert (result.came, result.number, result.status, result.disabled) == (Came.NOTED, entry.number, "5.1.1", True)
    assert origins(ledger) == {None: "email", f"fallback_of:{entry.number}": "file"}
    second = send("fedcba98765432100000", "A@Example.gov.cn")
    assert (second.state, second.reason, len(mail.letters)) == (NoticeState.DEAD, "bounced", 1)


def test_a_mail_that_comes_back_after_five_days_still_goes_another_way(
    ledger: Ledger, send: Callable[..., Entry], clock: FixedClock, tmp_path: Path
) -> None:
    entry = send()
    clock.advance(5.1 * 86_400)
    take(ledger, entry, status="5.4.7")
    with ledger.outbox.activate("test") as instance:
        worker_for(ledger, instance, clock, FileTransport(tmp_path / "out")).drain()
    (copy,) = [found for found in ledger.outbox.entries() if found.origin]
    assert (copy.state, len(list((tmp_path / "out").iterdir()))) == (NoticeState.SENT, 1)


@pytest.mark.fault("F31")
def test_of_a_mail_that_came_back_the_other_way_is_told_of_where_it_fails(
    ledger: Ledger, send: Callable[..., Entry], clock: FixedClock
) -> None:
    take(ledger, send())
    with ledger.outbox.activate("test") as instance:
        Hand(ledger, instance).attempt(DEAD, "file")
    (told,) = ledger.outbox.undelivered(NOW - timedelta(days=1))
    assert (told.channel, told.state) == ("file", NoticeState.DEAD)
    assert ledger.outbox.undelivered_count() == 1
    assert ledger.watching.seen(clock.today()).dead.numbers == (told.number,)


def test_a_fallback_that_fails_is_not_told_of_where_its_notice_arrived_after_all(
    ledger: Ledger, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    with ledger.outbox.activate("test") as instance:
        hand = Hand(ledger, instance)
        claimed = hand.claim()
        assert claimed is not None
        hand.begin(claimed)
        hand.finish(claimed, DEAD, substitute=FOLDER)
        hand.attempt(DEAD, "file")
        clock.advance(60)
        ledger.outbox.release(claimed.number, who="李", why="改好了")
        hand.attempt(OK)
    assert ledger.outbox.undelivered(NOW - timedelta(days=1)) == ()


def test_a_mail_that_came_back_from_a_good_address_is_told_to_the_admins_once(tmp_path: Path, mail: SmtpServer) -> None:
    with RobotServer() as robot:
        office = told_office.Office(tmp_path, mail, robot)
        office.check(told_office.FIRST)
        with office.ledger(told_office.FIRST) as theirs:
            sent = next(entry for entry in theirs.outbox.entries() if entry.contact == "公开岗" and entry.message_id)
            for status in ("4.4.7", "5.2.2"):
                take(theirs, sent, status=status, action="delayed" if status == "4.4.7" else "failed")
            assert theirs.addresses.open() == ()
        office.check("2023-07-11")
        office.check("2023-07-12")
    letters = [letter.message for letter in mail.letters if letter.recipient == told_office.ADMIN]
    said = [letter.get_body(("plain",)).get_content() for letter in letters]
    told = [text for text in said if f"的通知 {sent.number} 被退回" in text]
    assert len(told) == 1
    assert "仍照常发送" in told[0]


def test_the_same_bounce_twice_changes_nothing(ledger: Ledger, send: Callable[..., Entry]) -> None:
    entry = send()
    take(ledger, entry)
    before = ledger.outbox.entries(), ledger.addresses.open()
    assert take(ledger, entry).came is Came.KNOWN
    assert (ledger.outbox.entries(), ledger.addresses.open()) == before


def test_a_delay_is_noted_and_nothing_else_happens(ledger: Ledger, send: Callable[..., Entry]) -> None:
    entry = send()
    assert take(ledger, entry, status="4.4.1", action="delayed").came is Came.LATE
    assert (origins(ledger), ledger.addresses.open()) == ({None: "email"}, ())


def test_a_full_mailbox_is_written_to_again(ledger: Ledger, send: Callable[..., Entry]) -> None:
    entry = send()
    assert not take(ledger, entry, status="5.2.2").disabled
    assert ledger.addresses.bounced() == frozenset()
    assert ledger.addresses.open() == ()
    assert [found.number for found in ledger.addresses.returned()] == [entry.number]


def test_an_address_is_used_again_once_somebody_says_so(
    ledger: Ledger, send: Callable[..., Entry], clock: FixedClock
) -> None:
    take(ledger, send())
    assert ledger.addresses.clear("A@example.gov.cn", who="王某", why="已更正")
    assert not ledger.addresses.clear("a@example.gov.cn", who="王某", why="")
    ledger.addresses.wish_to_leave("苍溪县", "公开岗", why="申请")
    assert ledger.addresses.clear("公开岗", who="王某", why="已换人")
    assert ledger.addresses.open() == ()
    clock.advance(10)
    assert send("fedcba98765432100000").state is NoticeState.SENT


@pytest.mark.parametrize(
    "change",
    [
        lambda name: name.replace("0123456789abcdef", "0123456789abcde0"),  # right number, wrong key
        lambda name: name.replace("@example.gov.cn", "@evil.example"),
        lambda name: name.replace("<n", "<x"),
        lambda _name: "",
    ],
)
def test_what_does_not_fit_the_ledger_is_not_believed(
    ledger: Ledger, send: Callable[..., Entry], change: Callable[[str], str]
) -> None:
    name = change(send().message_id or "")
    raw = report(original=f"Message-ID: {name}\n")
    assert take_bounce(ledger, Fallback(), raw, who="王某").came is Came.STRANGE
    assert (origins(ledger), ledger.addresses.open()) == ({None: "email"}, ())


def test_nothing_is_ever_answered(ledger: Ledger, send: Callable[..., Entry], mail: SmtpServer) -> None:
    entry = send()
    answer = f"Auto-Submitted: auto-replied\nIn-Reply-To: {entry.message_id}\nSubject: 自动回复\n\n休假中\n".encode()
    assert take_bounce(ledger, Fallback(), answer, who="王某").came is Came.OTHER
    take(ledger, entry)
    assert len(mail.letters) == 1


def test_the_whole_address_is_in_no_sentence_and_no_audit(ledger: Ledger, send: Callable[..., Entry]) -> None:
    result = take(ledger, send(), diagnostic="smtp; 550 <a@example.gov.cn> unknown")
    (found,) = ledger.addresses.open()
    assert "a@example.gov.cn" not in result.sentence + json.dumps(result.as_json()) + found.reason


def test_a_bounce_written_by_postfix_is_understood(tmp_path: Path, clock: FixedClock) -> None:
    with postfix(accepts_unknown=True) as server, Ledger.open(f"sqlite:///{tmp_path}/real.db", clock=clock) as ledger:
        transport = EmailTransport(
            MailServer(host=server.host, port=server.port, security="none", sender="bot@example.gov.cn"), clock
        )
        enqueue(ledger, notice("0123456789abcdef0123", address="left-long-ago@example.gov.cn"))
        with ledger.outbox.activate("test") as instance:
            worker_for(ledger, instance, clock, transport).drain()
        (raw,) = server.wait_for("bot@example.gov.cn", 1)
        result = take_bounce(ledger, Fallback(), raw, who="邮件服务器")
        assert (result.came, result.status) == (Came.NOTED, "5.1.1")
        assert ledger.addresses.bounced() == {"left-long-ago@example.gov.cn"}


def test_the_command_reads_a_file_or_what_is_piped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gkbot.cli.bounce import bounce

    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text("单位: [{名称: 县财政局}]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    stranger = report(original="Message-ID: <n7QK3M9ZD.0123456789abcdef@example.gov.cn>\n")
    (tmp_path / "b.eml").write_bytes(stranger)
    from_file = CliRunner().invoke(bounce, ["b.eml"], standalone_mode=False)
    piped = CliRunner().invoke(bounce, ["--json"], input=b"Subject: hello\n\nhi\n", standalone_mode=False)
    cleared = CliRunner().invoke(bounce, ["--clear", "x@y.cn"], standalone_mode=False)
    listed = CliRunner().invoke(bounce, ["--list", "--json"], standalone_mode=False)
    assert (from_file.return_value, "编号对不上" in from_file.stderr) == (1, True)
    assert (piped.return_value, json.loads(piped.stdout)["result"]) == (0, "other")
    assert "没有停用" in cleared.stderr
    assert json.loads(listed.stdout) == []
