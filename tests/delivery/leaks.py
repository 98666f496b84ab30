"""The shared leak test: everything anybody could look into."""

from pathlib import Path

from gkbot.delivery import Transport


def search(secret: str, folder: Path, said: str, transport: Transport) -> None:
    """Fail where a secret shows."""
    assert secret not in said
    assert secret not in repr(transport)
    assert secret not in str(vars(transport))
    for file in folder.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file.name
