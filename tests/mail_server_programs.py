"""A real mail server from the distribution, Postfix, on 127.0.0.1: own settings, own queue, no system service.

    with postfix() as server:
        ...                              # hand mails in at server.host, server.port
        server.letters("a@example.gov.cn")   # the files in that mailbox, as bytes

Mail for example.gov.cn lands in Maildirs; nothing ever leaves the machine. With a certificate it offers STARTTLS on
`port` and TLS from the first byte on `tls_port`; with users it wants a login, whose answers come from a small
stand-in for Dovecot's authentication service.
"""

import base64
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import free_port
from tests.witness import WITNESS

DOMAIN = "example.gov.cn"
KNOWN = ("a", "b", "c", "bot", "cangxi", "wangcang")
SHARED = "all"  # the mailbox of u0, u1, u2 …
_START_SECONDS = 20.0
_OWNER = "nobody"  # Postfix delivers as nobody in particular, never as root

_SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
flush unix n - n 1000? 0 flush
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running server.

    Attributes:
        port: Plain, with STARTTLS where there is a certificate; `tls_port` for TLS from the first byte.
        log: What it wrote.
    """

    host: str
    port: int
    tls_port: int
    folder: Path

    @property
    def log(self) -> str:
        file = self.folder / "mail.log"
        return file.read_text() if file.exists() else ""

    def maildir(self, address: str) -> Path:
        name = address.split("@", maxsplit=1)[0]
        return self.folder / "mail" / (name if name in KNOWN else SHARED)

    def letters(self, address: str) -> list[bytes]:
        """The mails in a mailbox, in order of arrival."""
        found = sorted(self.maildir(address).glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_bytes() for file in found]

    def wait_for(self, address: str, count: int, seconds: float = 15.0) -> list[bytes]:
        """The mails in a mailbox once there are so many: delivery follows acceptance by a moment."""
        end = time.monotonic() + seconds
        while len(found := self.letters(address)) < count and time.monotonic() < end:
            time.sleep(0.05)
        assert len(found) >= count, self.log
        return found


@contextmanager
def postfix(
    *,
    certificate: tuple[Path, Path] | None = None,
    users: Mapping[str, str] | None = None,
    size_limit: int = 10_000_000,
    accepts_unknown: bool = False,
) -> Iterator[Postfix]:
    """Postfix as long as the block lasts; skips the test where it is not installed.

    Args:
        certificate: (chain, key), see `tests.servers.certificate`.
        users: Name → password; login is then wanted.
        accepts_unknown: Mail for nobody is taken and bounced afterwards instead of refused at RCPT.
    """
    _require()
    folder = Path(tempfile.mkdtemp(prefix="gkbot-postfix-"))
    server = Postfix("127.0.0.1", free_port(), free_port(), folder)
    login = _Logins(folder / "queue" / "auth", users) if users else None
    try:
        _write_settings(server, certificate, size_limit, is_strict=not accepts_unknown, wants_login=users is not None)
        if login is not None:
            login.start()
        with _running(server), WITNESS.reads(folder / "mail.log"):
            yield server
    finally:
        if login is not None:
            login.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _require() -> None:
    if shutil.which("postfix", path=_path()) is None:
        if os.environ.get("TEST_REQUIRE_ALL"):
            pytest.fail("postfix is not installed")
        pytest.skip("postfix is not installed")
    if os.geteuid() != 0:
        pytest.skip("Postfix can only be started by root")


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _write_settings(
    server: Postfix, certificate: tuple[Path, Path] | None, size_limit: int, *, is_strict: bool, wants_login: bool
) -> None:
    folder, owner, daemon = server.folder, pwd.getpwnam(_OWNER), pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "mail"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    os.chown(folder / "data", daemon.pw_uid, -1)
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "maillog_file": folder / "mail.log",
        "maillog_file_prefixes": folder,
        "myhostname": "mail.example.test",
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "smtputf8_enable": "no",
        "alias_maps": "",
        "default_transport": "error:this server delivers to nobody else",
        "message_size_limit": size_limit,
        "virtual_mailbox_limit": max(size_limit, 51_200_000),
        "virtual_mailbox_domains": DOMAIN,
        "virtual_mailbox_base": folder / "mail",
        "virtual_mailbox_maps": f"regexp:{folder}/etc/boxes",
        "virtual_minimum_uid": 1,
        "virtual_uid_maps": f"static:{owner.pw_uid}",
        "virtual_gid_maps": f"static:{owner.pw_gid}",
        "smtpd_reject_unlisted_recipient": "yes" if is_strict else "no",
        "smtpd_peername_lookup": "no",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject" if wants_login else "permit_mynetworks, reject",
        "smtpd_client_connection_rate_limit": 0,
    }
    if certificate is not None:
        settings |= {
            "smtpd_tls_security_level": "may",
            "smtpd_tls_chain_files": f"{certificate[1]}, {certificate[0]}",
            "smtpd_tls_auth_only": "yes",
        }
    if wants_login:
        settings |= {"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": "auth"}
    lines = [f"{name} = {value}" for name, value in settings.items()]
    (folder / "etc" / "main.cf").write_text("\n".join(lines) + "\n")
    (folder / "etc" / "master.cf").write_text(_SERVICES.format(port=server.port, tls_port=server.tls_port))
    boxes = {**{name: name for name in KNOWN}, "u[0-9]+": SHARED}
    rules = (f"/^{name}@{DOMAIN}$/ {box}/" for name, box in boxes.items())
    (folder / "etc" / "boxes").write_text("\n".join(rules) + "\n")


@contextmanager
def _running(server: Postfix) -> Iterator[None]:
    program = str(shutil.which("postfix", path=_path()))
    command = [program, "-c", str(server.folder / "etc")]
    environment = {**os.environ, "PATH": _path()}
    process = subprocess.Popen(
        [*command, "start-fg"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_until_it_listens(server, process)
        yield
    finally:
        subprocess.run([*command, "stop"], env=environment, capture_output=True, check=False)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _wait_until_it_listens(server: Postfix, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection((server.host, server.port), 1.0) as line:
                line.settimeout(5.0)
                if line.recv(3) == b"220":
                    line.sendall(b"QUIT\r\n")
                    return
        except OSError:
            time.sleep(0.05)
    said = process.stderr.read().decode() if process.poll() is not None and process.stderr is not None else ""
    pytest.fail(f"Postfix did not start: {said}{server.log}")


class _Logins(threading.Thread):
    """Answers Postfix's questions about logins, as Dovecot's authentication service would (its protocol, 1.1)."""

    def __init__(self, path: Path, users: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self._path = path
        self._users = users
        self._listener = socket.socket(socket.AF_UNIX)

    def start(self) -> None:
        self._listener.bind(str(self._path))
        self._path.chmod(0o666)
        self._listener.listen()
        super().start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.join(5)

    def run(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rw", encoding="ascii", newline="\n") as file:
            file.write("VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")
            file.flush()
            for command in file:
                words = command.rstrip("\n").split("\t")
                if words[0] == "AUTH":
                    file.write(self._judged(words))
                    file.flush()

    def _judged(self, words: list[str]) -> str:
        said = next((word.removeprefix("resp=") for word in words if word.startswith("resp=")), "")
        _, _, told = base64.b64decode(said).decode().partition("\0")
        user, _, password = told.partition("\0")
        word = "OK" if password and self._users.get(user) == password else "FAIL"
        return f"{word}\t{words[1]}\tuser={user}\n"
