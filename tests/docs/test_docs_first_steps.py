"""The newcomer's path of 入门.md: its commands are run in an empty folder and print what the page shows."""

import os
import re
import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
import pytest
import time_machine
from click.testing import CliRunner
from manuals import ROOT, blocks

from gkbot.cli import init as init_command
from gkbot.cli.app import gkbot
from gkbot.clock import DEFAULT_ZONE

PAGE = ROOT / "docs" / "入门.md"
DAY = datetime(2026, 2, 2, 9, 40, tzinfo=DEFAULT_ZONE)
FEW = 10
PROMPT = "$ "
Run = Callable[[str, str], str]


def steps() -> list[tuple[str, str]]:
    """The commands of the page with what it shows of their output."""
    text = "\n".join(block.text for block in blocks(PAGE.read_text(encoding="utf-8")) if block.language == "console")
    parts = re.split(rf"^{re.escape(PROMPT)}", text, flags=re.MULTILINE)[1:]
    return [(command, output.strip("\n")) for command, _, output in (part.partition("\n") for part in parts)]


def agrees(shown: str, real: str) -> bool:
    """Whether the lines shown are the real ones, in order; "…" stands for left out lines, or the rest of one."""
    lines = [r"(?:.*\n)*?.*" if line.strip() == "…" else _line(line) for line in shown.rstrip().split("\n")]
    found = "\n".join(line.rstrip() for line in real.strip("\n").split("\n"))
    return re.fullmatch("\n".join(lines), found) is not None


def _line(shown: str) -> str:
    return ".*".join(re.escape(part) for part in shown.rstrip().split("…"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command of the page in an empty folder; a dialogue is answered as the page shows it."""
    for name in [name for name in os.environ if name.startswith("GKBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(init_command, "is_terminal", lambda: True)

    def run_one(command: str, shown: str) -> str:
        program, *arguments = shlex.split(command)
        if program == "ls":
            return "\n".join(sorted(path.name for path in Path(arguments[0]).iterdir()))
        monkeypatch.setattr(click, "prompt", answering(shown))
        output = CliRunner().invoke(gkbot, arguments, standalone_mode=False, catch_exceptions=False).output
        for path in tmp_path.rglob("*"):  # as if it had been written on the day of the page
            os.utime(path, (DAY.timestamp(), DAY.timestamp()))
        return output

    return run_one


def answering(shown: str) -> Callable[..., str]:
    """Answers each question with what stands behind it on the page, or the default where nothing does."""
    lines = iter(shown.split("\n"))

    def prompt(question: str, default: str | None = None, prompt_suffix: str = "", **_how: object) -> str:
        head = f"{question}{prompt_suffix}"
        answer = next(line for line in lines if line.startswith(head)).removeprefix(head).strip()
        click.echo(f"{head}{answer}", err=True)
        return answer or default or ""

    return prompt


def test_the_page_leads_to_the_first_notice_as_it_shows(run: Run) -> None:
    with time_machine.travel(DAY, tick=True):
        for command, shown in steps():
            real = run(command, shown)
            assert agrees(shown, real), f"{command}\n{real}"


def test_the_first_notice_comes_in_under_ten_commands() -> None:
    commands = [command for command, _ in steps() if command.startswith("gkbot ")]
    assert commands.index("gkbot daily") + 1 < FEW
    assert [command.split()[1] for command in commands[:6]] == ["init", "check", "explain", "plan", "doctor", "daily"]
    assert len(steps()) < FEW


def test_a_wrong_line_would_be_noticed() -> None:
    assert agrees("one…\n…\nthree", "one and more\ntwo\nthree\n")
    assert not agrees("one\nthree", "one\ntwo\nthree\n")
