"""The table of bad files: tests/data/bad_rules/NAME.yaml (or a folder NAME/) with what check says in NAME.txt."""

from datetime import date
from pathlib import Path

from gkbot.rulebook import LoadResult, format_problem, load_files

FOLDER = Path(__file__).parent.parent / "data" / "bad_rules"
TODAY = date(2023, 6, 1)


def cases() -> list[str]:
    """Names of all cases."""
    return sorted(path.stem for path in FOLDER.iterdir() if path.is_dir() or path.suffix == ".yaml")


def read(case: str) -> LoadResult:
    """The rule book that a case makes, as `gkbot check rules` would read it."""
    folder = FOLDER / case
    if folder.is_dir():
        paths = [path for path in folder.rglob("*") if path.is_file()]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    else:
        files = {f"{case}.yaml": (FOLDER / f"{case}.yaml").read_bytes()}
    return load_files(files, TODAY, shown_root="rules")


def said(case: str) -> str:
    """What check prints."""
    return "".join(f"{format_problem(problem)}\n" for problem in read(case).problems)
