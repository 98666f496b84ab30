"""The message templates in force: a good edit counts at the next look, a broken one never, and somebody hears of it."""

import shutil
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.notices.samples import SAMPLE_DAY, samples
from gkbot.service.check import run_daily
from gkbot.service.template_keeper import BROKEN, FAILED, TemplateKeeper
from gkbot.settings import Settings
from gkbot.shipped import folder as shipped

pytestmark = pytest.mark.fault("F19")
ZONE = ZoneInfo("Asia/Shanghai")
RULES = """\
文件:
  标题: 示例县2023年政务公开重点任务
  印发日期: 2023-05-17
任务:
  - 编号: SX-01
    事项: 公布预算
    期限: 2023年7月底前
    责任单位: 甲县
单位:
  - 名称: 甲县
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn}]
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An office with templates of its own."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "plan.yaml").write_text(RULES, encoding="utf-8")
    shutil.copytree(shipped("templates"), tmp_path / "templates")
    return Settings(
        rules=tmp_path / "rules",
        templates=tmp_path / "templates",
        database_url=f"sqlite:///{tmp_path / 'gkbot.db'}",
        outbox_dir=tmp_path / "outbox",
        state_dir=tmp_path / "var",
    )


def write(settings: Settings, name: str, text: str) -> None:
    (settings.templates / "notices" / name).write_text(text, encoding="utf-8")


def subject(keeper: TemplateKeeper, **changes: object) -> str | None:
    facts = samples("due")[0] | changes
    return keeper.render(facts, channel="email", today=SAMPLE_DAY, maybe_twice=False).subject


def lines(keeper: TemplateKeeper) -> list[str]:
    return [line for condition in keeper.conditions() for _, line in condition.lines]


def test_an_edit_counts_at_the_next_look(settings: Settings) -> None:
    keeper = TemplateKeeper(settings)
    write(settings, "due.subject.txt", "改过：{{ headline }}")
    assert not (subject(keeper) or "").startswith("改过：")
    keeper.refresh()
    assert (subject(keeper) or "").startswith("改过：")


def test_a_broken_edit_keeps_the_last_good_templates_and_is_told(settings: Settings) -> None:
    keeper = TemplateKeeper(settings)
    before = subject(keeper)
    write(settings, "due.subject.txt", "{{ headline }}\n{{ nothing }}")
    keeper.refresh()
    assert subject(keeper) == before
    told = lines(keeper)
    assert told[0] == "消息模板有1处错误，改好之前用上一个正确的版本。"
    assert "due.subject.txt:2:" in told[1]
    write(settings, "due.subject.txt", "{{ headline }}")
    keeper.refresh()
    assert lines(keeper) == []


def test_unchanged_templates_are_not_read_again(settings: Settings) -> None:
    keeper = TemplateKeeper(settings)
    before = keeper._templates
    keeper.refresh()
    assert keeper._templates is before


def test_a_template_that_fails_on_a_real_message_is_told_until_it_is_changed(settings: Settings) -> None:
    write(settings, "due.subject.txt", "{% if first.id == 'X-1' %}{{ first.id.nothing }}{% endif %}{{ headline }}")
    keeper = TemplateKeeper(settings)
    assert lines(keeper) == []
    entry = samples("due")[0]["entries"][0]
    assert (subject(keeper, entries=[entry | {"task": "X-1"}]) or "").startswith("【政务公开提醒】")
    assert lines(keeper)[0] == "消息模板有1处套用失败，消息已改用内置的文字发出，请改正模板。"
    assert over(keeper) == [BROKEN, FAILED]
    write(settings, "due.subject.txt", "{{ headline }}")
    keeper.refresh()
    assert lines(keeper) == []
    assert over(keeper) == [BROKEN, FAILED]  # who heard of it hears that it is over
    assert over(TemplateKeeper(settings)) == [BROKEN]  # a new process knows of no failure, nor of its end


def over(keeper: TemplateKeeper) -> list[str]:
    """The states of which the office may hear that they are over, if they are."""
    return [condition.name for condition in keeper.conditions()]


def check(settings: Settings, day: date) -> list[str]:
    """Run a day and give what the admin was told of templates."""
    clock = FixedClock(datetime.combine(day, datetime.min.time().replace(hour=9), ZONE), ZONE)
    run_daily(settings, clock)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        entries = [e for e in ledger.outbox.entries(day=day) if e.address == "admin@example.gov.cn"]
    return [line for entry in entries for line in entry.facts["lines"] if "模板" in line or ".txt:" in line]


def test_the_office_hears_of_a_broken_template_and_when_it_is_mended(settings: Settings) -> None:
    write(settings, "upcoming.subject.txt", "{{ nothing }}")
    assert check(settings, date(2023, 7, 24))[0] == "消息模板有1处错误，暂用内置的文字。"
    write(settings, "upcoming.subject.txt", "{{ headline }}")
    assert check(settings, date(2023, 7, 25)) == ["消息模板里的错误已经改好。"]


def test_plain_text_goes_out_and_the_office_hears_of_it_in_the_same_run(settings: Settings) -> None:
    odd = "{% if first.id == 'SX-01' %}{{ first.id.nothing }}{% endif %}{{ headline }}"
    for kind in ("upcoming", "digest"):
        write(settings, f"{kind}.email.txt", odd)
    told = check(settings, date(2023, 7, 24))
    assert told[0].startswith("消息模板有1处套用失败")
    (mail,) = [path for path in settings.outbox_dir.rglob("*.eml") if "jia" in path.read_text(encoding="utf-8")]
    assert mail.exists()
