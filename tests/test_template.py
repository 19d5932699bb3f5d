"""The template gives the look and nothing else: restyled in Excel, only looks change; what it may not do is refused."""

import io

import pytest
from jinja2.exceptions import SecurityError
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill, Protection
from xmlwalk import excel_limit_violations, formula_cells, locked_state

from workbook_builder import resources
from workbook_builder.building import section_workbook
from workbook_builder.excel.template import (
    BOTTOM_SHEET,
    FORM_SHEET,
    INSTRUCTIONS_SHEET,
    REVIEW_GUIDE,
    REVIEW_SHEET,
    SECTION_SHEET,
    load_template,
)
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme

DATA = resources.read(resources.TEMPLATE)
NAME = "考评表模板.xlsx"


@pytest.fixture(scope="module")
def rules():
    return Rulebook(load_scheme(resources.path(resources.SCHEME_2021)))


def changed(change):
    """The bundled template after `change` in a spreadsheet program."""
    book = load_workbook(io.BytesIO(DATA))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet, key):
    return next(cell.row for (cell,) in sheet.iter_rows(min_col=1, max_col=1) if cell.value == key)


def restyle(book):
    """What an office does: fonts, colours, widths, margins, words; it also leaves every cell unlocked."""
    sheet = book[SECTION_SHEET]
    for row in sheet.iter_rows():
        for cell in row:
            cell.font = Font(name="楷体", size=13)
            cell.fill = PatternFill("solid", fgColor="CCFFCC")
            cell.protection = Protection(locked=False)
    sheet.column_dimensions["C"].width = 70
    sheet.page_margins.left = 1.0
    sheet["C4"] = "考评标准"
    book[INSTRUCTIONS_SHEET]["A1"] = "{{ 标题 }}须知"
    book[INSTRUCTIONS_SHEET].protection.sheet = False


def test_restyling_changes_only_looks(rules, tmp_path):
    section = rules.scheme.sections[1]
    paths = []
    for name, data in (("旧.xlsx", DATA), ("新.xlsx", changed(restyle))):
        template, problems = load_template(data, NAME)
        assert problems == []
        (tmp_path / name).write_bytes(section_workbook(rules, section, template))
        paths.append(tmp_path / name)
    old, new = paths
    assert formula_cells(old) == formula_cells(new)
    assert locked_state(old) == locked_state(new)
    assert excel_limit_violations(new) == []
    before, after = (load_workbook(path)[section.name] for path in paths)
    differing = {
        cell.coordinate
        for row in before.iter_rows()
        for cell in row
        if cell.value != after[cell.coordinate].value
    }
    assert differing == {"C4"}
    assert after["C4"].value == "考评标准"
    assert after["C10"].font.name == "楷体"
    assert after.column_dimensions["C"].width == 70
    assert [(dv.type, dv.formula1, str(dv.sqref)) for dv in before.data_validations.dataValidation] == [
        (dv.type, dv.formula1, str(dv.sqref)) for dv in after.data_validations.dataValidation
    ]
    assert load_workbook(new)[INSTRUCTIONS_SHEET]["A1"].value == f"{rules.scheme.title}须知"


def set_cell(sheet, ref, value):
    def change(book):
        book[sheet][ref] = value

    return change


def drop_row(book):
    sheet = book[SECTION_SHEET]
    sheet.cell(row_of(sheet, "小计"), 1).value = None


def drop_sheet(book):
    del book[FORM_SHEET]


