"""`gkbot import`: a workbook that people edited, shown as a diff, checked, and written back into the rule files."""

import sys
from pathlib import Path

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.clock import SystemClock
from gkbot.service.workbook.importing import Import, prepare
from gkbot.settings import load_settings


@command(
    "import",
    help="""读回用 gkbot export 导出、在 Excel 或 WPS 里改过的工作簿：先逐条列出改动，检查无误，确认以后写入规则文件。

例：gkbot import 台账.xlsx --dry-run

只改动表里改过的内容，规则文件里的注释、顺序和其余文字一个字也不变；原来的文件另存一份备份。
有一处错误就什么也不写，错误按工作表、行、列指明。

退出码：0 已写入或没有改动，1 工作簿或规则文件有错，2 用法错误、没有确认，或者文件读不出来。""",
)
@click.argument("file", metavar="文件.xlsx", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="不再询问，直接写入。")
@click.option("--dry-run", is_flag=True, help="只列出改动和错误，不写入。")
@json_option
def import_workbook(*, file: Path, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Show what the workbook changes, and write it."""
    from gkbot.service.office import rules_folder
    from gkbot.service.workbook.saving import save_all
    from gkbot.service.workbook.telling import as_json as told_as_json

    settings = load_settings()
    clock = SystemClock(settings.zone)
    root = rules_folder(settings)
    found = prepare(file, root, clock.today())
    if as_json:
        print_json(told_as_json(found))
    else:
        _show(found)
    if found.is_refused:
        say(f"没有写入：有 {len(found.mistakes) + len(found.problems)} 处错误，改好以后再读回。")
        return 1
    if not found.wishes:
        say("没有改动。")
        return 0
    if dry_run:
        say("只是预览，没有写入。")
        return 0
    if not yes and not _is_confirmed(found):
        return 2
    backup = save_all(root, found.old, found.new, clock.now().astimezone(clock.zone))
    say(f"已写入 {'、'.join(sorted(found.new))}。原来的文件在 {backup}。")
    return 0


def _is_confirmed(found: Import) -> bool:
    if not sys.stdin.isatty():
        say("没有写入：不在终端里，不能询问。看过改动以后加上 --yes 再执行。")
        return False
    if click.confirm(f"把以上改动写入 {'、'.join(sorted(found.new))}？", err=True):
        return True
    say("没有写入。")
    return False


def _show(found: Import) -> None:
    from gkbot.rulebook import format_problem
    from gkbot.service.workbook.telling import told

    for line in told(found):
        click.echo(line)
    for mistake in found.mistakes:
        click.echo(str(mistake))
    for problem in found.problems:
        click.echo(format_problem(problem))
    for remark in found.remarks:
        say(f"说明：{remark}")


globals()["import"] = import_workbook  # `import` is a word of Python; commands are found by their own name
