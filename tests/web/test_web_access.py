"""The office's own pages are for the machine itself; contacts' pages for whoever has the link."""

import pytest
from desks import Browser, FakeDesk

from gkbot.web.app import create_app

OWN_PAGES = ["/", "/tasks"]


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize(
    ("client", "base"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("127.0.0.1", "http://localhost"),
        ("127.9.9.9", "http://127.0.0.1"),
        ("::1", "http://[::1]:8000"),
        ("::ffff:127.0.0.1", "http://localhost:8000"),
    ],
)
def test_the_machine_itself_may_look(path: str, client: str, base: str) -> None:
    assert Browser(create_app(FakeDesk()), client=client, base=base).get(path).status_code == 200


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize(
    ("client", "base"),
    [
        ("10.0.0.9", "http://127.0.0.1:8000"),
        ("203.0.113.7", "https://gk.example.gov.cn"),
        ("127.0.0.1", "https://gk.example.gov.cn"),
        ("127.0.0.1", "http://127.0.0.1.evil.example"),
        ("::ffff:10.0.0.9", "http://localhost"),
        ("testclient", "http://localhost"),
    ],
)
def test_others_may_not_and_are_told_why(path: str, client: str, base: str) -> None:
    answer = Browser(create_app(FakeDesk()), client=client, base=base).get(path)
    assert answer.status_code == 403
    assert "本页只能在服务器本机查看" in answer.text
    assert "苍溪县" not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_who_comes_through_a_proxy_is_not_the_machine_itself(header: str) -> None:
    for claimed in ("203.0.113.7", "127.0.0.1"):
        answer = Browser(create_app(FakeDesk())).ask("GET", "/", headers={header: claimed})
        assert answer.status_code == 403


@pytest.mark.parametrize(("path", "status"), [("/x/good", 200), ("/healthz", 200), ("/x/bad", 404)])
def test_contacts_and_monitors_come_from_anywhere(path: str, status: int) -> None:
    browser = Browser(create_app(FakeDesk()), client="203.0.113.7", base="https://gk.example.gov.cn")
    assert browser.get(path).status_code == status
