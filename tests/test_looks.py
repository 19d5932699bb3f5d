"""The looks of what people open, by machine: each check finds its fault in a small bad book and nothing in a good one;
the files of a finished demonstration year have none. scripts/check_looks.py looks at every file of every stage."""

import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import looks
import printed
import pytest
import tints
from looks_rules import EXCEPTIONS, excepted, looked_at, pages_of
from office import FONTS
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from PIL import ImageFont
from typesetting import Face, broken, needed_height

from workbook_builder.excel import palette

ROOT = Path(__file__).resolve().parent.parent
GALLERY, PAGE = ROOT / "docs" / "画廊", ROOT / "docs" / "画廊.md"
LONG = "未按要求报送季度工作总结和下季度工作计划的，每次扣零点五分"


class Form:
    """A small good book: a title over three columns, a head, rows of text and numbers; a test spoils it."""

    def __init__(self, place, rows=6):
        self.path, self.book = place / "小表.xlsx", Workbook()
        self.ws = self.book.active
        self.ws.title = "表"
        for col, width in zip("ABC", (12, 40, 12), strict=True):
            self.ws.column_dimensions[col].width = width
        self.put("A1", "小小的表", size=16, height=30)
        for ref, text in (("A2", "序号"), ("B2", "细则"), ("C2", "得分")):
            self.put(ref, text, height=24)
        for row in range(3, 3 + rows):
            self.put(f"A{row}", row - 2)
            self.put(f"B{row}", f"第{row - 2}条：{LONG}", wrap=True, height=30)
            self.put(f"C{row}", 10.5)
        self.ws.sheet_properties.pageSetUpPr.fitToPage = True
        self.ws.page_setup.paperSize, self.ws.page_setup.fitToHeight = 9, 0
        self.ws.print_title_rows = "2:2"

    def put(self, ref, value, size=11, height=None, wrap=False, ink="FF000000", ground=None, **alignment):
        cell = self.ws[ref]
        cell.value, cell.font = value, Font(name="宋体", size=size, color=ink)
        cell.alignment = Alignment(wrap_text=wrap, vertical="center", **alignment)
        if ground:
            cell.fill = PatternFill("solid", fgColor=ground)
        if height:
            self.ws.row_dimensions[cell.row].height = height
        return cell

    def found(self):
        """(sheet, cell, kind) of what is wrong with the file."""
        self.book.save(self.path)
        return [(f.sheet, f.cell, f.kind) for f in looks.findings(looks.read(self.path))]

    def printed(self, office, pages=None):
        """(sheet, cell, kind) of what is wrong with its print."""
        self.book.save(self.path)
        pdf = office.convert(self.path, "pdf", self.path.parent)
        return [(f.sheet, f.cell, f.kind) for f in printed.findings(looks.read(self.path), pdf, pages)]


@pytest.fixture
def form(tmp_path):
    return Form(tmp_path)


# --- type ---------------------------------------------------------------------------------------------------------------


def test_a_chinese_sign_is_one_em_wide():
    assert Face("宋体", 12).width("一二三，") == pytest.approx(4 * 16)
    assert Face("黑体", 9, True).width("一") == pytest.approx(12)
    assert 0.4 < Face("宋体", 12).width("0") / 16 < 0.62


def test_lines_break_as_office_programs_break_them():
    face = Face("宋体", 12)
    assert broken("一二三四五六", face, 64) == ["一二三四", "五六"]
    assert broken("一二三四，五", face, 64) == ["一二三", "四，五"]
    assert broken("一二三（四五", face, 64) == ["一二三", "（四五"]
    assert broken("一二2021年", face, 64) == ["一二", "2021年"]
    assert broken("abcdefghijkl", face, 32)[0] in ("abc", "abcd")
    assert broken("甲\n乙", face, 64) == ["甲", "乙"]


def test_height_grows_line_by_line():
    face = Face("宋体", 10)
    steps = [needed_height(n, face, "center") for n in (1, 2, 3)]
    assert steps[1] - steps[0] == pytest.approx(steps[2] - steps[1]) == pytest.approx(14.5, abs=0.2)
    assert steps[0] < needed_height(1, face, "top") < face.line_height()


