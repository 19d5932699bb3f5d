"""The merged table of all answers. pandas carries and arranges, it never counts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.rules import sheet as sh
from workbook_builder.summary.answers import Line, clause_lines, declaration_lines, declared_works, free_texts
from workbook_builder.summary.facts import Facts

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("section", "part", "item", "clause", "field", "value", "points", "state", "note", "file", "sheet", "cell")
FORM_PART = "申报表"


def merged_table(results: r.Results) -> pd.DataFrame:
    """One row per answer of every adopted return, in the notice's order; every column of dtype object.

    `points` stands in the clause's own row only, None while open; `value` is None where the entry was refused.
    """
    import pandas as pd

    facts = Facts(results)
    rows = [row for assessment in results.assessments.values() for row in _rows(facts, assessment)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _rows(facts: Facts, assessment: r.Assessment) -> Iterator[tuple[object, ...]]:
    returned, name = assessment.returned, assessment.section.name
    if returned is None:
        return
    for item in sh.sheet_items(facts.scheme, assessment.section):
        for line in clause_lines(facts.rules, assessment, item):
            yield _row(name, item.part, line, returned.file)
    for line in declaration_lines(facts.scheme, assessment):
        yield _row(name, m.SPECIAL if line.field != sh.CONFIRM else "", line, returned.file)
    texts = [("", text) for text in free_texts(assessment)]
    texts += [(FORM_PART, text) for _, fields in declared_works(facts.scheme, assessment) for text in fields]
    for part, text in texts:
        yield (name, part, "", "", text.field, text.text or None, None, "", "", returned.file, text.sheet, text.cell)


def _row(section: str, part: str, line: Line, file: str) -> tuple[object, ...]:
    points = line.points if isinstance(line.points, Decimal) and (line.main or line.clause is None) else None
    item, clause = line.item.key if line.item else "", line.clause.id if line.clause else ""
    return (section, part, item, clause, line.field, line.value, points, line.state, line.note, file, line.sheet, line.cell)
