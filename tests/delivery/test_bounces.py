"""Reading mails that came back: real forms, forwarded ones, and what is no bounce at all."""

import random
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from gkbot.delivery.bounces import MOST_BYTES, Bounce, read_bounce
from tests.growth import LINEAR, growth
from tests.returned_mails import OURS, report


def test_a_report_names_the_mail_the_status_and_the_words() -> None:
    assert read_bounce(report()) == Bounce(
        message_ids=(OURS,), status="5.1.1", is_final=True, said="smtp; 550 5.1.1 no such user"
    )


@pytest.mark.parametrize(
    ("status", "action", "is_final", "disables"),
    [
        ("5.1.1", "failed", True, True),
        ("5.2.1", "failed", True, True),
        ("5.4.1", "failed", True, True),
        ("5.0.0", "failed", True, True),
        ("5.2.2", "failed", True, False),  # a full mailbox
        ("5.3.4", "failed", True, False),  # a mail too big
        ("5.7.1", "failed", True, False),  # its content
        ("4.4.7", "failed", True, False),  # tried for days in vain
        ("4.4.1", "delayed", False, False),
    ],
)
def test_only_a_dead_address_is_disabled(status: str, action: str, is_final: bool, disables: bool) -> None:
    found = read_bounce(report(status, action))
    assert found is not None
    assert (found.status, found.is_final, found.disables) == (status, is_final, disables)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_receipt_is_no_bounce(action: str) -> None:
    assert read_bounce(report("2.0.0", action)) is None


def test_a_forwarded_report_is_read_all_the_same() -> None:
    forward = MIMEMultipart()
    forward["Subject"] = "转发：退信"
    forward["From"] = "admin@example.gov.cn"
    forward.attach(MIMEText("请看附件", "plain", "utf-8"))
    forward.attach(MIMEMessage(message_from_bytes(report())))
    found = read_bounce(forward.as_bytes())
    assert found is not None
    assert (found.message_ids, found.status) == ((OURS,), "5.1.1")


def test_a_text_that_only_people_read_is_understood() -> None:
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = "postmaster@163.com"
    letter["Subject"] = "系统退信"
    letter.set_content(f"很抱歉，您的邮件被退回。\nMessage-ID: {OURS}\n550 User not found: a@example.gov.cn\n")
    found = read_bounce(letter.as_bytes())
    assert found == Bounce(
        message_ids=(OURS,), status="5.0.0", is_final=True, said="550 User not found: a***@example.gov.cn"
    )


@pytest.mark.fault("F32")
def test_an_automatic_answer_is_no_bounce() -> None:
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = "a@example.gov.cn"
    letter["Subject"] = "自动回复：我在休假"
    letter["Auto-Submitted"] = "auto-replied"
    letter["In-Reply-To"] = OURS
    letter.set_content("8月1日前不在办公室，电话 550 5.1.1。")
    assert read_bounce(letter.as_bytes()) is None


def test_a_persons_answer_is_no_bounce() -> None:
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = "a@example.gov.cn"
    letter["Subject"] = "回复：年报"
    letter["References"] = OURS
    letter.set_content("已完成，见 5.1.1 条。")
    assert read_bounce(letter.as_bytes()) is None


def test_what_is_too_big_is_not_read() -> None:
    with pytest.raises(ValueError, match="too big"):
        read_bounce(b"x" * (MOST_BYTES + 1))


def test_what_is_nested_too_deep_is_not_read() -> None:
    deep = b"Content-Type: message/rfc822\n\n" * 3000 + report()
    with pytest.raises(ValueError, match="nested too deep"):
        read_bounce(deep)


def test_a_thousand_parts_are_read_within_limits() -> None:
    many = b'Content-Type: multipart/mixed; boundary="C"\n\n' + b"--C\n\nx\n" * 5000 + b"--C--\n"
    assert read_bounce(many) is None


def test_any_bytes_are_read_or_refused_and_nothing_else() -> None:
    dice, whole = random.Random(7), report()  # noqa: S311 - the same bytes every time
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(dice.randrange(1, 40)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        found = read_bounce(bytes(broken[: dice.randrange(len(broken))]))
        assert found is None or found.status[0] in "245"


def test_forged_words_take_time_that_grows_no_faster_than_they_do() -> None:
    def forged(size: int) -> bytes:
        return report().replace(b"smtp; 550 5.1.1 no such user", b"smtp; 550 " + b"a" * size)

    assert growth(forged, read_bounce, 4_000) < LINEAR
