"""The template gives the look and nothing else: restyled in Excel, only looks change; what it may not do is refused."""

import io

import pytest
from jinja2.exceptions import SecurityError
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Protection, Side
from openpyxl.styles.colors import Color
from xmlwalk import excel_limit_violations, formula_cells, locked_state

from workbook_builder import resources
from workbook_builder.building import section_workbook
from workbook_builder.commands.schemes import check
from workbook_builder.excel.proofing import proof
from workbook_builder.excel.template import (
    BOTTOM_SHEET,
    FORM_SHEET,
    GLOBALS,
    GUIDE_SHEET,
    INSTRUCTIONS_SHEET,
    REVIEW_GUIDE,
    REVIEW_ROWS,
    REVIEW_SHEET,
    ROWS,
    SECTION_SHEET,
    STATE_KEY,
    load_template,
)
from workbook_builder.problems import WARNING
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
    """What an office does: fonts, colours, frames, widths, heights, margins, words; it also leaves every cell unlocked."""
    for name in (SECTION_SHEET, FORM_SHEET, INSTRUCTIONS_SHEET):
        sheet = book[name]
        for row in sheet.iter_rows():
            sheet.row_dimensions[row[0].row].height = 40
            for cell in row:
                cell.font = Font(name="楷体", size=13, color="1F1F1F")
                cell.fill = PatternFill("solid", fgColor="CCFFCC")
                cell.protection = Protection(locked=False)
        sheet.page_margins.left = 1.0
        sheet.page_setup.orientation = "landscape"
        sheet.sheet_view.zoomScale = 120
        sheet.oddFooter.right.text = "内部资料"
    sheet = book[SECTION_SHEET]
    side = Side(style="double", color="993300")
    for key in ("细则", "分行", "自评"):
        sheet.cell(row_of(sheet, key), 6).border = Border(left=side, right=side, top=side, bottom=side)
    sheet.column_dimensions["C"].width = 70
    sheet["C4"] = "考评标准"
    sheet["B1"] = "（{{ 年度 }}）{{ 单位 }}{{ 标题 }}表"
    sheet["C8"] = "【{{ 细则 }}】"
    sheet["F8"] = "示例"
    book[INSTRUCTIONS_SHEET]["A1"] = "{{ 标题 }}须知"
    book[INSTRUCTIONS_SHEET].protection.sheet = False


def validations(sheet):
    found = sheet.data_validations.dataValidation
    return [(v.type, v.formula1, v.formula2, v.prompt, v.error, str(v.sqref)) for v in found]


def conditions(sheet):
    return [(str(area.sqref), [rule.formula for rule in rules]) for area, rules in sheet.conditional_formatting._cf_rules.items()]


@pytest.mark.parametrize("filled", [False, True], ids=["空白", "填好"])
def test_restyling_changes_only_looks(rules, tmp_path, filled):
    """Same fields, values, formulas, locks, validations, conditions, manifest; other fonts, fills, widths, words around."""
    section = rules.scheme.sections[1]
    entries = {"自评确认": "是", "填表人": "甲", "申报/1#主要内容": "内容" * 200} if filled else {}
    paths = []
    for name, data in (("旧.xlsx", DATA), ("新.xlsx", changed(restyle))):
        template, problems = load_template(data, NAME)
        assert problems == []
        assert proof(template, NAME) == []
        (tmp_path / name).write_bytes(section_workbook(rules, section, template, entries))
        paths.append(tmp_path / name)
    old, new = paths
    assert formula_cells(old) == formula_cells(new)
    assert locked_state(old) == locked_state(new)
    assert excel_limit_violations(new) == []
    books = [load_workbook(path) for path in paths]
    assert books[0].sheetnames == books[1].sheetnames
    clauses = {f"C{row}" for row, key in enumerate(keys_of(books[0][section.name]), 1) if key in rules.scheme.clause_by_id}
    for before in books[0].worksheets:
        after = books[1][before.title]
        differing = {cell.coordinate for row in before.iter_rows() for cell in row if cell.value != after[cell.coordinate].value}
        assert differing == {section.name: {"B1", "C4", *clauses}, INSTRUCTIONS_SHEET: {"A1"}}.get(before.title, set())
        assert validations(before) == validations(after)
        assert conditions(before) == conditions(after)
        assert after.freeze_panes == before.freeze_panes
        assert after.print_title_rows == before.print_title_rows
        assert [after.column_dimensions[letter].hidden for letter in "ABKL"] == [before.column_dimensions[letter].hidden for letter in "ABKL"]
    after = books[1][section.name]
    assert after["C4"].value == "考评标准"
    assert all(after[ref].value == f"【{books[0][section.name][ref].value}】" for ref in clauses)
    assert after["C10"].font.name == "楷体"
    assert after.column_dimensions["C"].width == 70
    assert after.page_margins.left == 1.0
    assert (after.sheet_view.zoomScale, after.oddFooter.right.text) == (120, "内部资料")
    assert min(after.row_dimensions[row].height for row in range(1, after.max_row + 1)) == 40
    assert books[1][INSTRUCTIONS_SHEET]["A1"].value == f"{rules.scheme.title}须知"


def keys_of(sheet):
    return [cell.value for (cell,) in sheet.iter_rows(min_col=1, max_col=1)]


# --- what is hard to read or to fill in ----------------------------------------------------------------------------------


def cell_of(book, sheet, key, letter):
    return book[sheet][f"{letter}{row_of(book[sheet], key)}"]


def pale_ink(book):
    cell_of(book, SECTION_SHEET, "细则", "F").font = Font(name="仿宋", size=12, color="FFFF00")


