"""`gkbot replay`: what would have gone out, day by day, had the bot been at work then."""

import sys
from datetime import date
from pathlib import Path

import click

from gkbot.cli.arguments import DAY
from gkbot.cli.chinese import command
from gkbot.cli.output import print_table, say
from gkbot.service.replaying import Progress, Replayed
from gkbot.service.replaying import replay as replay_days
from gkbot.service.views import KIND_WORDS
from gkbot.settings import load_settings

MAX_DAYS = 3700
MOST_UNITS = 10


@command(
    help="""把过去一段时间重新演一遍：每天检查、写发件箱、生成消息，最后给出汇总。

用临时的台账，消息只写成文件；不管配置了什么渠道，都不会真的发送，也不动正式的台账。

例：gkbot replay --from 2023-05-17 --to 2023-09-30 --into var/replay

退出码：0 演完，1 规则文件有错，2 用法或设置有错。"""
)
@click.option("--from", "first", type=DAY, metavar="日期", required=True, help="从哪一天起。")
@click.option("--to", "last", type=DAY, metavar="日期", required=True, help="到哪一天止（含）。")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="文件夹",
    help="把消息和台账留在这个空文件夹里；不写就只给汇总。",
)
def replay(*, first: date, last: date, into: Path | None) -> int:
    """Play a stretch of days."""
    if last < first:
        raise click.UsageError("--to 不能早于 --from。")
    if (last - first).days > MAX_DAYS:
        raise click.UsageError(f"一次最多演 {MAX_DAYS} 天。")
    settings = load_settings()
    with _bar((last - first).days + 1) as progress:
        found = replay_days(settings, first, last, into=into, progress=progress)
    _show(found)
    return 0


class _bar:  # noqa: N801 - used as a function
    """A progress bar on standard error, where that is a terminal."""

    def __init__(self, days: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Bar(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
        self._task = self._bar.add_task("", total=days)

    def __enter__(self) -> Progress:
        """Start; gives what is called after each day."""
        self._bar.start()
        return self._advance

    def __exit__(self, *_exception: object) -> None:
        """Take the bar away."""
        self._bar.stop()

    def _advance(self, day: date) -> None:
        self._bar.update(self._task, advance=1, description=day.isoformat())


def _show(found: Replayed) -> None:
    kinds = [kind for kind in KIND_WORDS if any(counts[str(kind)] for counts in found.months.values())]
    rows = []
    for (year, month), counts in sorted(found.months.items()):
        row = [f"{year}-{month:02}", *(str(counts[str(kind)]) for kind in kinds)]
        rows.append([*row, str(counts["drafts"]), str(counts["sent"]), str(counts["failed"])])
    if len(rows) > 1:
        rows.append(["合计", *(str(sum(int(row[at]) for row in rows)) for at in range(1, len(rows[0])))])
    headers = ("月份", *(KIND_WORDS[kind] for kind in kinds), "草稿", "已写成文件", "未送达")
    print_table(headers, rows, title=f"重演 {found.first} 至 {found.last}")
    units = [(name, str(count)) for name, count in found.units.most_common(MOST_UNITS)]
    if units:
        print_table(("收到最多的", "消息"), units)
    say(f"共 {len(found.units)} 个收件单位。没有发送任何消息，正式的台账没有变化。")
    if found.folder is not None:
        say(f"消息在 {found.folder / 'outbox'}，台账在 {found.folder / 'gkbot.db'}。")
