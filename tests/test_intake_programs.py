"""Files saved by LibreOffice and Gnumeric, the .xls child process, and .ods as the standard allows it."""

import io
import os
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import intake_samples as samples
import pytest
import python_calamine
from intake_reading import assert_like_openpyxl, grid, read, refused
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from workbook_builder import intake
from workbook_builder.intake import Cell, a1, arrays, runs, sniff, xls, xls_child
from workbook_builder.intake.model import Refusal
from workbook_builder.problems import WARNING

PACKAGE = Path(intake.__file__).parent


# --- what other programs save ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """(program, kind) → the sample saved by that program; made once."""
    made: dict[tuple[str, str], bytes] = {}
    convert = {"soffice": samples.office_convert, "ssconvert": samples.gnumeric_convert}

    def get(program: str, kind: str) -> bytes:
        samples.need(program)
        if (program, kind) not in made:
            folder = tmp_path_factory.mktemp(f"{program}-{kind}")
            made[program, kind] = convert[program](samples.openpyxl_book(), kind, folder)
        return made[program, kind]

    return get


SAVED = [(program, kind) for program in ("soffice", "ssconvert") for kind in ("xlsx", "ods", "xls")]


@pytest.mark.office
@pytest.mark.parametrize(("program", "kind"), SAVED)
def test_saved_by_other_programs(converted, program, kind):
    data = converted(program, kind)
    assert sniff(data) == kind
    book = read(data, f"a.{kind}")
    assert [sheet.name for sheet in book.sheets] == ["数据", "隐藏", "_manifest", "保护"]
    assert grid(book.sheet("_manifest")) == {"C3": "v"}
    assert grid(book.sheet("保护")) == {"A1": Decimal(5)}
    assert book.sheet("数据").merged == ("A1:C1",)
    sheet = book.sheet("数据")
    assert sheet.cell(1, 1).value == "标题"
    for row, (value, code) in enumerate(samples.VALUES, 2):
        check_saved_cell(sheet.cell(row, 2), value, code)
    assert (sheet.cell(2, 4).value, sheet.cell(2, 4).formula is None) == (1, False)
    assert (sheet.cell(3, 4).value, sheet.cell(3, 4).kind) == ("#DIV/0!", "e")
    assert (sheet.cell(4, 4).value, sheet.cell(4, 4).formula is None) == ("甲乙", False)
    assert len(sheet.cells) == 2 * len(samples.VALUES) + 4


def check_saved_cell(cell: Cell, value: object, code: str) -> None:
    if isinstance(value, (date, datetime)):
        assert cell.kind == "d"
        assert cell.value == value.isoformat() or float(cell.value) > 44_000
    elif isinstance(value, bool):
        # LibreOffice turns a boolean without a boolean format into 1 and the formula TRUE().
        assert cell.value == value
    elif isinstance(value, str):
        assert (cell.value, cell.kind) == (value, "s")
    else:
        assert (float(cell.value), cell.kind) == (pytest.approx(value, rel=1e-15), "n")
        assert cell.percent == ("%" in code)


@pytest.mark.office
@pytest.mark.parametrize(("program", "kind"), SAVED)
def test_states_and_locks_of_other_programs(converted, program, kind):
    """What each program keeps; nothing may rely on more (Gnumeric shows all sheets in xlsx, unlocks in ods)."""
    book = read(converted(program, kind), f"a.{kind}")
    states = [sheet.state for sheet in book.sheets]
    if (program, kind) == ("ssconvert", "xlsx"):
        assert states == ["visible"] * 4
    else:
        very = "veryHidden" if (program, kind) == ("ssconvert", "xls") else "hidden"
        assert states == ["visible", "hidden", very, "visible"]
    assert book.sheet("保护").protected == ((program, kind) != ("ssconvert", "ods"))


