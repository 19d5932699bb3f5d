"""The reader of foreign files: addresses, formats, .xlsx as libraries write it and as the standard allows it."""

import json
import re
from decimal import Decimal
from pathlib import Path

import intake_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_reading import assert_like_calamine, assert_like_openpyxl, grid, read

from workbook_builder import intake
from workbook_builder.intake import Cell, a1, formats, parse_a1, sniff
from workbook_builder.problems import CATALOGUE
from workbook_builder.problems.files import ENTRIES

PACKAGE = Path(intake.__file__).parent


# --- addresses and formats ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "place"),
    [("A1", (1, 1)), ("Z9", (9, 26)), ("AA10", (10, 27)), ("XFD1048576", (1048576, 16384)), ("$b$3", (3, 2))],
)
def test_addresses(ref, place):
    assert parse_a1(ref) == place
    assert a1(*place) == ref.replace("$", "").upper()


@pytest.mark.parametrize("ref", ["", "A", "1", "A0", "A1B", "A-1", "Ａ1", "A１", "ABCD1", "A1 "])
def test_no_address(ref):
    with pytest.raises(ValueError, match="cell address"):
        parse_a1(ref)


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_addresses_round_trip(row, col):
    assert parse_a1(a1(row, col)) == (row, col)


@pytest.mark.parametrize(
    ("code", "percent", "date"),
    [
        ("General", False, False),
        ("G/通用格式", False, False),
        ("0.00_ ", False, False),
        ("0.00%", True, False),
        ('0"%"', False, False),
        (r"0\%", False, False),
        ("[Red]0%;[Blue]-0%", True, False),
        ("[Red]0.00", False, False),
        ("[$-804]#,##0", False, False),
        ("[$¥-804]#,##0.00", False, False),
        ('0"天"', False, False),
        ("0.0分", False, False),
        ("#,##0.00_);[Red]\\(#,##0.00\\)", False, False),
        ("0.00E+00", False, False),
        ("@", False, False),
        ("yyyy/m/d", False, True),
        ('yyyy"年"m"月"d"日"', False, True),
        ("[$-F800]dddd\\,\\ mmmm\\ dd", False, True),
        ("[h]:mm", False, True),
        ("[mm]", False, True),
        ("mm:ss.0", False, True),
        ("[DBNum1][$-804]yyyy年m月", False, True),
        ("年月日", False, True),
    ],
)
def test_number_formats(code, percent, date):
    assert formats.format_flags(164, code) == (percent, date)


@pytest.mark.parametrize(
    ("number_id", "flags"),
    [(0, (False, False)), (2, (False, False)), (9, (True, False)), (10, (True, False)), (14, (False, True))]
    + [(22, (False, True)), (31, (False, True)), (46, (False, True)), (49, (False, False)), (57, (False, True))],
)
def test_builtin_number_formats(number_id, flags):
    assert formats.format_flags(number_id, None) == flags


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("59.7", "59.7"),
        ("59.700000000000003", "59.7"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("60.0", "60"),
        ("1E+2", "100"),
        ("1e22", "10000000000000000000000"),
        ("-0", "0"),
        ("007", "7"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_the_shortest_decimal(text, number):
    assert str(formats.to_decimal(text)) == number


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e999", "1_0", "１", "0x1", "1,5"])
def test_not_a_number(text):
    with pytest.raises(ValueError):
        formats.to_decimal(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("a_x000D_b", "a\rb"), ("_x005F_x0041_", "_x0041_"), ("_x4E2D_", "中"), ("_xZZZZ_", "_xZZZZ_")]
    + [("_xD83D__xDE42_", "🙂"), ("_xD83D_", "\ufffd")],
)
def test_escapes(text, plain):
    assert formats.unescape(text) == plain


@pytest.mark.parametrize("make", [samples.openpyxl_book, samples.xlsxwriter_book])
def test_like_openpyxl_and_calamine(make):
    assert_like_openpyxl(make())
    assert_like_calamine(make())


def test_xlsxwriter_cells():
    book = read(samples.xlsxwriter_book(2))
    assert [sheet.name for sheet in book.sheets] == ["表1", "表2"]  # the chart sheet is no sheet of cells
    cell = book.sheets[0].cell
    assert cell(1, 1).value == "普通加粗 尾 "
    assert cell(1, 2) == Cell(Decimal("0.25"), "n", None, True)
    assert cell(2, 2) == Cell(Decimal(2), "n", "1+1")
    assert cell(3, 2) == Cell("x", "s", '"x"')
    assert cell(4, 2) == Cell("#N/A", "e", "NA()")
    assert cell(5, 2) == Cell(True, "b", "1=1")
    assert cell(6, 2).formula == '""'
    assert (9, 3) not in book.sheets[0].cells  # styled but empty


# --- round trips ----------------------------------------------------------------------------------------------------

# Excel itself cannot store these characters; openpyxl refuses them.
EXCEL_TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff") | st.sampled_from("\t\n"),
    min_size=1,
    max_size=40,
).filter(lambda text: "_x" not in text)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)


