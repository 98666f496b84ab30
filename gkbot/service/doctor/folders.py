"""Folders and disks: can be written, have room."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from gkbot.os_words import in_words
from gkbot.service.doctor.values import Finding, Patient, Report

OUTBOX = Report("outbox_folder", "发件文件夹")
DISK = Report("disk", "磁盘")
LOW_BYTES = 1024**3
VERY_LOW_BYTES = 100 * 1024**2


def probe_outbox_folder(patient: Patient) -> Finding:
    """Messages without another way are written here."""
    folder = patient.settings.outbox_dir
    trouble = trial_write(folder)
    if trouble is not None:
        return OUTBOX.bad(f"{folder} 写不进去（{trouble}）", "检查属主和权限，或用 GKBOT_OUTBOX_DIR 另行指定")
    return OUTBOX.good(f"{folder} 可以写" if folder.exists() else f"{folder} 还没有建立，第一次用到时建立")


def probe_disk(patient: Patient) -> Finding:
    """Room on the disks that are written to; the fullest counts."""
    settings = patient.settings
    url = settings.database_url
    places = [settings.outbox_dir]
    if url.startswith("sqlite:"):
        places.append(Path(url.partition(":///")[2].partition("?")[0] or ".").parent)
    place, free = min(((place, shutil.disk_usage(nearest(place)).free) for place in places), key=lambda pair: pair[1])
    told = f"{place} 所在的磁盘还有 {megabytes(free)}"
    if free < VERY_LOW_BYTES:
        return DISK.bad(told, "清理磁盘；满了以后什么都发不出去")
    if free < LOW_BYTES:
        return DISK.caution(told, "早些清理磁盘")
    return DISK.good(told)


def trial_write(folder: Path) -> str | None:
    """Write a file into a folder, or into the nearest one above it that is there, and take it away again.

    Returns:
        None, or the system's word for what went wrong.
    """
    where = nearest(folder)
    try:
        if not where.is_dir():
            return f"{where} 不是文件夹"
        handle, name = tempfile.mkstemp(prefix=".gkbot-", dir=where)
        try:
            os.write(handle, b"gkbot doctor")
            os.fsync(handle)
        finally:
            os.close(handle)
            with contextlib.suppress(OSError):
                Path(name).unlink()
    except OSError as error:
        return in_words(error)
    return None


def nearest(path: Path) -> Path:
    """The path itself, or the nearest one above it that is there."""
    whole = path.absolute()
    while not whole.exists() and whole != whole.parent:
        whole = whole.parent
    return whole


def megabytes(size_bytes: int) -> str:
    """A size in MB, from 1000 MB in GB."""
    size = size_bytes / 1024**2
    return f"{size / 1024:.1f} GB" if size >= 1000 else f"{size:.1f} MB"
