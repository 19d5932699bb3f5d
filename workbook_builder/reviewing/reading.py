"""One returned review workbook → `Review`s, one per section, and every problem of it.

Comes in: the rulebook, the bases as they are now, the bytes. Goes out: reviews and problems. Nothing is taken from
locked cells save the seal and the flag of a clause, which say what the reviewer has seen of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook_builder.basis import Base
from workbook_builder.collecting.manifest import Manifest, read_manifest
from workbook_builder.collecting.rows import Rows
from workbook_builder.duties import Task, tasks
from workbook_builder.intake import Book, Sheet, a1, read_book
from workbook_builder.layout import review_rows as at
from workbook_builder.layout.book import policies_print
from workbook_builder.layout.plan import LISTS_SHEET, MANIFEST_SHEET
from workbook_builder.layout.review import plan_review
from workbook_builder.layout.review_book import REVIEW_BOOK
from workbook_builder.problems import Problem, Where, problem, sort_problems
from workbook_builder.records import Review
from workbook_builder.reviewing import bottom_cells, judging, strays
from workbook_builder.reviewing.books import on_sheet
from workbook_builder.reviewing.cells import Found, planned_places, read_inputs
from workbook_builder.reviewing.desk import desk, stem_of, subject
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook


@dataclass(frozen=True, slots=True)
class _File:
    """What every step of reading looks at."""

    rules: Rulebook
    bases: Mapping[str, Base]
    manifest: Manifest
    sheets: Mapping[str, Sheet]
    where: Where
    reviewer: str

    def issued(self, section: str) -> Mapping[str, object]:
        return self.manifest.places.get(section, {})


def read_review_file(
    rules: Rulebook, bases: Mapping[str, Base], data: bytes, name: str
) -> tuple[tuple[Review, ...], list[Problem]]:
    """The reviews in one workbook, sections in the scheme's order."""
    book, notices = read_book(data, name)
    if book is None:
        return (), list(notices)
    where = Where(name)
    manifest = read_manifest(book)
    wrong = _identity(rules, manifest, where)
    if wrong:
        return (), [*notices, *wrong]
    sheets, problems = _sheets(book, where)
    file = _File(rules, bases, manifest, sheets, where, manifest.get("@recipient"))
    copies = {p.where.sheet for p in problems}
    known = {*copies, *(sheet.name for sheet in sheets.values())}
    problems = [*notices, *problems, *strays.unknown_sheets(book, known, where)]
    reviews = []
    lines, wrong = bottom_cells.read_lines(rules, bases, manifest, sheets.get(at.BOTTOM_KEY), where, file.reviewer)
    problems += wrong
    for task in tasks(rules.scheme)[file.reviewer]:
        review, wrong = _section(file, task)
        problems += wrong
        reviews.append(bottom_cells.merged(review, lines.get(task.section.name)))
    return tuple(reviews), list(sort_problems(problems))


def _identity(rules: Rulebook, manifest: Manifest | None, where: Where) -> list[Problem]:
    scheme = rules.scheme
    if manifest is None or manifest.get("@kind") != REVIEW_BOOK:
        return [problem("REVIEW_NOT_OURS", where)]
    if manifest.get("@year") != str(scheme.year):
        return [problem("WRONG_YEAR", where, manifest.get("@year"), expected=scheme.year)]
    if manifest.get("@scheme") != scheme.id:
        return [problem("WRONG_SCHEME", where, manifest.get("@scheme"), expected=scheme.id)]
    if manifest.get("@recipient") not in tasks(scheme):
        return [problem("REVIEW_REVIEWER_UNKNOWN", where, manifest.get("@recipient"))]
    return []


def _sheets(book: Book, where: Where) -> tuple[dict[str, Sheet], list[Problem]]:
    """Sheets by the identity in their first cell, whatever their names; of copies the one with the right name."""
    found: dict[str, Sheet] = {}
    problems = []
    for sheet in book.sheets:
        key = sheet.cell(1, at.KEY).value
        if sheet.name in (MANIFEST_SHEET, LISTS_SHEET) or not isinstance(key, str):
            continue
        key = key.strip()
        if not key.startswith(f"{at.SHEET_KEY}/"):
            continue
        name = key.partition("/")[2]
        if key in found:
            first = found[key]
            original, copy = (sheet, first) if sheet.name == name != first.name else (first, sheet)
            found[key] = original
            problems.append(problem("SHEET_COPIED", where.at(sheet=copy.name), copy.name, original=original.name))
            continue
        found[key] = sheet
    return found, problems


