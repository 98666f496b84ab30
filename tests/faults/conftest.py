"""The parent of the sender processes, receivers in any mood, and a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import DATABASES, fresh_database
from tests.faults.zygote import Zygote, zygote


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def senders() -> Iterator[Zygote]:
    with zygote() as parent:
        yield parent
