"""What one day asks for."""

from dataclasses import replace

from small_books import (
    AFTER_APPROVAL,
    CANGXI,
    DOCUMENT,
    FINANCE,
    MONTHLY,
    ONGOING,
    VAGUE,
    WANGCANG,
    book,
    by,
    day,
    event,
    known,
    stages,
    task,
    to_units,
)

from gkbot.planning import Channels, EventKind, History, NoticeKind, Reason, explain_day, plan_day, told_by
from gkbot.rulebook.values import Admin, Contact, Role, Trigger, Unit

TASK = task()


def test_each_countys_contact_gets_one_mail_seven_days_before() -> None:
    plan = plan_day(book(TASK), known(TASK), day("2023-07-24"))
    assert [(found.recipient.address, found.kind) for found in plan.notices] == [
        ("cangxi@example.gov.cn", NoticeKind.UPCOMING),
        ("wangcang@example.gov.cn", NoticeKind.UPCOMING),
    ]


def test_an_item_says_how_long_and_why() -> None:
    item = plan_day(book(TASK), known(TASK), day("2023-07-24")).notices[0].items[0]
    assert (item.days_left, item.stage, item.number, item.of) == (7, "before-7", 2, 4)
    assert item.reason == "到期前7天（7月24日）提醒；到期日7月31日（周一）。"


def test_a_reminder_moved_off_a_rest_day_says_so() -> None:
    item = plan_day(book(TASK), known(TASK), day("2023-07-28")).notices[0].items[0]
    assert item.reason == (
        "到期前1天为7月30日（周日，休息），提前到7月28日（周五）提醒，与到期前3天的提醒合并；到期日7月31日（周一）。"
    )


def test_days_between_the_stages_are_silent_with_a_reason() -> None:
    told = told_by(plan_day(book(TASK), known(TASK), day("2023-07-24")))
    history = known(TASK, last_scan=day("2023-07-25"), told=frozenset(told))
    plan, silences = explain_day(book(TASK), history, day("2023-07-26"), [TASK])
    assert plan.notices == ()
    assert {found.reason for found in silences} == {Reason.ALREADY_TOLD}
    assert silences[0].text == "本次提醒已经发出，下次为7月28日（周五）。"


def test_nothing_goes_out_on_a_rest_day() -> None:
    assert plan_day(book(TASK), History(), day("2023-07-29")).notices == ()


def test_a_new_file_is_one_notice_with_all_its_tasks() -> None:
    tasks = (task(), task("GY-02", by("2023-12-31")), task("GY-03", ONGOING))
    notice = to_units(plan_day(book(*tasks), History(), day("2023-06-01")))[0]
    assert notice.kind is NoticeKind.DIGEST
    assert [(item.task, item.stage) for item in notice.items] == [("GY-01", "new"), ("GY-02", "new"), ("GY-03", "new")]


def test_a_reminder_comes_first_in_the_first_notice() -> None:
    tasks = (task("GY-02", by("2023-12-31")), task())
    notice = to_units(plan_day(book(*tasks), History(), day("2023-07-24")))[0]
    assert [(item.task, item.stage, item.also) for item in notice.items] == [
        ("GY-01", "before-7", ("new",)),
        ("GY-02", "new", ()),
    ]


def test_a_file_loaded_on_saturday_is_announced_on_monday() -> None:
    history = History(first_seen={"GY-01": day("2023-06-03")}, last_scan=day("2023-06-04"))
    assert stages(plan_day(book(TASK), history, day("2023-06-05"))) == ["new"]


def test_what_was_overdue_when_loaded_goes_to_the_admins_only() -> None:
    plan = plan_day(book(TASK), History(), day("2023-09-01"))
    notice = plan.notices[0]
    assert len(plan.notices) == 1
    assert (notice.kind, notice.recipient.address) == (NoticeKind.ADMIN, "admin@example.gov.cn")
    assert [(item.unit, item.stage) for item in notice.items] == [
        (CANGXI.name, "office-late"),
        (WANGCANG.name, "office-late"),
    ]


