"""The walk from a figure of 汇总表 to file, sheet, cell and SHA-256.

Comes in: results and what they were made from (`Case`), a section and what is asked of it. Goes out: a tree of `Step`s.
Scores are taken as the rules have left them; every sum that is told can be worked out again with `combined`.
"""

from __future__ import annotations

from workbook_builder.tracing.case import Case
from workbook_builder.tracing.fields import (
    CLAUSE,
    GRADE,
    ITEM,
    RANK,
    Asked,
    asked,
    choices,
    clauses_there,
    section_of,
    sections_like,
)
from workbook_builder.tracing.library import Library
from workbook_builder.tracing.steps import Source, Step, combined, in_words
from workbook_builder.tracing.trees import traced

__all__ = [
    "CLAUSE",
    "GRADE",
    "ITEM",
    "RANK",
    "Asked",
    "Case",
    "Library",
    "Source",
    "Step",
    "asked",
    "choices",
    "clauses_there",
    "combined",
    "in_words",
    "section_of",
    "sections_like",
    "traced",
]
