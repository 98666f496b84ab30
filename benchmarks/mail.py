"""How many mails a second the outbox sends, beside bare smtplib on one connection to the same server.

Bare smtplib is the loop of its manual: `send_message`, message after message. More loops show what a
part of it costs: the bytes alone, the bytes with a record kept, the same mails rendered on the way. The
outbox claims, looks, renders, writes and sends each mail, and commits to a SQLite file, flushed to the
disk each time. No two mails have the same subject, recipient or calendar part.
"""

import smtplib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from email.headerregistry import Address as EmailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Self

from sqlalchemy import Engine, event

from benchmarks.measuring import ENVIRONMENT, ROOT
from benchmarks.tables import Bar, Table
from gkbot.clock import SystemClock
from gkbot.delivery import EmailTransport, MailServer, Parcel, Review, work_outbox
from gkbot.delivery.mail import mail_bytes, payload_of
from gkbot.ledger import Ledger
from gkbot.notices.samples import samples
from gkbot.planning.values import Item, Notice, NoticeKind, Plan, Recipient
from gkbot.rulebook.values import Role
from gkbot.service.sending import renderer, templates_of
from gkbot.settings import Settings

BAR = Bar(value=0.8, least=True)
MAILS, ROUNDS = 300, 5
DISTANCES = (0, 5, 20)
"""Milliseconds after which each answer arrives: on the same machine, in the same city, in another province."""
LOOP, OWN = "smtplib，send_message，邮件事先做好", "gkbot"
SENDER = "bot@example.gov.cn"
DAY = date(2027, 1, 22)
RENDER = renderer(templates_of(Settings()))


class Taken:
    """Seconds that something took, and how many of them this process computed."""

    def __enter__(self) -> Self:
        self._begun = perf_counter(), process_time()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.seconds = perf_counter() - self._begun[0]
        self.cpu_seconds = process_time() - self._begun[1]


