"""`gkbot diff`, `accept`, `plan --calendar`, `replay`, `preview` and `test`, as people call them."""

import email
import json
from datetime import datetime
from email import policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine

from gkbot.cli.app import gkbot
from gkbot.clock import FixedClock
from gkbot.screen import cells
from gkbot.service.check import run_daily
from gkbot.settings import load_settings

RULES = """\
文件:
  标题: 试行县要点
  印发日期: 2023-05-17
任务:
  - 编号: SX-01
    事项: 完善公开内容
    期限: 2023年7月底前
    责任单位: 各县
  - 编号: SX-02
    事项: 公布目录
    期限: 2099年12月20日前
    责任单位: 甲县
单位:
  - 名称: 甲县
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn, 企业微信: jia}]
    机器人: COUNTIES
  - 名称: 乙县
    联络员: [{岗位: 公开岗, 邮箱: yi@example.gov.cn}]
单位组:
  - 名称: 各县
    成员: 甲县、乙县
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""
EARLIER = RULES.replace("2099年12月20日前", "2099年11月20日前")
ZONE = ZoneInfo("Asia/Shanghai")


class Desk:
    """A folder with rules, and the command line in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "rules").mkdir()
        self.env = {
            "GKBOT_RULES": str(folder / "rules"),
            "GKBOT_DATABASE_URL": f"sqlite:///{folder / 'gkbot.db'}",
            "GKBOT_OUTBOX_DIR": str(folder / "outbox"),
        }
        self.write(RULES)

    def write(self, text: str) -> None:
        (self.folder / "rules" / "plan.yaml").write_text(text, encoding="utf-8")

    def run(self, *words: str, status: int = 0, **env: str) -> Result:
        result = CliRunner().invoke(gkbot, list(words), env={**self.env, **env}, standalone_mode=False)
        if result.exception is None:
            assert result.return_value == status, result.output
        return result

    def mails(self) -> list[Path]:
        return sorted((self.folder / "outbox").rglob("*.eml"))

    def check(self, day: str) -> None:
        settings = load_settings(self.env, dotenv=None)
        clock = FixedClock(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZONE), ZONE)
        run_daily(settings, clock)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def test_diff_before_the_first_check_says_that_everything_comes_into_force(desk: Desk):
    assert "还没有生效的版本" in desk.run("diff").stderr
    assert not (desk.folder / "gkbot.db").exists()


def test_diff_of_the_same_files_says_so(desk: Desk):
    desk.check("2023-07-10")
    assert desk.run("diff").stdout == "规则文件和生效的版本一样。\n"


def test_diff_shows_tasks_days_messages_and_dangers(desk: Desk):
    desk.check("2023-07-10")
    added = "  - 编号: SX-03\n    事项: 新任务\n    期限: 2023年8月底前\n    责任单位: 乙县\n单位:\n"
    desk.write(EARLIER.replace("单位:\n", added, 1).replace("yi@", "b@"))
    lines = desk.run("diff", "--date", "2023-07-11").stdout.splitlines()
    assert lines[0].startswith("与生效版本（2023-07-10 起）相比：新增 1 项任务，修改 1 项，删除 0 项；责任 3 项")
    assert "  + SX-03 新任务（乙县） 截止 2023-08-31" in lines
    assert "      期限：2099年12月20日前 → 2099年11月20日前" in lines
    assert "      截止 2099-12-20 → 2099-11-20（提前）" in lines
    assert "  ～ 乙县：公开岗的邮箱 yi@example.gov.cn → b@example.gov.cn" in lines
    assert any(line.startswith("2023-07-11 至 2023-08-10：消息 ") for line in lines)
    assert "  + 2023-07-11 SX-03 任务录入（乙县） 截止 2023-08-31" in lines
    assert lines[-1] == "  ! SX-02（公布目录）的截止日提前：2099-12-20 → 2099-11-20"


def test_diff_as_json_names_the_same(desk: Desk):
    desk.check("2023-07-10")
    desk.write(EARLIER)
    found = json.loads(desk.run("diff", "--date", "2023-07-11", "--json").stdout)
    assert found["tasks"][0]["days"] == [
        {"old": "2099-12-20", "new": "2099-11-20", "earlier": True, "by_calendar": False}
    ]
    assert found["dangers"] == ["SX-02（公布目录）的截止日提前：2099-12-20 → 2099-11-20"]
    assert found["messages"] == {"before": 24, "after": 26}  # the new day is told once, by mail and by robot


def test_accept_asks_brings_into_force_and_is_audited(desk: Desk):
    desk.check("2023-07-10")
    desk.write(EARLIER)
    refused = desk.run("accept")
    assert "--yes" in str(refused.exception)
    done = desk.run("accept", "--yes", "--by", "李某", "--reason", "来函提前")
    assert "已生效：2 项任务" in done.stdout
    assert desk.run("diff").stdout == "规则文件和生效的版本一样。\n"
    url = desk.env["GKBOT_DATABASE_URL"]
    with create_engine(url).connect() as connection:
        (row,) = connection.exec_driver_sql("select who, what, why from audit").all()
    assert row[:2] == ("李某", "accept rules")
    assert row[2].startswith("来函提前。SX-02")


