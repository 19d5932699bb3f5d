"""The form a section fills in, as it is seen: heights that cut no line, progress by part, what stays in sight, pages."""

import itertools
import re
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from appraisals import answer_slots, legal_entries, rules_2021, scheme_2021, small_rules, template
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook_builder.building import section_workbook
from workbook_builder.excel import measure, sizes
from workbook_builder.excel.pages import page_ends, page_room
from workbook_builder.excel.template import FORM_SHEET, INSTRUCTIONS_SHEET, SECTION_SHEET
from workbook_builder.layout import skeleton as sk
from workbook_builder.layout import words
from workbook_builder.layout.plan import APART, JOINED, NEAR
from workbook_builder.layout.section import plan_section
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl

SECTIONS = {section.name: section for section in scheme_2021().sections}
LOOKED_AT = ["办公室", "政治处", "社区矫正（教育帮扶）科"]
#: What Excel shows of a sheet at 100 % on a screen of 1366 × 768: without row numbers, ribbon, bars.
SCREEN_WIDTH, SCREEN_HEIGHT = 1318, 450
PIXELS = 96 / 72


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """{section: path} of blank forms."""
    folder = tmp_path_factory.mktemp("looks")
    paths = {name: folder / f"{number}.xlsx" for number, name in enumerate(LOOKED_AT)}
    for name, path in paths.items():
        path.write_bytes(section_workbook(rules_2021(), SECTIONS[name], template()))
    return paths


@pytest.fixture(params=LOOKED_AT)
def blank(request, issued):
    """(section, path, workbook) of a blank form."""
    path = issued[request.param]
    return SECTIONS[request.param], path, openpyxl.load_workbook(path)


# --- heights --------------------------------------------------------------------------------------------------------------


def columns_of_text():
    """(texts, column width, font, size) of everything the form quotes or says of a clause."""
    book = template().book
    proto = template().rows[SECTION_SHEET]
    widths = sizes.widths(book[SECTION_SHEET])
    clauses = list(scheme_2021().clause_by_id.values())
    assert len(clauses) == 264
    items = [words.item_title(item) for item in scheme_2021().items]
    for texts, key, col in (
        ([clause.text for clause in clauses], "细则", sk.TEXT),
        ([words.how_it_counts(clause) for clause in clauses], "细则", sk.COUNTING),
        (items, "考评项", sk.TEXT),
        ([clause.text for clause in clauses], "细则", sk.REMARK),
    ):
        cell = book[SECTION_SHEET].cell(proto[key].row, col)
        yield texts, widths[col], cell.font.name, cell.font.sz


_STYLE, _TABLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def points(length):
    number, unit = re.fullmatch(r"([0-9.]+)(in|cm|mm|pt)", length).groups()
    return float(number) * {"in": 72, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1}[unit]


