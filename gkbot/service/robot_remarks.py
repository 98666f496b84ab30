"""What the admins must hear of a group's robot that is of no use any more: where its messages are, how to mend it."""

from gkbot.ledger import DisabledChannel, Ledger
from gkbot.planning.remarks import Remark, Remarks
from gkbot.service.attempt_words import code_words
from gkbot.service.ways import ROBOTS, named_channel
from gkbot.settings.names import APPRISE_PREFIX, ROBOT_PREFIX


def robot_remarks(ledger: Ledger) -> Remarks:
    """One for each robot that is off, told once for the day it went off: a run that only tries again adds nothing."""
    disabled = ledger.outbox.disabled_channels()
    return Remarks(remarks=tuple(_remark(found) for found in disabled if found.channel_id.partition(":")[0] in ROBOTS))


def _remark(found: DisabledChannel) -> Remark:
    channel, _, name = found.channel_id.partition(":")
    setting = f"{ROBOT_PREFIX if channel == 'wecom' else APPRISE_PREFIX}{name}"
    text = (
        f"{named_channel(found.channel_id)} 停用（{code_words(found.reason)}）：不再往这个群发，该发的写进发件文件夹，"
        f"请转达。换上新地址（{setting}），开着后台服务的重新启动它，"
        f"再执行 gkbot outbox enable {found.channel_id} --why 原因。"
    )
    return Remark(mark=f"robot-off-{found.channel_id}-{found.since:%Y%m%d}", text=text)
