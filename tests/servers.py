"""Real servers on 127.0.0.1 that play the other side: a mail server and a robot's webhook.

Each can be told what to answer at every phase, and keeps a ledger of what really arrived: the
only judge of "arrived".

    with SmtpServer() as mail, RobotServer() as robot:
        mail.answer("rcpt", "550 5.1.1 no such user")   # the next RCPT only
        robot.answer(errcode=45009)                      # the next message only
        ...
        assert mail.messages[0]["Subject"] == …
        assert robot.arrived[0]["markdown"]["content"] == …
"""

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
import threading
import warnings
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from tests.witness import EMAIL, ROBOT, WITNESS

DROP = "DROP"
"""Instead of an answer: the line is cut."""
TAKE_AND_DROP = "TAKE_AND_DROP"
"""After the final dot: the mail is taken, and the line is cut before the answer."""


@dataclass(frozen=True)
class Letter:
    """A mail that arrived."""

    sender: str
    recipient: str
    data: bytes
    user: str | None
    over_tls: bool

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class SmtpServer:
    """A mail server (aiosmtpd) that can be told what to answer at each phase.

    Phases: connect, ehlo, starttls, auth, mail, rcpt, data, body, dot, quit. An answer is a line
    such as "451 4.7.1 later", or DROP; at "dot" also TAKE_AND_DROP; at "body" only DROP.

    Args:
        security: ssl, starttls or none.
        users: Name → password; None for a server without login.
        certificate: (chain, key) for ssl and starttls, see `certificate`.
        pipelining: Takes several commands in one write (RFC 2920), as most servers do.
    """

    def __init__(
        self,
        *,
        security: str = "none",
        users: Mapping[str, str] | None = None,
        certificate: tuple[Path, Path] | None = None,
        pipelining: bool = True,
    ) -> None:
        self.letters: list[Letter] = []
        self.commands: list[str] = []
        self.connections = 0
        self.security = security
        self.users = users
        self.pipelining = pipelining
        self.host = "127.0.0.1"
        self.port = 0
        self._answers: dict[str, deque[str]] = defaultdict(deque)
        self._always: dict[str, str] = {}
        self._context = _server_context(certificate) if certificate else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    @property
    def messages(self) -> list[EmailMessage]:
        return [letter.message for letter in self.letters]

    def answer(self, phase: str, *answers: str) -> None:
        """Answer so at the next passings of a phase."""
        self._answers[phase].extend(answers)

    def always(self, phase: str, answer: str | None) -> None:
        """Answer so at every passing of a phase; None goes back to normal."""
        self._always.pop(phase, None)
        if answer is not None:
            self._always[phase] = answer

    def scripted(self, phase: str) -> str | None:
        queue = self._answers[phase]
        return queue.popleft() if queue else self._always.get(phase)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5)
        WITNESS.opens(EMAIL, self)
        return self

    def __exit__(self, *_exception: object) -> None:
        WITNESS.closes(self)
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        protocols: list[_Protocol] = []

        def connected() -> "_Protocol":
            self.connections += 1
            protocols.append(_Protocol(self, self._context if self.security == "starttls" else None))
            return protocols[-1]

        tls = self._context if self.security == "ssl" else None
        server = await self._loop.create_server(connected, self.host, 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for protocol in protocols:
            if protocol.transport is not None:
                protocol.transport.abort()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)


