"""`gkbot doctor` as it is called: exit codes, JSON, no secret anywhere, a full disk and a read-only folder."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import gkbot
from gkbot.service.doctor.values import GRADE_WORDS
from tests.servers import free_port

SECRET = "MARKED-SECRET-5f1c"
FULL_DISK = 0  # bytes that any file may grow to


def doctor(folder: Path, *arguments: str, full: bool = False, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does; with a full disk no file can grow."""

    def fill_up() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK, FULL_DISK))

    clean = {name: value for name, value in os.environ.items() if not name.startswith("GKBOT_")}
    return subprocess.run(
        [sys.executable, "-m", "gkbot", *(arguments or ["doctor"])],
        cwd=folder,
        env={
            **clean,
            "PYTHONPATH": str(Path(gkbot.__file__).parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GKBOT_WEB_ADDRESS": f"127.0.0.1:{free_port()}",
            **settings,
        },
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=fill_up if full else None,
        check=False,
    )


@pytest.fixture
def office(tmp_path: Path) -> Path:
    flags = ["--office", "示例县", "--unit", "县财政局=a@example.gov.cn", "--admin", "b@example.gov.cn"]
    done = doctor(tmp_path, "init", *flags, "--task", "报送进展", "--deadline", "每月25日前", "--yes")
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_new_office_is_sound(office: Path) -> None:
    done = doctor(office)
    assert done.returncode == 0, done.stdout
    assert all(line.split()[0] in GRADE_WORDS.values() for line in done.stdout.splitlines())
    assert "坏 0 项" in done.stderr
    assert sorted(path.name for path in office.iterdir()) == ["rules"]


def test_json_says_the_same_to_programs(office: Path) -> None:
    done = doctor(office, "doctor", "--json")
    told = json.loads(done.stdout)
    assert (told["ok"], done.stderr) == (True, "")
    assert set(told["findings"][0]) == {"probe", "title", "grade", "message", "fix"}
    assert {finding["grade"] for finding in told["findings"]} <= {"good", "caution"}


def test_something_bad_ends_with_1_and_every_cure_is_told(office: Path) -> None:
    settings = {
        "GKBOT_SMTP_HOST": "127.0.0.1",
        "GKBOT_SMTP_PORT": str(free_port()),
        "GKBOT_SMTP_USER": "gk@example.gov.cn",
        "GKBOT_SMTP_PASSWORD": SECRET,
        "GKBOT_SECRET_KEY": SECRET,
        "GKBOT_WECOM_ROBOT_A": f"https://qyapi.weixin.qq.com/{SECRET}",
        "GKBOT_DATABASE_URL": f"postgresql://gkbot:{SECRET}@127.0.0.1:1/gkbot",
        "GKBOT_OUTBOX_DIR": "/proc/outbox",
    }
    done = doctor(office, **settings)
    assert done.returncode == 1
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    bad = [line.split()[1].partition("：")[0] for line in done.stdout.splitlines() if line.startswith("坏")]
    assert {"邮件服务器", "机器人", "数据库", "发件文件夹"} <= set(bad)


def test_unusable_settings_end_with_1(office: Path) -> None:
    done = doctor(office, GKBOT_DAILY_AT="25:00")
    assert (done.returncode, "GKBOT_DAILY_AT" in done.stdout) == (1, True)


def test_wrong_usage_ends_with_2(office: Path) -> None:
    assert doctor(office, "doctor", "--heal").returncode == 2


def test_a_full_disk_is_found(office: Path) -> None:
    assert doctor(office, "daily").returncode == 0
    done = doctor(office, full=True)
    bad = [line.split()[1].partition("：")[0] for line in done.stdout.splitlines() if line.startswith("坏")]
    assert done.returncode == 1
    assert {"数据库", "发件文件夹"} <= set(bad), done.stdout
