"""The pages over a real ledger: what a contact answers is recorded once, in the contact's name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desks import Browser
from small_books import AFTER_APPROVAL, CANGXI, DOCUMENT, ONGOING, WANGCANG, book, by, task

from gkbot.clock import FixedClock
from gkbot.errors import LedgerError, RulesBroken
from gkbot.ledger import Ledger
from gkbot.ledger.watching import Seen
from gkbot.planning import EventKind, NewEvent, Notice, NoticeKind, Plan, Recipient
from gkbot.rulebook.values import Place, Problem, Rulebook, Severity, Task
from gkbot.service.links import LIFE, Links
from gkbot.service.rules import InForce
from gkbot.settings import Secret, Settings
from gkbot.web.app import create_app
from gkbot.web.desk import Answered, Choice, Item, Letter, Missing, Said, Wish
from gkbot.web.office_desk import OfficeDesk

NOON = datetime(2023, 7, 24, 4, tzinfo=UTC)
TODAY = date(2023, 7, 24)
POST = "办公室公开岗"
BROKEN = Problem(
    place=Place(file="rules/a.yaml", line=3, column=9, end_line=3, end_column=12),
    severity=Severity.ERROR,
    code="GK104",
    message="看不懂的单位“工作天”",
    fix="是不是“工作日”？",
)
TASKS = (
    task(),
    task("GY-02", by("2023-07-20"), title="逾期的事项"),
    task("GY-03", ONGOING, words=("持续推进",)),
    task("GY-04", AFTER_APPROVAL, words=("批复后20日内",)),
    task("GY-05", title="不宜公开的事项", sensitive=True, requirement="内情"),
    task("GY-06", document=replace(DOCUMENT, id="old", archived_on=date(2023, 7, 1))),
    task("GY-07", by("2023-07-30")),
)


@dataclass
class Standing:
    """A desk over a real ledger, and what it stands on."""

    desk: OfficeDesk
    ledger: Ledger
    links: Links
    clock: FixedClock
    in_force: InForce

    def token(self, task_id: str = "GY-01", period: str | None = "2023-07-31", unit: str = CANGXI.name) -> str:
        address = self.links.report(task_id, unit, period, POST)
        assert address is not None
        return address.rsplit("/", 1)[1]

    def adopt(self, tasks: tuple[Task, ...]) -> None:
        self.in_force = InForce(book=findable(*tasks))


def findable(*tasks: Task) -> Rulebook:
    """A rule book of these tasks whose units are found by name."""
    made = book(*tasks)
    for unit in made.units:
        made.names.add(unit.folder, unit.name, unit)
    return made


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Standing]:
    clock = FixedClock(NOON)
    settings = Settings(public_url="https://gk.example", secret_key=Secret("0123456789abcdef"))
    links = Links.of(settings, clock)
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock) as ledger:
        ledger.mark_seen([found.id for found in TASKS], date(2023, 5, 17))
        desk = OfficeDesk(settings, clock, ledger=ledger, in_force=lambda: made.in_force)
        made = Standing(desk, ledger, links, clock, InForce(book=findable(*TASKS)))
        yield made


def test_a_contact_sees_the_duty_behind_the_link(place: Standing) -> None:
    item = place.desk.behind(place.token())
    assert isinstance(item, Item)
    assert item.row.title == "完善县级政府门户网站公开内容"
    assert item.row.status_word == "办理中，还剩7天"
    assert item.due == "2023年7月31日（周一，含当日）"
    assert ("期限原文", "“2023年7月底前”") in item.facts
    assert ("依据文件", "《广元市2023年政务公开重点工作任务安排》（广府办发〔2023〕15号）三（二）1") in item.facts
    assert ("联系", "政务公开科 admin@example.gov.cn") in item.facts
    assert item.earliest_wish == date(2023, 8, 1)


def test_a_due_day_of_rest_names_the_last_working_day(place: Standing) -> None:
    item = place.desk.behind(place.token("GY-07", "2023-07-30"))
    assert isinstance(item, Item)
    assert item.advice == "当天是休息日，最后一个工作日是2023年7月28日（周五），请在此前完成。"


def test_looking_records_nothing(place: Standing) -> None:
    browser = Browser(create_app(place.desk))
    for method in ("GET", "HEAD"):
        for _ in range(3):
            assert browser.ask(method, f"/x/{place.token()}").status_code == 200
    assert place.ledger.events() == ()


def test_a_report_is_recorded_in_the_name_of_the_post(place: Standing) -> None:
    form = {"do": "report", "note": "https://www.example.gov.cn/1", "name": "李某"}
    answer = Browser(create_app(place.desk), client="10.1.2.3").post(f"/x/{place.token()}", form)
    assert "不再提醒，待核实" in answer.text
    (event,) = place.ledger.events()
    assert event.kind is EventKind.REPORTED
    assert (event.task, event.unit, event.period) == ("GY-01", CANGXI.name, "2023-07-31")
    assert (event.actor, event.note) == ("联络员（办公室公开岗）", "https://www.example.gov.cn/1（填报人：李某）")
    assert event.at == NOON


def test_a_second_report_is_not_recorded_again(place: Standing) -> None:
    place.desk.report_done(place.token(), Said())
    again = place.desk.report_done(place.token(), Said(note="again"))
    assert isinstance(again, Answered)
    assert not again.recorded
    assert "无需重复反馈" in again.sentence
    assert len(place.ledger.events()) == 1


def test_one_units_report_says_nothing_of_another(place: Standing) -> None:
    place.desk.report_done(place.token(), Said())
    other = place.desk.behind(place.token(unit=WANGCANG.name))
    assert isinstance(other, Item)
    assert other.can_answer


def test_a_task_is_acknowledged_once_and_can_still_be_reported(place: Standing) -> None:
    assert isinstance(first := place.desk.acknowledge(place.token(), Said()), Answered)
    assert isinstance(second := place.desk.acknowledge(place.token(), Said()), Answered)
    assert (first.recorded, second.recorded) == (True, False)
    assert isinstance(reported := place.desk.report_done(place.token(), Said()), Answered)
    assert reported.recorded
    assert [event.kind for event in place.ledger.events()] == [EventKind.ACKNOWLEDGED, EventKind.REPORTED]


def test_a_task_without_a_day_can_be_reported(place: Standing) -> None:
    token = place.token("GY-03", None)
    assert isinstance(item := place.desk.behind(token), Item)
    assert item.due == "无具体日期"
    assert isinstance(answered := place.desk.report_done(token, Said()), Answered)
    assert answered.recorded


@pytest.mark.parametrize(
    ("task_id", "period", "word"), [("GY-04", None, "尚未发生"), ("GY-06", "2023-07-31", "已归档")]
)
def test_what_is_not_to_be_done_now_cannot_be_reported(
    place: Standing, task_id: str, period: str | None, word: str
) -> None:
    token = place.token(task_id, period)
    assert isinstance(item := place.desk.behind(token), Item)
    assert not item.can_answer
    for answer in (place.desk.report_done(token, Said()), place.desk.acknowledge(token, Said())):
        assert isinstance(answer, Answered)
        assert word in answer.sentence
    assert place.ledger.events() == ()


def test_an_extension_is_a_letter_and_no_event(place: Standing) -> None:
    letter = place.desk.ask_extension(place.token(), Wish(until=date(2023, 8, 15), reason="系统升级", name="李某"))
    assert isinstance(letter, Letter)
    assert letter.address == "admin@example.gov.cn"
    assert letter.subject == "申请延期：GY-01 完善县级政府门户网站公开内容（苍溪县人民政府）"
    assert "现截止日：2023年7月31日（周一）\n申请延至：2023年8月15日（周二）\n原因和进展：系统升级" in letter.text
    assert "申请人：李某（办公室公开岗）" in letter.text
    assert place.ledger.events() == ()


def test_a_sensitive_task_shows_its_number_and_day_only(place: Standing) -> None:
    token = place.token("GY-05")
    text = Browser(create_app(place.desk)).get(f"/x/{token}").text
    assert "GY-05" in text
    assert "2023年7月31日" in text
    wish = Wish(until=date(2023, 8, 15), reason="因故")
    letter = place.desk.ask_extension(token, wish)
    assert isinstance(letter, Letter)
    overview = Browser(create_app(place.desk)).get("/tasks").text
    for shown in (text, letter.text + letter.subject, overview):
        assert "不宜公开的事项" not in shown
        assert "内情" not in shown
    assert DOCUMENT.title not in text + letter.text


def test_a_link_whose_task_unit_or_period_is_gone_leads_nowhere(place: Standing) -> None:
    kept = place.token()
    assert place.desk.behind(place.token("GY-99")) is Missing.VANISHED
    assert place.desk.behind(place.token(unit="无此单位")) is Missing.VANISHED
    assert place.desk.behind(place.token(period="2022-07-31")) is Missing.VANISHED
    place.adopt(TASKS[1:])
    assert place.desk.behind(kept) is Missing.VANISHED
    assert place.desk.report_done(kept, Said()) is Missing.VANISHED


def test_a_wrong_or_old_link_leads_nowhere(place: Standing) -> None:
    token = place.token()
    assert place.desk.behind(token + "x") is Missing.WRONG
    place.clock.moment += LIFE + timedelta(days=1)
    assert place.desk.behind(token) is Missing.EXPIRED
    assert place.desk.report_done(token, Said()) is Missing.EXPIRED


def test_the_overview_counts_what_is_due_overdue_and_reported(place: Standing) -> None:
    place.desk.report_done(place.token(), Said())
    overview = place.desk.overview()
    assert {row.task for row in overview.overdue.rows} == {"GY-02"}
    assert overview.overdue.total == 2
    assert {row.task for row in overview.due_soon.rows} == {"GY-01", "GY-05", "GY-07"}
    assert [row.unit for row in overview.to_verify.rows] == [CANGXI.name]
    assert overview.is_late
    assert [document.is_archived for document in overview.watched] == [False, True]
    assert overview.watched[0].next_due == "2023年7月30日（周日）"


def test_the_overview_lists_drafts_and_the_last_check(place: Standing) -> None:
    to = Recipient(unit=CANGXI.name, contact="副县长", channel="file", address="leader@example.gov.cn")
    draft = Notice(key="k", day=TODAY, kind=NoticeKind.ESCALATION, recipient=to, items=(), draft=True)
    place.ledger.enqueue(Plan(day=TODAY, notices=(draft,)), lambda _notice: {}, rules_digest="test")
    overview = place.desk.overview()
    assert [(found.recipient, found.kind) for found in overview.drafts.rows] == [("苍溪县人民政府（副县长）", "催办函")]
    assert overview.last_check == "2023年7月24日（周一）"
    assert not overview.is_late
    assert overview.outbox["待人工处理"] == 1


def test_broken_rule_files_are_listed_with_place_and_cure(place: Standing) -> None:
    place.in_force = InForce(book=place.in_force.book, broken=(BROKEN,))
    overview = place.desk.overview()
    assert overview.is_older_version
    assert overview.problems.rows == ("rules/a.yaml:3:9: GK104 看不懂的单位“工作天”。是不是“工作日”？",)


@pytest.mark.parametrize(
    ("choice", "tasks"),
    [
        (Choice(), {"GY-01", "GY-02", "GY-03", "GY-04", "GY-05", "GY-06", "GY-07"}),
        (Choice(status="current"), {"GY-01", "GY-02", "GY-03", "GY-04", "GY-05", "GY-07"}),
        (Choice(status="overdue"), {"GY-02"}),
        (Choice(status="waiting"), {"GY-04"}),
        (Choice(document="old"), {"GY-06"}),
        (Choice(unit="无此单位"), set()),
        (Choice(unit=CANGXI.name, status="archived"), {"GY-06"}),
    ],
)
def test_the_table_is_narrowed_down(place: Standing, choice: Choice, tasks: set[str]) -> None:
    table = place.desk.table(choice)
    assert {row.task for row in table.found.rows} == tasks
    assert table.units == (WANGCANG.name, CANGXI.name)


def test_what_is_still_to_be_done_comes_first(place: Standing) -> None:
    place.desk.report_done(place.token("GY-02", "2023-07-20"), Said())
    rows = [row.task for row in place.desk.table(Choice(unit=CANGXI.name)).found.rows]
    assert rows[0] == "GY-07"
    assert set(rows[-2:]) == {"GY-02", "GY-06"}


def test_the_overview_and_table_are_pages(place: Standing) -> None:
    browser = Browser(create_app(place.desk))
    assert "载入时已逾期" not in browser.get("/").text
    assert "7 个责任项" in browser.get(f"/tasks?unit={CANGXI.name}").text


def checked(place: Standing, day: date) -> None:
    place.ledger.enqueue(Plan(day=day, notices=()), lambda _notice: {}, rules_digest="test")


@pytest.mark.parametrize(
    ("last", "hour", "ok"),
    [
        (date(2023, 7, 24), 12, True),
        (date(2023, 7, 23), 12, False),
        (date(2023, 7, 21), 9, True),  # Monday before ten: Friday's check is the last one expected
        (date(2023, 7, 20), 9, False),
    ],
)
def test_health_depends_on_the_last_check(place: Standing, last: date, hour: int, *, ok: bool) -> None:
    checked(place, last)
    place.clock.moment = datetime(2023, 7, 24, hour - 8, tzinfo=UTC)
    health = place.desk.health()
    assert ("scan-missing" not in health.codes) is ok
    assert health.last_check == last


def test_health_fails_with_the_database_and_without_rules(place: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(place, TODAY)

    def broken() -> InForce:
        raise RulesBroken([BROKEN])

    def failing(_today: date) -> Seen:
        raise LedgerError("/secret/place.db")

    assert place.desk.health().status == "ok"
    without = OfficeDesk(Settings(), place.clock, ledger=place.ledger, in_force=broken)
    assert without.health().codes == ("rules-none",)
    monkeypatch.setattr(place.ledger.watching, "seen", failing)
    place.clock.advance(60)
    health = place.desk.health()
    assert (health.status, health.codes) == ("fail", ("database",))


def test_an_older_rule_book_needs_a_person_but_sends(place: Standing) -> None:
    checked(place, TODAY)
    place.in_force = InForce(book=place.in_force.book, broken=(BROKEN,))
    health = place.desk.health()
    assert (health.status, health.codes) == ("warn", ("rules-broken",))


def test_an_admins_word_closes_the_form(place: Standing) -> None:
    done = NewEvent(kind=EventKind.DONE, task="GY-01", unit=CANGXI.name, period="2023-07-31", at=NOON, actor="公开科")
    place.ledger.record(done)
    assert isinstance(item := place.desk.behind(place.token()), Item)
    assert item.closed_word == "本事项已办结，无需再反馈。"
