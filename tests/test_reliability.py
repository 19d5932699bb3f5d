"""docs/可靠性.md says what is true now."""

from dataclasses import fields
from pathlib import Path

import reliability

from workbook_builder.intake.limits import Limits

PAGE = Path(__file__).resolve().parent.parent / "docs" / "可靠性.md"


def test_the_page_is_what_is_worked_out_anew():
    assert PAGE.read_text(encoding="utf-8") == reliability.page(), "run scripts/make_reliability.py"


def test_every_limit_is_told():
    assert set(reliability.LIMIT_CAPTIONS) == {field.name for field in fields(Limits)} - {"chunk"}
