"""The database fails under a working sender: nothing leaves without its attempt on record, and it goes on by itself."""

import contextlib
import os
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import event, text

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, MailServer
from gkbot.errors import LedgerError
from gkbot.ledger import Ledger, NoticeState
from gkbot.ledger.backups import back_up
from gkbot.ledger.database import Database
from tests.databases import fresh_database
from tests.faults.fast_time import START
from tests.plans import enqueue, many, worker_for
from tests.servers import SmtpServer

COUNT = 6
ROOT = os.geteuid() == 0


@dataclass
class Sender:
    """A real worker on a real mail line, whose database is about to fail.

    Attributes:
        after_sending: Called when the letter has gone and before its outcome is committed.
        on_wait: Called instead of waiting before a commit is tried again.
    """

    url: str
    mail: SmtpServer
    after_sending: Callable[[], None] = lambda: None
    on_wait: Callable[[], None] = lambda: None
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))

    def __enter__(self) -> Self:
        self.ledger = Ledger.open(self.url, clock=self.clock)
        enqueue(self.ledger, *many(COUNT))
        self.activation = self.ledger.outbox.activate("serve")
        server = MailServer(host=self.mail.host, port=self.mail.port, security="none", sender="bot@example.gov.cn")
        transport = EmailTransport(server, self.clock)
        really_send = transport.send
        transport.send = lambda parcel: self._sent(really_send, parcel)  # type: ignore[method-assign]
        self.worker = worker_for(
            self.ledger, self.activation.instance, self.clock, transport, wait=lambda _seconds: self.on_wait()
        )
        return self

    def __exit__(self, *_exception: object) -> None:
        self.ledger.close()
        self.activation._unlock()

    def _sent(self, really_send: Callable[[Any], Any], parcel: Any) -> Any:
        receipt = really_send(parcel)
        self.after_sending()
        return receipt

    def trouble(self) -> str:
        """What the database says when it is worked with; the sending must stand still."""
        with pytest.raises(LedgerError) as caught:
            self.worker.drain()
        return str(caught.value)

    def go_on(self) -> None:
        """As the service does: try again after each trouble, until nothing is left."""
        for _ in range(12):
            with contextlib.suppress(LedgerError):
                self.worker.drain()
            self.clock.advance(180)

    def arrived(self) -> dict[str, int]:
        """How often each notice arrived, by its Message-ID."""
        ids = [str(letter.message["Message-ID"]) for letter in self.mail.letters]
        return {name: ids.count(name) for name in ids}


