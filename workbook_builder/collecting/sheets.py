"""One returned workbook → raw sheets, each field found by the key of its row, and problems of form.

Comes in: a `Book`, the scheme's forms. Goes out: `RawSheet`s of the sections that this workbook carries. What is
checked against the scheme never comes from the file; the file only says where things stand.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder import model as m
from workbook_builder.collecting.annex import annex_cells
from workbook_builder.collecting.doubts import doubts
from workbook_builder.collecting.forms import SectionForm
from workbook_builder.collecting.manifest import Manifest, read_manifest
from workbook_builder.collecting.printed import printed_otherwise
from workbook_builder.collecting.rows import Rows, astray, overwritten
from workbook_builder.intake import NO_CELL, Book, Cell, Sheet, a1
from workbook_builder.layout import form as form_layout
from workbook_builder.layout import skeleton as section_layout
from workbook_builder.layout.book import WHOLE_BOOK, clause_of
from workbook_builder.layout.plan import LISTS_SHEET, MANIFEST_SHEET
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.returns import RawSheet

_SECTION_KEY = f"{section_layout.SHEET_KEY}/"
_FORM_KEY = form_layout.SHEET_KEY
#: What tells of answers on a sheet that has none.
_ASTRAY = ("ANSWER_ASTRAY", "ASTRAY_BESIDE")


def raw_sheets(
    scheme: m.Scheme, forms: Mapping[str, SectionForm], book: Book, file: str
) -> tuple[list[RawSheet], list[Problem]]:
    """The sections' sheets in `book`, and what is wrong with its form."""
    where = Where(file)
    manifest = read_manifest(book)
    found, problems = _identify(book, where)
    if manifest is None or not manifest.sections:
        code = "MANIFEST_MISSING" if found or manifest is not None else "NOT_OUR_FORM"
        return [], [*problems, problem(code, where)]
    wrong = _identity(scheme, manifest, where)
    if wrong:
        return [], [*problems, *wrong]
    sheets, wrong = _sections(forms, manifest, found, where)
    problems += wrong
    problems += [doubt for sheet in sheets for doubt in doubts(sheet, book)]
    problems += [
        problem("SHEET_FOREIGN", where.at(sheet=sheet.name), sheet.name)
        for key, sheet in found.items()
        if key.partition("/")[2] not in manifest.sections
    ]
    problems += _moved(manifest, book, where)
    return sheets, problems


def _sections(
    forms: Mapping[str, SectionForm], manifest: Manifest, found: dict[str, Sheet], where: Where
) -> tuple[list[RawSheet], list[Problem]]:
    """The sections' sheets, taken out of `found`. Of a whole 考评表, sheets that are gone or untouched say nothing."""
    whole = manifest.get("@kind") == WHOLE_BOOK
    sheets: list[RawSheet] = []
    problems: list[Problem] = []
    absent: list[str] = []
    for section in manifest.sections:
        if section not in forms:
            problems.append(problem("SECTION_UNKNOWN", where, section))
            continue
        sheet = found.pop(f"{_SECTION_KEY}{section}", None)
        if sheet is None:
            absent.append(section)
            continue
        raw, wrong = _section(forms[section], manifest, sheet, found, where)
        if raw is not None:
            sheets.append(raw)
        if not whole or raw is None or raw.touched or any(p.code in _ASTRAY for p in wrong):
            problems += wrong
    if not whole or len(absent) == len(manifest.sections):
        problems += [problem("SHEET_MISSING", where.at(sheet=section), section) for section in absent]
    return sheets, problems


def _identity(scheme: m.Scheme, manifest: Manifest, where: Where) -> list[Problem]:
    """This year? this scheme? The year first: last year's form has another scheme as well, and the year says more."""
    if manifest.get("@year") != str(scheme.year):
        return [problem("WRONG_YEAR", where, manifest.get("@year"), expected=scheme.year)]
    if manifest.get("@scheme") != scheme.id:
        return [problem("WRONG_SCHEME", where, manifest.get("@scheme"), expected=scheme.id)]
    return []


def _identify(book: Book, where: Where) -> tuple[dict[str, Sheet], list[Problem]]:
    """Sheets by the identity in their first cell, whatever their names; copies are refused."""
    found: dict[str, Sheet] = {}
    problems = []
    for sheet in book.sheets:
        key = sheet.cell(1, section_layout.KEY).value
        if sheet.name in (MANIFEST_SHEET, LISTS_SHEET) or not isinstance(key, str):
            continue
        key = key.strip()
        if not key.startswith((_SECTION_KEY, _FORM_KEY)):
            continue
        name = _expected_name(key)
        if key in found:
            original, copy = _copy_of(found[key], sheet, name)
            found[key] = original
            problems.append(problem("SHEET_COPIED", where.at(sheet=copy.name), copy.name, original=original.name))
            continue
        found[key] = sheet
    for key, sheet in found.items():
        place = where.at(sheet=sheet.name)
        if sheet.name != _expected_name(key):
            problems.append(problem("SHEET_RENAMED", place, sheet.name, expected=_expected_name(key)))
        if sheet.state != "visible":
            problems.append(problem("SHEET_HIDDEN", place, sheet.name))
    return found, problems


def _copy_of(first: Sheet, second: Sheet, name: str) -> tuple[Sheet, Sheet]:
    """(original, copy): the one that still has the issued name is the original."""
    return (second, first) if second.name == name and first.name != name else (first, second)


def _expected_name(key: str) -> str:
    kind, section = key.split("/", 1) if "/" in key else (key, "")
    return section if kind == section_layout.SHEET_KEY else f"申报{kind[len(_FORM_KEY) :]}-{section}"