@settings(max_examples=60, deadline=None)
@given(st.lists(EXCEL_TEXT | st.booleans(), min_size=1, max_size=12))
def test_texts_come_back(values):
    cells = {f"B{row}": value for row, value in enumerate(values, 1)}
    assert grid(read(samples.filled_book(cells)).sheets[0]) == cells


@settings(max_examples=100, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_numbers_come_back(values):
    body = "".join(f'<row r="{row}"><c r="B{row}"><v>{value!r}</v></c></row>' for row, value in enumerate(values, 1))
    sheet = read(samples.small(f"<sheetData>{body}</sheetData>")).sheets[0]
    for row, value in enumerate(values, 1):
        number = sheet.cell(row, 2).value
        assert float(number) == value
        assert "E+" not in str(number)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(1, 300), st.integers(1, 120)), st.integers(0, 9), max_size=15))
def test_places_come_back(places):
    cells = {a1(*place): value for place, value in places.items()}
    assert grid(read(samples.filled_book(cells)).sheets[0]) == cells


# --- .xlsx as the standard allows it ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<c r="A1"/>', None),
        ('<c r="A1" t="n"><v></v></c>', None),
        ('<c r="A1" t="n"><v> </v></c>', None),
        ('<c r="A1" t="s"><v/></c>', None),
        ('<c r="A1"><v>\n 5 \n</v>\n</c>', Cell(Decimal(5), "n")),
        ('<c r="A1" t="b"><v>1</v></c>', Cell(True, "b")),
        ('<c r="A1" t="b"><v>false</v></c>', Cell(False, "b")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Cell("#REF!", "e")),
        ('<c r="A1" t="d"><v>2021-12-31</v></c>', Cell("2021-12-31", "d")),
        ('<c r="A1" t="str"><v> x </v>\n</c>', Cell(" x ", "s")),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', Cell("", "s", '""')),
        ('<c r="A1"><f>\nB1+1 </f>\n<v>3</v></c>', Cell(Decimal(3), "n", "B1+1")),
        ('<c r="A1"><f>B1</f></c>', Cell(None, "", "B1")),
        ('<c r="A1"><f>B1</f><v></v></c>', Cell(None, "", "B1")),
        ('<c r="A1"><f t="shared" si="0"/><v>3</v></c>', Cell(Decimal(3), "n", "")),
        ('<c r="A1" t="inlineStr"><is>\n<t>a</t>\n</is></c>', Cell("a", "s")),
        (
            (
                '<c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r>\n<r><t xml:space="preserve"> b</t></r>'
                '<rPh sb="0" eb="1"><t>ya</t></rPh><phoneticPr fontId="1"/></is></c>'
            ),
            Cell("a b", "s"),
        ),
        ('<c r="A1" t="inlineStr"><is><t>_x000D_&#10;</t></is></c>', Cell("\r\n", "s")),
        ('<c r="A1" t="inlineStr"><v>w</v></c>', Cell("w", "s")),
        ('<c r="a1"><v>1</v></c>', Cell(Decimal(1), "n")),
        ('<c r="A1" s="99"><v>1</v></c>', Cell(Decimal(1), "n")),
    ],
)
def test_cells(body, expected):
    # The header after the grid must not run into the last cell.
    xml = samples.cell_xml(body) + "\n<headerFooter><oddHeader>&amp;C页眉</oddHeader></headerFooter>"
    cells = read(samples.small(xml)).sheets[0].cells
    assert cells == ({} if expected is None else {(1, 1): expected})


def test_an_odd_cell_does_not_spoil_the_next():
    body = (
        '<c r="A1" t="inlineStr"><is><rPh><t>p</t></rPh></is></c><c r="B1" t="inlineStr"><is><t>x</t></is></c>'
        '<c r="C1"><is><t>y</t></is></c><c r="D1"><v>4</v></c><c r="E1" t="str"><v>e</v></c>\n<c r="F1"><f>A1</f></c>\n'
        '<c r="G1"><v>7</v></c>'
    )
    assert grid(read(samples.small(samples.cell_xml(body))).sheets[0]) == {
        "B1": "x",
        "D1": 4,
        "E1": "e",
        "F1": None,
        "G1": 7,
    }


def test_cells_without_addresses():
    body = (
        "<sheetData><row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>"
        '<row r="9"><c r="D9"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row></sheetData>'
    )
    assert grid(read(samples.small(body)).sheets[0]) == {"A1": 1, "C1": 2, "A2": 3, "D9": 4, "E9": 5, "A10": 6}


