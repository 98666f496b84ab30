"""The real programs that the tests of editors talk to: what is missing is a reason to skip, in CI a failure."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / "var" / "npm"
PINS = ("package.json", "package-lock.json")
INSTALL_SECONDS = 120


@cache
def language_server() -> Path:
    """The start script of yaml-language-server as pinned, installed once into var/npm."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            lacking(f"{program} is not installed")
    pins = b"".join((HERE / name).read_bytes() for name in PINS)
    folder = CACHE / hashlib.sha256(pins).hexdigest()[:12]
    script = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # pytest's workers come here together
        if not (folder / "ready").exists():
            _install(folder)
    return script


def _install(folder: Path) -> None:
    for name in PINS:
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        lacking(f"npm did not end within {INSTALL_SECONDS} s")
    except subprocess.CalledProcessError as error:
        lacking(f"npm cannot install: {error.stderr.strip()[-300:]}")
    (folder / "ready").touch()


def lacking(reason: str) -> NoReturn:
    """Skip, or fail where everything must be tested."""
    if os.environ.get("TEST_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)
