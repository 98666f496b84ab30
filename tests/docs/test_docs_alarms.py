"""Every alarm, brake, outbox reason and provider's code stands in 运维手册 with what to do, as the program has it."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
from manuals import OPERATOR, ROOT, codes, prose, rows, section

from gkbot.cli.outbox_group import REASON_WORDS
from gkbot.delivery import dingtalk, feishu, wecom_codes
from gkbot.delivery.mail_answers import KNOWN_TEXTS, KnownText, receipt_of
from gkbot.ledger import Brake, usual
from gkbot.ledger.retries import DELAYS_SECONDS
from gkbot.ledger.superseding import COALESCED, OBSOLETE
from gkbot.service import brakes, clock_guard, last_look, undelivered
from gkbot.service.auditing.judging import FROM_OUTSIDE
from gkbot.service.auditing.values import SEVERITY_WORDS, Severity
from gkbot.service.drafts import LATER_LETTER
from gkbot.service.status import NOT_YET

TEXT = OPERATOR.read_text(encoding="utf-8")
FINDERS = (
    "service/auditing/auditor.py",
    "service/auditing/judging.py",
    "service/auditing/messages.py",
    "service/mail_remarks.py",
    "service/service_sign.py",
    "service/status.py",
)
SAID_SHORT = re.compile(r"_(fail|warn|note)\(\s*\"([a-z-]+)\"")
SAID_WHOLE = re.compile(r"code=\"([a-z-]+)\",\s*severity=Severity\.([A-Z]+)|Severity\.([A-Z]+),\s+\"([a-z-]+)\"")
METRIC = re.compile(r"\"(gkbot_[a-z_]+)\"")
OF_ONE_MAIL, OF_THE_ACCOUNT = "这一封", "整个账号"
MINUTE = 60


def in_code(first: object, *more: Iterable[int]) -> set[str]:
    """Codes as the manual writes them."""
    return {str(first), *(str(code) for codes_alike in more for code in codes_alike)}


def findings() -> dict[str, Severity]:
    """Every finding that the program can tell, with how bad it is."""
    found = {code: finding.severity for code, finding in FROM_OUTSIDE.items()} | {NOT_YET.code: NOT_YET.severity}
    for name in FINDERS:
        source = (ROOT / "gkbot" / name).read_text(encoding="utf-8")
        found |= {code: Severity(word) for word, code in SAID_SHORT.findall(source)}
        for code, word, other_word, other in SAID_WHOLE.findall(source):
            found[code or other] = Severity[word or other_word]
    return found | {f"brake-{brake}": Severity.FAIL for brake in (Brake.CLOCK, Brake.RESTORED)}


def alarms() -> dict[str, list[str]]:
    table = rows(section(TEXT, "代码表"), "代码", "级别", "是什么", "怎么办")
    return {codes(row[0])[0]: row for row in table}


def reasons() -> dict[str, list[str]]:
    table = rows(section(TEXT, "原因"), "代码", "显示", "意思", "怎么办")
    return {codes(row[0])[0]: row for row in table}


def answers() -> list[tuple[str, str, str]]:
    """A mail server's words, how long to wait, and for what."""
    table = rows(section(TEXT, "邮件服务器的答复"), "答复里写着", "再试以前等", "停的是", "要做什么")
    return [(said, wait, what) for cell, wait, what, _ in table for said in codes(cell)]


def known_text(said: str) -> KnownText:
    number, _, text = said.partition(" ")
    return next(known for known in KNOWN_TEXTS if int(number) in known.codes and known.text.search(text))


def test_every_finding_is_explained_with_its_severity_and_a_cure() -> None:
    assert {code: row[1] for code, row in alarms().items()} == {
        code: SEVERITY_WORDS[severity] for code, severity in findings().items()
    }
    assert [code for code, row in alarms().items() if not (row[2] and row[3])] == []


def test_every_brake_is_explained_with_a_cure() -> None:
    table = rows(section(TEXT, "十、暂扣"), "类别", "什么情况", "怎么办")
    assert {codes(row[0])[0] for row in table if row[1] and row[2]} == {str(brake) for brake in Brake}


def test_every_reason_is_explained_in_the_words_of_the_list() -> None:
    assert {code: row[1] for code, row in reasons().items()} == REASON_WORDS
    assert [code for code, row in reasons().items() if not (row[2] and row[3])] == []


