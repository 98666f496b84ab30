"""`gkbot outbox`: what waits, what failed, what is held, and the drafts that a person sends."""

from gkbot.cli import outbox_decide, outbox_log, outbox_look, outbox_restored
from gkbot.cli.outbox_group import outbox

__all__ = ["outbox", "outbox_decide", "outbox_log", "outbox_look", "outbox_restored"]
