"""`gkbot init`: by flags anywhere, by questions on a terminal; secrets are typed unseen and never shown."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

import gkbot
from gkbot.cli.app import run
from gkbot.settings import Secret, load_settings

SILENCE_SECONDS = 10.0
END_OF_INPUT = "\x04"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=MARKED-SECRET"
FLAGS = {
    "--office": "示例县人民政府办公室",
    "--unit": "县财政局=caizheng@example.gov.cn",
    "--admin": "gongkai@example.gov.cn",
    "--task": "报送工作进展",
    "--deadline": "每月25日前",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GKBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def flags(**changed: str | None) -> list[str]:
    """The flags that must be given, some changed (None: left out)."""
    wanted = {**FLAGS, **{f"--{name.replace('_', '-')}": value for name, value in changed.items()}}
    return [word for name, value in wanted.items() if value is not None for word in (name, value)] + ["--yes"]


def test_flags_alone_found_an_office(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "init", "office", *flags())
    assert status == 0
    assert "“每月25日前” → 周期，接下来是" in err
    assert "0 个错误" in out
    assert "【政务公开提醒】报送工作进展" in out
    assert (folder / "office/rules/zwgk/units.yaml").is_file()
    assert not (folder / "office" / ".env").exists()


def test_check_finds_no_error_in_what_was_founded(capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "init", *flags(robot=None))
    status, out, _ = call(capsys, "check")
    assert (status, "错误" in out) == (0, False)


def test_every_missing_flag_is_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = call(capsys, "init", *flags(admin=None, deadline=None))
    assert status == 2
    assert "缺少 --admin、--deadline" in err


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"deadline": "单位自己把握"}, "--deadline：看不懂的期限"),
        ({"unit": "县财政局=没有"}, "--unit：“没有”不是邮箱地址"),
        ({"responsible": "县教育局"}, "--responsible：没有写过单位“县教育局”"),
        ({"robot": f"UNITS={ROBOT}"}, "不要写在命令行里"),
        ({"smtp_host": "smtp.example.gov.cn"}, "--mail-from"),
        ({"smtp_host": "m", "mail_from": "a@b.cn", "smtp_port": "70000"}, "不是端口号"),
        ({"smtp_host": "m", "mail_from": "a@b.cn", "smtp_security": "tls"}, "starttls"),
        ({"smtp_host": "m", "mail_from": "a@b.cn", "smtp_password_file": "nowhere"}, "读不到文件"),
        ({"robot": "A=x", "admin_robot": "A=y"}, "不能都叫 A"),
    ],
)
def test_a_wrong_flag_writes_nothing(
    changed: dict[str, str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = call(capsys, "init", *flags(**changed))
    assert status == 2
    assert words in err
    assert "MARKED-SECRET" not in err
    assert list(folder.iterdir()) == []


def test_a_second_office_needs_a_folder_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "init", *flags())[0] == 0
    status, _, err = call(capsys, "init", *flags())
    assert (status, "已经有 rules/zwgk" in err) == (2, True)
    assert call(capsys, "init", *flags(slug="second"))[0] == 0
    assert call(capsys, "check")[0] == 0


def test_the_rules_folder_of_the_settings_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GKBOT_RULES", "规则")
    assert call(capsys, "init", *flags())[0] == 0
    assert (folder / "规则/zwgk/units.yaml").is_file()


def dialogue(folder: Path, answers: list[tuple[str, str]]) -> str:
    """What a real terminal shows while `gkbot init` is answered: each answer when its question stands there."""
    terminal, other_end = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "gkbot", "init"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(gkbot.__file__).parents[1])},
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
    )
    os.close(other_end)
    try:
        return _spoken(terminal, answers)
    finally:
        os.close(terminal)  # a program that still waits for an answer is hung up on
        program.kill()
        program.wait(10)


def _spoken(terminal: int, answers: list[tuple[str, str]]) -> str:
    shown, seen = b"", 0
    waiting = list(answers)
    while select.select([terminal], [], [], SILENCE_SECONDS)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the program has ended
            break
        text = shown.decode(errors="ignore")
        if waiting and waiting[0][0] in text[seen:]:
            seen = len(text)
            os.write(terminal, waiting.pop(0)[1].encode())
    return shown.decode()


def test_a_person_at_a_terminal_is_asked_and_secrets_stay_unseen(folder: Path) -> None:
    shown = dialogue(
        folder,
        [
            ("本单位名称", "示例县\n"),
            ("文件夹名", "\n"),
            ("印发日期", "\n"),
            ("文件标题", "\n"),
            ("文号", "\n"),
            ("单位：", "县财政局=写错了\n"),
            ("单位：", "县财政局=cz@example.gov.cn\n"),
            ("单位：", "\n"),
            ("管理员邮箱", "gk@example.gov.cn\n"),
            ("第一项任务", "报送进展\n"),
            ("期限（", "单位自己把握\n"),
            ("期限（", "每月25日前\n"),
            ("理解对吗", "否\n"),
            ("期限（", "每季度末月25日前\n"),
            ("理解对吗", "说不好\n"),
            ("理解对吗", "是\n"),
            ("责任单位", "\n"),
            ("联络员的群", "是\n"),
            ("机器人名称", "\n"),
            ("Webhook 地址（不显示）", "not-an-address\n"),
            ("Webhook 地址（不显示）", f"{ROBOT}\n"),
            ("管理员的群", "\n"),
            ("邮件服务器吗", "是\n"),
            ("服务器地址", "smtp.example.gov.cn\n"),
            ("连接方式", "starttls\n"),
            ("端口", "\n"),
            ("发件人", "gk@example.gov.cn\n"),
            ("登录名", "\n"),
            ("授权码（不显示）", "it's \\MARKED# SECRET\n"),
            ("可以吗", "是\n"),
        ],
    )
    assert "不是邮箱地址" in shown
    assert "看不懂的期限“单位自己把握”" in shown
    assert "请写“是”或者“否”" in shown
    assert "MARKED" not in shown
    assert "Traceback" not in shown
    settings = load_settings({}, dotenv=folder / ".env")
    assert settings.robots == {"UNITS": Secret(ROBOT)}
    assert settings.smtp is not None
    assert (settings.smtp.port, settings.smtp.password) == (587, Secret("it's \\MARKED# SECRET"))
    assert "期限: 每季度末月25日前" in next(folder.glob("rules/zwgk/2*.yaml")).read_text(encoding="utf-8")


def test_a_person_who_leaves_changes_nothing(folder: Path) -> None:
    shown = dialogue(folder, [("本单位名称", "示例县\n"), ("文件夹名", END_OF_INPUT)])
    assert "已中止" in shown
    assert list(folder.iterdir()) == []
