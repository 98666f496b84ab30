"""The forms of a robot's message: markdown, text for the plain WeChat plug-in, a card for one task."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkbot.delivery.secrets import RobotAddress
from gkbot.delivery.transport import Parcel
from gkbot.delivery.wecom import WeComTransport
from gkbot.delivery.wecom_text import is_too_long
from gkbot.ledger import Outcome, Payload
from gkbot.notices.message import Card, Message
from gkbot.settings import Mention, RobotForm
from tests.servers import RobotServer

Make = Callable[..., Parcel]
CARD = Card(
    title="公布本单位2026年度政府信息公开工作年度报告并报县政府办公室备案",
    description="工作提醒",
    emphasis="还剩9天",
    emphasis_description="1月31日（周日）",
    subtitle="报县政府办公开科",
    rows=(("单位", "县财政局"), ("截止", "1月31日"), ("联系人电话号码", "字" * 40), *[("编号", "1")] * 5),
    jumps=(("反馈办结", "https://x.cn/1"),) * 5,
    url="https://x.cn/1",
)
MESSAGE = Message(
    text="年报\n截止：今天",
    parts=("**年报**\n<@zhangsan><@lisi>",),
    mentions=("zhangsan", "lisi", "all"),
    mobiles=("13800000000", "@all"),
)


def frozen(form: RobotForm, mentions: Mention, message: Message = MESSAGE) -> tuple[Payload, ...]:
    transport = WeComTransport({}, forms={"A": form}, mentions=mentions)
    return transport.freeze(message, "A")


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        (Mention.USERID, [{"content": "**年报**\n<@zhangsan><@lisi>"}]),
        (
            Mention.MOBILE,
            [{"content": "**年报**"}, {"content": "年报", "mentioned_mobile_list": ["13800000000"]}],
        ),
        (Mention.NONE, [{"content": "**年报**"}]),
    ],
)
def test_markdown_mentions_as_the_office_likes(mentions: Mention, expected: list[dict[str, Any]]) -> None:
    payloads = frozen(RobotForm.MARKDOWN, mentions)
    assert [payload[payload["msgtype"]] for payload in payloads] == expected


@pytest.mark.parametrize(
    ("mentions", "called"),
    [
        (Mention.USERID, {"mentioned_list": ["zhangsan", "lisi"]}),
        (Mention.MOBILE, {"mentioned_mobile_list": ["13800000000"]}),
        (Mention.NONE, {}),
    ],
)
def test_text_mentions_in_its_last_part_and_never_everybody(mentions: Mention, called: dict[str, Any]) -> None:
    long = Message(text="政务公开\n" * 300, parts=("x",), mentions=MESSAGE.mentions, mobiles=MESSAGE.mobiles)
    first, last = frozen(RobotForm.TEXT, mentions, long)
    assert (first["msgtype"], list(first["text"])) == ("text", ["content"])
    assert first["text"]["content"].startswith("（1/2）\n政务公开")
    assert {name: value for name, value in last["text"].items() if name != "content"} == called


def test_a_card_keeps_to_the_robots_lengths() -> None:
    card, call = frozen(RobotForm.CARD, Mention.USERID, Message(text="年报", card=CARD, mentions=("zhangsan",)))
    content = card["template_card"]
    assert (content["card_type"], content["card_action"]) == ("text_notice", {"type": 1, "url": "https://x.cn/1"})
    assert content["main_title"]["title"] == "公布本单位2026年度政府信息公开工作年度报告并报…"
    assert len(content["main_title"]["title"]) == 26
    assert [len(row["value"]) <= 26 and len(row["keyname"]) <= 5 for row in content["horizontal_content_list"]] == [
        True
    ] * 6
    assert len(content["jump_list"]) == 3
    assert call["text"] == {"content": "年报", "mentioned_list": ["zhangsan"]}


def test_without_a_page_a_card_is_markdown() -> None:
    assert frozen(RobotForm.CARD, Mention.USERID) == frozen(RobotForm.MARKDOWN, Mention.USERID)


def test_a_cards_second_copy_says_so_and_its_plain_form_has_the_link(robot: RobotServer, parcel: Make) -> None:
    transport = WeComTransport({"A": RobotAddress(robot.url)}, forms={"A": RobotForm.CARD})
    (card,) = transport.freeze(Message(text="年报", card=CARD), "A")
    assert transport.send(parcel(card, address="A", maybe_twice=True)).outcome is Outcome.OK
    assert robot.arrived[0]["template_card"]["main_title"]["title"] == "（可能重复）公布本单位2026年度政府信息公开工作…"
    plainer = transport.plainer(card)
    assert plainer is not None
    lines = plainer["text"]["content"].splitlines()
    assert (lines[2], lines[-1]) == ("还剩9天", "反馈办结 https://x.cn/1")


pieces = st.sampled_from(["政务公开", "😀", "👨‍👩‍👧", "\n", "\n\n", "https://x.cn/abcdef?x=1 ", "a", "编号7QK3 "])


@given(text=st.lists(pieces, min_size=1, max_size=900).map("".join), form=st.sampled_from(RobotForm))
def test_no_payload_is_longer_than_its_kind_may_be(text: str, form: RobotForm) -> None:
    payloads = frozen(form, Mention.USERID, Message(text=text, parts=("x",), mentions=("zhangsan",)))
    assert not any(is_too_long(payload) for payload in payloads)