@pytest.mark.parametrize(
    ("change", "code", "sheet", "cell"),
    [
        (set_cell(SECTION_SHEET, "B1", "{{ 单位名 }}"), "TEMPLATE_PLACEHOLDER_UNKNOWN", SECTION_SHEET, "B1"),
        (set_cell(SECTION_SHEET, "C8", "固定文字"), "TEMPLATE_PLACEHOLDER_MISSING", SECTION_SHEET, "A8"),
        (set_cell(SECTION_SHEET, "B1", "{% for x in y %}"), "TEMPLATE_TAG", SECTION_SHEET, "B1"),
        (set_cell(SECTION_SHEET, "B1", "{{ 单位 "), "TEMPLATE_SYNTAX", SECTION_SHEET, "B1"),
        (set_cell(INSTRUCTIONS_SHEET, "A3", "{{ 细则 }}"), "TEMPLATE_PLACEHOLDER_UNKNOWN", INSTRUCTIONS_SHEET, "A3"),
        (set_cell(REVIEW_SHEET, "C8", "固定文字"), "TEMPLATE_PLACEHOLDER_MISSING", REVIEW_SHEET, "A8"),
        (set_cell(REVIEW_SHEET, "B1", "{{ 份数 }}{{ 表名 }}"), "TEMPLATE_PLACEHOLDER_UNKNOWN", REVIEW_SHEET, "B1"),
        (set_cell(BOTTOM_SHEET, "B5", "{{ 计分办法 }}"), "TEMPLATE_PLACEHOLDER_MISSING", BOTTOM_SHEET, "A5"),
        (set_cell(BOTTOM_SHEET, "A6", "别的"), "TEMPLATE_ROW_MISSING", BOTTOM_SHEET, ""),
        (set_cell(REVIEW_GUIDE, "A3", "{{ 核定人 }}"), "TEMPLATE_PLACEHOLDER_UNKNOWN", REVIEW_GUIDE, "A3"),
        (drop_row, "TEMPLATE_ROW_MISSING", SECTION_SHEET, ""),
        (drop_sheet, "TEMPLATE_SHEET_MISSING", FORM_SHEET, ""),
    ],
)
def test_what_a_template_may_not_do(change, code, sheet, cell):
    template, problems = load_template(changed(change), NAME)
    assert template is None
    assert [(p.code, p.where.sheet, p.where.cell) for p in problems] == [(code, sheet, cell)]


@pytest.mark.parametrize("gone", [(REVIEW_SHEET,), (BOTTOM_SHEET,), (REVIEW_GUIDE,), (REVIEW_SHEET, BOTTOM_SHEET, REVIEW_GUIDE)])
def test_a_template_from_before_the_review_sheets_still_does(rules, gone):
    """It is good for everything else; review workbooks then take the bundled one."""

    def change(book):
        for name in gone:
            del book[name]

    template, problems = load_template(changed(change), NAME)
    assert problems == []
    assert not template.reviews
    assert load_template(DATA, NAME)[0].reviews
    assert section_workbook(rules, rules.scheme.sections[1], template)


def test_every_problem_in_one_run():
    def change(book):
        set_cell(SECTION_SHEET, "B1", "{{ 甲 }}")(book)
        set_cell(SECTION_SHEET, "B2", "{{ 乙 }}")(book)
        drop_row(book)

    codes = [p.code for p in load_template(changed(change), NAME)[1]]
    assert sorted(codes) == ["TEMPLATE_PLACEHOLDER_UNKNOWN", "TEMPLATE_PLACEHOLDER_UNKNOWN", "TEMPLATE_ROW_MISSING"]


def test_what_would_be_lost_is_refused_by_name():
    def comment(book):
        book[SECTION_SHEET]["B1"].comment = Comment("注意", "某")

    template, problems = load_template(changed(comment), NAME)
    assert template is None
    assert {p.code for p in problems} == {"TEMPLATE_FEATURE"}
    assert any("批注" in p.message for p in problems)


@pytest.mark.parametrize("text", ["{{ 单位.__class__.__mro__ }}", "{{ 年度 + 1 }}", "{{ 单位 | upper }}", "{{ 7 }}"])
def test_only_names_in_placeholders(text):
    template, problems = load_template(changed(set_cell(SECTION_SHEET, "B1", text)), NAME)
    assert template is None
    assert [(p.code, p.where.cell) for p in problems] == [("TEMPLATE_SYNTAX", "B1")]


def test_rendering_is_sandboxed_all_the_same():
    template, _ = load_template(DATA, NAME)
    with pytest.raises(SecurityError):
        str(template.renderer.render("{{ x.__class__ }}，", {"x": "文字"}))
