"""What kind of file system a file lies on: SQLite's locks and WAL hold on local disks only.

"WAL does not work over a network filesystem" (https://www.sqlite.org/wal.html, 1): its index is shared memory.
"""

import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_REMOTE = {
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "pvfs2", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
}  # fmt: skip


def remote_file_system(path: Path) -> str | None:
    """The kind of network, shared or FUSE file system a file lies on; None for a local one, or where it is unknown."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    kind = kind_of(path.resolve(), mounts)
    return kind if kind is not None and is_remote(kind) else None


def is_remote(kind: str) -> bool:
    """Whether locks and shared memory cannot be relied on; `fuseblk` is a local disk (NTFS)."""
    return kind in _REMOTE or kind == "fuse" or kind.startswith("fuse.")


def kind_of(path: Path, mounts: str) -> str | None:
    """The kind of the file system that a whole path lies on.

    Args:
        mounts: As in /proc/self/mounts (fstab(5)): the later of two mounts on one place covers the earlier.
    """
    found: tuple[int, str] | None = None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = Path(_plain(fields[1]))
        if path.is_relative_to(place) and (found is None or len(place.parts) >= found[0]):
            found = len(place.parts), fields[2]
    return None if found is None else found[1]


def _plain(field: str) -> str:
    """Blanks stand as octal numbers in a mount table."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), field)
