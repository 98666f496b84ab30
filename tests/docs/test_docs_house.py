"""Links lead somewhere, make targets exist, the changelog knows the version, the systemd unit is sound."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from manuals import OPERATOR, READMES, ROOT, anchor, codes, documents, headings, links, rows

import gkbot

UNIT_FILE = ROOT / "docs" / "gkbot.service"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def broken_links(path: Path) -> list[str]:
    """Links of a document inside the project that lead nowhere."""
    return [target for target in links(path.read_text(encoding="utf-8")) if not leads_somewhere(path, target)]


def leads_somewhere(path: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    file, _, fragment = unquote(target).partition("#")
    goal = path if not file else (path.parent / file).resolve()
    if not goal.exists():
        return False
    return not fragment or fragment in {anchor(title) for title in headings(goal.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_links_inside_the_project_lead_somewhere(path: Path) -> None:
    assert broken_links(path) == []


def test_a_broken_link_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](#here) [b](#there) [c](page.md) [d](gone.md)\n", encoding="utf-8")
    assert broken_links(page) == ["#there", "gone.md"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_make_targets_that_documents_speak_of_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)", text, re.MULTILINE)) <= {
        pair for target in TARGETS for pair in ((target, ""), ("", target))
    }


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_readmes_name_the_two_commands(path: Path) -> None:
    header = "command" if path.name == "README.md" else "命令"
    table = rows(path.read_text(encoding="utf-8"), header, "what it does" if header == "command" else "做什么")
    assert [codes(row[0])[0] for row in table][:2] == ["make run", "make test"]


def test_the_changelog_begins_with_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = next(title for title in headings(changelog) if re.match(r"\d", title))
    assert first.split()[0] == gkbot.__version__


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES)
    assert len(headings(english)) == len(headings(chinese))
    assert [codes(row[0]) for row in rows(english, "folder")] == [codes(row[0]) for row in rows(chinese, "文件夹")]


def test_the_unit_runs_the_service_and_starts_it_again() -> None:
    unit = UNIT_FILE.read_text(encoding="utf-8")
    for line in (
        "ExecStart=/opt/gkbot/bin/gkbot serve",
        "Restart=on-failure",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "StateDirectory=gkbot",
    ):
        assert line in unit.splitlines()


def test_the_unit_lies_where_the_manual_says() -> None:
    manual = OPERATOR.read_text(encoding="utf-8")
    unit = UNIT_FILE.read_text(encoding="utf-8")
    for folder in re.findall(r"^(?:WorkingDirectory|ExecStart)=(/[a-z]+/[a-z]+/?[a-z]*)", unit, re.MULTILINE):
        assert str(Path(folder)).removesuffix("/bin") in manual


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    there = tmp_path / "gkbot.service"
    text = UNIT_FILE.read_text(encoding="utf-8").replace("/opt/gkbot/bin/gkbot", sys.executable)
    there.write_text(text, encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(there)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