def without_heights(source, target):
    """The same spreadsheet without the heights of its rows: LibreOffice works out what is not there."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, re.sub(rb' style:row-height="[^"]*"', b"", data) if name == "content.xml" else data)
    return target


def laid_out(office, folder, columns, squeeze):
    """(points of every row, points of the first column's width) per sheet; LibreOffice chose the heights itself."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, (texts, width, font, size) in enumerate(columns):
        ws = book.create_sheet(str(number))
        ws.column_dimensions["A"].width = width * squeeze
        for row, text in enumerate(texts, 1):
            cell = ws.cell(row, 1, text)
            cell.font = openpyxl.styles.Font(name=font, size=size, charset=134)
            cell.alignment = openpyxl.styles.Alignment(wrap_text=True, vertical="center")
    path = folder / f"laid{squeeze:.4f}.xlsx"
    book.save(path)
    bare = without_heights(office.convert(path, "ods", folder), folder / f"bare{squeeze:.4f}.ods")
    content = zipfile.ZipFile(office.convert(bare, "ods", folder / "done")).read("content.xml")
    tree = ElementTree.fromstring(content)
    sizes_of = {}
    for style in tree.iter(f"{_STYLE}style"):
        for properties in style:
            for name in ("row-height", "column-width"):
                if f"{_STYLE}{name}" in properties.attrib:
                    sizes_of[style.get(f"{_STYLE}name")] = points(properties.get(f"{_STYLE}{name}"))
    for table in tree.iter(f"{_TABLE}table"):
        heights = []
        for row in table.iter(f"{_TABLE}table-row"):
            repeated = int(row.get(f"{_TABLE}number-rows-repeated", 1))
            heights += [sizes_of[row.get(f"{_TABLE}style-name")]] * min(repeated, 1000)
        yield heights, sizes_of[next(table.iter(f"{_TABLE}table-column")).get(f"{_TABLE}style-name")]


def test_no_line_is_cut_in_columns_that_come_out_five_percent_narrower(office, tmp_path):
    """LibreOffice breaks every clause into lines by itself; our row always has room for them, and seldom for one more."""
    columns = list(columns_of_text())
    pixels = sizes.unit_pixels(template().book)
    assert pixels == 8.0
    trial = [width for _, width in laid_out(office, tmp_path, columns, 1.0)]
    # LibreOffice reckons the unit from the typefaces it has: make its columns as wide as ours come out at worst, at best.
    wide = columns[0][1] * pixels / PIXELS / trial[0]
    cut, generous = [], []
    for share in (0.95, 1.0):
        for (texts, width, _, size), (heights, came) in zip(
            columns, laid_out(office, tmp_path, columns, wide * share), strict=True
        ):
            assert came == pytest.approx(width * pixels / PIXELS * share, rel=0.01)
            for text, height in zip(texts, heights, strict=False):
                ours = measure.row_height([(text, width, size)], 0, pixels)
                if ours < min(height, measure.HIGHEST):
                    cut.append((share, width, ours, height, text))
                if share == 1.0:
                    generous.append(measure.lines(text, width, size, pixels) > round(height / min(heights)))
    assert cut == []
    assert len(set(heights)) > 1  # of notes: LibreOffice did lay them out
    assert len(generous) > 800
    # Of clauses in their own column; of all texts, and clauses in the narrow column of notes among them.
    assert sum(generous[:264]) <= 24
    assert sum(generous) < len(generous) * 0.18


@given(st.text("汉字，。“”（）ab12 -%", max_size=60), st.integers(6, 60), st.sampled_from([9.0, 10.0, 11.0, 12.0]))
def test_a_wider_column_never_needs_more_lines(text, width, size):
    assert measure.lines(text, width + 8, size) <= measure.lines(text, width, size)


@given(st.text("汉字（）", min_size=1, max_size=80), st.integers(8, 60))
def test_lines_hold_all_the_signs(text, width):
    """As many lines as the signs fill, and never more than a sign per line short."""
    size, count = 11.0, measure.lines(text, width, 11.0)
    signs = int((width * 7 * 0.95 - 8) / (size * PIXELS))
    assert -(-len(text) // max(1, signs)) <= count <= len(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("汉" * 10, 1), ("汉" * 11, 2), ("汉\n汉", 2), ("汉" * 9 + "，汉", 2), ("汉" * 10 + "，", 2), ("a" * 40, 3)],
)
def test_lines_by_example(text, count):
    """A column with room for ten signs of ten points; no line begins with a comma."""
    width = (10.2 * 10 * PIXELS + 8) / 7 / 0.95
    assert measure.lines(text, width, 10.0) == count


# --- progress --------------------------------------------------------------------------------------------------------------


def status_line(plan):
    """{column: text} of the row that never scrolls away."""
    row = next(row for row in plan.sheet().rows if row.key == "@状态")
    return {cell.col: cell.value for cell in row.cells}


def lacking(text):
    found = re.search(r"还缺([0-9]+)项", text)
    return int(found[1]) if found else 0


def assert_progress_adds_up(rules, section, entries):
    plan = plan_section(rules, section, entries)
    said = status_line(plan)
    parts = [said[col] for col in sk.PROGRESS]
    assert [text.split("　")[0] for text in parts] == [*sh.SHEET_PARTS, sh.CONFIRM]
    unconfirmed = parts[-1].endswith(sl.MISSING)
    assert sum(map(lacking, parts)) + unconfirmed == plan.score.missing == lacking(said[sk.TEXT])
    assert all(lacking(text) or text.endswith("已填齐") for text in parts[:-1])
    heads = {row.key: row for row in plan.sheet().rows if row.proto == "部分"}
    for part, text in zip(sh.SHEET_PARTS, parts, strict=False):
        assert text == f"{part}　{heads[f'@部分/{part}'].cells[0].value}"


@pytest.mark.parametrize("which", ["", "other"])
def test_what_the_parts_lack_is_what_the_sheet_lacks(which):
    rules = small_rules(which) if which else small_rules()

    @settings(max_examples=60, deadline=None)
    @given(legal_entries(rules, rules.scheme.sections[0]), st.sets(st.integers(0, 400)))
    def check(entries, dropped):
        kept = {name: value for place, (name, value) in enumerate(sorted(entries.items())) if place not in dropped}
        assert_progress_adds_up(rules, rules.scheme.sections[0], kept)

    check()


@pytest.mark.parametrize("name", LOOKED_AT)
def test_progress_of_real_sections(name):
    section = SECTIONS[name]
    assert_progress_adds_up(rules_2021(), section, {})
    assert_progress_adds_up(rules_2021(), section, {sh.CONFIRM: "是"})


def test_progress_of_a_blank_form_by_example():
    said = status_line(plan_section(rules_2021(), SECTIONS["办公室"], {}))
    assert said == {
        sk.TEXT: "还缺61项",
        sk.COUNTING: "业务工作　还缺33项",
        sk.FULL: "队伍建设　还缺19项",
        sk.POINTS: "特色工作　还缺8项",
        sk.REMARK: "自评确认　待填",
    }


# --- the screen -------------------------------------------------------------------------------------------------------------


def test_a_small_screen_shows_every_column_and_mostly_rows(blank):
    """At 100 % on 1366 × 768: the frozen head takes less than a third, the last column is in sight."""
    section, _, book = blank
    ws = book[section.name]
    pixels = sizes.unit_pixels(book)
    shown = [d for letter, d in ws.column_dimensions.items() if not d.hidden]
    assert sum(d.width for d in shown) * pixels <= SCREEN_WIDTH
    top = int(re.sub(r"\D", "", ws.freeze_panes)) - 1
    frozen = sum(ws.row_dimensions[row].height for row in range(1, top + 1)) * PIXELS
    assert frozen < SCREEN_HEIGHT / 3
    keys = [ws.cell(row, 1).value for row in range(1, top + 1)]
    assert keys[-2:] == ["@状态", "@表头"]


def test_typing_begins_at_the_first_input_and_goes_on_row_by_row(blank):
    """Tab takes the unlocked cells left to right, top to bottom: the answer, its note, the next answer."""
    section, _, book = blank
    ws = book[section.name]
    unlocked = [cell for row in ws.iter_rows() for cell in row if not cell.protection.locked]
    pane = next(view for view in ws.sheet_view.selection if view.pane == "bottomLeft")
    assert pane.activeCell == pane.sqref == unlocked[0].coordinate == f"F{unlocked[0].row}"
    fields = {address: name for name, address in plan_addresses(section)}
    order = [fields[cell.coordinate] for cell in unlocked if cell.coordinate in fields]
    answers = [name for name, _, _ in answer_slots(rules_2021(), section)]
    assert [name for name in order if name in set(answers)] == answers
    assert not ws.protection.selectLockedCells
    form = book[book.sheetnames[2]]
    assert form.sheet_view.selection[0].activeCell == "C3"


def plan_addresses(section):
    return [(place.name, f"{'ABCDEFGHIJKL'[place.col - 1]}{place.row}") for place in plan_section(rules_2021(), section, {}).fields()]


def test_no_example_of_the_template_reaches_a_form(blank):
    """Inputs are empty, and no cell holds what the prototypes show in the program's columns."""
    _, _, book = blank
    proto = template().book
    for kind, faces in ((SECTION_SHEET, sk.FACE.samples), (FORM_SHEET, {"短文": (3, 4), "长文": (3, 4)})):
        examples = {
            str(proto[kind].cell(template().rows[kind][key].row, col).value) for key, cols in faces.items() for col in cols
        } - {"None"}
        assert examples
        for ws in book.worksheets[1:-1]:
            texts = [str(c.value) for row in ws.iter_rows(min_col=2) for c in row if c.value is not None and c.data_type != "f"]
            own = {"8", "是", "2", "1"}  # numbers of items, points
            assert not set(texts) & (examples - own)
    for ws in book.worksheets:
        assert all(cell.value is None for row in ws.iter_rows() for cell in row if not cell.protection.locked)


def test_inputs_are_seen_without_colour_too():
    """Frame and ground of every input differ from those of the locked cells beside it; what is missing is darker still."""
    ws = template().book[SECTION_SHEET]
    rows = template().rows[SECTION_SHEET]
    for key, cols in (("细则", "FK"), ("分行", "FK"), ("自评", "F")):
        locked = ws[f"D{rows[key].row}"]
        for col in cols:
            cell = ws[f"{col}{rows[key].row}"]
            sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
            assert all(side.style == "thin" for side in sides)
            assert cell.fill.fgColor.rgb != locked.fill.fgColor.rgb


def test_an_item_begins_under_a_stronger_line():
    ws, rows = template().book[SECTION_SHEET], template().rows[SECTION_SHEET]
    assert {ws.cell(rows["考评项"].row, col).border.top.style for col in range(2, 12)} == {"medium"}
    assert "medium" not in {ws.cell(rows["细则"].row, col).border.top.style for col in range(2, 12)}


# --- pages ------------------------------------------------------------------------------------------------------------------

BONDS = st.lists(st.tuples(st.integers(10, 90), st.sampled_from([APART, NEAR, NEAR, JOINED])), min_size=1, max_size=40)


@given(BONDS, st.integers(100, 400), st.integers(0, 40))
def test_pages_hold_their_rows_and_never_part_what_is_joined(rows, room, repeated):
    heights, bonds = [float(h) for h, _ in rows], [bond for _, bond in rows]
    ends = page_ends(heights, bonds, room, repeated)
    assert ends == sorted(set(ends))
    assert all(0 < end < len(rows) and bonds[end] != JOINED for end in ends)
    for first, last in itertools.pairwise([0, *ends, len(rows)]):
        used = sum(heights[first:last]) + (repeated if first else 0)
        one_block = all(bond == JOINED for bond in bonds[first + 1 : last])
        assert used <= room or one_block


@given(BONDS, st.integers(100, 400))
def test_no_fewer_pages_would_do(rows, room):
    """As few as filling one page after the other takes."""
    heights, bonds = [float(h) for h, _ in rows], [bond for _, bond in rows]
    starts = [row for row, bond in enumerate(bonds) if row == 0 or bond != JOINED]
    pages, used = 0, room + 1.0
    for first, following in itertools.pairwise([*starts, len(rows)]):
        block = sum(heights[first:following])
        pages, used = (pages + 1, block) if used + block > room else (pages, used + block)
    assert len(page_ends(heights, bonds, room)) + 1 == pages


def test_the_signature_stands_with_the_totals_and_no_page_is_nearly_empty(blank):
    section, _, book = blank
    ws = book[section.name]
    keys = [ws.cell(row, 1).value for row in range(1, ws.max_row + 1)]
    last = ws.row_breaks.brk[-1].id
    assert {"特色工作#小计", sh.SELF_TOTAL, sh.CONFIRM, sh.CHECKSUM, "@签字", "@表尾"} <= set(keys[last:])
    ends = [0, *(page.id for page in ws.row_breaks.brk), len(keys)]
    room = page_room(ws, sizes.widths(ws), 11, 8.0)
    for first, final in itertools.pairwise(ends):
        used = sum(ws.row_dimensions[row].height for row in range(first + 1, final + 1))
        assert used > room * 0.4
        assert final - first >= 8
        assert not str(keys[final - 1]).startswith(("@部分", "@小标题", "@引导"))
    assert ws.print_title_rows == "$4:$4"


def test_printed_pages_are_those_planned(office, tmp_path, issued):
    """In LibreOffice: one page of explanation, the planned pages of the sheet, one per form of annex 4."""
    name = "办公室"
    breaks = len(openpyxl.load_workbook(issued[name])[name].row_breaks.brk)
    pdf = office.convert(issued[name], "pdf", tmp_path).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1 + (breaks + 1) + 2


def test_the_page_of_explanation_is_one_page(blank):
    """Fitted to one sheet of A4, and not by making it small."""
    _, _, book = blank
    ws = book[INSTRUCTIONS_SHEET]
    assert (ws.page_setup.fitToWidth, ws.page_setup.fitToHeight) == (1, 1)
    height = sum(ws.row_dimensions[row].height for row in range(1, ws.max_row + 1))
    width = sum(dimension.width for dimension in ws.column_dimensions.values()) * 6
    assert height / (842 - 94) < 1.15
    assert width / (595 - 65) < 1.15
    texts = [cell.value for row in ws.iter_rows() for cell in row if cell.value is not None]
    assert "填表说明" in texts[1].replace("　", "")
    assert {2, -2, "已填", "待填", "有误", "待市局", "未发生"} <= set(texts)
    # What is said of a state looks like that state on the form.
    looks = {template().book[SECTION_SHEET].cell(p.row, 6).value: p for k, p in template().rows[SECTION_SHEET].items() if "/" in k}
    for row in ws.iter_rows(max_col=1):
        if row[0].value in looks:
            sample = template().book[SECTION_SHEET].cell(looks[row[0].value].row, 6)
            assert row[0].fill.fgColor.rgb == sample.fill.fgColor.rgb
            assert row[0].font.color.rgb == sample.font.color.rgb