def test_late_tasks_are_one_line_on_the_first_working_day_of_the_week() -> None:
    history = known(TASK, since="2023-09-01", last_scan=day("2023-09-10"))
    plan = plan_day(book(TASK), history, day("2023-09-11"))
    assert [found.lines for found in plan.notices] == [
        ("另有2项事项录入时已逾期，尚未接手、报完成或归档，暂不通知单位。",)
    ]
    assert plan_day(book(TASK), replace(history, last_scan=day("2023-09-11")), day("2023-09-12")).notices == ()


def test_an_adopted_task_is_overdue_from_its_adoption() -> None:
    adopted = event(EventKind.ADOPTED, on="2023-09-04")
    history = known(TASK, since="2023-09-01", events=(adopted,), last_scan=day("2023-09-04"))
    assert stages(plan_day(book(TASK), history, day("2023-09-05"))) == ["overdue-1"]


def test_an_archived_document_is_silent() -> None:
    past = replace(DOCUMENT, archived_on=day("2023-07-01"))
    assert plan_day(book(task(document=past)), History(), day("2023-07-24")).notices == ()


def test_a_document_not_yet_issued_is_silent() -> None:
    assert plan_day(book(TASK), History(), day("2023-05-16")).notices == ()


def test_a_reported_duty_hears_no_more_and_the_other_county_does() -> None:
    done = event(EventKind.REPORTED, unit=CANGXI.name, period="2023-07-31")
    plan = plan_day(book(TASK), known(TASK, events=(done,)), day("2023-07-24"))
    assert stages(plan) == []
    assert stages(plan, WANGCANG.name) == ["before-7"]


def test_an_acknowledged_duty_hears_on() -> None:
    seen = event(EventKind.ACKNOWLEDGED, unit=CANGXI.name)
    assert stages(plan_day(book(TASK), known(TASK, events=(seen,)), day("2023-07-24"))) == ["before-7"]


def test_a_second_plan_of_the_day_says_nothing_more() -> None:
    first = plan_day(book(TASK), History(), day("2023-07-24"))
    again = replace(known(TASK, since="2023-07-24"), told=frozenset(told_by(first)), last_scan=day("2023-07-24"))
    assert plan_day(book(TASK), again, day("2023-07-24")).notices == ()


def test_an_extension_is_said_once_and_starts_a_new_series() -> None:
    extended = event(EventKind.EXTENDED, unit=CANGXI.name, until=day("2023-08-31"), on="2023-07-25")
    history = known(TASK, events=(extended,), last_scan=day("2023-07-25"))
    plan = plan_day(book(TASK), history, day("2023-07-26"))
    item = to_units(plan)[0].items[0]
    assert (item.stage, item.revision, item.due) == ("changed", 1, day("2023-08-31"))
    assert item.reason == "期限已调整：由7月31日改为8月31日（周四）。"
    later = replace(history, told=frozenset(told_by(plan)), last_scan=day("2023-07-30"))
    assert stages(plan_day(book(TASK), later, day("2023-07-31"))) == []
    assert stages(plan_day(book(TASK), replace(later, last_scan=day("2023-08-15")), day("2023-08-16"))) == ["before-15"]


def test_a_moved_due_day_in_the_file_is_said_once() -> None:
    moved = task("GY-01", by("2023-08-31"))
    history = known(TASK, periods_seen={("GY-01", "2023-07-31"): day("2023-05-17")}, last_scan=day("2023-07-25"))
    plan = plan_day(book(moved), history, day("2023-07-26"))
    assert stages(plan) == ["changed"]
    assert to_units(plan)[0].items[0].reason == "期限已调整为8月31日（周四）。"


def test_missed_days_are_made_up_by_the_most_urgent_stage_only() -> None:
    history = known(TASK, last_scan=day("2023-07-21"))
    plan = plan_day(book(TASK), history, day("2023-07-31"))
    assert stages(plan) == ["due"]
    late = plan_day(book(TASK), known(TASK, last_scan=day("2023-07-21")), day("2023-07-26")).notices[0]
    assert [(item.stage, item.catch_up) for item in late.items] == [("before-7", True)]
    assert (late.off_since, late.off_until) == (day("2023-07-22"), day("2023-07-25"))


