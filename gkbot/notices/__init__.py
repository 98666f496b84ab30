"""A notice becomes the message a channel can carry: templates, wording, byte limits."""

from gkbot.notices.facts import Facts, ReportBack, facts
from gkbot.notices.message import Message
from gkbot.notices.render import render
from gkbot.notices.templates import TemplateProblem, Templates

__all__ = ["Facts", "Message", "ReportBack", "TemplateProblem", "Templates", "facts", "render"]