@pytest.mark.parametrize(
    ("value", "fmt", "text"),
    [
        (3, "General", "3"), (2.50, "General", "2.5"), (-1.5, "+General;-General;0", "-1.5"), (0, "+General;-General;0", "0"),
        (2, "+0.00;-0.00;0.00", "+2.00"), (0.925, "0.0%", "92.5%"), (12345.6, "#,##0.00", "12,345.60"), (7, '0"分"', "7分"),
        ("字", "General", "字"),
    ],
)  # fmt: skip
def test_numbers_are_measured_as_they_are_shown(value, fmt, text):
    assert looks.shown(value, fmt) == text


# --- faults in the file -------------------------------------------------------------------------------------------------


def test_a_good_book_has_no_findings(form):
    assert form.found() == []


def test_a_row_too_low(form):
    form.ws.row_dimensions[4].height = 20
    assert form.found() == [("表", "B4", looks.CUT_HEIGHT)]


def test_a_row_as_high_as_its_lines_is_enough(form):
    lines = len(broken(form.ws["B4"].value, Face("宋体", 11), 280 - looks.SIDES))
    assert lines == 2
    form.ws.row_dimensions[4].height = needed_height(lines, Face("宋体", 11), "center") + 0.1
    assert form.found() == []
    form.ws.row_dimensions[4].height -= 2
    assert form.found() == [("表", "B4", looks.CUT_HEIGHT)]


def test_a_merged_text_needs_its_rows(form):
    form.ws.merge_cells("A10:C11")
    form.put("A10", LONG * 4, wrap=True, height=15)
    form.ws.row_dimensions[11].height = 15
    assert form.found() == [("表", "A10", looks.CUT_HEIGHT)]
    form.ws.row_dimensions[11].height = 60
    assert form.found() == []


def test_a_text_cut_by_its_neighbour(form):
    form.put("A5", "没有换行的文字")
    assert form.found() == [("表", "A5", looks.CUT_WIDTH)]
    form.ws["B5"].value = None
    assert form.found() == []


def test_a_number_too_wide(form):
    form.put("C6", 123456789012)
    assert form.found() == [("表", "C6", looks.HASHES)]


def test_a_text_shrunk_until_it_cannot_be_read(form):
    form.put("A5", LONG, shrink_to_fit=True)
    assert form.found() == [("表", "A5", looks.SHRUNK)]


def test_a_row_higher_than_excel_allows(form):
    form.ws.row_dimensions[4].height = 500
    assert form.found() == [("表", "A4", looks.TALL)]


def test_pale_on_pale(form):
    form.put("A4", 1, ink="FFA6A6A6", ground="FFF2F2F2")
    assert form.found() == [("表", "A4", looks.PALE)]


def test_colours_that_only_a_colour_print_tells_apart(form):
    """Red on green of the same darkness."""
    assert tints.contrast("C00000", "008000") < 1.5
    form.put("A4", 1, ink="FFC00000", ground="FF00A650")
    assert form.found() == [("表", "A4", looks.PALE)]


def test_a_condition_that_makes_text_pale(form):
    rule = FormulaRule(["$C3>10"], fill=PatternFill("solid", bgColor="FF808080"), font=Font(color="FF404040"))
    form.ws.conditional_formatting.add("C3:C8", rule)
    assert form.found() == [("表", "C3", looks.PALE)]


def test_columns_beyond_the_paper(form):
    form.ws.sheet_properties.pageSetUpPr.fitToPage = False
    form.ws.column_dimensions["B"].width = 90
    assert form.found() == [("表", "C1", looks.BEYOND)]
    form.ws.sheet_properties.pageSetUpPr.fitToPage = True
    assert form.found() == []


def test_print_too_small_to_read(form):
    form.ws.column_dimensions["B"].width = 220
    assert form.found() == [("表", "A2", looks.TINY)]


def test_parts_of_a_chart_that_look_alike_in_grey(form):
    form.ws.add_chart(_chart(form.ws, ("C00000", "008000")), "A12")
    assert form.found() == [("表", "A12", looks.ALIKE)]