def test_shared_strings():
    strings = (
        "<si>\n<t>甲</t>\n</si><si><r><t>a</t></r>\n<r><t> b</t></r><rPh><t>p</t></rPh></si><si/><si><t/></si>"
        '<si><t xml:space="preserve"> _x0041_ </t></si>'
    )
    body = "".join(f'<c r="{a1(1, col + 1)}" t="s"><v>{col}</v></c>' for col in range(5))
    sheet = read(samples.small(samples.cell_xml(body), strings=strings)).sheets[0]
    assert grid(sheet) == {"A1": "甲", "B1": "a b", "E1": " A "}


STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;"/>'
    '<numFmt numFmtId="58" formatCode="0.0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="58"/><xf numFmtId="57"/></cellXfs>'
    '<cellStyles/><dxfs><dxf><numFmt numFmtId="164" formatCode="0"/></dxf></dxfs>'
)


def test_styles():
    body = "".join(f'<c r="{a1(1, style + 1)}" s="{style}"><v>0.5</v></c>' for style in range(5))
    cells = read(samples.small(samples.cell_xml(body), styles=STYLES)).sheets[0].cells
    assert [(cell.kind, cell.percent) for cell in cells.values()] == [
        ("n", False),
        ("n", True),
        ("d", False),
        ("n", False),
        ("d", False),
    ]


def test_dates_of_1904():
    parts = samples.parts_of(samples.cell_xml('<c r="A1" s="2"><v>1</v></c><c r="B1"><v>1</v></c>'), styles=STYLES)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert grid(read(samples.zipped(parts)).sheets[0]) == {"A1": 1463, "B1": 1}


def test_prefixed_strict_and_absolute():
    """A namespace prefix, the strict namespace, absolute targets, a main part of another name."""
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    rels = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    package = f'<p:Relationships xmlns:p="{samples.PACKAGE_RELS}">{{}}</p:Relationships>'
    relation = '<p:Relationship Id="{}" Type="' + rels + '/{}" Target="{}"/>'
    parts = {
        "[Content_Types].xml": '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": package.format(relation.format("a", "officeDocument", "/book/main.xml")),
        "book/main.xml": f'<x:workbook xmlns:x="{main}" xmlns:q="{rels}"><x:sheets>'
        '<x:sheet name="一" sheetId="1" state="hidden" q:id="s1"/></x:sheets></x:workbook>',
        "book/_rels/main.xml.rels": package.format(
            relation.format("s1", "worksheet", "/data/s.xml") + relation.format("t", "sharedStrings", "../data/t.xml")
        ),
        "data/s.xml": f'<x:worksheet xmlns:x="{main}" xmlns:o="other"><x:sheetProtection sheet="true"/><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c>'
        '<x:c r="C1" t="str"><x:f>A1</x:f><x:v>c</x:v></x:c></x:row></x:sheetData><o:c r="A9"><o:v>1</o:v></o:c>'
        "</x:worksheet>",
        "data/t.xml": f'<x:sst xmlns:x="{main}"><x:si><x:t>甲</x:t></x:si></x:sst>',
    }
    data = samples.zipped(parts)
    assert sniff(data) == "xlsx"
    sheet = read(data).sheets[0]
    assert (sheet.name, sheet.state, sheet.protected) == ("一", "hidden", True)
    assert grid(sheet) == {"A1": "甲", "B1": "b", "C1": "c"}
    assert sheet.cell(1, 3).formula == "A1"


def test_part_names_ignore_case_and_backslashes():
    parts = samples.parts_of(samples.cell_xml('<c r="A1"><v>1</v></c>'))
    parts["xl\\WorkSheets\\Sheet1.xml"] = parts.pop("xl/worksheets/sheet1.xml")
    assert grid(read(samples.zipped(parts)).sheets[0]) == {"A1": 1}


def test_macros_and_links_are_reported():
    parts = samples.parts_of(samples.cell_xml('<c r="A1"><v>1</v></c>'))
    parts["xl/vbaProject.bin"] = b"\0"
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        "</workbook>", '<externalReferences><externalReference r:id="rId9"/></externalReferences></workbook>'
    )
    book = read(samples.zipped(parts), "a.xlsm")
    assert (book.has_macros, book.external_links) == (True, True)
    assert [notice.code for notice in book.notices] == ["MACROS_PRESENT", "EXTERNAL_LINKS"]


def test_far_styled_empty_cells_are_harmless():
    body = '<sheetData><row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576"/></row></sheetData>'
    assert read(samples.small(body)).sheets[0].cells == {}


# --- the package itself -------------------------------------------------------------------------------------------------


def test_every_code_is_catalogued_and_used():
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob("*.py")))
    raised = set(re.findall(r'(?:Refusal|problem)\(\s*"(\w+)"', text))
    assert len(raised) > 20
    assert raised <= set(CATALOGUE)
    assert [code for code in ENTRIES if f'"{code}"' not in text] == []


def test_answer_of_the_child_is_plain_json():
    assert json.loads("[0.1]", parse_float=formats.to_decimal) == [Decimal("0.1")]
