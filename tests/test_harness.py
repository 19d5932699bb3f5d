"""The harness must be able to fail: every check here is shown a file that is wrong, and one that is not."""

import os
import shutil
import subprocess
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter
from engines import IronSession, ironcalc_eval, ironcalc_values
from office import Office, OfficeDied, OfficeError
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from xmlwalk import (
    LIMITS,
    Error,
    assert_cached_equals,
    excel_limit_violations,
    formula_cells,
    locked_state,
    same_value,
)

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
GUARDED = "=IF(ISNUMBER(INDEX($H$1:$H$9,ROW())),INDEX($H$1:$H$9,ROW()),0)"


def patch(path, part, old, new):
    """Replace text in one part of a package, and insist that it was there."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    assert old in text, f"{old!r} not in {part}"
    parts[part] = text.replace(old, new, 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


# --- Excel's limits ------------------------------------------------------------------------------------------------


def rule(ws, **settings):
    """Add one validation."""
    check = DataValidation(sqref="A1", **{"type": "whole", "formula1": "1", "formula2": "2", **settings})
    ws.add_data_validation(check)


def link(ws, **settings):
    """Add one hyperlink."""
    ws["A1"].hyperlink = Hyperlink(ref="A1", **settings)


def name_range(ws, name):
    """Add one defined name."""
    ws.parent.defined_names[name] = DefinedName(name, attr_text="Data!$A$1")


def header(ws, text):
    """Set the left page header, which the file writes as '&L' + text."""
    ws.oddHeader.left.text = text


WITH_OPENPYXL = {
    "list literal": lambda ws, n: rule(ws, type="list", formula1='"' + "a" * n + '"', formula2=None),
    "validation formula": lambda ws, n: rule(ws, type="custom", formula1="1" * n, formula2=None),
    "prompt title": lambda ws, n: rule(ws, promptTitle="字" * n),
    "prompt": lambda ws, n: rule(ws, prompt="字" * n),
    "error title": lambda ws, n: rule(ws, errorTitle="字" * n),
    "error": lambda ws, n: rule(ws, error="字" * n),
    "formula": lambda ws, n: ws.append(["=" + "1" * (n - 1)]),
    "formula text literal": lambda ws, n: ws.append(['="' + "a" * n + '"']),
    "formula nesting": lambda ws, n: ws.append(["=" + "(" * n + "1" + ")" * n]),
    "conditional format formula": lambda ws, n: ws.conditional_formatting.add("A1", FormulaRule(["1" * n])),
    "row height": lambda ws, n: setattr(ws.row_dimensions[1], "height", n),
    "column width": lambda ws, n: setattr(ws.column_dimensions["A"], "width", n),
    "line feeds": lambda ws, n: ws.append(["\n" * n]),
    "sheet name": lambda ws, n: setattr(ws, "title", "表" * n),
    "defined name": lambda ws, n: name_range(ws, "a" * n),
    "header/footer": lambda ws, n: header(ws, "a" * (n - 2)),
    "hyperlink": lambda ws, n: link(ws, location="a" * n),
    "hyperlink tooltip": lambda ws, n: link(ws, location="Data!A1", tooltip="a" * n),
}
# What openpyxl would not write, or not in reasonable time.
WITH_XML = {
    "text": lambda n: (SHEET, "MARK", "x" * n),
    "styles": lambda n: (STYLES, "</cellXfs>", "<xf/>" * (n - 1) + "</cellXfs>"),
    "number formats": lambda n: (STYLES, "<fonts", "<numFmts>" + "<numFmt/>" * n + "</numFmts><fonts"),
    "hyperlinks": lambda n: (SHEET, "<pageMargins", "<hyperlinks>" + "<hyperlink/>" * n + "</hyperlinks><pageMargins"),
    "validations": lambda n: (
        SHEET,
        "<pageMargins",
        "<dataValidations>" + "<dataValidation/>" * n + "</dataValidations><pageMargins",
    ),
}


def base(path):
    """A small clean workbook."""
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active["A1"] = "MARK"
    book.save(path)
    return path


def build(path, kind, amount):
    """A workbook whose `kind` measures exactly `amount`."""
    if kind in WITH_XML:
        patch(base(path), *WITH_XML[kind](amount))
        return path
    book = openpyxl.Workbook()
    book.active.title = "Data"
    WITH_OPENPYXL[kind](book.active, amount)
    book.save(path)
    return path


def test_every_limit_has_a_case():
    """A limit nobody tests is a limit that may not work."""
    assert set(LIMITS) == set(WITH_OPENPYXL) | set(WITH_XML)


@pytest.mark.filterwarnings("ignore:Title is more than 31")
@pytest.mark.parametrize("kind", LIMITS)
def test_limit_is_reported_one_above_and_not_at_it(tmp_path, kind):
    """Exactly at the limit nothing is said about it; one more is reported."""
    # The message names the kind, except where "130 styles" reads better as what they are.
    words = {"styles": "cell styles", "number formats": "number formats"}.get(kind, kind)
    fine = excel_limit_violations(build(tmp_path / "at.xlsx", kind, LIMITS[kind]))
    wrong = excel_limit_violations(build(tmp_path / "above.xlsx", kind, LIMITS[kind] + 1))
    assert not [line for line in fine if f"limit {LIMITS[kind]}" in line and words in line]
    assert [line for line in wrong if f"limit {LIMITS[kind]}" in line and words in line]


def test_clean_book_has_no_violations(tmp_path):
    """Chinese sheet names, quoted, and "" as a cached result are all right."""
    path = tmp_path / "clean.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("办公室、财务（试）")
        other = book.add_worksheet("It's")
        book.define_name("Total", "='It''s'!$A$1")
        other.write_formula("A1", "='办公室、财务（试）'!A1&\"it's'!\"&Data!A1", None, "x!")
        other.write_formula("A2", "=IFERROR(#REF!,'It''s'!B1)", None, 0)
        book.add_worksheet("Data")
        sheet.write_formula("A1", '=IF(1>2,"a","b")', None, "b")
        sheet.write("A2", "行1\n行2")
        sheet.merge_range("B1:C1", "题")
        sheet.merge_range("B2:C3", "题")
        sheet.data_validation("D1", {"validate": "list", "source": ["是", "否"], "input_message": "请选择"})
        sheet.conditional_format("E1", {"type": "formula", "criteria": "=INDEX($H$1:$H$9,ROW())>1"})
        sheet.write_url("F1", "internal:'It''s'!A1", string="去")
    patch(path, SHEET, "<v>b</v>", "<v></v>")
    assert excel_limit_violations(path) == []
    assert formula_cells(path)["办公室、财务（试）"]["A1"] == ('IF(1>2,"a","b")', "")


OTHER_FAULTS = {
    "forbidden character": (BOOK, 'name="Data"', 'name="Da:ta"'),
    "apostrophe": (BOOK, 'name="Data"', 'name="\'Data"'),
    "reserved": (BOOK, 'name="Data"', 'name="History"'),
    "not plain ASCII": (BOOK, "<calcPr", "<definedNames><definedName name='总'>1</definedName></definedNames><calcPr"),
    "looks like a cell": (
        BOOK,
        "<calcPr",
        "<definedNames><definedName name='ab1'>1</definedName></definedNames><calcPr",
    ),
    "defined name used twice": (
        BOOK,
        "<calcPr",
        "<definedNames><definedName name='aa'>1</definedName><definedName name='AA'>1</definedName></definedNames><calcPr",
    ),
    "must be quoted": (SHEET, "<sheetData>", "<sheetData><row r='0'><c r='A1'><f>办公室!A1</f><v>1</v></c></row>"),
    "sheet that does not exist": (SHEET, "<sheetData>", "<sheetData><row><c r='A1'><f>'无'!A1</f><v>1</v></c></row>"),
    'value-less cell carries t="n"': (SHEET, "</row>", '<c r="B1" t="n"></c></row>'),
    "empty <v/> in a formula cell": (SHEET, "</row>", "<c r='B1'><f>1</f><v/></c></row>"),
    "formula cell without <v>": (SHEET, "</row>", "<c r='B1'><f>1</f></c></row>"),
    "out of order or written twice": (SHEET, "</row>", "<c r='A1'><v>1</v></c></row>"),
    "style index does not exist": (SHEET, "</row>", "<c r='B1' s='77'><v>1</v></c></row>"),
    "overlap": (
        SHEET,
        "<pageMargins",
        "<mergeCells><mergeCell ref='A1:C3'/><mergeCell ref='B9:C9'/><mergeCell ref='C3:D4'/></mergeCells><pageMargins",
    ),
    "merged range of one cell": (SHEET, "<pageMargins", "<mergeCells><mergeCell ref='B9'/></mergeCells><pageMargins"),
    "dataValidations says 2": (
        SHEET,
        "<pageMargins",
        "<dataValidations count='2'><dataValidation sqref='A1'/></dataValidations><pageMargins",
    ),
    "hyperlink without a target": (
        SHEET,
        "<pageMargins",
        f"<hyperlinks><hyperlink ref='A1' r:id='rId9' xmlns:r='{RELATIONS}'/></hyperlinks><pageMargins",
    ),
}


@pytest.mark.parametrize("fault", OTHER_FAULTS)
def test_other_fault_is_reported(tmp_path, fault):
    """Faults that are not a number above a limit."""
    path = base(tmp_path / "bad.xlsx")
    assert excel_limit_violations(path) == []
    patch(path, *OTHER_FAULTS[fault])
    assert [line for line in excel_limit_violations(path) if fault in line]


def test_shared_strings_are_measured_too(tmp_path):
    """xlsxwriter keeps text apart from the cells, openpyxl keeps it in them."""
    with xlsxwriter.Workbook(tmp_path / "long.xlsx") as book:
        book.add_worksheet("Data").write("A1", "MARK")
    patch(tmp_path / "long.xlsx", STRINGS, "MARK", "😀" * 16384)
    assert [line for line in excel_limit_violations(tmp_path / "long.xlsx") if "text has 32768" in line]


def test_sheet_names_equal_but_for_case_are_reported(tmp_path):
    """openpyxl renames such a sheet by itself, so the file is edited."""
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.create_sheet("Other")
    book.save(tmp_path / "bad.xlsx")
    patch(tmp_path / "bad.xlsx", BOOK, 'name="Other"', 'name="DATA"')
    assert any("used twice" in line for line in excel_limit_violations(tmp_path / "bad.xlsx"))


# --- locks ---------------------------------------------------------------------------------------------------------


def test_locked_state_sees_cells_columns_and_rows(tmp_path):
    """A whole unlocked column is a hole even where no cell is written."""
    path = tmp_path / "locks.xlsx"
    with xlsxwriter.Workbook(path) as book:
        free = book.add_format({"locked": False})
        shut, open_ = book.add_worksheet("shut"), book.add_worksheet("open")
        shut.protect()
        shut.write("A1", 1)
        shut.write("B1", 1, free)
        open_.write("A1", 1)
        open_.set_column("C:D", 9, free)
        open_.set_row(6, 20, free)
    assert locked_state(path) == {"shut": (True, {"B1"}), "open": (False, {"C:D", "7:7"})}


# --- cached values -------------------------------------------------------------------------------------------------


@pytest.fixture
def form(tmp_path):
    """A protected form and an unprotected control, with inputs in H1:H9, H1 empty."""
    path = tmp_path / "表单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        free = book.add_format({"locked": False})
        for name in ("办公室（试）", "control"):
            sheet = book.add_worksheet(name)
            sheet.write_blank("H1", None, free)
            for row in range(2, 10):
                sheet.write(f"H{row}", row, free)
            sheet.write("C1", "locked")
            sheet.write_formula("A1", '=IF(INDEX($H$1:$H$9,ROW())="","空","有")', None, "空")
            sheet.write_formula("A3", "=H3+0", None, 3)
            sheet.write_formula("A4", GUARDED, None, 4)
            sheet.write_formula("A5", GUARDED, None, 5)
            sheet.write_formula("A6", "=1/0", None, "#DIV/0!")
            sheet.write_formula("A7", "=A5>1", None, True)
            if name != "control":
                sheet.protect()
    return path


def test_correct_cache_agrees_with_both_engines(office, form):
    """No false alarm."""
    assert assert_cached_equals(form, office.values(form)) == []
    assert assert_cached_equals(form, ironcalc_values(form)) == []


POISON = {
    "number": ("<v>3</v></c>", "<v>4</v></c>"),
    "text": ("<v>空</v>", "<v>有</v>"),
    "empty": ("</f><v>3</v>", "</f><v></v>"),
    "missing": ("</f><v>3</v>", "</f>"),
    "boolean": ('A7" t="b"><f>A5&gt;1</f><v>1', 'A7" t="b"><f>A5&gt;1</f><v>0'),
    "error as text": ('t="e"', 't="str"'),
    "other error": ("<v>#DIV/0!</v>", "<v>#N/A</v>"),
}


@pytest.mark.parametrize("kind", POISON)
def test_poisoned_cache_is_detected(office, form, kind):
    """Both engines, recalculating, contradict a wrong cached value."""
    patch(form, SHEET, *POISON[kind])
    assert len(assert_cached_equals(form, office.values(form))) == 1
    assert len(assert_cached_equals(form, ironcalc_values(form))) == 1


def test_without_hard_recalculation_poison_is_invisible(office, form):
    """Why `hard` exists: LibreOffice believes what is cached, so agreement proves nothing."""
    patch(form, SHEET, "</f><v>3</v>", "</f><v>999</v>")
    soft, hard = office.values(form, hard=False), office.values(form)
    assert soft["办公室（试）"]["A3"] == {"f": True, "v": 999.0}
    assert hard["办公室（试）"]["A3"] == {"f": True, "v": 3.0}
    assert assert_cached_equals(form, soft) == []


def test_formula_lost_or_added_is_a_difference(form):
    """Differences count in both directions."""
    values = ironcalc_values(form)
    moved = values["control"].pop("A3")
    values["control"]["Z9"] = moved
    assert sorted(line.split(":")[0] for line in assert_cached_equals(form, values)) == ["control!A3", "control!Z9"]
    assert len(assert_cached_equals(form, {})) == len(formula_cells(form)["control"]) * 2


def test_same_value_rules():
    """What counts as equal."""
    assert same_value(True, 1.0)
    assert same_value(0.1 + 0.2, 0.3)
    assert same_value(Error("#N/A"), Error("#N/A"))
    assert not same_value(1.0, "1")
    assert not same_value(1.0, 1.00001)
    assert not same_value("#N/A", Error("#N/A"))
    assert not same_value("", None)


# --- poking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "expected"), [(None, 0), (3, 3), (2.5, 2.5), ("3", 0), ("是", 0), ("=1+1", 0)])
def test_both_engines_agree_on_a_guarded_input(office, form, value, expected):
    """Numbers count, text never does, however much it looks like a number or a formula."""
    sets, reads = {"control": {"H4": value}}, {"control": ["A4", "A7", "H4", "H1"]}
    found = office.poke_and_read(form, sets, reads)["control"]
    assert found == ironcalc_eval(form, sets, reads)["control"]
    assert found["A4"] == expected
    assert found["H4"] == value
    assert found["H1"] is None


def test_session_keeps_what_was_set(office, form):
    """Many pokes on one open document, in both engines."""
    iron = IronSession(form.read_bytes())
    with office.open(form) as calc, iron:
        for session in (calc, iron):
            assert session.eval("control", {"H5": 0.5}, ["A5", "A7"]) == {"A5": 0.5, "A7": 0}
            assert session.eval("control", {"H4": None, "H1": "x"}, ["A1", "A4", "A5"]) == {
                "A1": "有",
                "A4": 0,
                "A5": 0.5,
            }
            assert session.eval("control", {"H1": ""}, ["A1", "A6"]) == {"A1": "空", "A6": "#DIV/0!"}
        calc.set("control", {"H4": 7})
        assert calc.read("control", ["A4"]) == {"A4": 7}
        with pytest.raises(OfficeError, match="no sheet"):
            calc.read("nowhere", ["A1"])


def test_api_poke_leaves_the_number_format_alone(office, form):
    """After text was poked in, a typed number must still be a number."""
    with office.open(form) as session:
        session.set("control", {"H4": "abc"})
        assert session.type("control", "H4", "7") == 7


# formula: (LibreOffice, ironcalc) with H1 = TRUE, H2 = the text "3", H3 = 4.
DIFFERENCES = {
    "=ISNUMBER(H1)": (1, False),
    "=COUNT(H1:H3)": (2, 1),
    '=H1&""': ("1", "TRUE"),
    "=H1>5": (0, True),
    '=COUNTIF(H1:H4,"<>是")': (4, 1),
    "=COUNTIF(H1:H3,3)": (0, 1),
    "=MIN(INDEX(H1:H3,2),10)": (10, 3),
    "=SUMPRODUCT(--ISNUMBER(H2:H4))": (1, 0),
    "=SUMPRODUCT(LEN(H2:H4))": (2, "#VALUE!"),
    '=TEXT(H3,"0.##")': ("4", "4."),
}


def test_engines_known_differences(office, tmp_path):
    """Formulas must avoid these; if an engine changes its mind, we want to know."""
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row, formula in enumerate(DIFFERENCES, 1):
        book.active.cell(row, 1, formula)
    book.save(tmp_path / "quirks.xlsx")
    sets = {"Data": {"H1": True, "H2": "3", "H3": 4}}
    reads = {"Data": [f"A{row}" for row in range(1, len(DIFFERENCES) + 1)]}
    calc = office.poke_and_read(tmp_path / "quirks.xlsx", sets, reads)["Data"].values()
    iron = ironcalc_eval(tmp_path / "quirks.xlsx", sets, reads)["Data"].values()
    assert dict(zip(DIFFERENCES, zip(calc, iron, strict=True), strict=True)) == DIFFERENCES


# --- the keyboard --------------------------------------------------------------------------------------------------


def test_typing_honours_the_locks(office, form):
    """Refused in a locked cell, taken in an unlocked one; the control shows that typing works at all."""
    with office.open(form) as session:
        assert session.type("办公室（试）", "C1", "7") == "locked"
        assert session.type("办公室（试）", "A4", "7") == 4
        assert session.type("办公室（试）", "H4", "7") == 7
        assert session.type("办公室（试）", "H5", "不适用") == "不适用"
        assert session.read("办公室（试）", ["A4", "A5"]) == {"A4": 7, "A5": 0}
        assert session.clear("办公室（试）", "H4") is None
        assert session.type("control", "C1", "7") == 7
        assert session.clear("control", "C1") is None


def test_api_ignores_the_locks(office, form):
    """Why typing has to be tested by keyboard command."""
    found = office.poke_and_read(form, {"办公室（试）": {"C1": "changed"}}, {"办公室（试）": ["C1"]})
    assert found == {"办公室（试）": {"C1": "changed"}}


@pytest.mark.parametrize("row", [1, 4, 300])
def test_rows_are_refused_on_a_protected_sheet_only(office, form, row):
    """Also far below everything written, where the contents cannot show it."""
    with office.open(form) as session:
        assert not session.try_insert_row("办公室（试）", row)
        assert not session.try_delete_row("办公室（试）", row)
        assert session.try_insert_row("control", row)
        assert session.try_delete_row("control", row)
        assert session.sheets() == [("办公室（试）", True, True), ("control", True, False)]


def test_cut_and_paste_repoints_plain_references_only(office, form):
    """The fault the INDEX block is there to prevent, and proof that it does."""
    sheet = "办公室（试）"
    with office.open(form) as session:
        session.cut_paste(sheet, "H3", "H9")
        session.cut_paste(sheet, "H4", "H8")
        formulas = session.formulas(sheet, ["A3", "A4"])
        assert formulas["A3"] == "=H9+0"
        assert "$H$1:$H$9" in formulas["A4"]
        assert session.read(sheet, ["H3", "H4", "A3", "A4"]) == {"H3": None, "H4": None, "A3": 3, "A4": 0}
        assert session.type(sheet, "H3", "12") == 12
        assert session.read(sheet, ["A3"]) == {"A3": 3}


def test_copied_lock_travels(office, form):
    """A locked cell pasted over an input locks it."""
    sheet = "办公室（试）"
    with office.open(form) as session:
        assert session.locked(sheet, ["H3", "C1"]) == {"H3": False, "C1": True}
        session.copy_paste(sheet, "C1", "H3")
        assert session.read(sheet, ["H3", "C1"]) == {"H3": "locked", "C1": "locked"}
        assert session.locked(sheet, ["H3"]) == {"H3": True}


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ext", ["xlsx", "xls", "ods"])
def test_filled_in_and_saved_by_libreoffice(office, form, tmp_path, ext):
    """The filled value and its consequences are in the stored file, whatever the format."""
    out = office.fill_and_save(form, {"control": {"H4": 8}}, ext, tmp_path / "out" / f"back.{ext}")
    cells = office.values(out, hard=False)["control"]
    assert cells["A4"] == {"f": True, "v": 8.0}
    assert cells["H4"] == {"f": False, "v": 8.0}
    assert form.exists()
    assert not list(form.parent.glob(".~lock*"))


def test_convert_keeps_or_repairs_the_cache(office, form, tmp_path):
    """hard decides whether a stored copy carries the wrong value on."""
    patch(form, SHEET, "</f><v>3</v>", "</f><v>999</v>")
    stale = formula_cells(office.convert(form, "xlsx", tmp_path / "stale"))
    fresh = formula_cells(office.convert(form, "xlsx", tmp_path / "fresh", hard=True))
    assert stale["办公室（试）"]["A3"][1] == 999
    assert fresh["办公室（试）"]["A3"][1] == 3


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm")
def test_render_gives_pictures(office, form, tmp_path):
    """One picture a page."""
    pages = office.render(form, tmp_path / "pages")
    assert len(pages) == 2
    assert all(page.read_bytes().startswith(b"\x89PNG") for page in pages)


# --- crashes -------------------------------------------------------------------------------------------------------


def test_crash_and_time_limit_are_survived(office, form):
    """soffice is restarted; an API session goes on with what was set, a keyboard session must not pretend."""
    assert office.process is not None
    api, keyboard = office.open(form), office.open(form)
    api.eval("control", {"H4": 6}, [])
    keyboard.type("control", "H4", "6")
    with pytest.raises(OfficeDied):
        office.call("crash")
        office.call("values", path=str(form))
    assert api.eval("control", {"H5": 2}, ["A4", "A5"]) == {"A4": 6, "A5": 2}
    with pytest.raises(OfficeDied):
        keyboard.read("control", ["A4"])
    with pytest.raises(OfficeDied, match="no answer within"):
        office.call("hang", seconds=0.5)
    assert office.values(form)["control"]["A4"]["v"] == 4


def living_groups():
    """Process groups with a living member; nobody may have collected the dead ones yet."""
    if os.name != "posix":
        return set()
    done = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in done.stdout.splitlines()]
    return {int(group) for group, state in pairs if not state.startswith("Z")}


def test_closing_leaves_nothing_behind(office, form):
    """No profile folder and no process outlives the driver."""
    with Office() as second:
        home, group = second._info["home"], second._info["group"]
        assert second.values(form)["control"]["A4"]["v"] == 4
        assert os.path.isdir(home)
    assert not os.path.exists(home)
    assert office.values(form)["control"]["A4"]["v"] == 4
    limit = time.monotonic() + 5
    while group in living_groups() and time.monotonic() < limit:
        time.sleep(0.05)
    assert group not in living_groups()