@pytest.mark.office
@pytest.mark.parametrize(("program", "kind"), [entry for entry in SAVED if entry != ("ssconvert", "ods")])
def test_other_programs_like_other_libraries(converted, program, kind):
    data = converted(program, kind)
    if kind == "xlsx":
        assert_like_openpyxl(data)
    theirs = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet in read(data, f"a.{kind}").sheets:
        rows = theirs.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for (row, col), cell in sheet.cells.items():
            if cell.kind == "s":
                # calamine drops blanks around a text that does not say xml:space="preserve", and tabs in .ods.
                assert "".join(rows[row - 1][col - 1].split()) == "".join(cell.value.split())
            elif cell.kind == "n" and (program, kind) != ("ssconvert", "xls"):
                # It takes formats of Gnumeric's .xls for dates: 59.7 becomes 1900-02-28.
                assert float(rows[row - 1][col - 1]) == float(cell.value)


@pytest.mark.office
@pytest.mark.parametrize("program", ["soffice", "ssconvert"])
def test_xls_notices_and_formula_places(converted, program):
    book = read(converted(program, "xls"), "旧.xls")
    assert [notice.code for notice in book.notices] == ["FORMULAS_UNSEEN"]
    assert book.notices[0].severity == WARNING
    assert book.sheet("数据").cell(2, 4).formula == ""


@pytest.mark.office
def test_renamed_files(converted):
    for kind in ("xls", "ods"):
        book = read(converted("soffice", kind), "改名.xlsx")
        assert book.kind == kind
        assert "EXTENSION_MISMATCH" in [notice.code for notice in book.notices]
    assert [notice.code for notice in read(samples.small(), "a.xls").notices] == ["EXTENSION_MISMATCH"]
    assert read(samples.small(), "A.XLSM").notices == ()
    assert read(samples.small(), "2回收/无扩展名").notices == ()


# --- the child process ------------------------------------------------------------------------------------------------


def tiny_child(monkeypatch, tmp_path, code: str) -> None:
    child = tmp_path / "child.py"
    child.write_text(code, encoding="utf-8")
    monkeypatch.setattr(xls, "_CHILD", child)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os; os.abort()", "READER_CRASHED"),
        ("raise IndexError('x')", "READER_CRASHED"),
        ("print('no json')", "READER_CRASHED"),
        ('print(\'{"refused": "memory"}\')', "READER_OUT_OF_MEMORY"),
        ('print(\'{"refused": "cells"}\')', "TOO_MANY_CELLS"),
        ('print(\'{"refused": "encrypted"}\')', "FILE_ENCRYPTED"),
        ('print(\'{"refused": "extent S\\\\t70000\\\\t3"}\')', "TOO_LARGE_EXTENT"),
    ],
)
def test_child_that_fails(monkeypatch, tmp_path, code, expected):
    tiny_child(monkeypatch, tmp_path, code)
    assert refused(samples.ole_file({"Workbook": b""}), "a.xls").code == expected


def test_child_that_hangs(monkeypatch, tmp_path):
    tiny_child(monkeypatch, tmp_path, "import time; time.sleep(60)")
    monkeypatch.setattr(xls, "LIMITS", intake.Limits(xls_seconds=0.5))
    assert refused(samples.ole_file({"Workbook": b""}), "a.xls").code == "READER_TIMEOUT"


