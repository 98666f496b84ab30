"""Start the wheel that is installed alone: every part it ships must be found without the source tree."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

SECONDS = 60


def main() -> None:
    """Run help, check, plan, daily and serve of the installed wheel in an empty folder."""
    base = Path(sys.argv[1])
    gkbot = str(base / "venv" / "bin" / "gkbot")
    office = base / "office"
    office.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith("GKBOT_") and k != "PYTHONPATH"}
    env["GKBOT_WEB_ADDRESS"] = "127.0.0.1:0"
    shipped = subprocess.run(
        [str(base / "venv" / "bin" / "python"), "-c", "from gkbot.shipped import folder; print(folder('rules'))"],
        cwd=office,
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    ).stdout.strip()
    env["GKBOT_RULES"] = shipped

    def call(*arguments: str) -> str:
        done = subprocess.run(
            [gkbot, *arguments], cwd=office, env=env, check=True, capture_output=True, text=True, timeout=SECONDS
        )
        return done.stdout

    assert "命令" in call("--help")
    assert json.loads(call("when", "2023年7月底前", "--json"))["deadlines"][0]["due"] == "2023-07-31"
    call("check")
    assert json.loads(call("daily", "--date", "2027-01-29", "--json"))["sent"] > 0
    assert list((office / "var" / "outbox").glob("*.eml")), "no message was written"
    serve(gkbot, office, env)
    print("wheel: help, when, check, daily and serve work alone")


def serve(gkbot: str, office: Path, env: dict[str, str]) -> None:
    """Start the service, wait until it says ready, end it."""
    with subprocess.Popen([gkbot, "serve"], cwd=office, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if " ready" in line:
                break
        else:
            raise AssertionError("serve never became ready:\n" + "".join(lines))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 0, process.returncode


main()
