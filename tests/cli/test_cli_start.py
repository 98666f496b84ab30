"""A command's help page and its first answer come without what only the work behind it needs."""

import json
import subprocess
import sys

import pytest

HEAVY = {"sqlalchemy", "sqlmodel", "jinja2", "requests", "apscheduler", "starlette", "openpyxl", "alembic"}
LOADED = """
import json, sys
from gkbot.cli.app import gkbot
gkbot.main([sys.argv[1], "--help"], standalone_mode=False)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("name", ["daily", "status", "serve", "outbox", "clock", "doctor"])
def test_a_help_page_loads_no_database_and_no_templates(name: str) -> None:
    shown = subprocess.run([sys.executable, "-c", LOADED, name], capture_output=True, text=True, check=True)
    assert "用法：" in shown.stdout
    assert HEAVY & set(json.loads(shown.stderr)) == set()
