"""`gkbot check`: every mistake in the rule files, with place, cause and cure."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.check_formats import as_annotations, as_text, summary
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, say
from gkbot.clock import SystemClock
from gkbot.errors import SettingsError
from gkbot.rulebook import Problem, load
from gkbot.rulebook.codes import CODES, full_code, near_codes
from gkbot.rulebook.values import Severity
from gkbot.settings import Settings, load_settings

FORMATS = ("text", "github", "json")


@command(
    help="""检查规则文件，逐条列出问题：文件:行:列: 代码 说明。

例：gkbot check rules/guangyuan

例：gkbot check --explain GK104

不写路径时检查 GKBOT_RULES 指定的整个文件夹；写了路径，只列出这些文件里的问题。
核对过、可以接受的警告和提示，在那一行的行尾或上一行写“# 已知 代码：理由”，以后不再列出。

退出码：0 无错误，1 有错误，2 用法或设置有错。"""
)
@click.argument("paths", nargs=-1, metavar="[路径]...", type=click.Path(path_type=Path))
@click.option("--hints", "--all", "show_all", is_flag=True, help="连同提示和“已知”的一起列出（默认只列错误和警告）。")
@click.option(
    "--format",
    "form",
    metavar="|".join(FORMATS),
    help="输出的格式：text 给人看（默认），github 是 GitHub 的批注，json 供程序使用。",
)
@click.option("--explain", metavar="代码", help="说明一个代码的意思、例子和改法，例如 GK104。")
@json_option
def check(*, paths: Sequence[Path], show_all: bool, form: str | None, explain: str | None, as_json: bool) -> int:
    """List the problems of the rule files, or explain a code."""
    if explain is not None:
        _explain(explain)
        return 0
    if form not in {None, *FORMATS}:
        raise click.UsageError(f"--format 只能是 {'、'.join(FORMATS)}，不能是“{form}”。")
    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json 和 --format {form} 不能同时使用。")
    settings = load_settings()
    _check_paths(paths, settings)
    problems, accepted, files = _found(paths, settings)
    shown = problems
    if show_all:
        shown = sorted([*problems, *accepted], key=_order)
    if as_json or form == "json":
        print_json([problem.as_json() for problem in shown])
    else:
        listed = [problem for problem in shown if show_all or problem.severity is not Severity.HINT]
        _print(as_annotations(listed) if form == "github" else as_text(listed))
        say(summary(problems, listed, len(accepted), files))
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0


def _explain(written: str) -> None:
    from gkbot.rulebook.code_pages import explained

    code = full_code(written)
    if code not in CODES:
        near = near_codes(code)
        hint = f"相近的有：{'、'.join(f'{each}（{CODES[each].title}）' for each in near)}。" if near else ""
        raise click.UsageError(f"没有代码“{written}”。{hint}")
    click.echo(explained(code))


def _check_paths(paths: Sequence[Path], settings: Settings) -> None:
    for path in paths:
        if not path.exists():
            raise click.UsageError(f"没有这个文件或文件夹：{path}")
    if not paths and not settings.rules.is_dir():
        raise SettingsError("GKBOT_RULES", f"没有文件夹 {settings.rules}", "请建立它，或用 GKBOT_RULES 另行指定。")


def _found(paths: Sequence[Path], settings: Settings) -> tuple[list[Problem], list[Problem], int]:
    """Open problems, accepted ones, and how many files were read."""
    today = SystemClock(settings.zone).today()
    problems: list[Problem] = []
    accepted: list[Problem] = []
    files = 0
    for root, wanted in _roots(paths, settings.rules):
        result = load(root, today=today)
        files += len(result.files)
        problems += [each for each in result.problems if _is_wanted(each, wanted)]
        accepted += [each for each in result.accepted if _is_wanted(each, wanted)]
    return problems, accepted, files


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


def _is_wanted(problem: Problem, wanted: Path | None) -> bool:
    return wanted is None or Path(problem.place.file).resolve().is_relative_to(wanted)


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return problem.place.file, problem.place.line, problem.place.column, problem.code


def _print(text: str) -> None:
    """Results first: whoever reads both streams in one window must not find the summary among them."""
    if text:
        click.echo(text)
    sys.stdout.flush()
