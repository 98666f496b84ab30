"""The real program as a process of its own, with its own folders, settings and days."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
RULES = REPOSITORY / "rules"
SCRIPT = Path(sys.executable).with_name("gkbot")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "gkbot"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Finished:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err

    def assert_in_chinese(self) -> None:
        """What people read is Chinese, and no traceback."""
        assert "Traceback" not in self.said, self.said
        assert CHINESE.search(self.said), f"no Chinese word: {self.said!r}"


@dataclass
class Office:
    """A folder in which the program runs: rules/, settings, and nothing of the machine's own.

    Attributes:
        settings: On top of those every office here has; an empty one is not set at all.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    rules: Path | None = None

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GKBOT_", "LC_", "LANG"))}
        own = {
            "GKBOT_RULES": str(self.rules or self.folder / "rules"),
            "GKBOT_TEMPLATES": str(REPOSITORY / "templates"),
            "GKBOT_DATABASE_URL": f"sqlite:///{self.folder / 'gkbot.db'}",
            "GKBOT_OUTBOX_DIR": str(self.folder / "outbox"),
        }
        ours = {**own, **self.settings}
        return {**kept, "PYTHONPATH": str(REPOSITORY), **{name: value for name, value in ours.items() if value}}

    def run(self, *words: str, timeout_seconds: float = 30) -> Finished:
        """Run a command to its end."""
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def ask(self, *words: str) -> Any:
        """The JSON document of a command that must go well."""
        finished = self.run(*words, "--json")
        assert finished.status == 0, finished.said
        return finished.json

    def written(self) -> list[Path]:
        """Messages in the outbox folder."""
        return sorted(path for path in (self.folder / "outbox").rglob("*") if path.suffix in {".eml", ".md"})