@pytest.mark.office
def test_child_works_from_any_folder_and_shows_no_paths(converted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xlrd.py").write_text("raise SystemExit(9)", encoding="utf-8")
    assert read(converted("soffice", "xls"), "a.xls").sheets


def test_reading_imports_no_heavy_library():
    code = "import sys, workbook_builder.intake; print([m for m in ('xlrd', 'openpyxl', 'pandas', 'lxml') if m in sys.modules])"
    env = {**os.environ, "PYTHONPATH": str(PACKAGE.parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "[]"


# --- .ods as the standard allows it -----------------------------------------------------------------------------------

ODS_NAMES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [("office", "office"), ("tt", "table"), ("text", "text"), ("style", "style")]
    + [("n", "datastyle"), ("draw", "drawing")]
)


def ods(body: str, styles: str = "", mimetype: bool = True) -> bytes:
    """An .ods with this inside office:spreadsheet; the table namespace has the prefix tt."""
    content = (
        f"<office:document-content{ODS_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    parts = {"META-INF/manifest.xml": f'<m><e full-path="/" m:media-type="{kind}"/></m>', "content.xml": content}
    return samples.zipped({"mimetype": kind, **parts} if mimetype else parts)


def ods_cells(cells: str, styles: str = "", columns: str = "") -> dict[str, Cell]:
    """A1 → cell of one row of such a file."""
    body = f'<tt:table tt:name="S">{columns}<tt:table-row>{cells}</tt:table-row></tt:table>'
    return {a1(*place): cell for place, cell in read(ods(body, styles), "a.ods").sheets[0].cells.items()}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<tt:table-cell/>", {}),
        ('<tt:table-cell tt:number-columns-repeated="16384"/>', {}),
        ('<tt:table-cell office:value-type="float" office:value="59.7"/>', {"A1": Cell(Decimal("59.7"), "n")}),
        (
            '<tt:table-cell office:value-type="percentage" office:value="0.95"/>',
            {"A1": Cell(Decimal("0.95"), "n", None, True)},
        ),
        ('<tt:table-cell office:value-type="currency" office:value="3"/>', {"A1": Cell(Decimal(3), "n")}),
        ('<tt:table-cell office:value-type="date" office:date-value="2021-12-31"/>', {"A1": Cell("2021-12-31", "d")}),
        ('<tt:table-cell office:value-type="time" office:time-value="PT1H"/>', {"A1": Cell("PT1H", "d")}),
        ('<tt:table-cell office:value-type="boolean" office:boolean-value="true"/>', {"A1": Cell(True, "b")}),
        ('<tt:table-cell office:value-type="string" office:string-value="a"/>', {"A1": Cell("a", "s")}),
        (
            '<tt:table-cell office:value-type="string"><text:p>a</text:p><text:p/><text:p>b</text:p></tt:table-cell>',
            {"A1": Cell("a\n\nb", "s")},
        ),
        (
            (
                '<tt:table-cell office:value-type="string"><text:p>a<text:s text:c="3"/><text:span>b<text:tab/></text:span>'
                "c<text:line-break/>  d</text:p></tt:table-cell>"
            ),
            {"A1": Cell("a   b\tc\n d", "s")},
        ),
        (
            (
                '<tt:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation>'
                "<text:p>正<office:annotation><text:p>x</text:p></office:annotation>文</text:p>"
                "<draw:frame><text:p>框</text:p></draw:frame></tt:table-cell>"
            ),
            {"A1": Cell("正文", "s")},
        ),
        ("<tt:table-cell><office:annotation><text:p>批注</text:p></office:annotation></tt:table-cell>", {}),
        (
            '<tt:table-cell tt:formula="of:=[.B1]" office:value-type="float" office:value="1"/>',
            {"A1": Cell(Decimal(1), "n", "[.B1]")},
        ),
        ('<tt:table-cell tt:formula="of:=[.B1]"/>', {"A1": Cell(None, "", "[.B1]")}),
        (
            '<tt:table-cell tt:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p></tt:table-cell>',
            {"A1": Cell("#DIV/0!", "e", "1/0")},
        ),
        (
            (
                '<tt:table-cell office:value-type="float" office:value="1" tt:number-columns-spanned="2"/>'
                '<tt:covered-table-cell/><tt:table-cell office:value-type="float" office:value="2"/>'
            ),
            {"A1": Cell(Decimal(1), "n"), "C1": Cell(Decimal(2), "n")},
        ),
        (
            (
                '<tt:table-cell tt:number-columns-repeated="2" office:value-type="float" office:value="1"/>'
                '<tt:table-cell tt:number-columns-repeated="2"/><tt:table-cell office:value-type="float" office:value="2"/>'
            ),
            {"A1": Cell(Decimal(1), "n"), "B1": Cell(Decimal(1), "n"), "E1": Cell(Decimal(2), "n")},
        ),
        (
            (
                '<tt:table-cell office:value-type="string"><tt:table tt:name="in"><tt:table-row><tt:table-cell/></tt:table-row>'
                "</tt:table><text:p>x</text:p></tt:table-cell>"
            ),
            {"A1": Cell("x", "s")},
        ),
    ],
)
def test_ods_cells(cell, expected):
    assert ods_cells(cell) == expected


def test_ods_repeated_rows_and_groups():
    filled = '<tt:table-cell office:value-type="float" office:value="7"/>'
    body = (
        '<tt:table tt:name="S" tt:protected="true"><tt:table-row tt:number-rows-repeated="2"><tt:table-cell/>'
        f'</tt:table-row><tt:table-row-group><tt:table-row tt:number-rows-repeated="3">{filled}</tt:table-row>'
        '</tt:table-row-group><tt:table-row tt:number-rows-repeated="1048571"><tt:table-cell tt:number-columns-repeated="16384"/>'
        "</tt:table-row></tt:table>"
    )
    sheet = read(ods(body, mimetype=False), "a.ods").sheets[0]
    assert sheet.protected
    assert grid(sheet) == {"A3": 7, "A4": 7, "A5": 7}


def test_ods_percent_by_column_style_and_condition():
    styles = (
        '<n:percentage-style style:name="P"/><n:number-style style:name="N"><style:map style:apply-style-name="P"/>'
        '</n:number-style><style:style style:name="ce1" style:family="table-cell" style:data-style-name="N"/>'
        '<style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
    )
    columns = '<tt:table-column/><tt:table-column tt:number-columns-repeated="2" tt:default-cell-style-name="ce2"/>'
    cell = '<tt:table-cell office:value-type="float" office:value="1"/>'
    assert [c.percent for c in ods_cells(cell * 4, styles, columns).values()] == [False, True, True, False]


def test_ods_links_are_no_sheets():
    body = (
        '<tt:table tt:name="S"/><tt:table tt:name="\'file:///a.ods\'#$S"><tt:table-source/><tt:table-row>'
        '<tt:table-cell office:value-type="float" office:value="1"/></tt:table-row></tt:table>'
        '<tt:dde-links><tt:dde-link><tt:table tt:name="D"/></tt:dde-link></tt:dde-links>'
    )
    book = read(ods(body), "a.ods")
    assert [sheet.name for sheet in book.sheets] == ["S"]
    assert [notice.code for notice in book.notices] == ["EXTERNAL_LINKS"]


def test_ods_refusals():
    row = '<tt:table tt:name="S"><tt:table-row tt:number-rows-repeated="{}">{}</tt:table-row></tt:table>'
    valued = '<tt:table-cell tt:number-columns-repeated="{}" office:value-type="float" office:value="1"/>'
    assert refused(ods(row.format(30_000, valued.format(1))), "a.ods").code == "TOO_LARGE_EXTENT"
    problem = refused(ods(row.format(1, valued.format(16_384))), "a.ods")
    assert (problem.code, problem.where.sheet, problem.where.cell) == ("TOO_LARGE_EXTENT", "S", "XFD1")
    assert refused(ods(row.format(20_000, valued.format(400))), "a.ods").code == "TOO_MANY_CELLS"
    bad = '<tt:table-cell office:value-type="float" office:value="x"/>'
    assert refused(ods(row.format(1, bad)), "a.ods").code == "CELL_UNREADABLE"
    assert refused(ods("<tt:table>"), "a.ods").code == "XML_BROKEN"
    assert refused(samples.replaced(ods(""), "content.xml", None), "a.ods").code == "WORKBOOK_PART_MISSING"
    manifest = '<m:manifest xmlns:m="u"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    assert refused(samples.replaced(ods(""), "META-INF/manifest.xml", manifest), "a.ods").code == "FILE_ENCRYPTED"


# --- text that is partly raised, lowered or struck out ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ('text-position="33% 58%"', "2¹"),
        ('text-position="-8% 58%"', "2₁"),
        ('text-position="0% 100%"', "21"),
        ('text-position="-0% 100%"', "21"),
        ('text-position="sub 58%"', "2₁"),
        ('text-position=""', "21"),
        ('text-line-through-style="solid" style:text-position="33% 58%"', "21\u0336"),
    ],
)
def test_ods_text_positions(style, text):
    styles = f'<style:style style:name="x" style:family="text"><style:text-properties style:{style}/></style:style>'
    cell = '<text:p>2<text:span text:style-name="x">1</text:span></text:p></tt:table-cell>'
    assert ods_cells(f'<tt:table-cell office:value-type="string">{cell}', styles)["A1"].value == text


