"""What the wording depends on: the day it leaves, the data, the channel."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_books import CANGXI, WANGCANG, book, by, day, known, task, to_units

from gkbot.notices import Facts, Templates, facts, render
from gkbot.notices.escaping import for_robot, is_address, link, mention, one_line
from gkbot.notices.splitting import ROBOT_MARKDOWN_BYTES, size
from gkbot.notices.wording import dated, due_in_brief, due_in_full, listed, numeral, off_period, time_left
from gkbot.planning import Notice, plan_day
from gkbot.planning.values import Item, NoticeKind, Recipient
from gkbot.rulebook.values import Role, Rulebook, Task

TEMPLATES = Templates.load(Path(__file__).parent.parent.parent / "templates")
ROBOT = Recipient(unit=CANGXI.name, contact=CANGXI.name, channel="wecom", address="R", mentions=("cx",), robot=True)


def item(number: str, **changes: object) -> Item:
    made = Item(
        task=number,
        unit=CANGXI.name,
        role=Role.RESPONSIBLE,
        period="2023-07-31",
        due=day("2023-07-31"),
        days_left=7,
        stage="before-7",
        kind=NoticeKind.UPCOMING,
        reason="到期前7天（7月24日）提醒；到期日7月31日（周一）。",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def notice(*items: Item, recipient: Recipient = ROBOT) -> Notice:
    return Notice(key="0" * 32, day=day("2023-07-24"), kind=NoticeKind.UPCOMING, recipient=recipient, items=items)


def mail(rules: Rulebook, on: str, leaves: str) -> str:
    found = to_units(plan_day(rules, known(*rules.tasks), day(on)))[0]
    return render(facts(found, rules), channel="file", today=day(leaves), templates=TEMPLATES).text


def test_days_left_are_those_of_the_day_the_message_leaves() -> None:
    rules = book(task())
    assert "还剩7天" in mail(rules, "2023-07-24", "2023-07-24").splitlines()[0]
    assert "还剩5天" in mail(rules, "2023-07-24", "2023-07-26").splitlines()[0]
    assert "截至今日未收到办结反馈" in mail(rules, "2023-07-24", "2023-08-01")


def test_nothing_accuses_or_shouts() -> None:
    rules = book(task())
    for on in ("2023-07-24", "2023-07-31", "2023-08-01"):
        text = mail(rules, on, on)
        assert "！" not in text
        assert "!" not in text
        assert "未完成" not in text


def test_a_second_copy_says_so_to_robots_only() -> None:
    rules = book(task("A"))
    given_facts = facts(notice(item("A")), rules)
    robot = render(given_facts, channel="wecom", today=day("2023-07-24"), templates=TEMPLATES, maybe_twice=True)
    letter = render(given_facts, channel="email", today=day("2023-07-24"), templates=TEMPLATES, maybe_twice=True)
    assert robot.parts[0].startswith("（可能重复）")
    assert "可能重复" not in letter.text


def test_counties_with_the_same_task_are_one_line_in_the_group() -> None:
    rules = book(task("A"))
    both = notice(item("A"), item("A", unit=WANGCANG.name))
    text = render(facts(both, rules), channel="wecom", today=day("2023-07-24"), templates=TEMPLATES).text
    assert "苍溪县人民政府、旺苍县人民政府" in text
    assert text.count("苍溪县人民政府") == 1


def test_of_a_sensitive_task_nothing_but_number_and_day_is_told() -> None:
    secret = task("S-1", sensitive=True, title="涉密事项", requirement="办理要求", words=("密件期限",))
    message = render(
        facts(notice(item("S-1")), book(secret)), channel="wecom", today=day("2023-07-24"), templates=TEMPLATES
    )
    assert "S-1" in message.text
    for kept in ("涉密事项", "办理要求", "密件期限", secret.document.title):
        assert kept not in message.text + str(facts(notice(item("S-1")), book(secret)))


@given(title=st.text(min_size=1, max_size=300), words=st.text(max_size=200), count=st.integers(1, 40))
@settings(deadline=None, max_examples=40)
def test_no_data_outgrows_the_robot_or_speaks_its_language(title: str, words: str, count: int) -> None:
    tasks = [task(f"T{number}", title=title, words=(words,)) for number in range(count)]
    given_facts = facts(notice(*(item(found.id) for found in tasks)), book(*tasks))
    message = render(given_facts, channel="wecom", today=day("2023-07-24"), templates=TEMPLATES)
    assert message.problem is None
    assert all(size(f"（可能重复）{part}") <= ROBOT_MARKDOWN_BYTES for part in message.parts)
    whole = "\n".join(message.parts)
    assert whole.count("<") == whole.count("<@cx>") == 1


def new_file(count: int) -> tuple[Rulebook, list[Item]]:
    """A newly loaded file of so many tasks for seven counties; every third has a day."""
    ongoing = {"title": "公开扩大投资、重大项目和产业政策的信息", "words": ("持续推进",)}
    tasks = [task(f"GY2023-{number:02}", **({} if number % 3 == 0 else ongoing)) for number in range(count)]
    units = [f"第{number}个县人民政府" for number in range(7)]
    new = {"stage": "new", "kind": NoticeKind.NEW, "reason": "新录入的任务，首次告知。"}
    day_of = {number: {} if number % 3 == 0 else {"due": None} for number in range(count)}
    return book(*tasks), [
        item(found.id, unit=unit, **new, **day_of[number]) for unit in units for number, found in enumerate(tasks)
    ]


def test_a_new_file_is_told_briefly_with_every_task_number_and_clause() -> None:
    rules, items = new_file(45)
    whole = replace(notice(*items), kind=NoticeKind.DIGEST)
    own = replace(whole, items=tuple(items[:45]), recipient=replace(ROBOT, robot=False))
    letter = render(facts(own, rules), channel="email", today=day("2023-07-24"), templates=TEMPLATES)
    group = render(facts(whole, rules), channel="wecom", today=day("2023-07-24"), templates=TEMPLATES)
    assert len(letter.text) < 4000
    assert size(letter.html or "") < 30_000
    assert len(group.parts) <= 2
    for text in (letter.text, letter.html or "", group.text):
        assert all(text.count(found.id) == 1 for found in rules.tasks)
        assert text.count("三（二）1") == 45
        assert text.count("广府办发〔2023〕15号") == 1
        assert "首次告知" not in text


def test_counts_are_of_tasks_and_agree_with_the_headings() -> None:
    rules, items = new_file(5)
    urgent = [
        replace(found, stage="before-7", kind=NoticeKind.UPCOMING) for found in items if found.task == "GY2023-00"
    ]
    both = replace(notice(*urgent, *(found for found in items if found.task != "GY2023-00")), kind=NoticeKind.DIGEST)
    lines = render(facts(both, rules), channel="wecom", today=day("2023-07-24"), templates=TEMPLATES).text.splitlines()
    assert lines[:2] == [
        "完善县级政府门户网站公开内容：7月31日（周一，含当日）截止，还剩7天",
        "共5项任务：即将到期1项、新录入4项",
    ]
    assert "即将到期 1项" in lines
    assert "新录入 4项" in lines


def test_where_nobody_reads_answers_the_contacts_address_is_named() -> None:
    rules = book(task("A"))
    found = facts(notice(item("A")), rules, contact_line="政务公开科 gongkai@example.gov.cn")
    assert "办结反馈：发邮件至 gongkai@example.gov.cn，写明编号" in text_on(found)
    found = facts(notice(item("A")), rules, contact_line="政务公开科 0000-0000000")
    assert "办结反馈：请告知政务公开科 0000-0000000，写明编号" in text_on(found)


def text_on(found: Facts) -> str:
    return render(found, channel="wecom", today=day("2023-07-24"), templates=TEMPLATES).text


def test_an_approved_letter_is_no_draft_any_more() -> None:
    rules = book(task("A"))
    letter = replace(notice(item("A", kind=NoticeKind.ESCALATION, stage="escalation")), draft=True)
    letter = replace(letter, kind=NoticeKind.ESCALATION, recipient=replace(ROBOT, robot=False))
    found = facts(letter, rules)
    for approved in (False, True):
        message = render(found | {"approved": approved}, channel="email", today=day("2023-08-03"), templates=TEMPLATES)
        for text in (message.subject, message.text, message.html):
            assert ("草稿" in (text or "")) is not approved


def test_a_reason_is_given_only_where_it_is_not_plain_from_the_dates() -> None:
    rules = book(task("A", by("2023-07-30")))
    assert "提醒原因" not in mail(book(task()), "2023-07-24", "2023-07-24")
    assert "提醒原因：到期前7天为7月23日（周日，休息），提前到7月21日（周五）提醒" in mail(
        rules, "2023-07-21", "2023-07-21"
    )


EVIL = "<@all> <b>x</b> [点我](https://evil.example) **急** \n> 引用\n# 标题 \u202e"


def test_data_cannot_mention_link_or_mark() -> None:
    evil: Task = task("A", title=EVIL)
    given_facts = facts(notice(item("A")), book(evil))
    robot = render(given_facts, channel="wecom", today=day("2023-07-24"), templates=TEMPLATES).parts[0]
    letter = render(given_facts, channel="email", today=day("2023-07-24"), templates=TEMPLATES)
    assert "<@all>" not in robot
    assert "](https" not in robot
    assert "\n> 引用" not in robot
    assert "<b>" not in (letter.html or "")
    assert "\n" not in (letter.subject or "")


def test_escaping_keeps_the_words() -> None:
    assert for_robot("a<b>[c]*`#") == "a＜b＞［c］＊｀＃"
    assert one_line(" 一\r\n二\u200b  三\x07 ") == "一 二 三"


def test_a_link_needs_a_web_address() -> None:
    assert link("反馈", "https://example.gov.cn/x") == "[反馈](https://example.gov.cn/x)"
    assert link("反馈", "javascript:alert(1)") == "反馈"
    assert not is_address("https://example.gov.cn/a)b")


def test_everybody_is_never_mentioned() -> None:
    assert mention("zhangsan") == "<@zhangsan>"
    assert mention("all") == ""
    assert mention("a> <@all") == ""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (dated(day("2023-07-31")), "7月31日（周一）"),
        (due_in_full(day("2023-07-31"), None), "2023年7月31日（周一，含当日）"),
        (due_in_full(day("2027-01-31"), None, provisional=True), "2027年1月31日（周日，含当日，暂定）"),
        (due_in_full(day("2023-07-31"), "17:00"), "2023年7月31日（周一）17:00前"),
        (due_in_brief(day("2023-07-31"), None, day("2023-07-24")), "7月31日（周一，含当日）"),
        (due_in_brief(day("2024-01-31"), None, day("2023-07-24")), "2024年1月31日（周三，含当日）"),
        (due_in_brief(day("2023-07-31"), "17:00", day("2023-07-24")), "7月31日（周一）17:00前"),
        (
            due_in_brief(day("2027-01-31"), None, day("2027-01-22"), provisional=True, inclusive=False),
            "1月31日（周日，暂定）",
        ),
        (time_left(day("2023-07-31"), day("2023-07-22")), "还剩9天"),
        (time_left(day("2023-07-31"), day("2023-07-31")), "今日到期"),
        (time_left(day("2023-07-31"), day("2023-08-03")), "已过3天"),
        (off_period(day("2023-07-22"), day("2023-07-25")), "（补发：系统于7月22日至7月25日停止运行）"),
        (listed(["甲", "乙", "丙"], 2), "甲、乙等3个单位"),
        (numeral(21), "二十一"),
    ],
)
def test_words(said: str, words: str) -> None:
    assert said == words


def test_the_last_working_day_before_a_rest_day_is_named() -> None:
    text = mail(book(task("A", by("2023-12-31"))), "2023-12-28", "2023-12-28")
    assert "当天为休息日，最后一个工作日为12月29日（周五），请在此前完成" in text


def test_a_rest_day_of_a_year_without_a_holiday_notice_is_provisional() -> None:
    text = mail(book(task("A", by("2031-08-31"))), "2031-08-27", "2031-08-27")
    assert "当天为休息日（暂定），最后一个工作日为8月29日（周五），请在此前完成" in text


@pytest.mark.parametrize(("count", "is_brief"), [(19, False), (20, True)])
def test_a_groups_long_digest_tells_each_task_in_a_line_under_its_due_day(count: int, is_brief: bool) -> None:
    rules = book(*(task(f"T{number}") for number in range(count)))
    items = [item(f"T{number}") for number in range(count)]
    message = render(facts(notice(*items), rules), channel="wecom", today=day("2023-07-24"), templates=TEMPLATES)
    told = "\n".join(message.parts)
    assert ("1. 完善县级政府门户网站公开内容（T0）" in told) == is_brief
    assert ("7月31日（周一）截止，还剩7天，20项（除另注明外：苍溪县人民政府）：" in told) == is_brief
    assert all(f"（T{number}）" in told for number in range(count))


def test_an_admins_headline_names_the_first_matter_and_counts_no_lines() -> None:
    admin = Recipient(unit=None, contact="政务公开科", channel="email", address="admin@example.gov.cn")
    lines = ("有1条消息未送达：", "甲县 公开岗（邮件，错误码 550，编号 7K2M9QXA）", "用 gkbot outbox list 查看。")
    told = replace(notice(recipient=admin), kind=NoticeKind.ADMIN, lines=lines)
    message = render(facts(told, book(task())), channel="email", today=day("2023-07-24"), templates=TEMPLATES)
    assert message.subject == "【政务公开提醒】督办情况：有1条消息未送达（政务公开科）"
    assert message.text.splitlines()[0] == "7月24日（周一）督办情况：有1条消息未送达"
