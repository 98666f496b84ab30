"""DingTalk and Feishu: signed as they want it, success only by their own code (facts/delivery.md 5.2, F04)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from gkbot.delivery.apprise import AppriseTransport, needs_library, webhook_of
from gkbot.delivery.dingtalk import signature as dingtalk_signature
from gkbot.delivery.feishu import signature as feishu_signature
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome, Payload, Receipt
from gkbot.notices.message import Message
from gkbot.settings import Mention, Secret
from tests.robot_servers import DingTalkServer, FeishuServer, encoded_once
from tests.servers import RobotServer, free_port

Make = Callable[..., Parcel]
MESSAGE = Message(
    text="年报\n反馈 https://x.cn/1", parts=("**年报**\n>截止：今天\n<@zhangsan>",), mobiles=("13800000000",)
)


def true_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ding() -> Iterator[DingTalkServer]:
    with DingTalkServer() as server:
        yield server


@pytest.fixture
def fei() -> Iterator[FeishuServer]:
    with FeishuServer() as server:
        yield server


def to(server: RobotServer, *, now: Callable[[], datetime] = true_now, **how: object) -> AppriseTransport:
    return AppriseTransport({"OFFICE": Secret(server.url)}, now, deadline_seconds=5.0, **how)  # type: ignore[arg-type]


def told(transport: AppriseTransport, parcel: Make, payload: Payload | None = None, **changed: object) -> Receipt:
    (first, *_rest) = transport.freeze(MESSAGE, "OFFICE")
    return transport.send(parcel(payload or first, address="OFFICE", **changed))


def test_dingtalk_takes_a_signature_that_is_encoded_once(ding: DingTalkServer, parcel: Make) -> None:
    for milliseconds in range(0, 40, 5):  # among so many some have + or / in them
        moment = true_now() + timedelta(milliseconds=milliseconds)
        assert told(to(ding, now=lambda moment=moment: moment), parcel).outcome is Outcome.OK
    signs = [request.query.rpartition("sign=")[2] for request in ding.requests]
    assert all(encoded_once(sign) for sign in signs)
    assert any("%2B" in sign or "%2F" in sign for sign in signs)


def test_dingtalks_message_is_its_own_markdown_with_mentions_by_number(ding: DingTalkServer, parcel: Make) -> None:
    transport = to(ding, mentions=Mention.MOBILE)
    assert told(transport, parcel, maybe_twice=True).outcome is Outcome.OK
    (arrived,) = ding.arrived
    assert arrived["markdown"]["text"] == "（可能重复）**年报**  \n>截止：今天\n\n@13800000000"
    assert arrived["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}
    assert to(ding).freeze(MESSAGE, "OFFICE")[0]["at"]["atMobiles"] == []


@pytest.mark.fault("F04")
@pytest.mark.parametrize(
    ("errcode", "words", "outcome", "facts"),
    [
        (310000, "sign not match", Outcome.DEAD, {"disable": True}),
        (310000, "not in whitelist", Outcome.DEAD, {"disable": True}),
        (310000, "keywords not in content", Outcome.DEAD, {"disable": False}),
        (130101, "send too fast", Outcome.RETRY, {"close_gate": 600.0, "counted": False}),
        (460101, "message too long", Outcome.DEAD, {"simplify": True}),
        (400402, "missing parameter", Outcome.DEAD, {"simplify": True}),
        (300001, "token is not exist", Outcome.DEAD, {"disable": True}),
        (-1, "system busy", Outcome.RETRY, {"quick": True}),
        (99999, "?", Outcome.RETRY, {"retry_most": 3}),
    ],
)
def test_dingtalks_http_200_with_a_code_is_never_success(
    ding: DingTalkServer, parcel: Make, errcode: int, words: str, outcome: Outcome, facts: dict[str, object]
) -> None:
    ding.answer(errcode=errcode, errmsg=words)
    receipt = told(to(ding), parcel)
    assert (receipt.outcome, receipt.code) == (outcome, str(errcode))
    assert {name: getattr(receipt, name) for name in facts} == facts


def test_a_clock_that_is_wrong_or_a_secret_that_is_none_disables_the_robot(ding: DingTalkServer, parcel: Make) -> None:
    late = to(ding, now=lambda: true_now() - timedelta(hours=2))
    assert (told(late, parcel).code, told(late, parcel).disable) == ("310000", True)
    ding.secret = "another"
    assert ding.arrived == []


def test_what_dingtalk_refuses_can_be_said_as_plain_text(ding: DingTalkServer, parcel: Make) -> None:
    transport = to(ding)
    plainer = transport.plainer(transport.freeze(MESSAGE, "OFFICE")[0])
    assert plainer is not None
    assert told(transport, parcel, plainer, maybe_twice=True).outcome is Outcome.OK
    assert ding.arrived[0]["text"]["content"].startswith("（可能重复）**年报**")
    assert transport.plainer(plainer) is None


def test_feishu_takes_a_signature_in_the_body(fei: FeishuServer, parcel: Make) -> None:
    assert told(to(fei), parcel, maybe_twice=True).outcome is Outcome.OK
    (request,) = fei.requests
    assert request.body["content"] == {"text": "（可能重复）年报\n反馈 https://x.cn/1"}
    assert request.query == ""


@pytest.mark.fault("F04")
@pytest.mark.parametrize(
    ("code", "words", "outcome", "facts"),
    [
        (19021, "sign match fail", Outcome.DEAD, {"disable": True}),
        (19022, "Ip Not Allowed", Outcome.DEAD, {"disable": True}),
        (19001, "param invalid: incoming webhook access token invalid", Outcome.DEAD, {"disable": True}),
        (19024, "Key Words Not Found", Outcome.DEAD, {"disable": False}),
        (9499, "Bad Request", Outcome.DEAD, {"disable": False}),
        (9499, "too many request", Outcome.RETRY, {"close_gate": 60.0, "counted": False}),
        (11232, "frequency limited psm", Outcome.RETRY, {"close_gate": 60.0, "counted": False}),
        (99999, "?", Outcome.RETRY, {"retry_most": 3}),
    ],
)
def test_feishus_http_200_with_a_code_is_never_success(
    fei: FeishuServer, parcel: Make, code: int, words: str, outcome: Outcome, facts: dict[str, object]
) -> None:
    fei.answer(errcode=code, errmsg=words)
    receipt = told(to(fei), parcel)
    assert (receipt.outcome, receipt.code) == (outcome, str(code))
    assert {name: getattr(receipt, name) for name in facts} == facts


def test_feishus_older_answer_counts_too(fei: FeishuServer, parcel: Make) -> None:
    fei.answer(body=b'{"StatusCode":0,"StatusMessage":"success"}', took=True)
    assert told(to(fei), parcel).outcome is Outcome.OK
    fei.answer(body=b'{"StatusCode":19021,"StatusMessage":"sign"}', status=400)
    assert told(to(fei), parcel).disable


@pytest.mark.fault("F05")
@pytest.mark.parametrize("body", [b"<html>", b"", b'{"code":0,', b'{"code":"0","errcode":"0"}', b"[]"])
def test_what_is_no_answer_of_theirs_is_no_success(
    ding: DingTalkServer, fei: FeishuServer, parcel: Make, body: bytes
) -> None:
    for server in (ding, fei):
        server.answer(body=body)
        assert told(to(server), parcel).outcome is Outcome.RETRY


@pytest.mark.fault("F06")
def test_redirects_are_not_followed_and_429_is_waited_for(
    ding: DingTalkServer, fei: FeishuServer, parcel: Make
) -> None:
    ding.answer(body=b'{"errcode":0}', status=302, headers={"Location": fei.url})
    assert told(to(ding), parcel).code == "http-302"
    assert fei.requests == []
    fei.answer(body=b"", status=429, headers={"Retry-After": "90"})
    assert told(to(fei), parcel).close_gate == 90.0


@pytest.mark.fault("F07")
def test_a_server_that_dribbles_is_given_up_at_the_deadline(fei: FeishuServer, parcel: Make) -> None:
    fei.answer(body=b'{"code":0,"msg":"ok"}', pause=0.1)
    transport = AppriseTransport({"OFFICE": Secret(fei.url)}, true_now, deadline_seconds=0.3)
    assert (told(transport, parcel).outcome, told(transport, parcel).outcome) == (Outcome.UNCLEAR, Outcome.OK)


@pytest.mark.fault("F08")
def test_what_never_left_is_a_plain_retry(parcel: Make) -> None:
    for host in ("127.0.0.1", "no-such-host.invalid"):
        address = Secret(f"http://{host}:{free_port()}/robot/send?access_token=T&secret=S")
        receipt = told(AppriseTransport({"OFFICE": address}, true_now), parcel)
        assert (receipt.outcome, receipt.phase) == (Outcome.RETRY, "connect")


def test_an_unknown_name_is_dead(ding: DingTalkServer, parcel: Make) -> None:
    transport = to(ding)
    payload = transport.freeze(MESSAGE, "NOBODY")[0]
    assert transport.send(parcel(payload, address="NOBODY")).code == "no-such-robot"


@pytest.mark.parametrize(
    ("address", "webhook", "secret"),
    [
        ("dingtalk://SECa@tOk", "https://oapi.dingtalk.com/robot/send?access_token=tOk", "SECa"),
        ("dingtalk://tOk/13800000000", "https://oapi.dingtalk.com/robot/send?access_token=tOk", None),
        ("feishu://tO-k?secret=S", "https://open.feishu.cn/open-apis/bot/v2/hook/tO-k", "S"),
        ("lark://?token=tO-k", "https://open.larksuite.com/open-apis/bot/v2/hook/tO-k", None),
        (
            "https://openplatform-pro.ding.zj.gov.cn/robot/send?access_token=T&secret=SECb",
            "https://openplatform-pro.ding.zj.gov.cn/robot/send?access_token=T",
            "SECb",
        ),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/T", "https://open.feishu.cn/open-apis/bot/v2/hook/T", None),
    ],
)
def test_an_address_leads_to_a_webhook(address: str, webhook: str, secret: str | None) -> None:
    found = webhook_of(Secret(address))
    assert found is not None
    assert (found[0].reveal(), found[1] and found[1].reveal()) == (webhook, secret)
    assert not needs_library(Secret(address))


def test_other_addresses_are_left_to_apprise() -> None:
    assert [needs_library(Secret(each)) for each in ("ntfy://topic", "https://x.cn/y", "http://[::1/robot/send")] == [
        True
    ] * 3


def test_signatures_are_those_of_the_vendors() -> None:
    """Reckoned with openssl from the vendors' recipes."""
    sign = parse_qs(f"sign={dingtalk_signature(Secret('this is secret'), 1577262236757)}")["sign"]
    assert sign == ["hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="]
    assert feishu_signature(Secret("demo"), 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
