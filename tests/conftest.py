"""Shared fixtures: LibreOffice for the whole session."""

import os

import office as office_driver
import pytest


def pytest_configure(config):
    """Register our markers."""
    config.addinivalue_line("markers", "office: needs LibreOffice (deselect with -m 'not office')")
    config.addinivalue_line("markers", "slow: takes more than a few seconds")


def pytest_collection_modifyitems(items):
    """Whoever asks for the office fixture gets the office marker."""
    for item in items:
        if "office" in getattr(item, "fixturenames", ()):
            item.add_marker("office")


@pytest.fixture(scope="session")
def office():
    """One LibreOffice per session and xdist worker; skipped when absent unless KAOPING_REQUIRE_OFFICE=1."""
    reason = office_driver.missing()
    if reason and os.environ.get("KAOPING_REQUIRE_OFFICE") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with office_driver.Office() as driver:
        yield driver
