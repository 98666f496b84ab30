"""`gkbot check`: every mistake in the rule files, with place, cause and cure."""

from collections.abc import Sequence
from pathlib import Path

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.clock import SystemClock
from gkbot.errors import SettingsError
from gkbot.rulebook import Problem, format_problem, load
from gkbot.rulebook.values import Severity
from gkbot.settings import load_settings

SEVERITY_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.HINT: "提示"}


@command(
    help="""检查规则文件，逐条列出问题：文件:行:列: 代码 说明。

例：gkbot check rules/guangyuan

不写路径时检查 GKBOT_RULES 指定的整个文件夹；写了路径，只列出这些文件里的问题。

退出码：0 无错误，1 有错误，2 用法或设置有错。"""
)
@click.argument("paths", nargs=-1, metavar="[路径]...", type=click.Path(path_type=Path))
@click.option("--hints", is_flag=True, help="连同提示一起列出（默认只列错误和警告）。")
@json_option
def check(*, paths: Sequence[Path], hints: bool, as_json: bool) -> int:
    """List the problems of the rule files."""
    settings = load_settings()
    today = SystemClock(settings.zone).today()
    for path in paths:
        if not path.exists():
            raise click.UsageError(f"没有这个文件或文件夹：{path}")
    if not paths and not settings.rules.is_dir():
        raise SettingsError("GKBOT_RULES", f"没有文件夹 {settings.rules}", "请建立它，或用 GKBOT_RULES 另行指定。")
    problems: list[Problem] = []
    files = 0
    for root, wanted in _roots(paths, settings.rules):
        result = load(root, today=today)
        files += len(result.files)
        problems += [p for p in result.problems if wanted is None or _inside(p, wanted)]
    if as_json:
        print_json([problem.as_json() for problem in problems])
    else:
        _show(problems, files, hints=hints)
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0


def _roots(paths: Sequence[Path], rules: Path) -> list[tuple[Path, Path | None]]:
    """Folders to load, each with the path whose problems are wanted (None: all).

    A path inside the rules folder is read together with all its neighbours, so that names are found.
    """
    if not paths:
        return [(rules, None)]
    roots: list[tuple[Path, Path | None]] = []
    for path in paths:
        if rules.is_dir() and path.resolve().is_relative_to(rules.resolve()):
            roots.append((rules, path.resolve()))
        elif path.is_dir():
            roots.append((path, None))
        else:
            roots.append((path.parent, path.resolve()))
    return roots


def _inside(problem: Problem, wanted: Path) -> bool:
    return Path(problem.place.file).resolve().is_relative_to(wanted)


def _show(problems: Sequence[Problem], files: int, *, hints: bool) -> None:
    for problem in problems:
        if hints or problem.severity is not Severity.HINT:
            click.echo(format_problem(problem))
    counts = [f"{sum(p.severity is s for p in problems)} 个{word}" for s, word in SEVERITY_WORDS.items()]
    say(f"检查了 {files} 个文件：{'、'.join(counts)}。")