def _moved(manifest: Manifest, book: Book, where: Where) -> list[Problem]:
    """Section sheets that no longer stand in the order in which they were issued."""
    issued = [s for s in manifest.sections if book.sheet(s)]
    present = [s.name for s in book.sheets if s.name in issued]
    if present == issued:
        return []
    first = next(name for name, expected in zip(present, issued, strict=True) if name != expected)
    return [problem("SHEET_MOVED", where.at(sheet=first), first)]


# --- one section ----------------------------------------------------------------------------------------------


def _section(
    form: SectionForm, manifest: Manifest, sheet: Sheet, found: dict[str, Sheet], where: Where
) -> tuple[RawSheet | None, list[Problem]]:
    place = where.at(sheet=sheet.name)
    rows = Rows.of(sheet)
    shifted = _shifted(rows, place)
    if shifted:
        return None, shifted
    cells: dict[str, Cell] = {}
    places: dict[str, str] = {}
    broken: set[str] = set()
    problems = _twice(rows, form, place)
    for name, (key, col) in form.inputs.items():
        if key in rows.twice:
            broken.add(name)
        elif key not in rows.rows:
            broken.add(name)
            if name == key:
                problems.append(problem("KEY_MISSING", place.at(field=name), name))
        else:
            cells[name] = rows.cell(key, col)
            places[name] = a1(rows.rows[key], col)
    prints = manifest.prints.get(form.section.name, {})
    wrong, moved = _rubric(form, rows, place, prints)
    problems += wrong
    problems += overwritten(form, rows, place)
    wrong, lost = astray(form, rows, sheet, place, prints)
    problems += wrong
    # On an older form other texts were right; that it is older is told.
    if manifest.get("@fingerprint", form.section.name) == form.fingerprint:
        problems += list(printed_otherwise(form, rows, place, problems))
    for name, (key, _) in form.inputs.items():
        if name in cells and (key in moved or name in lost):
            broken.add(name)
            del cells[name]
    totals = {
        name: rows.cell(key, col) for name, (key, col) in form.computed.items() if key in rows.rows
    }
    places |= {name: a1(rows.rows[key], col) for name, (key, col) in form.computed.items() if key in rows.rows}
    section = form.section.name
    annex = annex_cells(form, found, where, manifest.places.get(section, {}))
    cells |= annex.cells
    places |= annex.places
    raw = RawSheet(
        section=section,
        file=where.file,
        sheet=sheet.name,
        cells=cells,
        places=places,
        sheets=annex.sheets,
        prints=manifest.prints.get(section, {}),
        totals=totals,
        broken=frozenset(broken | annex.broken),
        fingerprint=manifest.get("@fingerprint", section),
        policies=manifest.get("@policies"),
        round_no=int(manifest.get("@round") or 0) if manifest.get("@round").isdigit() else 0,
        parent=manifest.get("@parent"),
    )
    return raw, problems + annex.problems


def _shifted(rows: Rows, place: Where) -> list[Problem]:
    """Columns inserted or deleted: the hidden mark of the last column is not where it was issued."""
    if "@表头" not in rows.rows:
        return [problem("KEY_MISSING", place, "@表头")]
    if rows.cell("@表头", section_layout.CODE).value == section_layout.CODE_KEY:
        return []
    return [problem("COLUMNS_MOVED", place.at(cell=a1(rows.rows["@表头"], section_layout.CODE)))]


def _twice(rows: Rows, form: SectionForm, place: Where) -> list[Problem]:
    keys = {key for key, _ in form.inputs.values()}
    return [
        problem("KEY_TWICE", place.at(cell=a1(row, section_layout.KEY), field=key), key)
        for key, places in rows.twice.items()
        if key in keys
        for row in places[1:]
    ]


def _rubric(
    form: SectionForm, rows: Rows, place: Where, prints: Mapping[str, str]
) -> tuple[list[Problem], set[str]]:
    """Rubric text that is no longer the scheme's; keys of rows that hold another's text.

    `prints`: as the clauses were issued.
    """
    problems, moved = _captions(form, rows, place)
    known = {*form.texts.values(), *form.captions.values()}
    since = {clause_of(name) for name, issued in prints.items() if issued != form.prints.get(clause_of(name))}
    for key, text in form.texts.items():
        row = rows.rows.get(key)
        shown = None if row is None else rows.by_row[row].get(section_layout.TEXT, NO_CELL).value
        if row is None or clause_of(key) in since or shown == text:
            continue
        cell = a1(row, section_layout.TEXT)
        problems.append(problem("RUBRIC_CHANGED", place.at(cell=cell, field=key), shown or "", expected=text[:40]))
        if shown in known:
            moved.add(key)
    return problems, moved


def _captions(form: SectionForm, rows: Rows, place: Where) -> tuple[list[Problem], set[str]]:
    """Rows below the clauses that show what another row asks. What words they showed once is of no matter."""
    problems: list[Problem] = []
    moved: set[str] = set()
    known = {*form.texts.values(), *form.captions.values()}
    for key, caption in form.captions.items():
        row = rows.rows.get(key)
        cells = {} if row is None else rows.by_row[row]
        shown = {col: cells[col].value for col in (section_layout.NUMBER, section_layout.TEXT) if col in cells}
        other = next((col for col, value in shown.items() if value in known), None)
        if other is None or caption in shown.values():
            continue
        where = place.at(cell=a1(rows.rows[key], other), field=key)
        problems.append(problem("RUBRIC_CHANGED", where, shown[other], expected=caption))
        moved.add(key)
    return problems, moved
