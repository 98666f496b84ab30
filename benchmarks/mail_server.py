"""A mail server that takes everything and keeps nothing; `python -m benchmarks.mail_server [MS]` says its port.

It offers PIPELINING, as Postfix, Exim and Exchange do. With MS it stands at a distance that is only
played: what it says arrives so many milliseconds later, however many answers are under way.
"""

import asyncio
import sys
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Nothing:
    """Takes every mail."""

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name and shape
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what most servers do."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, *_mail: object) -> str:  # noqa: N802 - aiosmtpd's name
        """Say yes at once."""
        return "250 2.0.0 taken"


class FarAway(SMTP):
    """A server whose answers take their time on the way."""

    def __init__(self, *how: Any, seconds: float, **more: Any) -> None:
        """Take how long."""
        super().__init__(*how, **more)
        self._seconds = seconds

    async def push(self, status: Any) -> None:
        """Send an answer off; the next one need not wait for it."""
        text = status if isinstance(status, bytes) else status.encode()
        asyncio.get_running_loop().call_later(self._seconds, self._arrive, text + b"\r\n")

    def _arrive(self, text: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(text)


async def main(milliseconds: float) -> None:
    """Serve until killed."""

    def connected() -> SMTP:
        if milliseconds:
            return FarAway(Nothing(), hostname="mail.test", seconds=milliseconds / 1000)
        return SMTP(Nothing(), hostname="mail.test")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0))
