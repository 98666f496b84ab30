"""The questions of `gkbot init`: a flag answers one beforehand, a person answers the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from gkbot.cli.output import say
from gkbot.service.founding.answers import NotUnderstood

T = TypeVar("T")
YES = frozenset({"是", "y", "yes", "对", "好"})
NO = frozenset({"否", "n", "no", "不", "不是"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Gets answers.

    Attributes:
        is_open: A person sits at a terminal and may be asked.
    """

    is_open: bool

    def value(
        self, given: str | None, flag: str, question: str, parse: Callable[[str], T], default: str | None = None
    ) -> T:
        """One answer: the flag's, else the person's, else the default.

        Raises:
            click.UsageError: The flag's value cannot be used, or there is nobody to ask and no default.
        """
        if given is None and self.is_open:
            return self.asked(question, parse, default)
        if given is None and default is None:
            raise click.UsageError(f"缺少 {flag}。在终端里执行会逐项询问；用 --help 查看用法。")
        return parsed(flag, given if given is not None else str(default), parse)

    def asked(self, question: str, parse: Callable[[str], T], default: str | None = None) -> T:
        """Ask until the answer can be used."""
        while True:
            text = _line(question, default)
            try:
                return parse(text)
            except NotUnderstood as refused:
                say(f"  {refused}")

    def several(self, question: str, parse: Callable[[str], T], *, least: int = 1) -> list[T]:
        """Ask again and again; an empty line ends it."""
        found: list[T] = []
        while True:
            text = _line(question, "", shows_default=False)
            if not text.strip() and len(found) >= least:
                return found
            try:
                found.append(parse(text))
            except NotUnderstood as refused:
                say(f"  {refused}")

    def secret(self, question: str, parse: Callable[[str], T]) -> T:
        """Ask without showing what is typed."""
        while True:
            text = click.prompt(question, default="", show_default=False, hide_input=True, err=True, prompt_suffix="：")
            try:
                return parse(str(text))
            except NotUnderstood as refused:
                say(f"  {refused}")

    def agrees(self, question: str, *, default: bool) -> bool:
        """Ask for 是 or 否; without a person the default."""
        if not self.is_open:
            return default
        while True:
            text = _line(f"{question}（是/否）", "是" if default else "否").strip().casefold()
            if text in YES | NO:
                return text in YES
            say("  请写“是”或者“否”。")


def parsed(flag: str, text: str, parse: Callable[[str], T]) -> T:
    """A flag's value.

    Raises:
        click.UsageError: It cannot be used.
    """
    try:
        return parse(text)
    except NotUnderstood as refused:
        raise click.UsageError(f"{flag}：{refused}") from None


def _line(question: str, default: str | None, *, shows_default: bool = True) -> str:
    shown = f"{question}［{default}］" if default and shows_default else question
    return str(click.prompt(shown, default=default, show_default=False, err=True, prompt_suffix="：", type=str))