def test_the_reasons_of_the_rooms_below_have_words() -> None:
    given = {OBSOLETE, COALESCED, last_look.GONE, last_look.PAUSED, last_look.MOVED, last_look.SILENCED}
    given |= {LATER_LETTER, last_look.RETURNED, *last_look.CLOSED_WORDS.values(), *(brake.reason for brake in Brake)}
    assert given - set(REASON_WORDS) == set()
    assert set(undelivered.REASON_WORDS) - set(REASON_WORDS) == {"bounced", "bad-address"}  # the channels' own codes


@pytest.mark.parametrize(("said", "wait", "what"), answers(), ids=lambda value: value)
def test_a_mail_servers_answer_is_taken_as_the_table_says(said: str, wait: str, what: str) -> None:
    number, _, text = said.partition(" ")
    receipt = receipt_of(int(number), text, "rcpt")
    assert receipt.retry_after == int(wait.removesuffix("分钟")) * MINUTE
    assert what == (OF_ONE_MAIL if receipt.close_gate is None else OF_THE_ACCOUNT)


def test_every_answer_that_the_program_knows_has_a_row() -> None:
    assert {known_text(said).text for said, _, _ in answers()} == {known.text for known in KNOWN_TEXTS}


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (
            "企业微信",
            in_code(wecom_codes.BUSY, [wecom_codes.TOO_FAST, wecom_codes.CONCURRENCY])
            | in_code(93000, wecom_codes.BAD_PAYLOAD, wecom_codes.BAD_MEDIA, wecom_codes.ROBOT_GONE),
        ),
        (
            "钉钉",
            in_code(dingtalk.BUSY, [dingtalk.TOO_FAST, dingtalk.REFUSED], dingtalk.BAD_PAYLOAD, dingtalk.ROBOT_GONE),
        ),
        (
            "飞书",
            in_code(feishu.TOO_FAST, [feishu.BAD_REQUEST_OR_TOO_MANY, feishu.KEYWORD, feishu.SIGNATURE])
            | in_code(feishu.NETWORK_ADDRESS, [feishu.NO_SUCH_BOT], feishu.BAD_PAYLOAD),
        ),
    ],
    ids=["wecom", "dingtalk", "feishu"],
)
def test_every_code_of_a_robot_has_a_row(header: str, known: set[str]) -> None:
    table = rows(section(TEXT, "机器人的代码"), header, "意思", "程序怎么做")
    assert {code for row in table for code in codes(row[0])} == known


def test_every_metric_has_a_row() -> None:
    source = (ROOT / "gkbot" / "web" / "metrics.py").read_text(encoding="utf-8")
    told = {name + "_total" if name == "gkbot_attempts" else name for name in METRIC.findall(source)}
    table = rows(section(TEXT, "healthz 和 metrics"), "指标", "意思")
    assert {name for row in table for name in codes(row[0])} == told


def test_the_waits_between_tries_are_those_of_the_outbox() -> None:
    shown = "、".join(f"{s:.0f}秒" if s < MINUTE else f"{s / MINUTE:.0f}分钟" for s in DELAYS_SECONDS[:4])
    hours = "、".join(f"{s / MINUTE / MINUTE:.0f}小时" for s in (*DELAYS_SECONDS[4:], DELAYS_SECONDS[-1]))
    assert f"每条消息失败后按{shown}、{hours}……的间隔再发" in TEXT


def test_what_is_usual_is_told_as_the_brake_reckons_it() -> None:
    part = section(TEXT, "十、暂扣")
    assert f"最近{usual.SCANS}个有消息的工作日的中位数，不足{brakes.LEAST_SCANS}个" in part
    assert f"最忙一天的{brakes.PEAK_ROOM}倍" in part
    assert f"相差{clock_guard.TOLERANCE // timedelta(minutes=1)}分钟以上" in part


def test_the_manual_quotes_the_unit_as_it_is() -> None:
    unit = (ROOT / "docs" / "gkbot.service").read_text(encoding="utf-8").splitlines()
    part = prose(section(TEXT, "三、作为系统服务运行"))
    quoted = {code for code in codes(part) if re.fullmatch(r"[A-Z][A-Za-z]+=\w+", code)}
    assert quoted == {"Type=notify", "WatchdogSec=300", "TimeoutStopSec=1400"}
    assert quoted - set(unit) == set()
