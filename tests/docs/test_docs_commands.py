"""Every command is in both READMEs and explains itself; no document shows a command or option that is not there."""

import importlib
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from manuals import ADMIN, OPERATOR, READMES, blocks, codes, documents, prose, rows

from gkbot.cli.app import COMMANDS, gkbot

CALL = re.compile(r"(?:^|/bin/|=\S+ )gkbot ([^|]+)$")
CHINESE = re.compile("[\u4e00-\u9fff]")


def command_named(name: str) -> click.Command:
    module = importlib.import_module(f"gkbot.cli.{COMMANDS[name][0]}")
    found = getattr(module, name.replace("-", "_"))
    assert isinstance(found, click.Command)
    return found


def shown_calls(path: Path) -> list[list[str]]:
    """Arguments of every `gkbot …` line in a document's shell and console blocks, and between backticks."""
    text = path.read_text(encoding="utf-8")
    found = [block.text for block in blocks(text) if block.language in {"sh", "console"}]
    found += [code for code in codes(prose(text)) if "…" not in code]
    return [words for text in found for line in text.splitlines() if (words := arguments_of(line))]


def arguments_of(line: str) -> list[str]:
    """What follows the program `gkbot` on a line, or nothing."""
    found = CALL.search(line)
    return shlex.split(found[1], comments=True) if found else []


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_both_readmes_list_every_command_in_the_order_of_the_help(path) -> None:
    header = "command" if path.name == "README.md" else "命令"
    table = rows(path.read_text(encoding="utf-8"), header)
    listed = [codes(row[0])[0] for row in table if codes(row[0])]
    assert [name for name in listed if name.startswith("gkbot ")] == [f"gkbot {name}" for name in COMMANDS]


def test_the_general_help_lists_every_command() -> None:
    output = CliRunner().invoke(gkbot, ["--help"]).output
    assert [name for name in COMMANDS if not re.search(rf"^ +{name} ", output, re.MULTILINE)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_chinese_with_an_example_and_exit_codes(name: str) -> None:
    result = CliRunner().invoke(gkbot, [name, "--help"])
    assert result.exit_code == 0
    assert CHINESE.search(result.output)
    assert f"例：gkbot {name}" in result.output
    assert "退出码：0 " in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained_in_chinese(name: str) -> None:
    options = [param for param in command_named(name).params if isinstance(param, click.Option)]
    assert [option.name for option in options if not CHINESE.search(option.help or "")] == []


def unknown_parts(arguments: list[str]) -> list[str]:
    """What a call names that the command line does not have."""
    name, *rest = arguments
    if name in {"--help", "--version"}:
        return []
    if name not in COMMANDS:
        return [name]
    command = command_named(name)
    below = command.commands.values() if isinstance(command, click.Group) else ()
    known = {option for each in (command, *below) for param in each.params for option in (*param.opts, "--help")}
    return [f"{name} {word}" for word in rest if word.startswith("--") and word.partition("=")[0] not in known]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_documents_show_only_commands_and_options_that_exist(path: Path) -> None:
    assert [part for call in shown_calls(path) for part in unknown_parts(call)] == []


def test_every_command_is_shown_in_a_manual() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ADMIN, OPERATOR))
    assert [name for name in COMMANDS if f"gkbot {name}" not in text] == []


@pytest.mark.parametrize("name", ["outbox", "db", "clock", "bounce"])
def test_every_part_of_an_operators_command_is_shown_in_the_manual(name: str) -> None:
    command, text = command_named(name), OPERATOR.read_text(encoding="utf-8")
    below = list(command.commands) if isinstance(command, click.Group) else []
    assert [part for part in below if f"gkbot {name} {part}" not in text] == []
    options = {option for param in command.params if isinstance(param, click.Option) for option in param.opts}
    assert [option for option in options - {"--help", "-h", "--json", "--why", "--who"} if option not in text] == []


def test_calls_are_found_wherever_they_stand() -> None:
    lines = [
        "gkbot check rules",
        "  sudo -u gkbot /opt/gkbot/bin/gkbot show  # look",
        "A=b gkbot plan --date x",
        "cd gkbot",
    ]
    assert [arguments_of(line) for line in lines] == [["check", "rules"], ["show"], ["plan", "--date", "x"], []]
    assert {path.name for path in documents() if shown_calls(path)} >= {
        path.name for path in (*READMES, ADMIN, OPERATOR)
    }


def test_an_unknown_command_or_option_would_be_noticed() -> None:
    assert unknown_parts(["prophesy"]) == ["prophesy"]
    assert unknown_parts(["check", "--hints", "--loud"]) == ["check --loud"]