def test_a_support_unit_does_not_hear_fifteen_days_before() -> None:
    shared = task(units=((CANGXI, Role.LEAD), (FINANCE, Role.SUPPORT)))
    plan = plan_day(book(shared), known(shared, last_scan=day("2023-07-13")), day("2023-07-14"))
    assert stages(plan) == ["before-15"]
    assert stages(plan, FINANCE.name) == []
    week_before = plan_day(book(shared), known(shared, last_scan=day("2023-07-23")), day("2023-07-24"))
    assert stages(week_before, FINANCE.name) == ["before-7"]


def test_a_letter_to_the_leader_is_drafted_never_sent() -> None:
    told = frozenset[object]()
    history = known(TASK, last_scan=day("2023-08-02"), told=told)
    drafts = [found for found in plan_day(book(TASK), history, day("2023-08-03")).notices if found.draft]
    assert [(found.kind, found.recipient.address) for found in drafts] == [
        (NoticeKind.ESCALATION, "cangxi-leader@example.gov.cn"),
        (NoticeKind.ESCALATION, "旺苍县人民政府副县长"),
    ]


def test_on_the_first_day_after_the_limit_a_letter_to_each_unit_is_drafted() -> None:
    plan = plan_day(book(TASK), known(TASK, last_scan=day("2023-07-31")), day("2023-08-01"))
    drafts = [(found.recipient.address, found.items[0].stage) for found in plan.notices if found.draft]
    assert drafts == [("cangxi@example.gov.cn", "urge"), ("wangcang@example.gov.cn", "urge")]
    admin = next(found for found in plan.notices if found.recipient.unit is None)
    assert "已拟催办通知草稿2份，审核后方可发出：旺苍县人民政府、苍溪县人民政府。" in admin.lines


def test_after_ten_working_days_one_report_of_all_units_is_drafted_for_the_office() -> None:
    plan = plan_day(book(TASK), known(TASK, last_scan=day("2023-08-11")), day("2023-08-14"))
    (draft,) = (found for found in plan.notices if found.draft)
    assert (draft.recipient.address, [item.stage for item in draft.items]) == (
        "admin@example.gov.cn",
        ["bulletin", "bulletin"],
    )


def test_a_plan_without_letters_drafts_none() -> None:
    quiet = replace(TASK, plan=replace(TASK.plan, escalate_after=None))
    for before, on in (("2023-07-31", "2023-08-01"), ("2023-08-02", "2023-08-03"), ("2023-08-11", "2023-08-14")):
        plan = plan_day(book(quiet), known(quiet, last_scan=day(before)), day(on))
        assert not [found for found in plan.notices if found.draft]


def test_admins_see_what_is_due_today() -> None:
    plan = plan_day(book(TASK), known(TASK, last_scan=day("2023-07-30")), day("2023-07-31"))
    admin = plan.notices[2]
    assert (admin.kind, [item.stage for item in admin.items]) == (NoticeKind.ADMIN, ["office-due", "office-due"])
    assert admin.lines == ("今日向2个单位通知1项事项。",)


def test_a_unit_that_cannot_be_reached_is_told_to_the_admins_once() -> None:
    silent = task(units=((Unit(name="剑阁县人民政府"), Role.LEAD),))
    plan = plan_day(book(silent), known(silent), day("2023-07-24"))
    assert [item.stage for item in plan.notices[0].items] == ["office-unreachable-before-7"]
    again = known(silent, told=frozenset(told_by(plan)), last_scan=day("2023-07-24"))
    assert plan_day(book(silent), again, day("2023-07-25")).notices == ()


def test_one_person_in_two_units_gets_one_notice() -> None:
    shared = Contact(post="联络员", email="Same@example.gov.cn")
    units = (replace(CANGXI, contacts=(shared,)), replace(WANGCANG, contacts=(shared,)))
    doubled = task(units=tuple((unit, Role.LEAD) for unit in units))
    notices = to_units(plan_day(book(doubled), known(doubled), day("2023-07-24")))
    assert [(found.recipient.unit, len(found.items)) for found in notices] == [("苍溪县人民政府、旺苍县人民政府", 2)]


