"""No secret of DingTalk, Feishu or an Apprise address anywhere anybody could look (invariant I7)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gkbot.delivery.apprise import AppriseTransport
from gkbot.settings import Secret
from tests.delivery.leaks import Leaks
from tests.plans import item, notice
from tests.robot_servers import DingTalkServer, FeishuServer
from tests.servers import RobotServer, free_port

TOKEN, SIGNING = "SECRET-TOKEN-5f1c", "SECRET-SIGNING-77"
Address = Callable[[int], str]
ADDRESSES: dict[str, Address] = {
    "dingtalk": lambda port: f"http://127.0.0.1:{port}/robot/send?access_token={TOKEN}&secret={SIGNING}",
    "feishu": lambda port: f"http://127.0.0.1:{port}/open-apis/bot/v2/hook/{TOKEN}?secret={SIGNING}",
    "apprise": lambda port: f"json://user:{SIGNING}@127.0.0.1:{port}/{TOKEN}?+X-Key={TOKEN}",
    "apprise that cannot be read": lambda _port: f"nosuchservice://{SIGNING}@{TOKEN}",
    "broken": lambda _port: f"http://[::1/robot/send?access_token={TOKEN}&secret={SIGNING}",
    "dingtalk without host": lambda _port: (
        f"http://no-such-host.invalid/robot/send?access_token={TOKEN}&secret={SIGNING}"
    ),
}
TROUBLES = ("wrong", "said back", "redirect", "cut", "away", "well")


def server_of(kind: str) -> RobotServer:
    if kind.startswith("dingtalk"):
        return DingTalkServer(secret=SIGNING, key=TOKEN)
    return FeishuServer(secret=SIGNING if kind == "feishu" else None, key=TOKEN)


@pytest.mark.fault("F25", except_for={"I3": "Apprise goes by the HTTP status alone, and this server refuses with 200"})
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_address_stays_secret(kind: str, trouble: str, leaks: Leaks) -> None:
    if kind.startswith("apprise"):
        pytest.importorskip("apprise")
    leaks.listen("urllib3", "urllib3.connectionpool", "requests", "apprise")
    with server_of(kind) as server:
        address = ADDRESSES[kind](free_port() if trouble == "away" else server.port)
        if trouble == "wrong":
            server.key = "another"
            if isinstance(server, DingTalkServer | FeishuServer):
                server.secret = "another"
        elif trouble != "well":
            server.answer(
                body=f"<a href='{address}'>{TOKEN} {SIGNING}</a>".encode(),
                status=302 if trouble == "redirect" else 200,
                headers={"Location": address} if trouble == "redirect" else {},
                drop=trouble == "cut",
            )
        transport = AppriseTransport({"OFFICE": Secret(address)}, lambda: datetime.now(UTC), deadline_seconds=3.0)
        told = notice("k1", item(), channel="apprise", address="OFFICE")
        leaks.none_of(TOKEN, SIGNING, transport=transport, notice=told, pause_seconds=120)
