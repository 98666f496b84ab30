"""The small web page: the office looks on at the machine itself, contacts answer through their links."""

from gkbot.web.app import create_app
from gkbot.web.desk import Desk
from gkbot.web.metrics import Metrics
from gkbot.web.office_desk import OfficeDesk
from gkbot.web.server import WebServer, bind

__all__ = ["Desk", "Metrics", "OfficeDesk", "WebServer", "bind", "create_app"]
