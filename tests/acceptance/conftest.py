"""Offices for the acceptance tests, each in a folder of its own."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.program import RULES, Office
from tests.servers import RobotServer, SmtpServer


@pytest.fixture
def guangyuan(tmp_path: Path) -> Office:
    """An office that watches Guangyuan's plan of 2023."""
    shutil.copytree(RULES / "guangyuan", tmp_path / "rules" / "guangyuan", ignore=shutil.ignore_patterns("*test*"))
    return Office(tmp_path)


@pytest.fixture
def counties(guangyuan: Office) -> Office:
    """The same office with only the tasks of 各县（区）: quicker, and enough where one letter is like another."""
    path = guangyuan.folder / "rules" / "guangyuan" / "guangyuan-2023.yaml"
    head, *tasks = re.split(r"(?m)^(?=  - 编号: )", path.read_text(encoding="utf-8"))
    kept = [task for task in tasks if re.search(r"(?m)^    责任单位: 各县（区）$", task)]
    path.write_text("".join([head, *kept]), encoding="utf-8")
    return guangyuan


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def robot() -> Iterator[RobotServer]:
    with RobotServer() as server:
        yield server
