"""Every workbook the program writes is of one family: typefaces, colours, inputs, paper. One of each kind, opened."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from appraisals import ROOT
from openpyxl.cell.cell import MergedCell

from workbook_builder import commands
from workbook_builder.excel import pages, palette
from workbook_builder.layout.plan import LISTS_SHEET, MANIFEST_SHEET
from workbook_builder.scheme import read_document, write_book
from workbook_builder.scheme.book import LISTS_SHEET as SCHEME_LISTS
from workbook_builder.scheme.document import VERSION_SHEET

FACES = {palette.TITLE, palette.HEI, palette.FANG, palette.SONG, palette.KAI}
_NAMED = [item for value in vars(palette).values() for item in (value if isinstance(value, tuple) else (value,))]
COLOURS = {value for value in _NAMED if isinstance(value, str) and re.fullmatch("[0-9A-F]{6}", value)}
#: Sheets that no person ever sees.
UNSEEN = {MANIFEST_SHEET, LISTS_SHEET, SCHEME_LISTS, VERSION_SHEET}
SIDES = ("left", "right", "top", "bottom")
#: One file of each kind, by a part of its path.
KINDS = (
    "1下发/考评表.xlsx", "1下发/口径确认表.xlsx", "分科室/01-", "方案.xlsx", "台账.xlsx", "市局反馈.xlsx", "决定.xlsx", "测评票-",
    "测评录入表.xlsx", "核定表-政治处.xlsx", "核定表-律公科.xlsx", "审定表.xlsx", "汇总表.xlsx", "问题清单.xlsx", "退回修改/",
)  # fmt: skip
#: Sheets without a head to repeat, and why.
HEADLESS = {
    "填表说明": "说明，不是表",
    "核定说明": "说明，不是表",
    "部分与项目": "每一部分自成一页，各有表头",
    "特色工作": "表在前，图在后，表不过一页",
}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """path below the folder → workbook, of everything written in the middle of a year with one faulty return."""
    root = tmp_path_factory.mktemp("年度") / "2021考评"
    assert commands.new(root).exit_code == 0
    scheme = root / "方案.xlsx"  # issued as a sample; written here as kaoping itself writes one
    scheme.write_bytes(write_book(read_document(scheme.read_bytes(), scheme.name)[0]))
    assert commands.build(root).exit_code == 0
    _faulty(ROOT / "samples" / "demo" / "2回收" / "办公室考评表.xlsx", root / "2回收" / "办公室考评表.xlsx")
    shutil.copy(ROOT / "samples" / "demo" / "2回收" / "公服科考评表.xlsx", root / "2回收" / "公服科考评表.xlsx")
    for step in (commands.collect, commands.review, commands.summarize):
        assert step(root).outputs
    made = [path for path in sorted(root.rglob("*.xlsx")) if not {"2回收", ".kaoping"} & set(path.relative_to(root).parts)]
    named = {str(path.relative_to(root)): openpyxl.load_workbook(io.BytesIO(path.read_bytes())) for path in made}
    chosen = {next(name for name in named if kind in name): kind for kind in KINDS}
    assert len(chosen) == len(KINDS)
    return {name: named[name] for name in chosen}


def _faulty(source: Path, target: Path) -> None:
    """A return with an answer that cannot be accepted."""
    book = openpyxl.load_workbook(source)
    places = {row[0]: row[2:4] for row in book[MANIFEST_SHEET].iter_rows(min_row=2, values_only=True)}
    sheet, ref = places["业务/办公室/1/2"]
    book[sheet][ref] = "大约3次"
    book.save(target)


def sheets(books):
    for name, book in books.items():
        for ws in book.worksheets:
            assert ws.title not in UNSEEN or ws.sheet_state != "visible", (name, ws.title)
            if ws.sheet_state == "visible":
                yield name, ws


def styled(ws):
    """Cells that say something or look like something."""
    for cell in ws._cells.values():
        if cell.value is not None or (cell.has_style and not isinstance(cell, MergedCell)):
            yield cell


def rgb(colour):
    """RRGGBB; None where no colour is named."""
    if colour is None or colour.type == "auto" or (colour.type == "indexed" and colour.indexed == 64):
        return None
    if colour.type == "theme" and colour.theme == 1 and not colour.tint:  # XlsxWriter's word for black text
        return palette.INK
    return colour.rgb[-6:] if colour.type == "rgb" else f"{colour.type} {colour.theme or colour.indexed}"


def lines(cell):
    """Colours of the four lines of a cell, of those it has."""
    sides = (getattr(cell.border, side) for side in SIDES)
    return [rgb(side.color) for side in sides if side is not None and side.style]


def test_the_palette_is_what_is_looked_for():
    assert {"1F3864", "FFF8DC", "A67C00", "FFFFFF"} < COLOURS and len(COLOURS) > 15


def test_every_typeface_is_of_the_palette_and_chinese(books):
    wrong = set()
    for name, ws in sheets(books):
        for cell in styled(ws):
            font = cell.font
            if font.name not in FACES or font.charset != palette.CHARSET:
                wrong.add((name, ws.title, cell.coordinate, font.name, font.charset))
    assert not wrong, sorted(wrong)[:20]


def test_every_colour_is_of_the_palette(books):
    wrong = set()
    for name, ws in sheets(books):
        for cell in styled(ws):
            found = [rgb(cell.font.color)]
            found += lines(cell)
            if cell.fill.fill_type:
                found.append(rgb(cell.fill.fgColor))
            if cell.fill.fill_type not in (None, "solid"):  # stripes on a ground
                found.append(rgb(cell.fill.bgColor))
            wrong |= {(name, ws.title, cell.coordinate, colour) for colour in found if colour not in COLOURS | {None}}
    assert not wrong, sorted(wrong)[:20]


def test_colours_that_come_and_go_are_of_the_palette(books):
    wrong, seen = set(), 0
    for name, ws in sheets(books):
        for area in ws.conditional_formatting:
            for rule in area.rules:
                if rule.dxf is None:  # bars and scales are no fills
                    continue
                look = rule.dxf
                found = [rgb(look.font.color)] if look.font else []
                found += [rgb(look.fill.bgColor)] if look.fill else []
                sides = [getattr(look.border, side) for side in SIDES] if look.border else []
                found += [rgb(side.color) for side in sides if side is not None]
                seen += len(found)
                wrong |= {(name, ws.title, str(area.sqref), colour) for colour in found if colour not in COLOURS | {None}}
    assert not wrong, sorted(wrong)[:20]
    assert seen > 100


def test_whatever_may_be_typed_into_looks_like_it(books):
    """Locked sheets: fill and frame. What is to be mended in a return that goes back is marked instead."""
    wrong, seen = set(), 0
    for name, ws in sheets(books):
        if not ws.protection.sheet:
            continue
        for cell in ws._cells.values():
            if cell.protection.locked or isinstance(cell, MergedCell):
                continue
            seen += 1
            looks = (rgb(cell.fill.fgColor), *sorted(set(lines(cell))))
            marked = "退回修改" in name and looks[0] == palette.WRONG and palette.RED in looks
            if looks != (palette.INPUT, palette.INPUT_LINE) and not marked:
                wrong.add((name, ws.title, cell.coordinate, looks))
    assert not wrong, sorted(wrong)[:20]
    assert seen > 1000


def test_only_registers_and_the_scheme_are_unlocked(books):
    """There every row to come may be filled in: the columns themselves have lines."""
    open_sheets = {(name, ws.title) for name, ws in sheets(books) if not ws.protection.sheet}
    assert {name for name, _ in open_sheets} == {"方案.xlsx", "台账.xlsx", "市局反馈.xlsx", "决定.xlsx"}
    for name, title in open_sheets:
        ws = books[name][title]
        if name == f"{title}.xlsx":
            assert ws.tables and ws.column_dimensions["A"].border.left.style == "thin"


def test_everything_prints_on_numbered_a4_pages(books):
    for name, ws in sheets(books):
        where = (name, ws.title)
        assert ws.page_setup.paperSize in (9, "9"), where
        assert ws.sheet_properties.pageSetUpPr.fitToPage and ws.page_setup.fitToWidth != 0, where
        assert "&P" in "".join(part.text or "" for part in (ws.oddFooter.center, ws.oddFooter.right)), where
        assert not ws.sheet_view.showGridLines, where


def test_what_is_longer_than_a_page_repeats_its_heads(books):
    """Save where there is none to repeat."""
    without = {ws.title for _, ws in sheets(books) if height(ws) > room(ws) and not ws.print_title_rows}
    assert without - set(HEADLESS) == set()
    assert sum(height(ws) > room(ws) for _, ws in sheets(books)) > 20


def height(ws) -> float:
    if ws.page_setup.fitToHeight:
        return 0.0
    return sum(ws.row_dimensions[row].height or 15.0 for row in range(1, ws.max_row + 1))


def room(ws) -> float:
    widths = [d.width for d in ws.column_dimensions.values() if not d.hidden]
    margins = ws.page_margins
    landscape = ws.page_setup.orientation == "landscape"
    wide = sum(widths) * 5.25
    return pages.room(landscape, margins.left + margins.right, margins.top + margins.bottom, wide)