def test_a_shared_robot_gets_one_message_with_the_mentions_of_those_concerned() -> None:
    one = replace(CANGXI, robot="COUNTIES")
    other = replace(WANGCANG, robot="COUNTIES", contacts=(Contact(post="岗", wecom="wc"),))
    shared = task(units=((one, Role.LEAD), (other, Role.LEAD)))
    done = event(EventKind.DONE, unit=CANGXI.name)
    channels = Channels(email=True, robots=frozenset({"COUNTIES"}))
    both = plan_day(book(shared), known(shared), day("2023-07-24"), channels=channels)
    robots = [found for found in both.notices if found.recipient.robot]
    assert [(found.recipient.channel, found.recipient.mentions) for found in robots] == [("wecom", ("cx", "wc"))]
    one_left = plan_day(book(shared), known(shared, events=(done,)), day("2023-07-24"), channels=channels)
    assert [found.recipient.mentions for found in one_left.notices] == [("wc",)]


def test_a_waiting_task_starts_when_its_event_is_recorded() -> None:
    waiting = task("GY-01", AFTER_APPROVAL, words=("批复后20日内",))
    happened = event(EventKind.OCCURRED, on="2023-07-20", occurred_on=day("2023-07-18"))
    history = known(waiting, events=(happened,), last_scan=day("2023-07-20"))
    item = to_units(plan_day(book(waiting), history, day("2023-07-21")))[0].items[0]
    assert (*item.also, item.period, item.due) == ("opened", "2023-07-18", day("2023-08-07"))
    assert item.reason.startswith("起算事件已发生，截止8月7日（周一）；到期前15天为7月23日")


def test_a_trigger_in_the_file_counts_as_well() -> None:
    counted = task("GY-01", AFTER_APPROVAL, trigger=Trigger(event="批复", on=day("2023-07-18")))
    assert stages(plan_day(book(counted), known(counted, last_scan=day("2023-07-30")), day("2023-07-31"))) == [
        "before-7"
    ]


def test_a_monthly_task_is_reminded_every_month() -> None:
    monthly = task("GY-01", MONTHLY, words=("每月25日前",))
    items = to_units(
        plan_day(book(monthly), known(monthly, since="2023-08-01", last_scan=day("2023-08-17")), day("2023-08-18"))
    )
    assert [(item.period, item.stage) for item in items[0].items] == [("2023-08-25", "before-7")]


def test_a_vague_task_is_only_announced() -> None:
    vague = task("GY-01", VAGUE, words=("及时",))
    assert stages(plan_day(book(vague), History(), day("2023-07-24"))) == ["new"]
    assert plan_day(book(vague), known(vague, last_scan=day("2023-07-24")), day("2023-07-25")).notices == ()


def test_an_admin_who_is_also_a_contact_gets_one_message() -> None:
    both = Admin(post="政务公开科", email="cangxi@example.gov.cn")
    plan = plan_day(book(TASK, admins=(both,)), known(TASK, last_scan=day("2023-07-30")), day("2023-07-31"))
    mine = [found for found in plan.notices if found.recipient.address == "cangxi@example.gov.cn"]
    assert [(found.kind, len(found.items)) for found in mine] == [(NoticeKind.DIGEST, 3)]


def test_a_paused_task_is_silent_and_made_up_for_after_the_pause() -> None:
    paused = event(EventKind.PAUSED, until=day("2023-07-25"))
    history = known(TASK, events=(paused,), last_scan=day("2023-07-23"))
    assert plan_day(book(TASK), history, day("2023-07-24")).notices == ()
    assert stages(plan_day(book(TASK), replace(history, last_scan=day("2023-07-25")), day("2023-07-26"))) == [
        "before-7"
    ]


def test_a_report_sent_back_is_told() -> None:
    events = (
        event(EventKind.REPORTED, 1, unit=CANGXI.name),
        event(EventKind.REOPENED, 2, unit=CANGXI.name, on="2023-08-24", note="网址打不开"),
    )
    history = known(TASK, events=events, last_scan=day("2023-08-24"))
    item = to_units(plan_day(book(TASK), history, day("2023-08-25")))[0].items[0]
    assert (item.stage, item.reason) == ("reopened-2", "办结反馈被退回：网址打不开。")