def test_struck_blanks_stay_blanks():
    assert runs.struck("2 \n") == "2\u0336 \n"


UP, DOWN, STRUCK, BOLD = (
    InlineFont(**{name: value})
    for name, value in (("vertAlign", "superscript"), ("vertAlign", "subscript"), ("strike", True), ("b", True))
)
RUNS = {
    "2¹": ("2", TextBlock(UP, "1")),
    "2₁": ("2", TextBlock(DOWN, "1")),
    "1\u03362": (TextBlock(STRUCK, "1"), TextBlock(BOLD, "2")),
    "𠮷2¹": (TextBlock(BOLD, "𠮷2"), TextBlock(UP, "1")),
    "21": (TextBlock(BOLD, "2"), "1"),
}


@pytest.mark.office
def test_xls_runs(tmp_path):
    cells = {f"A{row}": CellRichText(*run) for row, run in enumerate(RUNS.values(), 1)}
    data = samples.office_convert(samples.filled_book(cells), "xls", tmp_path)
    assert list(grid(read(data, "a.xls").sheets[0]).values()) == list(RUNS)


def test_xls_runs_of_a_damaged_file():
    """Runs out of order, beyond the text, of fonts that are not there: no text is lost."""
    plain, up = SimpleNamespace(struck_out=0, escapement=0), SimpleNamespace(struck_out=0, escapement=1)
    book = SimpleNamespace(font_list=[plain, up])
    assert xls_child._pieces(book, "123", 7, [(9, 1), (2, 0), (1, 1)]) == [["1", ""], ["2", "raised"], ["3", ""]]


# --- formulas that fill an area -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", ["A1:A1048576", "$A$1:$A$3"])
def test_a_formula_may_fill_a_whole_column(area):
    """Only what is used of it counts, the empty cells included."""
    body = f'<row r="1"><c r="A1"><f t="array" ref="{area}">B1</f><v>1</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>'
    cells = read(samples.small(f"<sheetData>{body}</sheetData>")).sheets[0].cells
    formulas = {a1(*place): cell.formula for place, cell in cells.items()}
    assert formulas == {"A1": "B1", "A2": "", "A3": "", "B3": None}


def test_huge_areas_mark_only_what_is_there():
    one = Cell(Decimal(1), "n")
    cells = {(1, 1): one, (20_000, 500): one}
    arrays.mark_filled(cells, ["A1:XFD1048576"], 10)
    assert [cell.formula for cell in cells.values()] == ["", ""]
    cells = {(1, 1): one, (9, 1): one}
    arrays.mark_filled(cells, ["A1:A9"], 3)
    assert len(cells) == 5
    cells = {(1, 1): one, (20_000, 500): one}
    with pytest.raises(Refusal):
        arrays.mark_filled(cells, [f"A{row}:XFD1048576" for row in range(1, 100)], 10)
