"""Whatever its channel, a frozen payload says its words."""

import pytest

from gkbot.delivery.said import said


@pytest.mark.parametrize(
    "payload",
    [
        {"msgtype": "markdown", "markdown": {"content": "年报\n"}},
        {"msgtype": "text", "text": {"content": "年报", "mentioned_list": ["a"]}},
        {"msgtype": "markdown", "markdown": {"title": "提醒", "text": "年报"}},
        {"msg_type": "text", "content": {"text": "年报"}},
        {"body": "年报"},
        {"markdown": "年报"},
        {"subject": "提醒", "text": "年报\n", "html": "<p>年报</p>"},
    ],
    ids=["wecom", "wecom-text", "dingtalk", "feishu", "apprise", "file", "mail"],
)
def test_every_form_says_its_words(payload: dict[str, object]) -> None:
    assert said(payload) == "年报"


def test_a_payload_without_words_says_nothing() -> None:
    assert said({"media_id": "x"}) == ""
