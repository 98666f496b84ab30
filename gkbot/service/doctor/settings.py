"""The settings and the files that hold secrets: readable for gkbot, for nobody else."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from gkbot.service.doctor.values import Finding, Report
from gkbot.settings import APPRISE_PREFIX, PREFIX, ROBOT_PREFIX, SECRET_NAMES

REPORT = Report("settings", "设置")
OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


def probe_settings(environ: Mapping[str, str], dotenv: Path) -> Finding:
    """Where the settings come from, and who can read the secrets among them. They are known to be sound."""
    in_file = _names_in(dotenv)
    open_files = [path for path in _secret_files(environ, dotenv, in_file) if _is_open(path)]
    count = len({name for name in environ if name.startswith(PREFIX)} | in_file.keys())
    where = f"{dotenv} 和环境变量" if in_file else "环境变量" if count else "没有设置，全部用默认值"
    told = f"{where}，共 {count} 项" if count else where
    if open_files:
        names = " ".join(map(str, open_files))
        return REPORT.caution(f"{told}；{names} 里有密码，别的用户也能读", f"执行 chmod 600 {names}")
    return REPORT.good(told)


def _names_in(dotenv: Path) -> Mapping[str, str]:
    if not dotenv.is_file():
        return {}
    from dotenv import dotenv_values

    found = dotenv_values(dotenv, encoding="utf-8-sig", interpolate=False)
    return {name: value or "" for name, value in found.items() if name.startswith(PREFIX)}


def _secret_files(environ: Mapping[str, str], dotenv: Path, in_file: Mapping[str, str]) -> Iterator[Path]:
    """The files that hold a secret: `.env` itself, and those that a NAME_FILE points to."""
    if any(_is_secret(name) and value.strip() for name, value in in_file.items()):
        yield dotenv
    for name, value in {**in_file, **environ}.items():
        if name.startswith(PREFIX) and name.endswith("_FILE") and value.strip():
            yield Path(value.strip())


def _is_secret(name: str) -> bool:
    return not name.endswith("_FILE") and (name in SECRET_NAMES or name.startswith((ROBOT_PREFIX, APPRISE_PREFIX)))


def _is_open(path: Path) -> bool:
    """Whether others may read it; credentials that systemd hands over are kept apart by itself."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return os.name == "posix" and bool(mode & OTHERS)
