"""`gkbot export`: the 台账, the contact book and the groups as an Excel workbook."""

import sys
from datetime import date
from pathlib import Path

import click

from gkbot.cli.arguments import DAY
from gkbot.cli.chinese import command
from gkbot.cli.output import say
from gkbot.cli.tasks import in_document


@command(
    help="""把任务台账、单位通讯录、单位组导出为 Excel 工作簿，用 Excel 或 WPS 修改以后再用 gkbot import 读回。

例：gkbot export 台账.xlsx --document 广府办发

白色的列可以改，灰色的列（截止日、进展情况等）由程序算出，不读回。怎样填写见“说明”工作表。

退出码：0 已导出，1 规则文件有错，2 用法或设置有错，或者文件写不进去。"""
)
@click.argument("file", metavar="文件.xlsx", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--document", metavar="文字", help="只要标题、文号或文件名里含有这段文字的文件。")
@click.option("--units", is_flag=True, help="只要单位通讯录和单位组，不要任务。")
@click.option("--date", "day", type=DAY, metavar="日期", help="进展按哪一天的情况，默认今天。")
def export(*, file: Path, document: str | None, units: bool, day: date | None) -> int:
    """Write the workbook."""
    from gkbot.cli.start import office
    from gkbot.service.workbook.exporting import export as write

    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"文件名要以 .xlsx 结尾：{file.name}")
    with office(day, writes=False) as opened:
        chosen = [task for task in opened.book.tasks if in_document(task, document)]
        if document is not None and not chosen:
            raise click.UsageError(f"没有标题、文号或文件名里含有“{document}”的文件。")
        if file.exists() and sys.stdin.isatty():
            click.confirm(f"{file} 已经存在，覆盖它？", abort=True)
        try:
            counts = write(opened, file, tasks=chosen, only_units=units)
        except OSError as error:
            reason = "请先在 Excel 或 WPS 里关闭它，并检查文件夹和权限。"
            raise click.UsageError(f"写不进文件 {file}。{reason}") from error
    rows = "、".join(f"{name}{count}行" for name, count in counts.items())
    say(f"已导出 {file}：{rows}。改完以后用 gkbot import {file} 读回。")
    return 0
