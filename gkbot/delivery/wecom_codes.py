"""What a WeCom robot's errcode means (developer.work.weixin.qq.com, path 91770 and 90313; facts/delivery.md 5.1)."""

from dataclasses import replace

from gkbot.delivery.webhook import GATE_SECONDS
from gkbot.ledger import Outcome, Receipt

CONCURRENCY_SECONDS = 7.0
MOST_RETRIES = 3

TOO_FAST, BUSY, CONCURRENCY = 45009, -1, 45033
BAD_PAYLOAD = frozenset({40008, 40033, 40035, 40058, 40063, 44004, 45002, 45008, 45034})
BAD_MEDIA = frozenset({40004, 40006, 40007, 40009})
ROBOT_GONE = frozenset({93000, 93004, 93008})


def receipt_of(errcode: int, errmsg: str) -> Receipt:
    """Judge a code.

    Args:
        errcode: As answered; 0 is taken.
        errmsg: Redacted. Its words may change and decide nothing but one case: a payload that was
            mangled comes with errcode 0 and "Warning: wrong json format."
    """
    said = Receipt(outcome=Outcome.RETRY, code=str(errcode), reply=errmsg, phase="answered")
    if errcode == 0 and "wrong json format" not in errmsg.lower():
        return replace(said, outcome=Outcome.OK)
    if errcode == 0 or errcode in BAD_PAYLOAD or errcode in BAD_MEDIA:
        return replace(said, outcome=Outcome.DEAD, simplify=True)
    if errcode == TOO_FAST:
        return replace(said, retry_after=GATE_SECONDS, close_gate=GATE_SECONDS, counted=False)
    if errcode == BUSY:
        return replace(said, quick=True)
    if errcode == CONCURRENCY:
        return replace(said, quick=True, retry_after=CONCURRENCY_SECONDS)
    if errcode in ROBOT_GONE:
        return replace(said, outcome=Outcome.DEAD, disable=True)
    return replace(said, retry_most=MOST_RETRIES)
