"""The groups that settings name: whose address is whose, and what cannot be used."""

from dataclasses import replace
from pathlib import Path

import pytest

from gkbot.clock import SystemClock
from gkbot.errors import SettingsError
from gkbot.planning import Channels
from gkbot.service.groups import channel_of, channels_of, require_usable
from gkbot.service.sending import transports_of
from gkbot.settings import Mention, RobotForm, Secret, Settings

WEBHOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
SETTINGS = Settings(
    robots={
        "B": Secret(f"{WEBHOOK}1"),
        "A": Secret(f"{WEBHOOK}1".replace("qyapi", "QYAPI")),
        "C": Secret(f"{WEBHOOK}2"),
    },
    apprise={"D": Secret("dingtalk://SECRET@tok"), "E": Secret("ntfy://topic"), "F": Secret("dingtalk://SECRET@tok")},
)


def test_two_names_of_one_group_go_by_the_first() -> None:
    channels = channels_of(SETTINGS)
    assert [channels.of_robot(name) for name in "ABCDEF"] == [
        ("wecom", "A"),
        ("wecom", "A"),
        ("wecom", "C"),
        ("apprise", "D"),
        ("apprise", "E"),
        ("apprise", "D"),
    ]
    assert channels.of_robot("UNSET") == ("file", "UNSET")


def test_a_broken_address_is_like_no_other() -> None:
    broken = replace(SETTINGS, robots={"X": Secret("http://[::1/"), "Y": Secret("http://[::1/")}, apprise={})
    assert channels_of(broken) == Channels(robots=frozenset("XY"), same={"Y": "X"})


def test_each_kind_of_channel_has_one_transport(tmp_path: Path) -> None:
    settings = replace(
        SETTINGS,
        robot_forms={"A": RobotForm.TEXT},
        robot_mentions=Mention.MOBILE,
        outbox_dir=tmp_path,
        robot_ca_file=Path(__file__),
    )
    assert [each.channel for each in transports_of(settings, SystemClock())] == ["wecom", "apprise", "file"]


def test_an_address_that_needs_apprise_says_how_to_get_it() -> None:
    with pytest.raises(SettingsError, match=r"设置 GKBOT_APPRISE_E：.*-m pip install 'apprise>="):
        require_usable("E", Secret("ntfy://topic-SECRET"), has_library=False)
    require_usable("D", Secret("dingtalk://SECRET@tok"), has_library=False)


def test_an_address_that_apprise_cannot_read_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="设置 GKBOT_APPRISE_E：Apprise 看不懂这个地址") as told:
        require_usable("E", Secret("nosuchservice://SECRET"), has_library=True)
    assert "SECRET@" not in str(told.value)


def test_a_name_that_nothing_bears_is_a_mistake() -> None:
    assert (channel_of(SETTINGS, "C"), channel_of(SETTINGS, "E")) == (("wecom", "C"), ("apprise", "E"))
    with pytest.raises(SettingsError, match="已设置的有：B、A、C、D、E、F"):
        channel_of(SETTINGS, "X")
    with pytest.raises(SettingsError, match="还没有设置任何机器人"):
        channel_of(Settings(), "X")
