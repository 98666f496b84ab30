"""Messages as they leave, compared with tests/data/golden/; `pytest --update-golden` rewrites them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from small_books import CANGXI, FINANCE, ONGOING, VAGUE, WANGCANG, book, by, day, event, known, task

from gkbot.notices import Message, ReportBack, Templates, facts, render
from gkbot.planning import Channels, EventKind, History, Notice, plan_day
from gkbot.planning.vanishing import TAKEN_OUT
from gkbot.planning.withdrawals import Heard, Withdrawal
from gkbot.rulebook.values import Role, Task

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "data" / "golden"
TEMPLATES = Templates.load(HERE.parent.parent / "templates")
CONTACT = "市政府办公室公开科 李某 0000-0000000"
REPORT = ReportBack(mailbox="gongkai@example.gov.cn", link_of=lambda item: f"https://example.gov.cn/r/{item.task}")
Recipients = Literal["mail", "robot", "admin", "draft"]
CHANNELS = Channels(email=True, robots=frozenset({"COUNTIES"}))

TASK = task(
    "GY2023-05",
    requirement="对照公开事项标准目录，在县级政府门户网站完善本地区公开内容",
    lead=("市政府办公室",),
)
YEAR_END = task("GY2023-09", by("2023-12-31"), words=("2023年12月底前",), title="开展政务公开培训")
LASTING = task("GY2023-12", ONGOING, words=("持续推进",), title="规范政府信息管理")
SECRET = task("GY2023-13", sensitive=True)


FILE = [
    TASK,
    YEAR_END,
    LASTING,
    task("GY2023-10", ONGOING, words=("持续推进",), title="衔接政务公开与村（居）务公开", clause="三（二）4"),
    task("GY2023-11", VAGUE, words=("及时公布",), title="公布规范性文件清理目录", clause="三（三）1"),
    task(
        "GY2023-14", ONGOING, words=("持续推进",), title="健全工作体系", clause="四（一）", responsible=("各级各部门",)
    ),
    task("GY2023-15", by("2023-12-31"), sensitive=True),
]

EXTENDED = event(EventKind.EXTENDED, task=TASK.id, until=day("2023-08-31"), on="2023-07-25")
TWICE = task("GY2023-06", title="公布决策事项目录")
WITH_SUPPORT = replace(TASK, assignments=task(units=((FINANCE, Role.SUPPORT),)).assignments, support=("市财政局",))
GROUP = tuple((replace(unit, robot="COUNTIES"), Role.RESPONSIBLE) for unit in (CANGXI, WANGCANG))
IN_GROUP = replace(TASK, assignments=task(units=GROUP).assignments)

ELSEWHERE = replace(TASK, assignments=task(units=((replace(WANGCANG, contacts=()), Role.LEAD),)).assignments)


def taken_back(*heard: Heard) -> History:
    """Cangxi had been told of the task; the rule files have taken it out since."""
    ended = Withdrawal(
        id=7,
        task=TASK.id,
        unit=CANGXI.name,
        period="2023-07-31",
        on=day("2023-07-25"),
        why=TAKEN_OUT,
        due=day("2023-07-31"),
        heard=heard,
    )
    return known(ELSEWHERE, withdrawals=(ended,), last_scan=day("2023-07-24"))


ROWS: list[tuple[str, Recipients, list[Task], History, str]] = [
    ("upcoming", "mail", [TASK], known(TASK), "2023-07-24"),
    ("rest_day", "mail", [YEAR_END], known(YEAR_END), "2023-12-29"),
    ("due", "mail", [TASK], known(TASK), "2023-07-31"),
    ("overdue", "mail", [TASK], known(TASK, last_scan=day("2023-08-03")), "2023-08-04"),
    ("digest_new_file", "mail", [TASK, YEAR_END, LASTING], History(), "2023-07-24"),
    ("new_file", "mail", FILE, History(), "2023-05-17"),
    (
        "new_file_robot",
        "robot",
        [replace(found, assignments=IN_GROUP.assignments) for found in FILE],
        History(),
        "2023-07-24",
    ),
    ("digest", "mail", [TASK, TWICE, YEAR_END], known(TASK, TWICE, YEAR_END), "2023-07-24"),
    ("changed", "mail", [TASK], known(TASK, events=(EXTENDED,), last_scan=day("2023-07-25")), "2023-07-26"),
    (
        "withdrawn",
        "mail",
        [ELSEWHERE],
        taken_back(Heard(channel="email", address="cangxi@example.gov.cn", contact="办公室公开岗")),
        "2023-07-25",
    ),
    (
        "withdrawn_robot",
        "robot",
        [ELSEWHERE],
        taken_back(Heard(channel="wecom", address="COUNTIES", contact=CANGXI.name, robot=True)),
        "2023-07-25",
    ),
    ("caught_up", "mail", [TASK], known(TASK, last_scan=day("2023-07-21")), "2023-07-26"),
    ("sensitive", "mail", [SECRET], known(SECRET), "2023-07-24"),
    ("support", "mail", [WITH_SUPPORT], known(WITH_SUPPORT), "2023-07-24"),
    ("robot", "robot", [IN_GROUP], known(IN_GROUP), "2023-07-24"),
    ("admin", "admin", [TASK], known(TASK, last_scan=day("2023-07-30")), "2023-07-31"),
    ("late", "admin", [TASK, LASTING], History(), "2023-09-01"),
    ("letter", "draft", [TASK], known(TASK, last_scan=day("2023-08-02")), "2023-08-03"),
    ("urge", "draft", [TASK], known(TASK, last_scan=day("2023-07-31")), "2023-08-01"),
    ("bulletin", "draft", [TASK], known(TASK, last_scan=day("2023-08-11")), "2023-08-14"),
    (
        "letter_of_two",
        "draft",
        [TASK, TWICE, SECRET],
        known(TASK, TWICE, SECRET, last_scan=day("2023-08-02")),
        "2023-08-03",
    ),
]


def chosen(notices: Iterable[Notice], recipients: Recipients) -> Notice:
    """The first notice to such recipients."""
    tests = {
        "mail": lambda found: found.recipient.unit and not found.recipient.robot and not found.draft,
        "robot": lambda found: found.recipient.robot,
        "admin": lambda found: found.recipient.unit is None,
        "draft": lambda found: found.draft,
    }
    return next(filter(tests[recipients], notices))


@pytest.mark.parametrize(("name", "recipients", "tasks", "history", "on"), ROWS, ids=[row[0] for row in ROWS])
def test_a_message_reads_as_the_golden_one(
    name: str, recipients: Recipients, tasks: list[Task], history: History, on: str, update_golden: bool
) -> None:
    rules = book(*tasks)
    notice = chosen(plan_day(rules, history, day(on), channels=CHANNELS).notices, recipients)
    known_facts = facts(notice, rules, contact_line=CONTACT, report=REPORT)
    message = render(known_facts, channel=notice.recipient.channel, today=notice.day, templates=TEMPLATES)
    assert message.problem is None
    for suffix, text in forms(message):
        compare(GOLDEN / f"{name}.{suffix}", text, update=update_golden)


def forms(message: Message) -> list[tuple[str, str]]:
    """The forms of a message and how their files are called."""
    if message.parts:
        return [("md", "\n-----\n".join(message.parts) + "\n")]
    return [("txt", f"{message.subject}\n\n{message.text}"), ("html", message.html or "")]


def compare(path: Path, text: str, *, update: bool) -> None:
    """Compare with the golden file, or rewrite it."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
