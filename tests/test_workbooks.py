"""What is true of every workbook that is issued, blank or filled: figures, locks, references, limits, identity."""

import re

import openpyxl
import pytest
from appraisals import legal_pool, rules_2021, scheme_2021, small_rules, template, with_policies
from engines import ironcalc_values
from intake_reading import assert_like_calamine, assert_like_openpyxl, read
from xmlwalk import (
    Book,
    assert_cached_equals,
    cells,
    children,
    excel_limit_violations,
    formula_cells,
    locked_state,
    named,
    position,
)

from workbook_builder import model as m
from workbook_builder.building import build, section_workbook, whole_workbook
from workbook_builder.layout.book import SECTION_BOOK, WHOLE_BOOK, plan_book
from workbook_builder.layout.plan import INPUT, MANIFEST_HEADER, MANIFEST_SHEET, address
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook

#: Functions that Excel 2007, WPS and LibreOffice all know.
OLD_FUNCTIONS = {
    "IF", "AND", "OR", "NOT", "ISNUMBER", "ISERROR", "ISTEXT", "EXACT", "INDEX", "ROW", "ROUND", "MIN", "MAX", "SUM", "ABS",
    "INT", "MOD", "COUNTIF", "TEXT", "LEN", "SUBSTITUTE", "CHAR", "FIND",
}  # fmt: skip
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_FUNCTION = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\(")
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_!])(?:(_lists)!)?\$?([A-Z]{1,3})\$?([0-9]+)(?![A-Za-z0-9_(])")


class Issued:
    """One workbook on disk beside the plan it was written from."""

    def __init__(self, path, data, plan, entries):
        self.path, self.data, self.plan, self.entries = path, data, plan, entries
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def inputs(self, sheet):
        """A1 of the plan's unlocked cells."""
        rows = enumerate(sheet.rows, 1)
        return {address(number, cell.col) for number, row in rows for cell in row.cells if cell.unlocked}


def full(rules, section):
    """Something legal in every input, texts too."""
    found = {
        clause.id + slot.suffix: legal_pool(clause, slot)[-1]
        for item in sh.sheet_items(rules.scheme, section)
        for clause in item.clauses
        if clause.kind != m.DOUBLING
        for slot in rules.slots[clause.id]
    }
    notes = {clause + "#说明": "=1+1\n" + "说明" * 40 for clause in list(found) if "#" not in clause and "@" not in clause}
    return {**found, **notes, sh.CONFIRM: "是", "建议": "长" * 500, "申报/1#主要内容": "内容" * 400}


def make(folder):
    """{name: Issued} of everything that building.build writes, and of filled ones."""
    scheme, rules = scheme_2021(), rules_2021()
    files, problems = build(scheme, template())
    assert problems == []
    plans = {"考评表.xlsx": plan_book(rules, scheme.sections, WHOLE_BOOK)}
    for section in scheme.sections:
        plans[f"分科室/{section.order:02d}-{section.name}.xlsx"] = plan_book(rules, (section,), SECTION_BOOK)
    assert set(files) == set(plans)
    made = {name: Issued(folder / name, data, plans[name], {}) for name, data in files.items()}
    entries = {s.name: full(rules, s) for s in scheme.sections}
    plan = plan_book(rules, scheme.sections, WHOLE_BOOK, entries)
    made["考评表（填好）.xlsx"] = Issued(folder / "填好.xlsx", whole_workbook(rules, template(), entries), plan, entries)
    other = with_policies(scheme, 特色工作计分="附件2合计", 视情步长="0.5", 单项下限="可为负", 未排名的扣分="按末名扣分")
    for name, rules in (("小方案", small_rules()), ("小方案 其他口径", small_rules("other")), ("口径", Rulebook(other))):
        section = rules.scheme.sections[0]
        for kind, entries in (("空白", {}), ("填好", full(rules, section))):
            data = section_workbook(rules, section, template(), entries)
            plan = plan_book(rules, (section,), SECTION_BOOK, {section.name: entries})
            made[f"{name} {kind}"] = Issued(folder / f"{name}{kind}.xlsx", data, plan, {section.name: entries})
    return made


SECTION_FILES = [f"分科室/{s.order:02d}-{s.name}.xlsx" for s in scheme_2021().sections]
SMALL = [f"{name} {kind}" for name in ("小方案", "小方案 其他口径", "口径") for kind in ("空白", "填好")]
EVERY = ["考评表.xlsx", "考评表（填好）.xlsx", *SECTION_FILES, *SMALL]


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """Every workbook, written once."""
    made = make(tmp_path_factory.mktemp("issued"))
    assert set(made) == set(EVERY)
    return made


@pytest.fixture(params=EVERY)
def book(request, issued):
    """Each of them."""
    return issued[request.param]


# --- figures ---------------------------------------------------------------------------------------------------------------


def test_every_formula_shows_what_ironcalc_computes(book):
    """No formula without its value, no value that is not the formula's."""
    assert sum(map(len, formula_cells(book.path).values())) > 80
    assert assert_cached_equals(book.path, ironcalc_values(book.path)) == []


def test_every_formula_shows_what_libreoffice_computes(office, book):
    """The same after a hard recalculation in LibreOffice."""
    assert assert_cached_equals(book.path, office.values(book.path)) == []


def test_no_formula_shows_an_error(book):
    """In a blank form and in a full one."""
    for sheet, found in formula_cells(book.path).items():
        assert {ref: value for ref, (_, value) in found.items() if str(value).startswith("#")} == {}, sheet


# --- limits and functions -------------------------------------------------------------------------------------------------


def test_excels_limits_hold(book):
    """Nothing that Excel would refuse, repair or cut."""
    assert excel_limit_violations(book.path) == []


def test_only_old_functions_are_used(book):
    """Formulas, validations and conditional formats alike; no names, no links, no array formulas."""
    parsed = Book(book.path)
    used = {name for _, _, formula in parsed.formulas() for name in _FUNCTION.findall(_TEXT.sub("", formula))}
    assert used <= OLD_FUNCTIONS
    for part in parsed.sheets.values():
        for cell in cells(parsed.tree(part)):
            assert all(formula.attrib == {} for formula in children(cell, "f"))
    assert not any("externalLink" in part or "vba" in part for part in parsed.parts)
    names = {item.get("name") for item in named(parsed.workbook, "definedName")}
    assert names <= {"_xlnm.Print_Titles", "_xlnm.Print_Area"}


# --- locks and references ---------------------------------------------------------------------------------------------------


def test_every_sheet_is_locked_save_the_inputs_of_the_plan(book):
    """Whatever the template says."""
    state = locked_state(book.path)
    planned = {sheet.name: book.inputs(sheet) for sheet in book.plan.sheets}
    assert set(planned) < set(state)
    for name, (protected, unlocked) in state.items():
        assert protected, name
        assert unlocked == planned.get(name, set()), name
    protection = named(Book(book.path).workbook, "workbookProtection")
    assert protection[0].get("lockStructure") == "1"


def plain_references(path):
    """(place, reference) of every reference that begins or ends at an unlocked cell, or in a relative address."""
    found = []
    parsed = Book(path)
    unlocked = {name: refs for name, (_, refs) in locked_state(path).items()}
    for place, kind, formula in parsed.formulas():
        if place.startswith("name "):
            continue
        sheet = place.split("!")[0]
        for other, letters, digits in _REFERENCE.findall(_TEXT.sub("", formula)):
            if letters + digits in unlocked[other or sheet]:
                found.append((place, kind, letters + digits))
    return found


def test_inputs_are_read_only_through_blocks_between_locked_cells(book):
    """A plain reference, or a block that ends on an input, follows a cell that is cut and pasted elsewhere."""
    assert plain_references(book.path) == []
    # The check sees something: every sheet's block is there, and it holds inputs.
    found = formula_cells(book.path)
    for sheet in book.plan.sheets:
        assert any("INDEX($" in formula for formula, _ in found[sheet.name].values()), sheet.name


def test_a_plain_reference_to_an_input_would_be_found(issued, tmp_path):
    """The check can fail."""
    source = issued["小方案 空白"]
    sheet = source.plan.sheets[0]
    ref = min(source.inputs(sheet), key=position)
    workbook = openpyxl.load_workbook(source.path)
    workbook[sheet.name]["H4"] = f"={ref}+1"
    path = tmp_path / "plain.xlsx"
    workbook.save(path)
    assert plain_references(path) == [(f"{sheet.name}!H4", "formula", ref)]


# --- identity ---------------------------------------------------------------------------------------------------------------------


def test_every_row_of_the_manifest_points_at_its_cell(book):
    """Each field once per section; the key in the hidden first column agrees; inputs hold their entries."""
    workbook = openpyxl.load_workbook(book.path)
    rows = list(workbook[MANIFEST_SHEET].iter_rows(values_only=True))
    assert rows[0] == MANIFEST_HEADER
    assert workbook[MANIFEST_SHEET].sheet_state == "veryHidden"
    fields = [row for row in rows[1:] if row[4] != "meta"]
    assert len({(row[0], row[1]) for row in fields}) == len(fields) == len(book.plan.fields)
    planned = {(p.name, p.section): p for p in book.plan.fields}
    kept = {"input", "note"}
    for name, section, sheet, ref, role, _ in fields:
        place = planned[name, section]
        assert (place.sheet, address(place.row, place.col), place.role) == (sheet, ref, role)
        cell = workbook[sheet][ref]
        assert (not cell.protection.locked) == (role in kept)
        assert (cell.data_type == "f") == (role not in kept)
        key = workbook[sheet].cell(cell.row, 1).value
        assert key == name or name.startswith(key) or key.startswith("@状态"), (name, key)
    unlocked = sum(len(book.inputs(sheet)) for sheet in book.plan.sheets)
    assert sum(row[4] in kept for row in fields) == unlocked
    assert all(row[5] for row in fields if row[4] == INPUT and row[0].count("/") == 3)


def test_a_filled_workbook_holds_its_entries_as_typed(book):
    """Numbers as numbers, words as texts, nothing as a formula."""
    workbook = openpyxl.load_workbook(book.path)
    for place in book.plan.fields:
        entry = book.entries.get(place.section, {}).get(place.name)
        if place.role in ("input", "note"):
            cell = workbook[place.sheet].cell(place.row, place.col)
            assert cell.data_type in ("s", "n")
            assert (float(cell.value) == float(entry)) if cell.data_type == "n" and entry else (cell.value == entry)


def test_every_clause_stands_verbatim_in_one_cell(book):
    """The notice's words, whole, in the row of their key."""
    parsed = openpyxl.load_workbook(book.path)
    scheme = small_rules().scheme if parsed.sheetnames[1] == "甲科" else scheme_2021()
    for sheet in book.plan.sheets[: len(book.plan.sheets) // (1 + scheme.form_copies)]:
        section = scheme.section(sheet.section)
        shown = {}
        for row in parsed[sheet.name].iter_rows(max_col=11):
            for cell in row[1:]:
                if isinstance(cell.value, str):
                    shown.setdefault(row[0].value, []).append(cell.value)
        clauses = [c for item in sh.sheet_items(scheme, section) for c in item.clauses]
        assert clauses
        for clause in clauses:
            assert shown[clause.id].count(clause.text) == 1, clause.id


def test_the_whole_book_has_every_section_then_every_form():
    """In the order of the scheme."""
    scheme = scheme_2021()
    sheets = [sheet.name for sheet in plan_book(rules_2021(), scheme.sections, WHOLE_BOOK).sheets]
    names = [s.name for s in scheme.sections]
    assert sheets == names + [f"申报{n}-{name}" for name in names for n in (1, 2)]


# --- our reader -------------------------------------------------------------------------------------------------------------------


def test_our_reader_agrees_with_openpyxl_and_calamine(book):
    """Cells, formulas, locks, visibility, merges."""
    assert_like_openpyxl(book.data)
    assert_like_calamine(book.data)
    assert not read(book.data).has_macros
