"""A review workbook in plan: the sheet 突破底线 and a sheet per section, with their manifest.

Comes in: a `Rulebook`, the desks and bottom lines of one reviewer. Goes out: a `Book` in plan.
"""

from __future__ import annotations

from workbook_builder.layout.book import policies_print
from workbook_builder.layout.plan import Book
from workbook_builder.layout.review import Desk, plan_review
from workbook_builder.layout.review_bottom import BottomLine, BottomPlan
from workbook_builder.layout.review_rows import GUIDE_SHEET
from workbook_builder.rules.items import Rulebook

REVIEW_BOOK = "核定表"


def plan_review_book(
    rules: Rulebook,
    reviewer: str,
    title: str,
    signature: str,
    desks: tuple[Desk, ...],
    lines: tuple[BottomLine, ...],
) -> Book:
    """The workbook of `reviewer`. `title` and `signature`: what its sheets are headed and signed with."""
    plans: list = [BottomPlan(rules, lines, reviewer, title, signature)] if lines else []
    plans += [plan_review(rules, desk) for desk in desks]
    scheme = rules.scheme
    meta = (
        ("@scheme", "", scheme.id),
        ("@year", "", str(scheme.year)),
        ("@version", "", scheme.version),
        ("@kind", "", REVIEW_BOOK),
        ("@recipient", "", reviewer),
        ("@policies", "", policies_print(scheme)),
        ("@round", "", "0"),
        ("@parent", "", ""),
    )
    sheets = tuple(plan.sheet() for plan in plans)
    fields = tuple(place for plan in plans for place in plan.fields())
    return Book(sheets, fields, meta, active=sheets[0].name, instructions=GUIDE_SHEET)
