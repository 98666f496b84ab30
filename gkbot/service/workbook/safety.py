"""A look at the file before anything reads it: kind, size, what it unpacks to."""

import zipfile
from pathlib import Path

from gkbot.errors import WorkbookRefused

FILE_BYTES = 20 * 1024 * 1024
UNPACKED_BYTES = 150 * 1024 * 1024  # a workbook of 10,000 tasks unpacks to 40 MB
PARTS = 2_000
_SAVE_AS = "用 Excel 或 WPS 打开，另存为 .xlsx 再读回"
_OTHERS = {".xls", ".et", ".ett", ".csv", ".ods", ".xlsm", ".xlsb", ".doc", ".docx", ".wps"}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def looked_over(file: Path) -> None:
    """Let a file pass that can be read as a workbook without harm.

    Raises:
        WorkbookRefused: It is missing, of another kind, damaged, or unpacks to too much.
    """
    if not file.is_file():
        raise WorkbookRefused(str(file), "没有这个文件", "检查文件名和文件夹")
    if file.suffix.lower() in _OTHERS or file.suffix.lower() != ".xlsx":
        raise WorkbookRefused(file.name, f"不能读 {file.suffix or '没有扩展名的'} 文件", f"请{_SAVE_AS}")
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise WorkbookRefused(file.name, "读不出来", "请检查文件的权限") from error
    if size > FILE_BYTES:
        cure = "请删去图片和多余的工作表，或者分文件导出（--document）"
        raise WorkbookRefused(file.name, f"文件有{size / 1024 / 1024:.0f}MB，超过20MB", cure)
    if start == _OLD_EXCEL:
        raise WorkbookRefused(file.name, "内容是旧格式（.xls）或者加了密码", f"请去掉密码，{_SAVE_AS}")
    if not start.startswith(b"PK"):
        raise WorkbookRefused(file.name, "内容不是 Excel 工作簿", f"请{_SAVE_AS}")
    _look_inside(file)


def _look_inside(file: Path) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            total = sum(part.file_size for part in parts)
            if len(parts) > PARTS or total > UNPACKED_BYTES:
                reason = f"解开以后有{total / 1024 / 1024:.0f}MB，超过150MB"
                raise WorkbookRefused(file.name, reason, "这不是导出的工作簿的样子，请重新导出，把改动抄过去")
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _refuse_entities(file, packed, part)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise WorkbookRefused(file.name, "文件损坏，打不开", f"请{_SAVE_AS}") from error


def _refuse_entities(file: Path, packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """XML that declares entities can grow without end; no workbook needs them."""
    with packed.open(part) as stream:
        head = stream.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\x00" in head:
        raise WorkbookRefused(file.name, "里面有不该有的内容（XML实体）", "请重新导出，把改动抄过去")