def run(mails: int = MAILS, rounds: int = ROUNDS) -> Iterator[Table]:
    """A table for the server that does nothing, at each distance, and one for Postfix where it is installed."""
    for milliseconds in DISTANCES:
        with nothing_server(milliseconds) as port:
            far = f"，每个应答晚到{milliseconds}毫秒（模拟距离）" if milliseconds else ""
            yield measured(f"什么也不留的服务器{far}", port, mails // 5 if milliseconds else mails, rounds)
    with postfix_server() as real:
        if real is not None:
            yield measured("Postfix（本机，每封都写盘）", real, mails, rounds)


def measured(server: str, port: int, mails: int, rounds: int) -> Table:
    """Medians of alternating rounds."""
    ways: dict[str, Callable[[int, int], Taken]] = {
        LOOP: standard_loop,
        "smtplib，sendmail，字节事先写好": bytes_only,
        "同上，每封另空提交两次": bytes_noted,
        "smtplib，sendmail，现写现发": written_one_by_one,
        OWN: outbox,
    }
    for way in ways.values():
        way(port, 20)
    found: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    flushed: list[float] = []
    with commits() as count:
        for _ in range(rounds):
            for name, way in ways.items():
                taken = way(port, mails)
                found[name].append(mails / taken.seconds)
                cpu[name].append(taken.cpu_seconds * 1000 / mails)
            flushed.append(_commit_seconds() * 1000)
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    own, bare = medians[OWN], medians[LOOP]
    rows = [
        (
            name,
            f"{rate:,.0f}",
            f"{1000 / rate:.1f}",
            f"{rate / bare:.2f}",
            *((f"{own / rate:.2f}",) if name != OWN else ()),
            *((BAR.judge(own / rate),) if name == LOOP else ()),
        )
        for name, rate in medians.items()
    ]
    return Table(
        title=f"邮件：{server}，一条连接，{mails}封，交替{rounds}轮的中位数",
        columns=("发送方", "封/秒", "毫秒/封", "与第一行相比", "gkbot与之相比", "目标"),
        rows=rows,
        notes=(
            f"gkbot 每封提交{count[0] / (mails * rounds):.1f}次（不含计划），每次都落盘；"
            f"本机一次空提交{statistics.median(flushed):.2f}毫秒。"
            f"每封用CPU："
            + "，".join(f"{name} {statistics.median(spent):.1f}毫秒" for name, spent in cpu.items())
            + "。",
        ),
    )


def standard_loop(port: int, mails: int) -> Taken:
    """`send_message` for each mail, as the manual of smtplib shows it; the `EmailMessage`s are there already."""
    letters = [_message(parcel) for parcel in _parcels(mails)]
    with smtplib.SMTP("127.0.0.1", port, local_hostname="example.gov.cn") as line:
        line.ehlo()
        with Taken() as taken:
            for letter in letters:
                line.send_message(letter)
        return taken


def bytes_only(port: int, mails: int) -> Taken:
    """`sendmail` with the bytes of each mail, which are there already: nothing is done but to say them."""
    letters = [mail_bytes(parcel, sender=SENDER) for parcel in _parcels(mails)]
    with smtplib.SMTP("127.0.0.1", port, local_hostname="example.gov.cn") as line:
        line.ehlo()
        with Taken() as taken:
            for number, letter in enumerate(letters):
                line.sendmail(SENDER, [_address(number)], letter)
        return taken


def bytes_noted(port: int, mails: int) -> Taken:
    """The same with a flushed commit of a row before and after each: a record, and nothing else."""
    letters = [mail_bytes(parcel, sender=SENDER) for parcel in _parcels(mails)]
    with bare_database() as commit, smtplib.SMTP("127.0.0.1", port, local_hostname="example.gov.cn") as line:
        line.ehlo()
        with Taken() as taken:
            for number, letter in enumerate(letters):
                commit(number)
                line.sendmail(SENDER, [_address(number)], letter)
                commit(number)
        return taken


def written_one_by_one(port: int, mails: int) -> Taken:
    """`sendmail` of mails that are rendered and written one by one, as the outbox does."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="example.gov.cn") as line:
        line.ehlo()
        with Taken() as taken:
            for number, parcel in enumerate(_parcels(mails)):
                line.sendmail(SENDER, [_address(number)], mail_bytes(parcel, sender=SENDER))
        return taken


def outbox(port: int, mails: int) -> Taken:
    """Working off an outbox that holds them."""
    clock = SystemClock()
    server = MailServer(host="127.0.0.1", port=port, security="none", sender=SENDER)
    with tempfile.TemporaryDirectory() as folder, Ledger.open(f"sqlite:///{folder}/gkbot.db", clock=clock) as ledger:
        plan = Plan(day=clock.today(), notices=tuple(_notice(number, clock.today()) for number in range(mails)))
        ledger.enqueue(plan, lambda notice: _facts(int(notice.key)), rules_digest="benchmark")
        transport = EmailTransport(server, clock)
        with ledger.outbox.activate("benchmark") as instance, Taken() as taken:
            tally = work_outbox(
                ledger, [transport], RENDER, clock, instance=instance, look_again=lambda c: Review(facts=c.facts)
            )
        assert tally.sent == mails, tally
        return taken


def _commit_seconds(times: int = 50) -> float:
    """What one flushed commit of a row costs in SQLite alone."""
    with bare_database() as commit:
        begun = perf_counter()
        for number in range(times):
            commit(number)
        return (perf_counter() - begun) / times


@contextmanager
def bare_database() -> Iterator[Callable[[int], None]]:
    """What commits one row to a SQLite file, flushed as the ledger's are."""
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/bare.db")) as database:
        database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n INTEGER);")

        def commit(number: int) -> None:
            with database:
                database.execute("INSERT INTO t VALUES (?)", (number,))

        yield commit


