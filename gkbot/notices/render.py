"""Facts and templates give the message that leaves today."""

import re
from collections.abc import Callable
from datetime import date

from gkbot.notices import fallback
from gkbot.notices.card import card_of
from gkbot.notices.due_days import due_days_of, leaving_of
from gkbot.notices.facts import Facts
from gkbot.notices.message import Message
from gkbot.notices.splitting import parts
from gkbot.notices.templates import FAILURES, TemplateProblem, Templates
from gkbot.notices.view import View, view

ROBOT_CHANNELS = frozenset({"wecom", "apprise"})
FILE_CHANNEL = "file"
SUBJECT_CHARACTERS = 100


def render(facts: Facts, *, channel: str, today: date, templates: Templates, maybe_twice: bool = False) -> Message:
    """The message of a notice, as it leaves on `today`.

    A template that breaks is replaced by plain text, and `Message.problem` says where it broke.

    Args:
        facts: As made by `facts`, read back from the outbox.
        channel: wecom and apprise give markdown in parts, email a mail; file whichever the recipient would get.
        maybe_twice: An earlier attempt may have arrived; only robots say so.
    """
    is_robot = channel in ROBOT_CHANNELS or (channel == FILE_CHANNEL and bool(facts["robot"]))
    names = view(facts, today, maybe_twice=maybe_twice and is_robot)
    printer = _Printer(templates, templates.name_for(str(facts["kind"]), facts.get("letter")), names)
    if is_robot:
        return _robot_message(facts, names, printer, templates.digest)
    due_days, left_out = due_days_of(facts, today)
    return Message(
        subject=_subject(printer.print("subject.txt", fallback.subject)),
        text=_tidy(printer.print("email.txt", fallback.text)),
        html=printer.print("email.html", None) or None,
        due_days=due_days,
        left_out=left_out,
        leaving=leaving_of(facts),
        problem=printer.problem,
        template_hash=templates.digest,
    )


class _Printer:
    """Renders the forms of one notice and keeps the first problem."""

    def __init__(self, templates: Templates, kind: str, names: View) -> None:
        self._templates = templates
        self._kind = kind
        self._names = names
        self.problem: str | None = None

    def print(self, form: str, plain: Callable[[View], str] | None) -> str:
        """One form; without its template the plain text, or nothing where there is no plain form."""
        try:
            return self._templates.render(self._kind, form, self._names)
        except FAILURES as error:
            problem: TemplateProblem = self._templates.problem_of(self._kind, form, error)
            self.problem = self.problem or str(problem)
            return plain(self._names) if plain else ""


def _robot_message(facts: Facts, names: View, printer: _Printer, template_hash: str) -> Message:
    markdown = _tidy(printer.print("wecom.md", fallback.robot))
    return Message(
        text=_as_text(markdown),
        parts=parts(markdown),
        mentions=tuple(facts["mentions"]),
        mobiles=tuple(facts["mobiles"]),
        card=card_of(facts, names),
        problem=printer.problem,
        template_hash=template_hash,
    )


def _subject(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT_CHARACTERS else line[: SUBJECT_CHARACTERS - 1] + "…"


def _tidy(text: str) -> str:
    """Blank lines one at a time, none at the ends; no blanks at line ends."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _as_text(markdown: str) -> str:
    """Markdown as plain text, for clients that do not show it."""
    text = re.sub(r"\[([^\[\]]*)\]\(([^()\s]*)\)", r"\1 \2", markdown)
    text = re.sub(r"<@[^<>]*>|</?font[^<>]*>|\*\*", "", text)
    return re.sub(r"(?m)^>", "", text)
