"""Shared fixtures: LibreOffice for the whole session, the demonstration of the program for the whole run."""

import os

import office as office_driver
import pytest
from once import once

from workbook_builder import commands

#: The modules that take longest, a minute or so each. Begun first, both workers of `--dist loadfile` end at the same time.
LONG = (
    "test_cli", "test_commands", "test_year_commands", "test_rules", "test_lost_power", "test_summary_first", "test_year_story",
    "test_same_bytes", "test_attack_year", "test_roundtrip", "test_programs", "test_neutral", "test_workbooks", "test_readme", "test_kept",
)  # fmt: skip


def pytest_configure(config):
    """Register our markers."""
    config.addinivalue_line("markers", "office: needs LibreOffice (deselect with -m 'not office')")
    config.addinivalue_line("markers", "slow: takes more than a few seconds")


def pytest_collection_modifyitems(items):
    """Whoever asks for the office fixture gets the office marker. Long modules come first, whole."""
    for item in items:
        if "office" in getattr(item, "fixturenames", ()):
            item.add_marker("office")
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONG)))


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


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """(folder, outcome) of `kaoping demo`. Only to be looked at: other tests, in other processes too, look at the same."""
    place, outcome = once(tmp_path_factory, "demo", lambda place: commands.demo(place / "考评演示"))
    return place / "考评演示", outcome
