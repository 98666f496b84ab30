"""New files take the place of old ones all together or not at all; the old ones are kept."""

from datetime import datetime
from pathlib import Path

import pytest
from offices_on_sheets import small_office

from gkbot.errors import UsageError
from gkbot.rulebook import load
from gkbot.service.workbook.saving import save_all

AT = datetime(2026, 3, 5, 9, 0, 0)


def office(tmp_path: Path) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    root = small_office(tmp_path).root
    old = {name: (root / name).read_bytes() for name in ("tasks.yaml", "units.yaml")}
    return root, old, {name: data + b"# new\n" for name, data in old.items()}


def seen(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}


def test_all_files_are_replaced_and_the_old_ones_kept(tmp_path: Path) -> None:
    root, old, new = office(tmp_path)
    (root / "tasks.yaml").chmod(0o640)
    backup = save_all(root, old, new, AT)
    assert seen(root) == new
    assert (root / "tasks.yaml").stat().st_mode & 0o777 == 0o640
    assert {path.name: path.read_bytes() for path in backup.iterdir()} == old
    assert load(root).book is not None


def test_a_file_changed_meanwhile_stops_everything(tmp_path: Path) -> None:
    root, old, new = office(tmp_path)
    (root / "units.yaml").write_bytes(b"# other\n")
    with pytest.raises(UsageError, match=r"units.yaml 刚刚被别人改过"):
        save_all(root, old, new, AT)
    assert seen(root) == {"tasks.yaml": old["tasks.yaml"], "units.yaml": b"# other\n"}


def test_a_file_that_cannot_be_replaced_puts_the_others_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, old, new = office(tmp_path)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == "units.yaml":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(UsageError, match="没有改动"):
        save_all(root, old, new, AT)
    assert seen(root) == old


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    root, old, new = office(tmp_path)
    elsewhere = tmp_path / "elsewhere.yaml"
    (root / "tasks.yaml").rename(elsewhere)
    (root / "tasks.yaml").symlink_to(elsewhere)
    save_all(root, old, new, AT)
    assert (root / "tasks.yaml").is_symlink()
    assert elsewhere.read_bytes() == new["tasks.yaml"]
