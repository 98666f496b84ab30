"""The outbox folder: whole files, readable names, no second copy."""

import os
import sys
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from gkbot.delivery.files import FileTransport
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome
from gkbot.notices.message import Message

Make = Callable[..., Parcel]


def test_a_mail_is_written_as_it_would_have_left(tmp_path: Path, parcel: Make) -> None:
    receipt = FileTransport(tmp_path / "var" / "outbox").send(parcel())
    assert receipt.outcome is Outcome.OK
    (file,) = (tmp_path / "var" / "outbox").iterdir()
    assert file.name == "2023-07-24_苍溪县人民政府_办公室公开岗_7QK3M9ZD.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Subject"] == "【政务公开提醒】年报"


def test_a_robots_message_is_written_as_markdown(tmp_path: Path, parcel: Make) -> None:
    transport = FileTransport(tmp_path)
    payloads = transport.freeze(Message(text="t", parts=("一", "二")), "COUNTIES")
    assert len(payloads) == 1
    transport.send(parcel(payloads[0], address="COUNTIES"))
    assert next(tmp_path.glob("*.md")).read_text("utf-8") == "一\n\n---\n\n二\n"


@pytest.mark.parametrize("changed", [{}, {"contact": "别的岗", "maybe_twice": True}], ids=["again", "renamed since"])
def test_the_same_number_is_not_written_twice(tmp_path: Path, parcel: Make, changed: dict[str, Any]) -> None:
    transport = FileTransport(tmp_path)
    transport.send(parcel())
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    receipt = transport.send(parcel({"subject": "other", "text": "other", "html": None}, **changed))
    assert (receipt.outcome, receipt.code) == (Outcome.OK, "present")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_the_files_of_years_are_not_gone_through_for_a_new_one(tmp_path: Path, parcel: Make) -> None:
    transport, listed = FileTransport(tmp_path), []

    def note(event: str, details: tuple[object, ...]) -> None:
        if event in {"os.scandir", "os.listdir"} and str(details[0]) == str(tmp_path):
            listed.append(event)

    sys.addaudithook(note)
    assert transport.send(parcel()).code == "written"
    assert transport.send(parcel()).code == "present"
    assert listed == []


def test_a_half_written_file_of_a_crash_is_replaced(tmp_path: Path, parcel: Make) -> None:
    (tmp_path / ".2023-07-24_苍溪县人民政府_办公室公开岗_7QK3M9ZD.eml.part").write_bytes(b"half")
    FileTransport(tmp_path).send(parcel())
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_a_message_is_for_the_owner_and_the_group_that_passes_it_on(tmp_path: Path, parcel: Make) -> None:
    before = os.umask(0)
    try:
        FileTransport(tmp_path).send(parcel())
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o640]


def test_names_are_fit_for_any_file_system(tmp_path: Path, parcel: Make) -> None:
    FileTransport(tmp_path).send(parcel(unit="../../etc/passwd\n", contact="岗" * 300))
    (file,) = tmp_path.iterdir()
    assert file.parent == tmp_path
    assert len(file.name.encode()) <= 255


def test_a_folder_that_cannot_be_written_is_a_retry(tmp_path: Path, parcel: Make) -> None:
    (tmp_path / "outbox").write_text("a file stands where the folder should be")
    receipt = FileTransport(tmp_path / "outbox").send(parcel())
    assert (receipt.outcome, receipt.code) == (Outcome.RETRY, "FileExistsError")
