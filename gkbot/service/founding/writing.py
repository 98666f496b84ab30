"""A new office's files put in place all together or not at all; nothing that is there is ever overwritten."""

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from gkbot.errors import UsageError
from gkbot.os_words import in_words

PUBLIC_MODE = 0o644
SECRET_MODE = 0o600


def refuse_present(folder: Path, dotenv: Path | None) -> None:
    """Say what is there already.

    Raises:
        UsageError: The folder holds something, or a `.env` is there.
    """
    try:
        is_taken = folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir())))
    except OSError as error:
        raise UsageError(f"看不了 {folder}（{in_words(error)}），没有改动任何文件。请检查权限。") from None
    for path, taken in ((folder, is_taken), (dotenv, dotenv is not None and os.path.lexists(dotenv))):
        if taken:
            raise UsageError(f"已经有 {path}，没有改动任何文件。换一个文件夹名（--slug），或者先把它移走。")


def write_all(folder: Path, files: Mapping[str, str], dotenv: tuple[Path, str] | None) -> None:
    """Put `files` (name → text) in `folder` and the settings in `.env`.

    Both are written beside their places first: the folder is renamed as a whole, so a crash leaves
    either nothing that gkbot reads or everything.

    Raises:
        UsageError: Something is there already or cannot be written; all is as it was.
    """
    refuse_present(folder, dotenv[0] if dotenv else None)
    beside = folder.with_name(f".{folder.name}.part")
    made = _missing(folder.parent)
    placed: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        for name, text in files.items():
            _write(beside / name, text, PUBLIC_MODE)
        if dotenv is not None:
            _place_secret(*dotenv)
            placed = dotenv[0]
        beside.replace(folder)
    except OSError as error:
        _take_back(beside, placed, made)
        where = error.filename or folder
        cure = "请检查路径、权限和磁盘空间。"
        raise UsageError(f"写不进 {where}（{in_words(error)}），没有留下任何文件。{cure}") from None
    except BaseException:
        _take_back(beside, placed, made)
        raise


def _place_secret(target: Path, text: str) -> None:
    """Write beside, then link: unlike a rename, a link never replaces what is there."""
    beside = target.with_name(f"{target.name}.part")
    _write(beside, text, SECRET_MODE)
    try:
        os.link(beside, target)
    finally:
        beside.unlink()


def _write(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise


def _missing(folder: Path) -> list[Path]:
    """The folder and those above it that are not there yet, innermost first."""
    found = []
    while not folder.exists():
        found.append(folder)
        folder = folder.parent
    return found


def _take_back(beside: Path, dotenv: Path | None, made: list[Path]) -> None:
    shutil.rmtree(beside, ignore_errors=True)
    with contextlib.suppress(OSError):
        if dotenv is not None:
            dotenv.unlink()
        for folder in made:
            folder.rmdir()