def pale_theme_ink(book):
    cell_of(book, FORM_SHEET, "长文", "B").font = Font(name="仿宋", size=12, color=Color(theme=0))


def pale_state(book):
    cell_of(book, SECTION_SHEET, STATE_KEY + "已填", "F").font = Font(name="仿宋", size=12, color="EEEEEE")


def no_frame(book):
    for letter in "FD":
        cell = cell_of(book, SECTION_SHEET, "自评", letter)
        cell.fill, cell.border = PatternFill(), Border()


def low_row(book):
    sheet = book[SECTION_SHEET]
    sheet.row_dimensions[row_of(sheet, "总分")].height = 8


def narrow(book):
    book[SECTION_SHEET].column_dimensions["J"].width = 4


def shut(book):
    book[SECTION_SHEET].column_dimensions["K"].hidden = True


def shut_row(book):
    sheet = book[FORM_SHEET]
    sheet.row_dimensions[row_of(sheet, "长文")].hidden = True


def huge(book):
    cell_of(book, SECTION_SHEET, "细则", "C").font = Font(name="仿宋", size=44)
    sheet = book[SECTION_SHEET]
    sheet.row_dimensions[row_of(sheet, "细则")].height = 60


def no_state(book):
    sheet = book[SECTION_SHEET]
    sheet.cell(row_of(sheet, STATE_KEY + "有误"), 1).value = None


@pytest.mark.parametrize(
    ("change", "code", "sheet", "cell", "said"),
    [
        (pale_ink, "TEMPLATE_FAINT", SECTION_SHEET, "F8", "“细则”"),
        (pale_theme_ink, "TEMPLATE_FAINT", FORM_SHEET, "B4", "“长文”"),
        (pale_state, "TEMPLATE_FAINT", SECTION_SHEET, "F22", "已填"),
        (no_frame, "TEMPLATE_INPUT_HIDDEN", SECTION_SHEET, "F11", "“自评”"),
        (low_row, "TEMPLATE_ROW_LOW", SECTION_SHEET, "A12", "高 8 磅"),
        (narrow, "TEMPLATE_COLUMN_NARROW", SECTION_SHEET, "J8", "宽 4"),
        (shut, "TEMPLATE_COLUMN_HIDDEN", SECTION_SHEET, "K1", "隐藏"),
        (shut_row, "TEMPLATE_ROW_HIDDEN", FORM_SHEET, "A4", "“长文”"),
        (huge, "TEMPLATE_TEXT_LONG", SECTION_SHEET, "C8", "200 个字"),
        (no_state, "TEMPLATE_STATE_MISSING", SECTION_SHEET, "", "状态样式/有误"),
    ],
)
def test_what_check_warns_of(rules, change, code, sheet, cell, said):
    """One finding each, with its cell; the template can be used all the same, and every text still has its room."""
    template, problems = load_template(changed(change), NAME)
    assert problems == []
    found = proof(template, NAME)
    assert [(p.code, p.severity, p.where.sheet, p.where.cell) for p in found] == [(code, WARNING, sheet, cell)]
    assert said in found[0].message
    assert found[0].fix
    assert section_workbook(rules, rules.scheme.sections[1], template)


def test_check_says_it(tmp_path):
    """`kaoping check` of a template file: warnings, no error."""
    path = tmp_path / NAME
    path.write_bytes(changed(pale_ink))
    outcome = check(path)
    assert [(p.code, p.where.cell) for p in outcome.problems] == [("TEMPLATE_FAINT", "F8")]
    assert outcome.exit_code == 0
    path.write_bytes(DATA)
    assert check(path).problems == ()


def test_a_column_dragged_shut_still_shows_in_forms(rules):
    """Its width is nothing in the template; people who fill the form must see it."""

    def change(book):
        book[SECTION_SHEET].column_dimensions["K"].width = 0

    section = rules.scheme.sections[1]
    template, _ = load_template(changed(change), NAME)
    made = load_workbook(io.BytesIO(section_workbook(rules, section, template)))[section.name]
    assert made.column_dimensions["K"].width > 5
    assert not made.column_dimensions["K"].hidden


def test_the_explanation_names_every_placeholder_and_row():
    """What each stands for, an example, where it may stand; and every prototype row."""
    sheet = load_workbook(io.BytesIO(DATA))[GUIDE_SHEET]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    explained = {line[0][3:-3]: line for line in lines if str(line[0]).startswith("{{")}
    rows = {(line[0], line[1]) for line in lines}
    assert set(GLOBALS) <= set(explained)
    for name, protos in (ROWS | REVIEW_ROWS).items():
        for key, names in protos.items():
            assert (name, key) in rows
            for placeholder in names:
                meaning, example, where = explained[placeholder][1:4]
                assert meaning
                assert example
                assert placeholder in GLOBALS or f"{name}·{key}" in where
    text = "".join(str(value) for line in lines for value in line if value)
    assert all(word in text for word in ("kaoping check", "kaoping templates", "可以改", "不要动"))


def test_prototypes_show_what_a_form_will_look_like():
    """Whoever opens the template sees answers, scores, states and the line of progress."""
    book = load_workbook(io.BytesIO(DATA))
    sheet = book[SECTION_SHEET]
    for key, col in SAMPLES:
        assert sheet.cell(row_of(sheet, key), col).value is not None, (key, col)


SAMPLES = [("状态", 3), ("状态", 4), ("状态", 11), ("细则", 6), ("细则", 8), ("细则", 10), ("细则", 11), ("总分", 9), ("校验", 6)]


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
