"""Review workbooks: one per reviewer, blank or with what was entered before.

Comes in: the rulebook, the bases of all sections, the template and the reviews so far. Goes out: file names and bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder import model as m
from workbook_builder.basis import Base
from workbook_builder.building import bundled_template, global_names
from workbook_builder.duties import Task, is_section, tasks
from workbook_builder.excel.template import Template
from workbook_builder.excel.write import write_book
from workbook_builder.layout.plan import Book
from workbook_builder.layout.review_book import plan_review_book
from workbook_builder.records import Review
from workbook_builder.reviewing.desk import bottom_line, desk, signature, title, written_inputs
from workbook_builder.rules.items import Rulebook

#: (reviewer, section) → review
Reviews = Mapping[tuple[str, str], Review]


def review_file(scheme: m.Scheme, reviewer: str) -> str:
    """核定表-政治处.xlsx; 审定表.xlsx for the leading group, whose meeting signs it."""
    name = f"{title(scheme, reviewer)}-{reviewer}" if is_section(scheme, reviewer) else title(scheme, reviewer)
    return f"{name}.xlsx"


def review_books(
    rules: Rulebook, bases: Mapping[str, Base], template: Template, reviews: Reviews | None = None, mark: str = ""
) -> dict[str, bytes]:
    """Every review workbook by file name. A template from before there were any lends its place to the bundled one."""
    source = template if template.reviews else bundled_template()
    scheme = rules.scheme
    names = global_names(scheme, mark)
    return {
        review_file(scheme, reviewer): write_book(
            review_plan(rules, reviewer, bases, reviews or {}), source, names, scheme.password, mark
        )
        for reviewer in tasks(scheme)
    }


def review_plan(rules: Rulebook, reviewer: str, bases: Mapping[str, Base], reviews: Reviews) -> Book:
    """The workbook of one reviewer in plan."""
    scheme = rules.scheme
    mine = tasks(scheme)[reviewer]
    inputs = {task.section.name: written_inputs(reviews.get((reviewer, task.section.name))) for task in mine}
    desks = tuple(
        desk(rules, reviewer, task, bases[task.section.name], inputs[task.section.name]) for task in mine if on_sheet(task)
    )
    lines = tuple(
        bottom_line(task.section, clause, bases[task.section.name], inputs[task.section.name].values,
                    inputs[task.section.name].reasons)
        for clause, task in bottom_rows(scheme, mine)
    )  # fmt: skip
    return plan_review_book(rules, reviewer, title(scheme, reviewer), signature(scheme, reviewer), desks, lines)


def on_sheet(task: Task) -> bool:
    """Whether the section has a sheet of its own in the reviewer's workbook."""
    return bool(task.items) or task.special


def bottom_rows(scheme: m.Scheme, mine: tuple[Task, ...]) -> list[tuple[m.Clause, Task]]:
    """Rows of the sheet 突破底线: clauses in the scheme's order, under each the sections."""
    items = [item for item in scheme.items if item.part == m.BOTTOM_LINE]
    return [(clause, task) for item in items for clause in item.clauses for task in mine if item in task.bottom]
