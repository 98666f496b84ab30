"""How notices travel: the outbox worker and one module a channel.

Imported lazily: requests and smtplib are loaded only where something is sent.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gkbot.delivery.email import EmailTransport
    from gkbot.delivery.files import FileTransport
    from gkbot.delivery.mail_line import MailServer
    from gkbot.delivery.secrets import RobotAddress
    from gkbot.delivery.tally import Tally, Trouble
    from gkbot.delivery.transport import Parcel, Transport
    from gkbot.delivery.wecom import WeComTransport
    from gkbot.delivery.work import work_outbox
    from gkbot.delivery.worker import Review

_HOMES = {
    "EmailTransport": "email",
    "FileTransport": "files",
    "MailServer": "mail_line",
    "Parcel": "transport",
    "Review": "worker",
    "RobotAddress": "secrets",
    "Tally": "tally",
    "Transport": "transport",
    "Trouble": "tally",
    "WeComTransport": "wecom",
    "work_outbox": "work",
}

__all__ = [
    "EmailTransport",
    "FileTransport",
    "MailServer",
    "Parcel",
    "Review",
    "RobotAddress",
    "Tally",
    "Transport",
    "Trouble",
    "WeComTransport",
    "work_outbox",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"gkbot.delivery.{_HOMES[name]}"), name)