def test_hidden_rows_columns_and_sheets_are_not_looked_at(form):
    form.put("A4", 1, ink="FFFFFFFF")
    form.ws.row_dimensions[4].hidden = True
    other = form.book.create_sheet("_数据")
    other["A1"].value, other["A1"].font, other.sheet_state = "白", Font(color="FFFFFFFF"), "hidden"
    assert form.found() == []


def _chart(ws, fills):
    chart = BarChart()
    chart.grouping, chart.overlap = "stacked", 100
    for col in (1, 3):
        chart.add_data(Reference(ws, min_col=col, min_row=3, max_row=8))
    for series, fill in zip(chart.series, fills, strict=True):
        series.graphicalProperties.solidFill = fill
    return chart


# --- faults in print ----------------------------------------------------------------------------------------------------


def test_good_print_has_no_findings(form, office):
    form.ws.add_chart(_chart(form.ws, palette.PART_FILLS[::2]), "A12")
    form.put("A30", "（本表到此为止）")
    assert form.found() == form.printed(office, {"表": 1}) == []


def test_an_error_value_and_hashes_are_seen(form, office):
    form.put("C4", "#NAME?")
    assert form.printed(office) == [("表", "第1页", printed.ERROR)]
    form.put("C4", 123456789012).number_format = "0"
    assert form.printed(office) == [("表", "第1页", printed.ERROR)]


def test_hashes_of_a_hidden_column_are_not_seen(form, office):
    form.put("D4", 123456789012).number_format = "0"
    form.ws.column_dimensions["D"].width, form.ws.column_dimensions["D"].hidden = 3, True
    assert form.printed(office) == []


def test_a_text_outside_the_print_area(form, office):
    form.put("D4", "没有人会看到这句话")
    form.ws.print_area = "A1:C8"
    assert form.printed(office) == [("表", "D4", printed.LOST)]


def test_pages_are_counted(form, office):
    assert form.printed(office, {"表": 2}) == [("表", "A1", printed.PAGES)]


def test_a_last_page_with_two_rows(tmp_path, office):
    form = Form(tmp_path, 20)
    form.ws.row_breaks.append(_break(20))
    assert form.printed(office, {"表": 2}) == [("表", "A21", printed.LONE_ROWS)]


def test_signatures_alone_on_their_page(tmp_path, office):
    form = Form(tmp_path, 20)
    form.put("B24", "科室负责人（签字）：")
    form.put("B26", "年　　月　　日")
    form.ws.row_breaks.append(_break(21))
    assert form.printed(office) == [("表", "A22", printed.LONE_SIGNATURE)]
    form.ws.row_breaks.brk = [_break(18)]
    assert form.printed(office) == []


def test_an_empty_chart(form, office):
    form.ws.add_chart(BarChart(), "A12")
    form.ws.print_area = "A1:C40"
    assert form.printed(office) == [("表", "A12", printed.EMPTY_CHART)]


def _break(row):
    from openpyxl.worksheet.pagebreak import Break

    return Break(id=row)


def test_a_letter_that_lost_its_text(tmp_path, office):
    from docx import Document

    letter = Document()
    letter.add_paragraph("各科室：现将考评结果通报如下。")
    letter.save(tmp_path / "信.docx")
    pdf = office.convert(tmp_path / "信.docx", "pdf", tmp_path)
    assert printed.letter_findings(tmp_path / "信.docx", pdf, 1) == []
    letter.add_paragraph("这一句后来才写。")
    letter.add_page_break()
    letter.save(tmp_path / "信.docx")
    found = printed.letter_findings(tmp_path / "信.docx", pdf, 2)
    assert [(f.kind, f.cell) for f in found] == [(printed.PAGES, "1"), (printed.LOST, "1")]


# --- our own ------------------------------------------------------------------------------------------------------------

#: A file of every kind; scripts/check_looks.py looks at all of them.
KINDS = (
    "1下发/分科室/09-律公科.xlsx", "1下发/口径确认表.xlsx", "2回收/办公室考评表.xlsx", "3核定/核定表-办公室.xlsx", "3核定/审定表.xlsx",
    "4汇总/汇总表.xlsx", "4汇总/问题清单.xlsx", "4汇总/通报.docx", "4汇总/反馈/01-办公室.docx", "测评/测评票-局领导.xlsx",
    "测评/测评录入表.xlsx", "台账.xlsx", "市局反馈.xlsx", "决定.xlsx", "方案.xlsx",
)  # fmt: skip


