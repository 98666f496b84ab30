"""Words to systemd: ready, still alive, stopping (sd_notify(3), sd_watchdog_enabled(3))."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Systemd:
    """The manager that started us; says nothing where there is none.

    Attributes:
        address: Of its socket; an abstract one begins with NUL.
        watchdog_seconds: How often it wants to hear that we live, at least; None where it does not ask.
    """

    address: str | None = None
    watchdog_seconds: float | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str], pid: int | None = None) -> Self:
        """What the environment says; a watchdog that was meant for another process is none of ours."""
        address = environ.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            return cls()
        meant_for = environ.get("WATCHDOG_PID", "")
        microseconds = environ.get("WATCHDOG_USEC", "")
        is_ours = not meant_for or meant_for == str(os.getpid() if pid is None else pid)
        seconds = int(microseconds) / 1e6 if is_ours and microseconds.isdecimal() and int(microseconds) else None
        return cls(address="\0" + address[1:] if address[0] == "@" else address, watchdog_seconds=seconds)

    def ready(self, status: str) -> None:
        """The start is done."""
        self._say("READY=1", f"STATUS={status}")

    def alive(self) -> None:
        """All threads beat."""
        self._say("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._say(f"STATUS={text}")

    def stopping(self) -> None:
        """The end has begun."""
        self._say("STOPPING=1", "STATUS=正在停止")

    def _say(self, *lines: str) -> None:
        if self.address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)  # a manager that does not listen must not hold us up
                line.sendto("\n".join(_one_line(text) for text in lines).encode(), self.address)
        except OSError:
            return  # there is nobody else to tell


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
