"""Output pasted into the documents is what the program prints: each `$ gkbot …` in a console block is run."""

import email
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path

import pytest
from manuals import ADMIN, FILE_MARK, READMES, ROOT, blocks, section

DEMO_SETTINGS = (
    "export GKBOT_RULES=rules/guangyuan GKBOT_DATABASE_URL=sqlite:///var/demo.db GKBOT_OUTBOX_DIR=var/demo-outbox"
)
CONTACTS_OF_A_COUNTY = 2
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Shown:
    """A command with the output that a document shows; "…" stands for left out lines."""

    command: str
    output: str


def shown_in(path: Path) -> list[Shown]:
    """The commands of a document's console blocks."""
    found = [block.text for block in blocks(path.read_text(encoding="utf-8")) if block.language == "console"]
    return [shown for text in found for shown in _commands(text)]


def _commands(text: str) -> Iterator[Shown]:
    for part in re.split(rf"^{re.escape(PROMPT)}", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Shown(command, output)


def printed(command: str, office: Path, rules: Path) -> str:
    """What the command prints in an office folder of its own, standard output first."""
    words = shlex.split(command, comments=True)
    if words[0].endswith("gkbot"):
        words = [sys.executable, "-m", "gkbot", *words[1:]]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GKBOT_")}
    env = {
        **clean,
        "PYTHONPATH": str(ROOT),
        "GKBOT_RULES": str(rules),
        "GKBOT_DATABASE_URL": "sqlite:///var/demo.db",
        "GKBOT_OUTBOX_DIR": "var/demo-outbox",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(words, cwd=office, env=env, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


def agrees(shown: str, real: str) -> bool:
    """Whether the lines shown are the real ones, in order; a line "…" leaves out as many as need be."""
    wanted = [line.rstrip() for line in shown.strip().splitlines()]
    lines = [line.rstrip() for line in real.strip().splitlines()]
    pattern = "\n".join(r"(?:.*\n)*?.*" if line.strip() == "…" else re.escape(line) for line in wanted)
    return re.fullmatch(pattern, "\n".join(lines)) is not None


def text_of(file: Path) -> str:
    """The plain text of a mail."""
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def letter_in(path: Path) -> str:
    """The mail that a README quotes."""
    return next(block.text for block in blocks(path.read_text(encoding="utf-8")) if block.language == "text")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The office that 管理员手册 sets up in its first part."""
    for block in blocks(ADMIN.read_text(encoding="utf-8")):
        if block.text.startswith(FILE_MARK):
            file = tmp_path / "rules" / block.text.splitlines()[0].removeprefix(FILE_MARK)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("shown", shown_in(ADMIN), ids=lambda shown: shown.command)
def test_the_admin_manual_shows_what_the_example_office_prints(shown: Shown, office: Path) -> None:
    real = printed(shown.command, office, Path("rules"))
    assert agrees(shown.output, real), real


def test_the_admin_manual_shows_mistakes_as_check_prints_them(office: Path) -> None:
    part = section(ADMIN.read_text(encoding="utf-8"), "七、改错")
    shown = next(block.text for block in blocks(part) if block.language == "text")
    file = office / "rules" / "shilixian" / "2026.yaml"
    text = file.read_text(encoding="utf-8").replace("期限: 6月底前", "期限：6月底前")
    file.write_text(text.replace("牵头单位: 县发展和改革局", "牵头单位: 县发展改革局"), encoding="utf-8")
    assert printed("gkbot check rules/shilixian", office, Path("rules")).split("\n") == shown.split("\n")


def test_the_readmes_show_what_the_demo_prints_and_writes(tmp_path: Path) -> None:
    for shown in shown_in(READMES[0]):
        real = printed(shown.command, tmp_path, ROOT / "rules" / "guangyuan")
        assert agrees(shown.output, real), real
    mails = [text_of(file) for file in (tmp_path / "var" / "demo-outbox").glob("*.eml")]
    assert sum(agrees(letter_in(READMES[0]), mail) for mail in mails) == CONTACTS_OF_A_COUNTY


def test_both_readmes_show_the_same_demo() -> None:
    english, chinese = READMES
    assert shown_in(english) == shown_in(chinese)
    assert letter_in(english) == letter_in(chinese)
    assert all(DEMO_SETTINGS in path.read_text(encoding="utf-8") for path in READMES)


def test_a_wrong_line_would_be_noticed() -> None:
    assert agrees("one\n…\nthree\n", "one\ntwo\nand a half\nthree\n")
    assert agrees("one\n…\n", "one\ntwo\nthree")
    assert not agrees("one\nthree\n", "one\ntwo\nthree\n")
    assert not agrees("one\n…\nfour\n", "one\ntwo\nthree\n")
