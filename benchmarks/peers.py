"""The other parsers: each in an environment of its own under var/bench, installed from pinned versions."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import ENVIRONMENT, ROOT

CACHE = ROOT / "var" / "bench"
WORKER = Path(__file__).parent / "worker.py"
INSTALL_SECONDS = 600
_JIONLP = ("jiojio==1.2.8", "numpy==2.4.6", "pyyaml==6.0.3", "requests==2.34.2", "zipfile36==0.1.3")


class Unavailable(Exception):
    """A parser cannot be asked; the text is the reason, for the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A parser to ask.

    Attributes:
        name: As printed.
        parser: Its entry in `parsers.PARSERS`.
        pins: What pip installs; empty for gkbot, which runs from this tree.
        recurs, counts: Whether its answers can say "every month" or "within N days" at all.
    """

    name: str
    parser: str
    pins: tuple[str, ...] = ()
    recurs: bool = True
    counts: bool = True


GKBOT = Peer(name="gkbot", parser="gkbot")
PEERS = (
    Peer(name="JioNLP 1.5.29", parser="jionlp", pins=("jionlp==1.5.29", *_JIONLP)),
    Peer(name="JioNLP 1.5.31", parser="jionlp", pins=("jionlp==1.5.31", *_JIONLP)),
    Peer(name="time-parser-zh 1.0.0", parser="time_parser_zh", pins=("time-parser-zh==1.0.0",), recurs=False),
    Peer(
        name="Recognizers-Text 1.0.2a2",
        parser="recognizers",
        # emoji 2 dropped a name that the 2022 release imports; datedelta and grapheme have not moved since
        pins=(
            "recognizers-text-suite==1.0.2a2",
            "emoji==1.7.0",
            "datedelta==1.4",
            "grapheme==0.6.0",
            "regex==2026.11.15",
        ),
    ),
    Peer(
        name="dateparser 1.5.0",
        parser="dateparser",
        pins=("dateparser==1.5.0", "regex==2026.11.15", "tzlocal==5.4.5"),
        recurs=False,
        counts=False,
    ),
)


def ask(peer: Peer, requests: Sequence[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
    """The answers of a fresh worker, the first being its import time ({"ready": seconds}).

    Raises:
        Unavailable: It cannot be installed or started, breaks, or is not done after `seconds`.
    """
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    command = [*_python(peer), str(WORKER), peer.parser]
    try:
        done = subprocess.run(
            command,
            input=lines,
            capture_output=True,
            timeout=seconds,
            env=ENVIRONMENT,
            check=False,
            encoding="utf-8",
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"no answer in {seconds:.0f} s") from None
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(requests) + 1:
        raise Unavailable(_last_line(done.stderr) or f"ended with status {done.returncode}")
    return answers


def _python(peer: Peer) -> list[str]:
    """The interpreter of a parser; a peer's is isolated, so that it sees its own environment only."""
    if not peer.pins:
        return [sys.executable]
    return [str(_installed(peer) / "bin" / "python"), "-I"]


def _installed(peer: Peer) -> Path:
    """The environment of a peer, made when it is missing or its pins have changed."""
    home = CACHE / peer.name.lower().replace(" ", "-")
    stamp = home / "pins.txt"
    wanted = "\n".join(peer.pins)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return home
    shutil.rmtree(home, ignore_errors=True)
    print(f"installing {peer.name} …", file=sys.stderr, flush=True)
    _run([sys.executable, "-m", "venv", str(home)], "no environment")
    pip = [str(home / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *peer.pins]
    _run(pip, "pip cannot install it")
    stamp.write_text(wanted, encoding="utf-8")
    return home


def _run(command: list[str], failure: str) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=True)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{failure}: not done in {INSTALL_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"{failure}: {_last_line(error.stderr)}") from None


def _last_line(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if not line.startswith(("WARNING", "[notice]"))]
    return lines[-1][:100] if lines else ""