def test_daily_keeps_the_last_version_and_leaves_with_status_one(desk: Desk):
    desk.check("2023-07-10")
    desk.write(EARLIER)
    result = desk.run("daily", "--date", "2023-07-11", "--json", status=1)
    found = json.loads(result.stdout)
    assert found["held"] == ["SX-02（公布目录）的截止日提前：2099-12-20 → 2099-11-20"]
    assert found["problems"] == []
    desk.run("accept", "--yes")
    assert json.loads(desk.run("daily", "--date", "2023-07-12", "--json").stdout)["held"] == []


def test_the_month_calendar_lines_up_and_names_what_is_due(desk: Desk):
    lines = desk.run("plan", "--date", "2023-07-24", "--calendar").stdout.splitlines()
    assert lines[0] == "2023年7月"
    columns = {tuple(cells(part) for part in line.split("│")[:-1]) for line in lines if line.count("│") == 6}
    assert columns == {(15,) * 6}
    assert any(line.startswith("截止SX-01") for line in lines)
    assert any("发" in line and "条" in line for line in lines)


def test_the_calendar_marks_holidays_and_make_up_days(desk: Desk):
    text = desk.run("plan", "--from", "2023-09-25", "--to", "2023-10-08", "--calendar").stdout
    assert "2023年9月" in text
    assert "2023年10月" in text
    assert " 7 班" in text
    assert " 2 国庆节" in text


def test_replay_writes_messages_into_the_folder_and_touches_nothing_else(desk: Desk):
    robot = {
        "GKBOT_WECOM_ROBOT_COUNTIES": "https://qyapi.example.invalid/send?key=SECRET",
        "GKBOT_SMTP_HOST": "x.invalid",
    }
    into = desk.folder / "played"
    words = ("replay", "--from", "2023-07-17", "--to", "2023-08-02", "--into", str(into))
    result = desk.run(*words, GKBOT_MAIL_FROM="a@example.gov.cn", **robot)
    assert "重演 2023-07-17 至 2023-08-02" in result.stdout
    assert "2023-08" in result.stdout
    assert "没有发送任何消息" in result.stderr
    assert list((into / "outbox").rglob("*.eml"))
    assert list((into / "outbox").rglob("*.md"))
    assert not (desk.folder / "gkbot.db").exists()
    assert not (desk.folder / "outbox").exists()
    assert "已经有内容" in str(desk.run(*words).exception)


def test_replay_tells_what_plan_tells(desk: Desk):
    into = desk.folder / "played"
    desk.run("replay", "--from", "2023-05-17", "--to", "2023-07-31", "--into", str(into))
    with create_engine(f"sqlite:///{into / 'gkbot.db'}").connect() as connection:
        written = sorted(connection.exec_driver_sql("select dedupe_key from notice").scalars())
    planned = json.loads(desk.run("plan", "--from", "2023-05-17", "--to", "2023-07-31", "--json").stdout)
    assert written == sorted(notice["key"] for notice in planned["notices"])


def test_preview_shows_the_mail_exactly_as_it_is_written(desk: Desk):
    desk.check("2023-07-10")
    shown = desk.run("preview", "SX-01", "--unit", "乙县", "--date", "2023-07-24", "--html", "mail.html").stdout
    desk.check("2023-07-24")
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.mails()]
    (mail,) = [mail for mail in mails if "yi@example.gov.cn" in mail["To"] and "还剩7天" in mail["Subject"]]
    parts = {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in mail.walk()
        if not part.is_multipart()
    }
    assert f"主题：{mail['Subject']}" in shown
    assert parts["text/plain"].strip() in shown
    assert (desk.folder / "mail.html").read_text(encoding="utf-8").strip() == parts["text/html"].strip()


def test_preview_of_a_robots_message_and_of_a_notice_by_key(desk: Desk):
    robot = desk.run("preview", "SX-01", "--channel", "robot", "--date", "2023-07-24")
    assert "群机器人：" in robot.stderr
    assert "**" in robot.stdout
    planned = json.loads(desk.run("plan", "--date", "2023-07-24", "--json").stdout)
    key = planned["notices"][0]["key"]
    assert key in desk.run("preview", key, "--date", "2023-07-24").stderr


def test_preview_says_when_there_is_nothing(desk: Desk):
    assert "没有编号为“SX-09”的任务" in str(desk.run("preview", "SX-09").exception)
    assert "不是邮件" in str(
        desk.run("preview", "SX-01", "--channel", "robot", "--html", "x.html", "--date", "2023-07-24").exception
    )


def test_the_command_test_runs_the_cases_beside_the_rules(desk: Desk):
    path = desk.folder / "rules" / "plan.test.yaml"
    case = "用例:\n  - 说明: 到期当日\n    今天: 2023-07-31\n    预期:\n      - {编号: SX-01, 单位: 各县}\n"
    path.write_text(case, encoding="utf-8")
    assert "1 个符合，0 个不符" in desk.run("test").stderr
    assert "0 个错误" in desk.run("check").stderr
    path.write_text(case.replace("07-31", "07-30"), encoding="utf-8")
    failed = desk.run("test", str(path), status=1)
    assert f"{path}:2:9: GK210 用例“到期当日”与预期不符（今天 2023-07-30）" in failed.stdout
    assert "- 应有而没有：SX-01 各县" in failed.stdout
    found = json.loads(desk.run("test", "--json", status=1).stdout)
    assert (found["cases"], found["failed"], found["problems"][0]["code"]) == (1, 1, "GK210")
