"""What all tests share: golden messages are rewritten on demand, and nothing may skip in CI."""

import os
from collections.abc import Generator

import pytest

pytest_plugins = ["tests.faults.plugin"]
"""The slow model, asked after every test of a fault."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-golden` writes what is rendered now; the diff is then read."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/data/golden/")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under TEST_REQUIRE_ALL (CI) a test that skips has failed: what it needs should have been there."""
    report = yield
    if report.skipped and os.environ.get("TEST_REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but TEST_REQUIRE_ALL is set: {report.longrepr}"
    return report