@pytest.fixture(scope="module")
def year(demonstration, tmp_path_factory):
    # LibreOffice leaves its mark beside a file while it has it open.
    return shutil.copytree(demonstration[0], tmp_path_factory.mktemp("年") / "考评")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_our_files_look_right(year, office, tmp_path, name):
    path = year / name
    found = looked_at(path, office.convert(path, "pdf", tmp_path))
    assert [str(finding) for finding in found] == []


def test_the_template_looks_right(office, tmp_path):
    path = ROOT / "templates" / "考评表模板.xlsx"
    assert [str(finding) for finding in looked_at(path, office.convert(path, "pdf", tmp_path))] == []


def test_charts_are_there_to_be_looked_at(year):
    """Otherwise the checks of charts would look at nothing."""
    sheets = load_workbook(year / "4汇总" / "汇总表.xlsx").worksheets
    assert [ws.title for ws in sheets if ws._charts] != []


def test_exceptions_allow_nothing_else():
    assert len(EXCEPTIONS) <= 12 and all(rule.why for rule in EXCEPTIONS)
    note = looks.Finding(printed.LOST, "测评票-局领导.xlsx", "测评票", "F4", "这一栏不会打印")
    assert excepted(note)
    for other in (("B4", printed.LOST), ("F4", looks.PALE)):
        assert not excepted(looks.Finding(other[1], note.file, note.sheet, other[0], ""))


def test_pages_expected_of_a_summary():
    assert pages_of("汇总表.xlsx", ["考评结果", "填表说明", "决定"]) == {"考评结果": 1, "填表说明": 1}


def test_columns_are_as_wide_as_on_an_office_pc():
    """Their widths are counted in digits of Calibri, half an em; another stand-in makes all pictures wrong."""
    order = ["fc-match", "-f", "%{file}", "Calibri"]
    found = subprocess.run(order, check=True, capture_output=True, env=os.environ | {"FONTCONFIG_FILE": str(FONTS)})
    digit = ImageFont.truetype(found.stdout.decode(), 100).getlength("0")
    assert 48 <= digit <= 52, "install fonts-crosextra-carlito or fonts-urw-base35"


def test_palette_is_legible():
    """Inks on the grounds that they stand on, in colour and in grey; parts of a bar in grey."""
    p = palette
    pairs = [(p.INK, ground) for ground in (p.BLUE, p.PALE, p.GREY, p.INPUT, p.TO_DO, p.WRONG, p.GOOD, p.WAITING)]
    pairs += [(p.SOFT_INK, p.BLUE), (p.FAINT, p.WHITE), (p.FAINT, p.PALE), (p.FAINT, p.GREY), (p.FAINT, p.INPUT)]
    pairs += [(p.WHITE, p.NAVY), (p.TO_DO_INK, p.TO_DO), (p.RED, p.WRONG), (p.RED, p.WHITE), (p.GREEN, p.GOOD), (p.LINK, p.WHITE)]
    assert [pair for pair in pairs if tints.contrast(*pair) < looks.LEAST_CONTRAST] == []
    light = [tints.lightness(fill) for fill in p.PART_FILLS]
    assert min(b - a for a, b in zip(light, light[1:], strict=False)) >= looks.LEAST_STEP
    assert light == sorted(light)


# --- the gallery --------------------------------------------------------------------------------------------------------


def test_gallery_shows_every_picture_once():
    shown = re.findall(r"!\[([^\]]+)\]\(画廊/([^)]+)\.png\)", PAGE.read_text(encoding="utf-8"))
    assert all(text == name for text, name in shown)
    names = [name for _, name in shown]
    assert sorted(names) == sorted(path.stem for path in GALLERY.iterdir())
    assert len(names) == len(set(names)) >= 60


def test_pictures_of_the_gallery_are_small():
    total = 0
    for path in GALLERY.iterdir():
        data = path.read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and 300 < width <= 1400 and height > 100, path.name
        assert len(data) <= 200_000, path.name
        total += len(data)
    assert total <= 8_000_000
