"""The log of attempts and the audit in words: for the terminal, and as a table for inspectors."""

import csv
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gkbot.ledger import Attempt, Try
from gkbot.planning import NoticeKind
from gkbot.service.attempt_words import OUTCOME_WORDS, code_words, phase_word
from gkbot.service.brakes import WORDS as BRAKE_WORDS
from gkbot.service.undelivered import masked
from gkbot.service.views import KIND_WORDS
from gkbot.service.ways import channel_word, named_channel, reader_of

HEADERS = (
    "消息编号", "第几段", "计划日期", "类型", "单位", "岗位或群", "渠道", "收件地址", "事项",
    "第几次", "开始时间", "结束时间", "结果", "代码", "阶段",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_CELL_CHARACTERS = 32_000  # Excel's limit is 32,767
_DEEDS = {
    "release": "放行",
    "resend": "重发",
    "export": "导出发送日志",
    "cancel": "撤销",
    "divert": "改走另一条路",
    "enable": "启用渠道",
    "accept": "确认规则改动",
    "brake": "暂停",
    "lift": "解除",
    "silence": "静默",
    "postpone": "推迟",
    "ack": "知悉",
    "end": "结束",
    "clear": "清除",
    "bounce": "登记退信",
    "wish": "申请不再接收汇总提醒",
}
_NAMES = {
    "unit": "单位",
    "address": "地址",
    "task": "任务",
    "document": "文件",
    "silence": "静默",
    "bounce": "退信",
    "leave": "不再接收的申请",
}


def deed(what: str) -> str:
    """What was done, in words: the audit keeps a verb and what it was done to."""
    verb, _, rest = what.partition(" ")
    if verb not in _DEEDS:
        return what
    if what == "wish to leave":
        return _DEEDS[verb]
    if verb == "enable":
        return f"{_DEEDS[verb]} {named_channel(rest)}"
    words = {
        **{brake.reason: word for brake, word in BRAKE_WORDS.items()},
        **{str(b): w for b, w in BRAKE_WORDS.items()},
    }
    named = " ".join(words.get(part, _named(part)) for part in rest.split(" ") if part != "rules")
    return f"{_DEEDS[verb]} {named}".rstrip()


def _named(part: str) -> str:
    name, is_pair, value = part.partition("=")
    return f"{_NAMES[name]}{value}" if name in _NAMES and (is_pair or not value) else part


def line_of_attempt(attempt: Attempt, zone: ZoneInfo) -> str:
    """One try in one line."""
    code = f"，{code_words(attempt.code)}" if attempt.code else ""
    return f"{attempt.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S} {OUTCOME_WORDS[attempt.outcome]}{code}"


def write_log(file: Path, tries: Sequence[Try], zone: ZoneInfo) -> int:
    """Write every attempt as a line, into a file that is replaced as a whole.

    Returns:
        How many attempts.
    """
    rows = list(_rows(tries, zone))
    with tempfile.NamedTemporaryFile(dir=file.parent or Path(), prefix=".gkbot-", delete=False) as handle:
        fresh = Path(handle.name)
    try:
        (_write_xlsx if file.suffix.lower() == ".xlsx" else _write_csv)(fresh, rows)
        os.replace(fresh, file)  # noqa: PTH105 - the target may be a plain name
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return len(rows)


def _rows(tries: Sequence[Try], zone: ZoneInfo) -> Iterator[tuple[str | int, ...]]:
    for each in tries:
        entry, attempt = each.entry, each.attempt
        ended = attempt.ended_at
        yield (
            entry.number,
            entry.part_no,
            entry.day.isoformat(),
            KIND_WORDS[NoticeKind(entry.kind)],
            entry.unit or "管理员",
            reader_of(entry),
            channel_word(entry.channel),
            masked(entry.address),
            "、".join(dict.fromkeys(task["task"] for task in entry.facts.get("entries", ()))),
            attempt.token,
            f"{attempt.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            f"{ended.astimezone(zone):%Y-%m-%d %H:%M:%S}" if ended else "",
            OUTCOME_WORDS[attempt.outcome],
            code_words(attempt.code or ""),
            phase_word(attempt.phase or ""),
        )


def _write_csv(file: Path, rows: Sequence[Sequence[str | int]]) -> None:
    """UTF-8 with a byte order mark, which Excel needs; a cell that could be a formula begins with an apostrophe."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADERS)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def _write_xlsx(file: Path, rows: Sequence[Sequence[str | int]]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("发送日志")
    sheet.freeze_panes = "A2"

    def cell(value: str | int) -> Any:
        made = WriteOnlyCell(sheet, value=_clean(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula, whatever it begins with
        return made

    for row in (HEADERS, *rows):
        sheet.append([cell(value) for value in row])
    book.save(file)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)[:_CELL_CHARACTERS]


def _harmless(value: str | int) -> str | int:
    """OWASP, "CSV Injection"."""
    return f"'{_clean(value)}" if isinstance(value, str) and value.startswith(_RISKY) else value