# --- the sheet of one section -----------------------------------------------------------------------------------


def _section(file: _File, task: Task) -> tuple[Review, list[Problem]]:
    """The review of one section; without a sheet of its own it is done, since 突破底线 says 有 or 无 itself."""
    section = task.section.name
    if not on_sheet(task):
        return judging.empty(file.reviewer, section, file.where.file, done=True), []
    sheet = file.sheets.get(f"{at.SHEET_KEY}/{section}")
    where = file.where.at(sheet=sheet.name if sheet is not None else section)
    nothing = judging.empty(file.reviewer, section, file.where.file, done=False)
    if sheet is None:
        return nothing, [problem("REVIEW_SHEET_MISSING", where, section)]
    rows = Rows.of(sheet)
    if at.HEADING not in rows.rows or rows.cell(at.HEADING, at.CHECK).value != at.COLUMN_MARK:
        cell = a1(rows.rows.get(at.HEADING, 1), at.CHECK)
        return nothing, [problem("COLUMNS_MOVED", where.at(cell=cell))]
    base = file.bases[section]
    blank = plan_review(file.rules, desk(file.rules, file.reviewer, task, base, rv.Inputs()))
    slots = judging.slots_of(file.rules, subject(file.rules, task, base))
    places = planned_places(blank.sheet(), slots, section)
    found = read_inputs(places, rows, sheet, where, file.issued(section))
    wrong, moved = strays.displaced(blank.sheet(), rows, where, at.TEXT, _reissued(file, task))
    strays.distrust(found, places, moved)
    found.problems += wrong
    found.problems += strays.astray(blank.sheet(), rows, where, (at.DECIDED, at.REASON), (at.STATE, at.CHECK))
    changed, flagged = _changed(file, task, rows, found)
    judged = judging.Sheet(file.rules, task, base, found, where, changed, flagged, rows)
    review = judged.review(file.reviewer, sheet.name)
    problems = [*found.problems, *judged.problems(review)]
    if not changed and not _moved_on(file, task, rows):
        problems += judging.figures_differ(judged, file.reviewer)
    return review, problems


def _reissued(file: _File, task: Task) -> set[str]:
    """Rows of clauses whose form the scheme has changed since the file was made: their texts may be other ones."""
    section = task.section.name
    prints = desk(file.rules, file.reviewer, task, file.bases[section], rv.Inputs()).prints
    issued = file.manifest.prints.get(section, {})
    since = {stem_of(name) for name, seen in issued.items() if seen and seen != prints.get(stem_of(name), "")}
    return {stem + slot.suffix for stem in since for slot in file.rules.slots.get(stem, ())} | since


def _changed(file: _File, task: Task, rows: Rows, found: Found) -> tuple[dict[str, str], set[str]]:
    """(stem → what it was based on, for every clause whose basis or form has changed since; stems still flagged)."""
    section = task.section.name
    base = file.bases[section]
    now = subject(file.rules, task, base)
    prints = desk(file.rules, file.reviewer, task, base, rv.Inputs()).prints
    issued = file.manifest.prints.get(section, {})
    changed: dict[str, str] = {}
    flagged: set[str] = set()
    for stem in now.stems:
        first = rv.first_field(file.rules, stem) + at.REVIEW_SUFFIX
        if first in found.gone:
            changed[stem] = ""
            continue
        if stem not in rows.rows:
            continue
        other_form = issued.get(first, prints.get(stem, "")) != prints.get(stem, "")
        if other_form or rows.cell(stem, at.SEAL).value != base.seal(file.rules, stem):
            changed[stem] = judging.answer_text(
                [rows.cell(name, at.BASE).value for name in judging.fields_of(file.rules, stem) if name in rows.rows]
            )
        elif rows.cell(stem, at.AGAIN).value == rv.AGAIN_FLAG:
            flagged.add(stem)
    return changed, flagged


def _moved_on(file: _File, task: Task, rows: Rows) -> bool:
    """Whether the figures of the sheet were made under other conditions than today's."""
    base = file.bases[task.section.name]
    seal = rows.cell(rv.CONFIRM, at.SEAL).value if rv.CONFIRM in rows.rows else None
    return seal != base.seal(file.rules, sh.CONFIRM) or file.manifest.get("@policies") != policies_print(file.rules.scheme)