@contextmanager
def commits() -> Iterator[list[int]]:
    """Counts the commits of senders: those of transactions that wrote an attempt."""
    count, wrote = [0], set[int]()

    def executed(connection: Any, _cursor: Any, statement: str, *_how: Any) -> None:
        if "attempt" in statement and not statement.startswith("SELECT"):
            wrote.add(id(connection))

    def committed(connection: Any) -> None:
        if id(connection) in wrote:
            count[0] += 1
            wrote.discard(id(connection))

    event.listen(Engine, "after_cursor_execute", executed)
    event.listen(Engine, "commit", committed)
    try:
        yield count
    finally:
        event.remove(Engine, "after_cursor_execute", executed)
        event.remove(Engine, "commit", committed)


@contextmanager
def nothing_server(milliseconds: int = 0) -> Iterator[int]:
    """The port of a server in a process of its own, at a distance that is only played."""
    command = [sys.executable, "-m", "benchmarks.mail_server", str(milliseconds)]
    with subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def postfix_server() -> Iterator[int | None]:
    """The port of a Postfix of our own; None where it is not installed."""
    if not Path("/usr/sbin/postfix").exists():
        yield None
        return
    from tests.mail_server_programs import postfix

    with postfix() as server:
        yield server.port


def _parcels(mails: int) -> Iterator[Parcel]:
    clock = SystemClock()
    for number in range(mails):
        facts = {**_facts(number), "number": f"BENCH{number:05}"}
        message = RENDER(facts, channel="email", today=DAY, maybe_twice=False)
        yield Parcel(
            payload=payload_of(message, sender=SENDER, at=clock.now()),
            number=f"BENCH{number:05}",
            message_id=f"<nBENCH{number:05}@example.gov.cn>",
            thread=f"<o{number}@example.gov.cn>",
            day=DAY,
            unit="苍溪县",
            contact=f"公开岗{number}",
            address=_address(number),
            maybe_twice=False,
            at=clock.now(),
        )


def _facts(number: int) -> dict[str, Any]:
    facts = dict(samples("upcoming")[0])
    (entry,) = facts["entries"]
    due = date(2027, 1, 25) + timedelta(days=number % 60)
    named = {"task": f"T{number}", "title": f"{entry['title']}之{number}", "link": f"{entry['link']}{number}"}
    dated = {"thread": f"bench{number}", "due": due.isoformat(), "period": due.isoformat()}
    return {**facts, "unit": f"第{number}单位", "entries": [{**entry, **named, **dated, "unit": f"第{number}单位"}]}


def _message(parcel: Parcel) -> EmailMessage:
    """The same mail made by the standard library alone."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = EmailAddress("政务公开提醒", addr_spec=SENDER)
    mail["To"] = EmailAddress(parcel.contact, addr_spec=parcel.address)
    mail["Subject"] = str(parcel.payload["subject"])
    mail["Date"] = format_datetime(parcel.at)
    mail["Message-ID"] = parcel.message_id
    mail.set_content(str(parcel.payload["text"]))
    mail.add_alternative(str(parcel.payload["html"]), subtype="html")
    for calendar in parcel.payload["calendars"]:
        mail.add_attachment(str(calendar["text"]), subtype="calendar", filename=str(calendar["name"]))
    return mail


def _address(number: int) -> str:
    return f"u{number}@example.gov.cn"


def _notice(number: int, day: date) -> Notice:
    item = Item(
        task=f"T{number}",
        unit="苍溪县",
        role=Role.RESPONSIBLE,
        period="2027-01-31",
        due=date(2027, 1, 31),
        days_left=9,
        stage="before-10",
        kind=NoticeKind.UPCOMING,
        reason="提前10天提醒",
        revision=0,
    )
    recipient = Recipient(unit="苍溪县", contact=f"公开岗{number}", channel="email", address=_address(number))
    return Notice(key=str(number), day=day, kind=NoticeKind.UPCOMING, recipient=recipient, items=(item,))
