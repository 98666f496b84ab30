"""What the pages say, and the headers every answer carries."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from desks import ITEM, OVERVIEW, ROW, Browser, FakeDesk

from gkbot.errors import LedgerBusy
from gkbot.web.app import create_app
from gkbot.web.desk import Some

HOSTILE = """<script>alert(1)</script>"'&{{ 7*7 }}<img src=x onerror=alert(2)>"""
EVERYWHERE = ["/", "/tasks", "/x/good", "/x/bad", "/x/old", "/healthz", "/nothing", "/x/", "/tasks/"]


def browser(desk: FakeDesk | None = None) -> Browser:
    return Browser(create_app(desk or FakeDesk()))


def test_the_overview_shows_what_is_watched_due_overdue_and_waiting() -> None:
    text = browser().get("/").text
    for word in ("2023年7月24日（周一），正常", "逾期4天", "还剩7天", "已报完成，待核实", "催办函", "已归档", "287"):
        assert word in text


def test_the_overview_says_when_the_check_is_late() -> None:
    desk = FakeDesk(overview=replace(OVERVIEW, is_late=True, last_check=""))
    assert "还没有完成过检查" in browser(desk).get("/").text


def test_the_overview_lists_what_is_wrong_with_the_rule_files() -> None:
    wrong = Some(rows=("rules/a.yaml:3:9: GK104 看不懂的单位“工作天”",), total=2)
    text = browser(FakeDesk(overview=replace(OVERVIEW, problems=wrong, is_older_version=True))).get("/").text
    assert "2 处错误，改好之前按上一个正确的版本提醒" in text
    assert "rules/a.yaml:3:9: GK104" in text


def test_the_table_is_filtered_and_keeps_the_choice() -> None:
    assert "2 个责任项" in browser().get("/tasks").text
    text = browser().get("/tasks?unit=苍溪县人民政府&status=open").text
    assert "<option selected>苍溪县人民政府</option>" in text
    assert "没有符合条件的责任项" in browser().get("/tasks?unit=nobody").text


def test_a_contact_sees_what_is_asked_and_by_when() -> None:
    text = browser().get("/x/good").text
    for word in (ROW.title, "2023年7月31日（周一，含当日）", "还剩7天", "“2023年7月底前”", "三（二）1", "政务公开科"):
        assert word in text


def test_a_closed_duty_has_no_form() -> None:
    closed = replace(ITEM, can_answer=False, closed_word="本事项已办结，无需再反馈。")
    text = browser(FakeDesk(closed)).get("/x/good").text
    assert "本事项已办结" in text
    assert "<form" not in text


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    row = replace(ROW, title=HOSTILE, unit=HOSTILE, words=HOSTILE)
    desk = FakeDesk(
        replace(ITEM, row=row, facts=((HOSTILE, HOSTILE),), post=HOSTILE),
        replace(OVERVIEW, overdue=Some(rows=(row,), total=1)),
    )
    for path in ("/", "/x/good", "/tasks"):
        text = browser(desk).get(path).text
        assert "<script" not in text
        assert "<img" not in text
    assert "&lt;script&gt;" in browser(desk).get("/x/good").text


def test_hostile_query_and_fields_are_escaped() -> None:
    assert "<script" not in browser().get(f"/tasks?unit={HOSTILE}").text
    form = {"do": "extend", "until": HOSTILE, "reason": HOSTILE, "name": HOSTILE}
    assert "<script" not in browser().post("/x/good", form).text


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_keeps_browsers_strict(path: str) -> None:
    headers = browser().get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'; frame-ancestors 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_the_style_in_the_page_is_the_one_that_is_allowed() -> None:
    answer = browser().get("/x/good")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/tasks", "/x/good", "/x/bad"])
def test_pages_are_chinese_and_need_nothing_from_elsewhere(path: str) -> None:
    text = browser().get(path).text
    assert '<html lang="zh-CN">' in text
    assert len(re.findall("<h1", text)) == 1
    assert not re.search(r"<script|<link|<img|src=|url\(|style=|https?://(?!127)|@import", text)


def test_every_field_has_a_label() -> None:
    text = browser().get("/x/good").text + browser().get("/tasks").text
    fields = re.findall(r'<(?:input|textarea|select)[^>]* ?id="([^"]+)"', text)
    assert len(fields) == len(re.findall("<(?:input|textarea|select)", text)) == 8
    for field in fields:
        assert f'<label for="{field}">' in text


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/x/bad", 404, "链接无效"),
        ("/x/old", 410, "链接已过期"),
        ("/x/gone", 410, "已不在清单中"),
        ("/x/", 404, "没有这个页面"),
        ("/x/a/b", 404, "没有这个页面"),
        ("/x/" + "A" * 5000, 404, "链接无效"),
        ("/x/%00%ff", 404, "链接无效"),
        ("/favicon.ico", 404, "没有这个页面"),
        ("/../etc/passwd", 404, "没有这个页面"),
    ],
)
def test_what_is_not_there_is_said_politely_and_without_details(path: str, status: int, word: str) -> None:
    answer = browser().get(path)
    assert answer.status_code == status
    assert word in answer.text
    assert ROW.title not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/x/good"), ("DELETE", "/x/good"), ("OPTIONS", "/x/good"), ("POST", "/"), ("POST", "/healthz")],
)
def test_a_wrong_method_is_refused(method: str, path: str) -> None:
    answer = browser().ask(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/", "/tasks", "/x/good", "/healthz"])
def test_head_is_answered_and_changes_nothing(path: str) -> None:
    desk = FakeDesk()
    assert browser(desk).ask("HEAD", path).status_code == 200
    assert desk.recorded == []


def test_health_is_said_to_programs() -> None:
    desk = FakeDesk()
    well = {"status": "ok", "role": "active", "findings": [], "last_check": "2023-07-24"}
    assert browser(desk).get("/healthz").json() == well
    desk.is_healthy = False
    answer = browser(desk).get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["findings"]) == (503, "fail", ["database"])


def test_there_are_figures_only_where_there_is_something_to_measure() -> None:
    assert browser().get("/metrics").status_code == 404
    answer = Browser(create_app(FakeDesk(), metrics=lambda: b"gkbot_active 1.0\n")).get("/metrics")
    assert (answer.status_code, answer.text) == (200, "gkbot_active 1.0\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    ("failure", "status"), [(LedgerBusy("/secret/place.db"), 503), (RuntimeError("/secret/place.db"), 500)]
)
def test_a_failure_of_ours_tells_the_visitor_nothing_of_it(failure: Exception, status: int) -> None:
    desk = FakeDesk()
    desk.failure = failure
    answer = browser(desk).get("/x/good")
    assert answer.status_code == status
    assert "请过几分钟再试" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
