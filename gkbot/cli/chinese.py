"""click's help pages in Chinese: headings, the help option, the placeholders."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import click

from gkbot.screen import cells

HELP_TEXT = "显示本说明。"
HELP_NAMES = ["-h", "--help"]
SETTINGS = {"help_option_names": HELP_NAMES, "max_content_width": 100}


class ChineseHelp(click.Command):
    """A command whose help page is Chinese throughout."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The help option, told in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP_TEXT
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line: 用法."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Placeholders of the first line."""
        words = {"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]..."}
        pieces = super().collect_usage_pieces(ctx)
        return [" ".join(words.get(word, word) for word in piece.split(" ")) for piece in pieces]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, under a Chinese heading."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        rows = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        if rows:
            write_list(formatter, "选项", [(name, _in_chinese(text)) for name, text in rows])


class ChineseGroup(ChineseHelp, click.Group):
    """A group of commands with a Chinese help page."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they were added, which is the order people need them in."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        names = self.list_commands(ctx)
        write_list(formatter, "命令", [(name, self.commands[name].short_help or "") for name in names])


def write_list(formatter: click.HelpFormatter, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """A list in two columns that line up where Chinese characters take two cells."""
    widest = max(cells(name) for name, _ in rows)
    formatter.write(f"\n{heading}：\n")
    for name, text in rows:
        formatter.write(f"  {name}{' ' * (widest - cells(name))}  {text}\n")


def _in_chinese(text: str) -> str:
    """The remarks click adds to an option's help."""
    return re.sub(r"\s*\[(?:required|\d+<=x<=\d+)\]", lambda found: "（必填）" if "req" in found[0] else "", text)


def command(name: str | None = None, *, help: str) -> Callable[[Callable[..., Any]], click.Command]:  # noqa: A002 - click's own word
    """A subcommand of gkbot; `help` is Chinese, with an example and the exit codes."""
    return click.command(name, cls=ChineseHelp, help=help, context_settings=SETTINGS)
