"""What becomes of a notice of which nobody knows whether it arrived, where that is not the channel's to say (G4)."""

from gkbot.ledger.values import UnclearPolicy
from gkbot.planning.digest import is_sign_of_life
from gkbot.planning.values import Notice

MASS = 50
"""A second copy to more people than this embarrasses the office more than asking one of them."""
EVERYBODY = "@all"


def policy_for(notice: Notice) -> UnclearPolicy | None:
    """A sign of life is worth no second copy, a mass message waits for a person; None leaves it to the channel."""
    if is_sign_of_life(notice):
        return UnclearPolicy.DROP
    called = {*notice.recipient.mentions, *notice.recipient.mobiles}
    units = {item.unit for item in notice.items}
    is_mass = EVERYBODY in called or len(called) > MASS or (notice.recipient.robot and len(units) > MASS)
    return UnclearPolicy.HOLD if is_mass else None
