"""New rule files put in the place of old ones: all of them or none, the old ones kept."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from gkbot.errors import UsageError
from gkbot.os_words import in_words

BACKUPS = ".导入前的备份"  # begins with a dot: not read as rules


def save_all(root: Path, old: Mapping[str, bytes], new: Mapping[str, bytes], at: datetime) -> Path:
    """Write `new` over `old`; where the old ones were copied to.

    Every new file lies complete on the disk before the first takes its place. A file that cannot be replaced
    puts back those before it; a power cut in between leaves some new and some old, each of them whole, and the
    same import goes on from there.

    Raises:
        UsageError: A file was changed by somebody else meanwhile, or cannot be written; nothing has changed.
    """
    base = root.parent if root.is_file() else root
    places = {path: (base / path).resolve() for path in new}
    for path, place in places.items():
        if not place.is_file() or place.read_bytes() != old[path]:
            raise UsageError(f"{path} 刚刚被别人改过，没有写入。请重新执行 gkbot import。")
    waiting: dict[str, Path] = {}
    try:
        backup = _backed_up(base, old, at)
        for path, place in places.items():
            waiting[path] = _laid_beside(place, new[path])
        _replace(places, waiting, old)
    except OSError as error:
        reason = in_words(error)
        raise UsageError(f"规则文件写不进去（{reason}），没有改动。请检查磁盘空间和文件夹的权限。") from error
    finally:
        for file in waiting.values():
            with suppress(OSError):
                file.unlink()
    return backup


def _backed_up(base: Path, old: Mapping[str, bytes], at: datetime) -> Path:
    stamp = f"{at:%Y%m%d-%H%M%S}"
    folder = base / BACKUPS / stamp
    number = 1
    while folder.exists():
        number += 1
        folder = base / BACKUPS / f"{stamp}-{number}"
    for path, data in old.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def _laid_beside(place: Path, data: bytes) -> Path:
    """The new content in a file of its own in the same folder, safe on the disk."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".new")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    shutil.copymode(place, name)
    return Path(name)


def _replace(places: Mapping[str, Path], waiting: Mapping[str, Path], old: Mapping[str, bytes]) -> None:
    done: list[str] = []
    try:
        for path, place in places.items():
            waiting[path].replace(place)
            done.append(path)
    except OSError:
        for path in done:
            _laid_beside(places[path], old[path]).replace(places[path])
        raise
    for folder in {place.parent for place in places.values()}:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """The new names, too, survive a power cut; not every system lets folders be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
