"""Where a SQLite file lies: on a disk of the machine's own, or somewhere its locks do not hold."""

from pathlib import Path

import pytest

from gkbot.ledger.file_systems import is_remote, kind_of, remote_file_system

MOUNTS = """\
/dev/vda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
nas:/export /var/lib/gkbot nfs4 rw 0 0
/dev/vdb1 /var/lib/gkbot/var xfs rw 0 0
//nas/share /mnt/two\\040words cifs rw 0 0
host /home/x/remote fuse.sshfs rw 0 0
/dev/sdc1 /media/disk fuseblk rw 0 0
/dev/vdc1 /over ext4 rw 0 0
nas:/over /over nfs rw 0 0
odd line
"""


@pytest.mark.parametrize(
    ("path", "kind", "remote"),
    [
        ("/srv/gkbot.db", "ext4", False),
        ("/var/lib/gkbot/gkbot.db", "nfs4", True),
        ("/var/lib/gkbot/var/gkbot.db", "xfs", False),
        ("/var/lib/gkbot2/gkbot.db", "ext4", False),
        ("/mnt/two words/gkbot.db", "cifs", True),
        ("/home/x/remote/gkbot.db", "fuse.sshfs", True),
        ("/media/disk/gkbot.db", "fuseblk", False),
        ("/over/gkbot.db", "nfs", True),
    ],
)
def test_the_nearest_mount_that_was_made_last_counts(path: str, kind: str, remote: bool) -> None:
    assert kind_of(Path(path), MOUNTS) == kind
    assert is_remote(kind) is remote


def test_this_machines_own_disk_is_local(tmp_path: Path) -> None:
    assert remote_file_system(tmp_path / "gkbot.db") is None