def attempts_at(path: Path) -> list[tuple[str, int, str | None]]:
    """Message-ID, token and outcome of every attempt on record, by plain SQL."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        query = "SELECT message_id, token, outcome FROM attempt JOIN notice ON id = notice_id"
        return raw.execute(query).fetchall()


def assert_every_letter_is_on_record(sender: Sender, path: Path) -> None:
    """No letter without its attempt; a second copy only where an attempt is on record as unclear."""
    attempts = attempts_at(path)
    for message_id, copies in sender.arrived().items():
        mine = [outcome for name, _, outcome in attempts if name == message_id]
        assert copies <= len(mine)
        assert copies - 1 <= mine.count("unclear")


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@dataclass(frozen=True)
class SmallDisk:
    """A file system of two megabytes."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "gkbot.db"

    def fill(self) -> None:
        with (self.folder / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(b"x" * size) == size:
                        pass

    def free(self) -> None:
        (self.folder / "ballast").unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.fault("F14")
def test_a_full_disk_stops_all_sending_and_room_makes_it_go_on(mail: SmtpServer, small_disk: SmallDisk) -> None:
    with Sender(f"sqlite:///{small_disk.database}", mail) as sender:
        small_disk.fill()
        for _ in range(3):
            assert "磁盘已满" in sender.trouble()
        assert len(mail.letters) <= len(attempts_at(small_disk.database))
        small_disk.free()
        sender.go_on()
        assert sorted(sender.arrived().values()) == [1] * COUNT
        assert sender.ledger.counts()[NoticeState.SENT] == COUNT
        assert_every_letter_is_on_record(sender, small_disk.database)


@pytest.mark.fault("F14")
def test_a_backup_onto_a_full_disk_names_the_copy_and_leaves_nothing(
    tmp_path: Path, mail: SmtpServer, small_disk: SmallDisk
) -> None:
    with Sender(f"sqlite:///{tmp_path / 'gkbot.db'}", mail):
        small_disk.fill()
        target = small_disk.folder / "copy.db"
        with pytest.raises(LedgerError, match=f"备份 {target} 写不成：磁盘已满"):
            back_up(tmp_path / "gkbot.db", target)
    assert [path.name for path in small_disk.folder.iterdir()] == ["ballast"]


@pytest.mark.fault("F14")
def test_a_disk_that_fills_up_behind_a_letter_risks_that_one_only(mail: SmtpServer, small_disk: SmallDisk) -> None:
    with Sender(f"sqlite:///{small_disk.database}", mail, after_sending=small_disk.fill) as sender:
        assert "磁盘已满" in sender.trouble()
        assert len(mail.letters) == 1  # CP14: the outcome could not be committed
        assert "磁盘已满" in sender.trouble()
        assert len(mail.letters) == 1
        sender.after_sending = lambda: None
        small_disk.free()
        sender.go_on()
        copies = sorted(sender.arrived().values())
        assert copies[:-1] == [1] * (COUNT - 1)
        assert copies[-1] in {1, 2}
        assert_every_letter_is_on_record(sender, small_disk.database)


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Root may write anywhere, so be somebody else."""
    if not ROOT:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="gkbot-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.fault("F14")
def test_a_folder_that_turns_read_only_stops_all_sending_until_it_is_writable(
    mail: SmtpServer, open_folder: Path
) -> None:
    path = open_folder / "gkbot.db"
    with Sender(f"sqlite:///{path}", mail) as sender:
        sender.ledger._database.engine.dispose()
        path.chmod(0o444)
        open_folder.chmod(0o555)
        with nobody():
            said = sender.trouble()
        assert str(path) in said
        assert "权限" in said
        assert mail.letters == []
        open_folder.chmod(0o755)
        path.chmod(0o644)
        sender.go_on()
        assert sorted(sender.arrived().values()) == [1] * COUNT


@dataclass
class SecondWriter:
    """Another program that locks the database and does not let go."""

    path: Path
    held: sqlite3.Connection | None = None
    waits: int = 0

    def take(self) -> None:
        self.held = sqlite3.connect(self.path, isolation_level=None)
        self.held.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        if self.held is not None:
            self.held.close()
            self.held = None

    def let_go_at_the_third_wait(self) -> None:
        self.waits += 1
        if self.waits == 3:
            self.let_go()


@pytest.fixture
def second_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecondWriter]:
    monkeypatch.setattr("gkbot.ledger.engines.BUSY_TIMEOUT_SECONDS", 0.02)  # ten seconds are too long for a test
    writer = SecondWriter(tmp_path / "gkbot.db")
    yield writer
    writer.let_go()


@pytest.mark.fault("F14")
def test_a_second_writer_stops_all_sending_until_it_lets_go(mail: SmtpServer, second_writer: SecondWriter) -> None:
    with Sender(f"sqlite:///{second_writer.path}", mail) as sender:
        second_writer.take()
        for _ in range(3):
            assert "占用" in sender.trouble()
        assert mail.letters == []
        second_writer.let_go()
        sender.go_on()
        assert sorted(sender.arrived().values()) == [1] * COUNT


@pytest.mark.fault("F14")
def test_an_outcome_waits_for_a_second_writer_and_nothing_is_sent_twice(
    mail: SmtpServer, second_writer: SecondWriter
) -> None:
    with Sender(f"sqlite:///{second_writer.path}", mail) as sender:

        def lock_once() -> None:
            sender.after_sending = lambda: None
            second_writer.take()

        sender.after_sending = lock_once
        sender.on_wait = second_writer.let_go_at_the_third_wait
        sender.go_on()
        assert second_writer.waits >= 3
        assert sorted(sender.arrived().values()) == [1] * COUNT
        assert_every_letter_is_on_record(sender, second_writer.path)


@pytest.mark.fault("F14")
@pytest.mark.parametrize("what", ["notice", "ix_notice_due", "attempt", "told"])
def test_a_corrupted_page_stops_all_sending_until_a_backup_is_put_back(
    mail: SmtpServer, tmp_path: Path, what: str
) -> None:
    path, copy = tmp_path / "gkbot.db", tmp_path / "backup.db"
    with Sender(f"sqlite:///{path}", mail) as sender:
        back_up(path, copy)
        sender.ledger.close()
        flip_bytes(path, what)
        said = sender.trouble()
        assert str(path) in said
        assert "已损坏" in said
        assert "从备份恢复" in said
        assert mail.letters == []
        sender.ledger.close()
        for name in ("gkbot.db-wal", "gkbot.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        path.write_bytes(copy.read_bytes())
        sender.go_on()
        assert sorted(sender.arrived().values()) == [1] * COUNT


def flip_bytes(path: Path, what: str) -> None:
    """Turn round every byte of the first page of a table or index."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = raw.execute("PRAGMA page_size").fetchone()
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (what,)).fetchone()
    data = bytearray(path.read_bytes())
    first = (page - 1) * size
    data[first : first + size] = bytes(byte ^ 0xFF for byte in data[first : first + size])
    path.write_bytes(data)


@dataclass
class Server:
    """The PostgreSQL server as an operator has it: it can throw out everybody of ours."""

    url: str
    name: str
    admin: Database

    def throw_out(self) -> None:
        """End every connection of the sender, as a restart of the server does."""
        with self.admin.writing() as connection:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
            connection.execute(text(query), {"name": self.name})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with fresh_database("postgresql", tmp_path) as address:
        name = f"gkbot-{uuid.uuid4().hex[:8]}"
        admin = Database(address, clock=FixedClock(START))
        yield Server(f"{address}&application_name={name}", name, admin)
        admin.close()


@pytest.mark.fault("F16")
@pytest.mark.postgresql
def test_a_restart_of_postgresql_between_letters_costs_nothing(mail: SmtpServer, server: Server) -> None:
    with Sender(server.url, mail, after_sending=server.throw_out) as sender:
        sender.go_on()
        assert sorted(sender.arrived().values()) == [1] * COUNT
        assert sender.ledger.counts()[NoticeState.SENT] == COUNT


@pytest.mark.fault("F16")
@pytest.mark.postgresql
@pytest.mark.parametrize("step", ["UPDATE notice", "INSERT INTO attempt", "UPDATE attempt"])
def test_a_restart_of_postgresql_within_a_transaction_loses_and_doubles_nothing(
    mail: SmtpServer, server: Server, step: str
) -> None:
    with Sender(server.url, mail) as sender:
        passings = []

        def throw_out(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith(step):
                passings.append(statement)
                if len(passings) in {1, 2, 5}:
                    server.throw_out()

        event.listen(sender.ledger._database.engine, "before_cursor_execute", throw_out)
        sender.go_on()
        assert passings
        assert sorted(sender.arrived().values()) == [1] * COUNT
        assert sender.ledger.counts()[NoticeState.SENT] == COUNT
