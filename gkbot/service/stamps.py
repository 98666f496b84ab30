"""Whether files were saved since they were last looked at."""

from collections.abc import Iterable, Mapping
from pathlib import Path

Stamp = Mapping[str, tuple[int, int, int]]
"""Size, time and inode by path: cheap to take, different after any save."""


def stamp_of(paths: Iterable[Path]) -> Stamp:
    """The stamp of these files; one that is gone meanwhile is left out."""
    found: dict[str, tuple[int, int, int]] = {}
    for path in paths:
        try:
            info = path.stat()
        except OSError:
            continue
        found[str(path)] = (info.st_size, info.st_mtime_ns, info.st_ino)
    return found
