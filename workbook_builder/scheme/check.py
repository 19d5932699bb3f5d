"""Everything a scheme must be, checked in one pass.

Comes in: a document. Goes out: every problem of it, at its cell. A check is a generator over the tables; none
relies on another having passed, and what one already reported at a cell is not reported there again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from workbook_builder.problems import ERROR, Problem, problem, sort_problems
from workbook_builder.scheme.checks import basics, clauses, names, points, policies, steps, wording
from workbook_builder.scheme.document import Document
from workbook_builder.scheme.effects import apply_effects
from workbook_builder.scheme.rows import Tables, read_tables
from workbook_builder.scheme.tables import TABLES

Check = Callable[[Tables], Iterator[Problem]]


def missing_tables(tables: Tables) -> Iterator[Problem]:
    for table in TABLES:
        if table.name not in tables.document:
            yield problem("SCHEME_SHEET_MISSING", tables.where(table))


CHECKS: tuple[Check, ...] = (
    missing_tables,
    # names
    names.duplicates,
    names.item_ids,
    names.clause_ids,
    names.clause_items,
    names.section_names,
    names.aliases,
    names.conditions,
    names.known_sections,
    # points
    points.parts,
    points.item_points,
    points.sums,
    points.every_section_has_items,
    points.every_item_is_used,
    points.every_item_has_clauses,
    points.directions,
    points.caps,
    # clauses and their steps
    clauses.attributes,
    clauses.amounts,
    clauses.doubling,
    clauses.pools,
    clauses.steps,
    steps.points,
    steps.tier_bounds,
    steps.tier_order,
    steps.rank_bands,
    steps.option_labels,
    wording.numbers,
    # policies
    policies.code_policies,
    policies.readings,
    policies.effects,
    policies.effects_clash,
    # the rest
    basics.basics,
    basics.basic_values,
    basics.period,
    wording.year_left,
    basics.special_bounds,
    basics.grades,
    basics.raters,
    basics.form,
    basics.text_lengths,
)


def checked(document: Document, file: str, known: Iterable[Problem] = ()) -> tuple[Tables, tuple[Problem, ...]]:
    """The document's tables with the policies in force applied, and all problems, those `known` before included."""
    tables, unread = read_tables(document, file)
    tables = apply_effects(tables)
    known = [*known]
    taken = {(p.where.sheet, p.where.cell) for p in known if p.severity == ERROR}
    problems = [*known, *(p for p in unread if (p.where.sheet, p.where.cell) not in taken)]
    taken |= {(p.where.sheet, p.where.cell) for p in unread}
    for check in CHECKS:
        problems += [p for p in check(tables) if (p.where.sheet, p.where.cell) not in taken]
    return tables, sort_problems(problems)


def check_document(document: Document, name: str) -> list[Problem]:
    """Every problem of a document that stands, or would stand, in the file `name`."""
    return list(checked(document, name)[1])
