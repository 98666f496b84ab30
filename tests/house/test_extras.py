"""What only some offices need is installed by one command, which never asks a registry for our own name."""

import sys
import tomllib
from pathlib import Path

from gkbot.extras import APPRISE, POSTGRESQL, install_command

ROOT = Path(__file__).parents[2]


def test_the_command_installs_what_was_tested_into_the_python_that_runs() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert (extras["postgresql"], extras["apprise"]) == ([POSTGRESQL], [APPRISE])
    assert install_command(APPRISE) == f"{sys.executable} -m pip install '{APPRISE}'"


def test_no_page_and_no_message_has_pip_look_for_gkbot_by_name() -> None:
    told = [*ROOT.glob("*.md"), *ROOT.glob("docs/*"), ROOT / "config.example.env", *ROOT.glob("gkbot/**/*.py")]
    asking = [path.name for path in told if "gkbot[p" in (text := path.read_text("utf-8")) or "gkbot[a" in text]
    assert asking == []
    manual = (ROOT / "docs" / "运维手册.md").read_text("utf-8")
    assert manual.count(f"/opt/gkbot/bin/python -m pip install '{POSTGRESQL}'") == 2
    assert manual.count(f"/opt/gkbot/bin/python -m pip install '{APPRISE}'") == 1
