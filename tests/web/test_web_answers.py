"""What a contact sends: recorded once pressed on our own page, refused when it is too much."""

import re

import pytest
from desks import Browser, FakeDesk

from gkbot.web.app import create_app
from gkbot.web.desk import Said
from gkbot.web.forms import MOST_BYTES

REPORT = {"do": "report", "note": "已公开：https://www.example.gov.cn/1", "name": "李某"}
EXTEND = {"do": "extend", "until": "2023-08-15", "reason": "系统升级", "name": "李某"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def browser(desk: FakeDesk) -> Browser:
    return Browser(create_app(desk, public_url="https://gk.example.gov.cn"), client="10.1.2.3", base="http://10.0.0.1")


def test_a_report_is_recorded_and_confirmed(desk: FakeDesk, browser: Browser) -> None:
    answer = browser.post("/x/good", REPORT)
    assert answer.status_code == 200
    assert "不再提醒，待核实" in answer.text
    assert desk.recorded == [("reported", Said(note="已公开：https://www.example.gov.cn/1", name="李某"))]


def test_one_press_is_enough(desk: FakeDesk, browser: Browser) -> None:
    assert browser.post("/x/good", {"do": "report", "note": "", "name": ""}).status_code == 200
    assert desk.recorded == [("reported", Said())]


def test_a_task_is_acknowledged(desk: FakeDesk, browser: Browser) -> None:
    assert "提醒照常" in browser.post("/x/good", {"do": "acknowledge"}).text
    assert [kind for kind, _ in desk.recorded] == ["acknowledged"]


def test_an_extension_is_only_a_text_to_send(desk: FakeDesk, browser: Browser) -> None:
    text = browser.post("/x/good", EXTEND).text
    assert "申请延至：2023-08-15" in text
    assert "系统没有登记延期" in text
    assert 'href="mailto:admin@example.gov.cn?subject=' in text
    assert desk.recorded == []


def test_looking_any_number_of_times_records_nothing(desk: FakeDesk, browser: Browser) -> None:
    for path in ("/x/good", "/x/good?do=report", "/x/good?do=acknowledge&note=x"):
        assert browser.get(path).status_code == 200
    assert desk.recorded == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"until": ""}, "请选择日期"),
        ({"until": "下周五"}, "请选择日期"),
        ({"until": "2023-02-30"}, "请选择日期"),
        ({"until": "2023-07-31"}, "应不早于 2023-08-01"),
        ({"reason": "  \n "}, "请写明延期原因"),
        ({"reason": "因" * 501}, "最多 500 个字，现在 501 个字"),
        ({"name": "李" * 41}, "最多 40 个字"),
    ],
)
def test_a_faulty_field_is_asked_again_and_nothing_typed_is_lost(
    browser: Browser, changes: dict[str, str], word: str
) -> None:
    answer = browser.post("/x/good", EXTEND | changes)
    assert answer.status_code == 422
    assert word in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "<details open>" in answer.text
    assert (EXTEND | {"reason": "系统升级"} | changes)["name"] in answer.text


def test_a_note_that_is_too_long_is_not_recorded(desk: FakeDesk, browser: Browser) -> None:
    answer = browser.post("/x/good", REPORT | {"note": "好" * 501})
    assert answer.status_code == 422
    assert desk.recorded == []


def test_control_and_direction_characters_are_left_out(desk: FakeDesk, browser: Browser) -> None:
    browser.post("/x/good", REPORT | {"note": "一\x00\u202e二\r\n三\x1b[31m", "name": "李\n某"})
    assert desk.recorded == [("reported", Said(note="一二\n三[31m", name="李 某"))]


@pytest.mark.parametrize("token", ["bad", "old", "gone"])
def test_a_bad_token_records_nothing(desk: FakeDesk, browser: Browser, token: str) -> None:
    assert browser.post(f"/x/{token}", REPORT).status_code in {404, 410}
    assert desk.recorded == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"do=report&note=" + b"x" * MOST_BYTES, FORM, 413),
        (b"do=report", FORM | {"content-length": str(MOST_BYTES + 1)}, 413),
        (b'{"do": "report"}', {"content-type": "application/json"}, 415),
        (b"do=report", {}, 415),
        (b"do=report&note=%ff%fe", FORM, 400),
        (b"do=report&note=\xff", FORM, 400),
        (b"&".join(b"a=1" for _ in range(50)), FORM, 400),
        (b"do=launch", FORM, 400),
        (b"", FORM, 400),
    ],
)
def test_what_is_no_form_of_ours_is_refused(
    desk: FakeDesk, browser: Browser, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = browser.ask("POST", "/x/good", body=body, headers=headers)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert desk.recorded == []


def test_a_file_upload_is_refused(desk: FakeDesk, browser: Browser) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert browser.ask("POST", "/x/good", body=b"--x--", headers=headers).status_code == 415
    assert desk.recorded == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "null"}, 200),
        ({"origin": "http://10.0.0.1"}, 200),
        ({"origin": "https://gk.example.gov.cn"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://gk.example.gov.cn.evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "https://gk.example.gov.cn"}, 403),
    ],
)
def test_only_our_own_page_may_press_the_button(
    desk: FakeDesk, browser: Browser, headers: dict[str, str], status: int
) -> None:
    assert browser.ask("POST", "/x/good", form=REPORT, headers=headers).status_code == status
    assert len(desk.recorded) == (1 if status == 200 else 0)


def test_tokens_stand_in_no_page(browser: Browser) -> None:
    assert not re.search("good", browser.get("/x/good").text.split("</style>")[1].replace('class="card good"', ""))
