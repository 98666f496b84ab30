"""`gkbot when`: the deadlines in a text."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from gkbot.cli.arguments import DATE_PATTERN, ISSUED, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.deadline import Calendar, Deadline, read
from gkbot.os_words import in_words

KIND_WORDS = {
    "by": "截止",
    "within": "期间",
    "recurring": "周期",
    "after_event": "起算",
    "ongoing": "持续",
    "vague": "待定",
}
MAX_LINE_CHARACTERS = 1_000_000


@command(
    help="""读出一句话里的全部办理期限。

例：gkbot when "于2023年7月底前完善公开内容" --ref 2023-05-17

成批：gkbot when --batch phrases.jsonl（每行 {"id", "text", "ref", "year"?}）

退出码：0 正常，1 批量文件有错，2 用法错误。"""
)
@click.argument("text", required=False, metavar="文字")
@click.option("--ref", type=ISSUED, metavar="日期", help="文件印发日期，默认今天。")
@click.option("--year", type=click.IntRange(1900, 2200), metavar="年", help="任务年度，默认印发日期所在年。")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="文件",
    help="逐行读取 JSONL 文件，- 表示标准输入。",
)
@click.option("--trace", is_flag=True, help="显示解析过程：词、规则、含义、日期。")
@json_option
def when(
    *, text: str | None, ref: date | None, year: int | None, batch: Path | None, trace: bool, as_json: bool
) -> int:
    """Read the deadlines of one text or of a file of texts."""
    if batch is not None:
        return _read_batch(batch)
    if text is None:
        raise click.UsageError("要写一段文字，或用 --batch 指定文件。")
    issued = ref or _today()
    if trace:
        return _show_trace(text, issued, year)
    deadlines = read(text, issued=issued, year=year, calendar=Calendar.builtin())
    if as_json:
        print_json({"deadlines": [deadline.as_json() for deadline in deadlines]})
    elif deadlines:
        for deadline in deadlines:
            _show(deadline)
    else:
        say("没有读出期限。")
    return 0


def _today() -> date:
    from gkbot.clock import SystemClock

    return SystemClock().today()


def _show(deadline: Deadline) -> None:
    marks = "（暂定）" if deadline.provisional else ""
    day = "" if deadline.due is None else f"  {deadline.due:%Y-%m-%d}{marks}"
    click.echo(f"“{deadline.text}”  {KIND_WORDS[deadline.kind]}{day}")
    click.echo(f"    {deadline.why}")
    for other in deadline.alternatives:
        click.echo(f"    另一种读法：{other.due}，{other.why}")
    for doubt in deadline.doubts:
        click.echo(f"    疑点：{doubt.text}")


def _show_trace(text: str, issued: date, year: int | None) -> int:
    from gkbot.deadline import trace

    click.echo(str(trace(text, issued=issued, year=year, calendar=Calendar.builtin())))
    return 0


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of a batch."""

    id: object
    text: str
    issued: date
    year: int | None


def _read_batch(path: Path) -> int:
    calendar = Calendar.builtin()
    mistakes = 0
    for number, line in _lines(path):
        try:
            record = _record(line)
        except ValueError as error:
            mistakes += 1
            say(f"{path}:{number}:1: {error}")
            continue
        found = read(record.text, issued=record.issued, year=record.year, calendar=calendar)
        answer = {"id": record.id, "deadlines": [deadline.as_json() for deadline in found]}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 1 if mistakes else 0


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace")
                if line.strip():
                    yield number, line
    except OSError as error:
        raise click.UsageError(f"读不到文件 {path}（{in_words(error)}）。请检查路径和权限。") from None


def _record(line: str) -> _Record:
    if len(line) > MAX_LINE_CHARACTERS:
        raise ValueError(f"这一行超过 {MAX_LINE_CHARACTERS} 个字符。请分成几行。")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError('这一行不是 JSON。写法：{"id": "1", "text": "6月底前", "ref": "2026-01-20"}') from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError('缺少 "text"，或它不是文字。')  # noqa: TRY004 - the user's mistake, not the caller's
    match = DATE_PATTERN.fullmatch(str(record.get("ref", "")))
    year = record.get("year")
    if match is None or not (year is None or isinstance(year, int)):
        raise ValueError('"ref" 要写成 2026-01-20 的样子，"year" 要是整数。')
    try:
        issued = date(*map(int, match.groups()))
    except ValueError:
        raise ValueError(f'"ref" 的 {record["ref"]} 这一天不存在。') from None
    return _Record(id=record.get("id"), text=record["text"], issued=issued, year=year)