class _Handler:
    def __init__(self, owner: SmtpServer) -> None:
        self.owner = owner

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name and shape
        self, _server: "_Protocol", session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        more = ["250-PIPELINING"] if self.owner.pipelining else []
        return [*responses[:-1], *more, responses[-1]]

    async def handle_DATA(self, server: "_Protocol", session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.owner.scripted("dot")
        if answer is None or answer == TAKE_AND_DROP:
            content = envelope.content
            assert isinstance(content, bytes)
            auth = session.auth_data
            WITNESS.got(EMAIL, self.owner, envelope.rcpt_tos[0], content, took=True)
            self.owner.letters.append(
                Letter(
                    envelope.mail_from or "",
                    envelope.rcpt_tos[0],
                    content,
                    auth.login.decode() if isinstance(auth, LoginPassword) else None,
                    session.ssl is not None or self.owner.security == "ssl",
                )
            )
        if answer in {DROP, TAKE_AND_DROP}:
            server.cut()
        return "250 2.0.0 taken" if answer in {None, DROP, TAKE_AND_DROP} else str(answer)


class _Protocol(SMTP):
    def __init__(self, owner: SmtpServer, context: ssl.SSLContext | None) -> None:
        self.owner = owner
        with warnings.catch_warnings():  # login without TLS is meant here
            warnings.simplefilter("ignore")
            super().__init__(
                _Handler(owner),
                hostname="mail.test",
                tls_context=context,
                auth_required=owner.users is not None,
                auth_require_tls=False,
                authenticator=self._check,
                decode_data=False,
            )

    def cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        if text.startswith("220 mail.test"):
            answer = self.owner.scripted("connect")
            if answer == DROP:
                return self.cut()
            status = answer or status
        await super().push(status)
        return None

    async def _handled(self, phase: str) -> bool:
        self.owner.commands.append(phase)
        WITNESS.answering()
        answer = self.owner.scripted(phase)
        if answer is None:
            return False
        if answer == DROP:
            self.cut()
        else:
            await super().push(answer)
            if answer.startswith("421"):
                self.cut_gently()
        return True

    def cut_gently(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _check(self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        users = self.owner.users or {}
        good = users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=good, handled=good, auth_data=data)

    @syntax("EHLO hostname")
    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._handled("ehlo"):
            await super().smtp_EHLO(hostname)

    @syntax("STARTTLS")
    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._handled("starttls"):
            await super().smtp_STARTTLS(arg)

    @syntax("AUTH <mechanism>")
    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._handled("auth"):
            await super().smtp_AUTH(arg)

    @syntax("MAIL FROM: <address>")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._handled("mail"):
            await super().smtp_MAIL(arg)

    @syntax("RCPT TO: <address>")
    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._handled("rcpt"):
            await super().smtp_RCPT(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if await self._handled("data"):
            return
        if self.owner.scripted("body") == DROP:
            await super().push("354 go on")
            await self._reader.readline()
            self.cut()
            return
        await super().smtp_DATA(arg)

    @syntax("QUIT")
    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._handled("quit"):
            await super().smtp_QUIT(arg)


@dataclass
class RobotAnswer:
    """What the robot's server does with one message.

    Args:
        took: Whether it counts as arrived; None: only with errcode 0.
        drop: The line is cut instead of an answer.
        pause: Seconds between the bytes of the answer's body.
        wait: Event that must be set before anything is answered.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    took: bool = False
    drop: bool = False
    pause: float = 0.0
    wait: threading.Event | None = None


@dataclass(frozen=True)
class RobotRequest:
    """A request that came in, taken or not."""

    path: str
    key: str
    headers: Mapping[str, str]
    raw: bytes
    took: bool
    query: str = ""
    at: datetime | None = None

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class RobotServer:
    """A group robot's webhook (developer.work.weixin.qq.com, path 91770): HTTP 200 even for refusals.

    Args:
        certificate: (chain, key) for HTTPS, see `certificate`.
        now: Tells the moment at which a message came in, where a test plays with the time.
    """

    codes = ("errcode", "errmsg")
    refused = (93000, "invalid webhook url")

    def __init__(
        self,
        key: str = "SECRET-ROBOT-KEY-5f1c",
        *,
        certificate: tuple[Path, Path] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.key = key
        self.now = now
        self.scheme = "https" if certificate else "http"
        self.requests: list[RobotRequest] = []
        self.asked = 0  # also by those that still wait for their answer
        self._answers: deque[RobotAnswer] = deque()
        self._always: RobotAnswer | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _robot_handler(self))
        self._server.daemon_threads = True
        if certificate:
            context = _server_context(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/cgi-bin/webhook/send?key={self.key}"

    @property
    def arrived(self) -> list[Any]:
        """The bodies of the messages that were taken, in order."""
        return [request.body for request in self.requests if request.took]

    def answer(self, *, errcode: object = 0, errmsg: str = "told so", times: int = 1, **how: Any) -> None:
        """Answer the next messages with this code, which takes them if it is 0; `how` as in `RobotAnswer`."""
        told = how.pop("body", None)
        body = self.said(errcode, errmsg) if told is None else told
        how.setdefault("took", told is None and not how.get("drop") and errcode == 0 and type(errcode) is int)
        self._answers.extend(RobotAnswer(body=body, **how) for _ in range(times))

    def said(self, code: object, words: str) -> bytes:
        return json.dumps(dict(zip(self.codes, (code, words), strict=True))).encode()

    def refusal(self, query: Mapping[str, list[str]], raw: bytes) -> tuple[int, str] | None:
        """Why a message is not taken; None where it is."""
        return None if query.get("key") == [self.key] else self.refused

    def always(self, answer: RobotAnswer | None) -> None:
        """Answer every message so; None goes back to taking them."""
        self._always = answer

    def take(self, request: BaseHTTPRequestHandler, raw: bytes) -> RobotAnswer:
        parts = urlsplit(request.path)
        key = parse_qs(parts.query).get("key", [""])[0]
        with self._lock:
            self.asked += 1
            answer = self._answers.popleft() if self._answers else self._always
        if answer is None:
            code, words = self.refusal(parse_qs(parts.query), raw) or (0, "ok")
            answer = RobotAnswer(body=self.said(code, words), took=code == 0)
        if answer.wait is not None:
            answer.wait.wait(10)
        with self._lock:
            headers = dict(request.headers.items())
            self.requests.append(RobotRequest(parts.path, key, headers, raw, answer.took, parts.query, self.now()))
        return answer

    def __enter__(self) -> Self:
        self._thread.start()
        WITNESS.opens(ROBOT, self)
        return self

    def __exit__(self, *_exception: object) -> None:
        WITNESS.closes(self)
        self._server.shutdown()
        self._server.server_close()


def _robot_handler(owner: RobotServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            WITNESS.answering()
            answer = owner.take(self, raw)
            WITNESS.got(ROBOT, owner, self.path, raw, took=answer.took)
            if answer.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                self._write(answer)
            except OSError:
                self.close_connection = True

        def _write(self, answer: RobotAnswer) -> None:
            if not answer.pause:
                self.wfile.write(answer.body)
                return
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                threading.Event().wait(answer.pause)

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


def certificate(folder: Path, name: str = "127.0.0.1", days: int = 2) -> tuple[Path, Path]:
    """A self-signed certificate for an address; the chain file is also the CA file to trust."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    chain, key = folder / "chain.pem", folder / "key.pem"
    subject = f"IP:{name}" if name[0].isdigit() else f"DNS:{name}"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName={subject}", "-days", str(days)]
    subprocess.run([*command, "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


def expired_certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """As `certificate`, but it was good for one day of 2020 only."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    chain, key, request, settings = (folder / name for name in ("chain.pem", "key.pem", "request.pem", "ca.cnf"))
    settings.write_text(
        f"[ca]\ndefault_ca = d\n[d]\nnew_certs_dir = {folder}\ndatabase = {folder}/index\nserial = {folder}/serial\n"
        "default_md = sha256\npolicy = p\ncopy_extensions = copy\n[p]\ncommonName = supplied\n"
    )
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    asked = [openssl, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"]
    asked += ["-addext", f"subjectAltName=IP:{name}", "-keyout", key, "-out", request]
    signed = [openssl, "ca", "-config", settings, "-batch", "-selfsign", "-keyfile", key, "-in", request]
    signed += ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-out", chain]
    for command in (asked, signed):
        subprocess.run(command, check=True, capture_output=True)
    return chain, key


def _server_context(files: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*files)
    return context


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
