"""Founding: answers become files that were tried before they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from gkbot.errors import RulesBroken
from gkbot.rulebook import load, load_files
from gkbot.service.founding.answers import Answers
from gkbot.service.founding.dotenv import dotenv_text
from gkbot.service.founding.reading import Reading
from gkbot.service.founding.texts import tasks_text, units_text
from gkbot.service.founding.writing import SECRET_MODE, refuse_present, write_all
from gkbot.settings import Settings, load_settings

UNITS = "units.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Files of a new office, not written yet.

    Attributes:
        folder: Where the rule files go.
        files: Name → text.
        dotenv: Path and text of the settings; None where nothing was answered.
    """

    folder: Path
    files: Mapping[str, str]
    dotenv: tuple[Path, str] | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file, in the order of writing."""
        rules = tuple(self.folder / name for name in self.files)
        return rules if self.dotenv is None else (*rules, self.dotenv[0])


def draft(answers: Answers, read: Reading, home: Path, rules: Path, today: date) -> Draft:
    """The files that the answers make.

    Args:
        home: The office's folder, where `.env` lies.
        rules: The rules folder.
    """
    files = {UNITS: units_text(answers, today), f"{answers.year}.yaml": tasks_text(answers, read)}
    dotenv = (home / ".env", dotenv_text(answers)) if answers.has_settings else None
    return Draft(folder=rules / answers.slug, files=files, dotenv=dotenv)


def try_out(made: Draft, today: date) -> None:
    """Read the files as gkbot will, before anything is written.

    Raises:
        UsageError: One is there already.
        RulesBroken: A rule file would hold an error; the problems name it.
        SettingsError: A setting could not be used.
    """
    refuse_present(made.folder, made.dotenv[0] if made.dotenv else None)
    root = made.folder.parent
    before = load(root, today) if root.is_dir() else None
    present = {file.path: file.data for file in before.files} if before else {}
    known = set(before.errors) if before else set()
    new = {f"{made.folder.name}/{name}": text.encode() for name, text in made.files.items()}
    result = load_files({**present, **new}, today, shown_root=str(root))
    errors = [problem for problem in result.errors if problem not in known]
    if errors:
        raise RulesBroken(errors)
    if made.dotenv is not None:
        _try_settings(made.dotenv[1])


def write(made: Draft) -> None:
    """Put the files in place, all or none."""
    write_all(made.folder, made.files, made.dotenv)


def settings_of(home: Path) -> Settings:
    """The settings as they hold in the office's folder, paths made whole.

    Raises:
        SettingsError: They cannot be used.
    """
    found = load_settings(dotenv=home / ".env")
    return replace(found, rules=home / found.rules, templates=home / found.templates)


def _try_settings(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / ".env"
        path.touch(mode=SECRET_MODE)
        path.write_text(text, encoding="utf-8")
        load_settings({}, dotenv=path)
