"""`gkbot outbox audit` and `export`: what can be shown afterwards."""

from datetime import date
from pathlib import Path

import click

from gkbot.cli.arguments import DAY, current_user, json_option
from gkbot.cli.outbox_group import ask, sub, who_option, yes_option
from gkbot.cli.output import print_json, print_table, say
from gkbot.errors import UsageError
from gkbot.iso import iso
from gkbot.os_words import in_words


@sub(
    "audit",
    "查看谁在什么时候做了什么决定",
    "查看审计记录：谁、什么时候、做了什么、为什么，最近的在前。\n\n例：gkbot outbox audit --last 20",
)
@click.option(
    "--last", "limit", type=click.IntRange(1, 100_000), default=100, metavar="条数", help="最近多少条，默认100。"
)
@json_option
def audit(*, limit: int, as_json: bool) -> int:
    """Show the audit."""
    from gkbot.cli.start import office
    from gkbot.service.trail_views import deed

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        found = opened.ledger.trail.audit(limit=limit)
        zone = opened.settings.zone
    if as_json:
        print_json([{"at": iso(e.at), "who": e.who, "what": e.what, "why": e.why} for e in found])
        return 0
    rows = [(f"{e.at.astimezone(zone):%Y-%m-%d %H:%M}", e.who, deed(e.what), e.why) for e in found]
    if rows:
        print_table(("时间", "由谁", "做了什么", "为什么"), rows)
    say(f"共 {len(rows)} 条。")
    return 0


@sub(
    "export",
    "把发送日志导出为表格，供督查",
    """把发送日志导出为表格（.csv 或 .xlsx）：每次发送一行，有时间、结果、代码、单位、岗位、事项，邮箱隐去。
已有同名文件的，先问要不要覆盖。谁导出的、哪些日子的，记入审计。

例：gkbot outbox export 发送日志.xlsx --from 2026-01-01 --to 2026-03-31""",
)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--from", "first", type=DAY, metavar="日期", help="从哪一天的消息起，默认全部。")
@click.option("--to", "last", type=DAY, metavar="日期", help="到哪一天的消息止，含当日。")
@yes_option
@click.option("--why", metavar="原因", default="", help="给谁、为什么导出，写进审计记录。")
@who_option
def export(*, file: Path, first: date | None, last: date | None, yes: bool, why: str, who: str | None) -> int:
    """Write the log of attempts to a file."""
    from gkbot.cli.start import office
    from gkbot.service.trail_views import write_log

    if file.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.UsageError("文件名要以 .csv 或 .xlsx 结尾。")
    if first is not None and last is not None and last < first:
        raise click.UsageError("--to 不能早于 --from。")
    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        if file.exists():
            ask(f"{file} 已经有了，覆盖它？", yes=yes)
        try:
            count = write_log(file, opened.ledger.trail.tries(first, last), opened.settings.zone)
        except OSError as error:
            raise UsageError(f"写不进文件 {file}（{in_words(error)}）。请检查文件夹和权限。") from None
        what = f"export {first or '最早'}至{last or '最近'} {count}次"
        opened.ledger.trail.note(who=who or current_user(), what=what, why=why)
    click.echo(f"已导出 {count} 次发送：{file}")
    return 0
