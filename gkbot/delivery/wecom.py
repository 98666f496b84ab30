"""Group robots of enterprise WeChat (企业微信消息推送): one POST a message, judged by `errcode` alone.

developer.work.weixin.qq.com, path 91770.
"""

from collections.abc import Mapping

from gkbot.delivery import wecom_codes
from gkbot.delivery.robots import Robots
from gkbot.delivery.secrets import RobotAddress, redacted
from gkbot.delivery.transport import Parcel
from gkbot.delivery.webhook import DEADLINE_SECONDS, Answer, Webhook, no_code, not_answered
from gkbot.delivery.wecom_text import freeze, is_too_long, marked_maybe_twice, plain_text
from gkbot.ledger import Outcome, Payload, Rate, Receipt
from gkbot.notices.message import Message
from gkbot.settings import Mention, RobotForm

ROBOT_RATE = Rate(most=20, seconds=60.0, reserve=2)  # path 91770: 20 messages a minute and robot
VENDOR_HOST = "qyapi.weixin.qq.com"


class WeComTransport(Robots[RobotAddress]):
    """Sends to the robots whose addresses the settings name."""

    channel = "wecom"

    def __init__(
        self,
        robots: Mapping[str, RobotAddress],
        *,
        rates: tuple[Rate, ...] = (ROBOT_RATE,),
        deadline_seconds: float = DEADLINE_SECONDS,
        ca_file: str | None = None,
        forms: Mapping[str, RobotForm] | None = None,
        mentions: Mention = Mention.USERID,
    ) -> None:
        """Take the robots by the names that unit files call them.

        Args:
            ca_file: Certificates to trust, for private editions.
            forms: Robot name → form, where it is not markdown.
            mentions: How contacts are called on.
        """
        webhook = Webhook(deadline_seconds=deadline_seconds, ca_file=ca_file)
        super().__init__(robots, webhook, plain_text=plain_text)
        self.rates = rates
        self._forms = dict(forms or {})
        self._mentions = mentions

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """The payloads in this robot's form; one more where only a text message can mention."""
        return freeze(message, self._forms.get(address, RobotForm.MARKDOWN), self._mentions)

    def _post(self, robot: RobotAddress, parcel: Parcel) -> Receipt:
        payload = marked_maybe_twice(parcel.payload) if parcel.maybe_twice else parcel.payload
        if is_too_long(payload):
            return Receipt(outcome=Outcome.DEAD, code="too-long", phase="connect", simplify=True)
        return _judged(self._webhook.post(robot, payload), robot)


def _judged(answer: Answer, robot: RobotAddress) -> Receipt:
    """An answer, judged by errcode; without one it did not come from the robot's own server."""
    key = RobotAddress(robot.reveal().rpartition("=")[2])
    reply = redacted(answer.content, robot, key)
    known = not_answered(answer, reply)
    if known is not None:
        return known
    errcode, said = answer.code("errcode")
    if errcode is not None:
        return wecom_codes.receipt_of(errcode, redacted(str(said.get("errmsg", "")), robot, key))
    return no_code(answer, reply, from_vendor=robot.host == VENDOR_HOST)
