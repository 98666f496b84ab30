"""What all tests share: the option that rewrites the golden messages."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-golden` writes what is rendered now; the diff is then read."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/data/golden/")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))
