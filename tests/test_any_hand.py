"""Every act of every hand has the outcome that its catalogue says, and changes nothing else.

The catalogues: tests/hands.py (a section and its sheet), tests/hands_desk.py (the clerk's and the reviewers' tables).
"""

import dataclasses
import functools
import io
from decimal import Decimal as D

import hands
import hands_desk
import intake_samples as samples
import pytest
from edits import Edited
from openpyxl import load_workbook
from test_intake_programs import ods, ods_cells

from workbook_builder.building import section_workbook
from workbook_builder.collecting.sheets import raw_sheets
from workbook_builder.excel.template import load_template
from workbook_builder.intake import read_book
from workbook_builder.pipeline import Reader
from workbook_builder.problems import CATALOGUE
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook

#: Codes that only a hand brings about, and that no file of the story has.
ONLY_HERE = ("ANSWER_STRUCK", "ASTRAY_BESIDE", "COMMENTS_UNREAD", "FILE_NAMED_OTHERWISE", "PRINT_CHANGED")


def name_of(act):
    return act.what


def answers(returned):
    """Field → what counts there."""
    return {**returned.entries, **dict.fromkeys(returned.refused, hands.REFUSED)}


def items(returned):
    """Item key → its points and what they may still be."""
    rules = hands.small_rules()
    score = sh.score_sheet(rules, rules.scheme.section(hands.SECTION), returned.scored)
    return {key: item.figure for key, item in score.section.items.items()}


def new_problems(outcome, files, figures):
    known = {(p.code, p.where) for p in hands.honestly().problems}
    found = [p for p in outcome.problems if (p.code, p.where) not in known]
    return sorted(hands.said(p, files) for p in found if figures or p.code != "FIGURE_DIFFERS")


def test_the_honest_return_has_nothing_to_remark():
    outcome = hands.honestly()
    assert outcome.problems == ()
    assert not outcome.returned.refused
    assert len(outcome.returned.entries) > 60
    assert all(figure.value is not None for figure in items(outcome.returned).values())


@pytest.mark.parametrize("act", hands.acts(), ids=name_of)
def test_understood_or_refused_at_its_cell_and_nothing_else_moves(act):
    files = act.do()
    outcome = hands.collected(files)
    assert new_problems(outcome, files, act.figures) == sorted(act.told)
    assert set(outcome.adopted.returns) - {hands.SECTION} == set(act.others)
    if act.lost:
        assert outcome.returned is None and act.told
        return
    before, now = answers(hands.honestly().returned), answers(outcome.returned)
    assert {name: now.get(name) for name in {*before, *now} if before.get(name) != now.get(name)} == act.changed
    _figures_follow(act, outcome.returned)


def _figures_follow(act, returned):
    """Points move only in the items whose answers did; where one does not count, the item is unknown, never a number."""
    was, now = items(hands.honestly().returned), items(returned)
    touched = {name: name.split("#")[0].split("@")[0].rpartition("/")[0] for name in act.changed}
    unknown = {touched[name] for name, value in act.changed.items() if value == hands.REFUSED} & set(was)
    assert {key for key in now if now[key].value is None and was[key].value is not None} >= unknown
    assert {key for key in now if now[key] != was[key]} <= set(touched.values())


DEEDS = [(table, deed) for table, deeds in hands_desk.GROUPS for deed in deeds()]


@pytest.mark.parametrize(("table", "deed"), DEEDS, ids=[f"{table.name} {deed.what}" for table, deed in DEEDS])
def test_the_desks_tables_are_understood_or_refused_at_the_cell(table, deed):
    before, nothing = table.read(table.honest())
    assert nothing == [] and before
    now, problems = hands_desk.done(table, deed)
    assert sorted(map(hands_desk.said, problems)) == sorted(deed.told)
    assert {key: now.get(key) for key in {*before, *now} if before.get(key) != now.get(key)} == deed.changed


def test_no_two_acts_are_one():
    names = [act.what for act in hands.acts()]
    assert len(names) == len(set(names)) > 250
    deeds = [(table.name, deed.what) for table, deed in DEEDS]
    assert len(deeds) == len(set(deeds)) > 80


def test_every_code_that_an_act_brings_about_is_catalogued():
    codes = {code for act in (*hands.acts(), *(deed for _, deed in DEEDS)) for code in act.codes}
    assert set(ONLY_HERE) <= codes <= set(CATALOGUE)


# --- a template of the office's own ------------------------------------------------------------------------------------


#: Words around what is printed, another title; the units, and from where an item counts, are not printed at all.
OFFICE_WORDS = {"B1": "某局考评表", "C6": "【{{ 考评内容 }}】", "D6": "见细则", "E6": "满{{ 分值 }}分", "D8": "{{ 计分办法 }}（见通知）", "G8": None}


#: Several placeholders in one cell.
TOGETHER = {"C6": "{{ 考评内容 }}（{{ 计分方式 }}）", "D6": None, "E6": "满分{{ 分值 }}分", "D8": "{{ 计分办法 }}（单位：{{ 单位 }}）"}


@functools.cache
def office_form(together=False):
    book = load_workbook(io.BytesIO(hands.template().data))
    for ref, words in (TOGETHER if together else OFFICE_WORDS).items():
        book["科室表"][ref] = words
    stream = io.BytesIO()
    book.save(stream)
    template, problems = load_template(stream.getvalue(), "考评表模板.xlsx")
    assert problems == []
    rules = hands.small_rules()
    return section_workbook(rules, rules.scheme.section(hands.SECTION), template, hands.entries())


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, []),
        ({"E6": "满10.0分"}, []),
        ({"E6": 10, "B1": "2020年度"}, []),
        ({"E6": "满100分"}, ["PRINT_CHANGED E6"]),
        ({"C6": "【自选动作】", "D32": "每次扣0.1分（见通知）"}, ["PRINT_CHANGED C6", "PRINT_CHANGED D32"]),
        ({"D32": "每次扣3分（见通知，第3条）"}, ["PRINT_CHANGED D32"]),
        ({"G11": "件", "D6": "不扣分"}, []),
    ],
)
def test_what_a_template_puts_around_is_no_change(cells, told):
    edited = Edited(office_form())
    for ref, value in cells.items():
        edited.book[hands.SECTION][ref].value = value
    files = {hands.FILE: edited.bytes() if cells else office_form()}
    assert new_problems(hands.collected(files), files, figures=True) == told


@pytest.mark.parametrize(("ref", "told"), [("", []), ("D32", ["PRINT_CHANGED D32"])])
def test_a_template_may_print_several_texts_in_one_cell(ref, told):
    edited = Edited(office_form(together=True))
    if ref:
        edited.book[hands.SECTION][ref].value = "每次扣3分"
    files = {hands.FILE: edited.bytes()}
    assert new_problems(hands.collected(files), files, figures=True) == told


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"D4": "本表无", "D5": "不填", "D6": "—"}, []),
        ({"D5": "今年不申报", "C30": "填表人：某某"}, ["ASTRAY_BESIDE 申报2-甲科!C30", "ASTRAY_BESIDE 申报2-甲科!D5"]),
    ],
)
def test_words_on_a_form_that_is_not_used_cost_nothing(cells, told):
    scheme = dataclasses.replace(hands.small_rules().scheme, form_copies=2)
    rules = Rulebook(scheme)
    edited = Edited(section_workbook(rules, scheme.section(hands.SECTION), hands.template(), hands.entries()))
    for ref, value in cells.items():
        edited.book["申报2-甲科"][ref].value = value
    [reading] = Reader.of(scheme).read(hands.FILE, edited.bytes())
    assert sorted(hands.said(p, {}) for p in reading.problems if p.code != "FIGURE_DIFFERS") == told


# --- what is one and the same in every format of file ------------------------------------------------------------------


def told(data):
    outcome = hands.collected({hands.FILE: data})
    return new_problems(outcome, {hands.FILE: data}, figures=False), answers(outcome.returned).get(hands.COUNT)


@pytest.mark.parametrize("runs", [(hands.STRUCK, "<r><t>5</t></r>"), ("<r><t>3</t></r>", hands.RAISED)])
def test_a_struck_or_raised_run_in_the_table_of_texts(runs):
    """As Excel stores it. The run after it is plain again, and so is the next text."""
    data = samples.shared_strings(hands.typed({hands.COUNT: hands.rich(*runs), hands.YES_NO: hands.text("是")}))
    assert told(data) == (["VALUE_NOT_ALLOWED F32"], hands.REFUSED)
    assert hands.collected({hands.FILE: data}).returned.entries[hands.YES_NO] == "是"


STYLES = (
    '<style:style style:name="x" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="y" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
    '<style:style style:name="z" style:family="text"><style:text-properties style:text-line-through-style="none"/></style:style>'
)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<text:span text:style-name="x">3</text:span>5', "3\u03365"),
        ('3<text:span text:style-name="y">2</text:span>', "3²"),
        ('3<text:span text:style-name="z">2</text:span>1', "321"),
        ('<text:span text:style-name="x"><text:span text:style-name="z">3</text:span>4</text:span>5', "3\u03364\u03365"),
    ],
)
def test_a_struck_or_raised_run_in_ods(inside, text):
    cell = f'<tt:table-cell office:value-type="string"><text:p>{inside}</text:p></tt:table-cell>'
    assert ods_cells(cell, STYLES)["A1"].value == text


@pytest.mark.parametrize(
    ("style", "parent", "found"),
    [
        ('style:text-line-through-style="solid"', "", {(1, 1)}),
        ('style:text-line-through-style="none"', "", set()),
        ('style:text-line-through-type="single"', "", {(1, 1)}),
        ("", ' style:parent-style-name="up"', {(1, 1)}),
        ('style:text-line-through-style="none" style:text-line-through-type="none"', ' style:parent-style-name="up"', set()),
    ],
)
def test_a_cell_struck_out_as_a_whole_in_ods(style, parent, found):
    """Itself or by the style above it; the next cell, and one without a value, are not."""
    struck_ = '<style:style style:name="{}" style:family="table-cell"{}><style:text-properties {}/></style:style>'
    styles = struck_.format("up", "", 'style:text-line-through-style="solid"') + struck_.format("c", parent, style)
    value = 'office:value-type="float" office:value="3"'
    row = f'<tt:table-cell tt:style-name="c" {value}/><tt:table-cell {value}/><tt:table-cell tt:style-name="c"/>'
    book, _ = read_book(ods(f'<tt:table tt:name="S"><tt:table-row>{row}</tt:table-row></tt:table>', styles), "a.ods")
    assert book.sheets[0].struck == found


def test_repeated_cells_of_ods_are_all_struck_out():
    style = '<style:style style:name="c" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    cell = '<tt:table-cell tt:style-name="c" tt:number-columns-repeated="2" office:value-type="float" office:value="3"/>'
    table = f'<tt:table tt:name="S"><tt:table-row/><tt:table-row tt:number-rows-repeated="2">{cell}</tt:table-row></tt:table>'
    book, _ = read_book(ods(table, style), "a.ods")
    assert book.sheets[0].struck == {(2, 1), (2, 2), (3, 1), (3, 2)}


@pytest.mark.parametrize(
    ("fonts", "found"),
    [
        ("<font/><font><strike/></font>", {(1, 2)}),
        ('<font/><font><strike val="1"/></font>', {(1, 2)}),
        ('<font/><font><strike val="0"/></font>', set()),
        ("<font><strike/></font><font/>", {(1, 1), (1, 3)}),
    ],
)
def test_a_cell_struck_out_as_a_whole_in_xlsx(fonts, found):
    """The font of the cell's format, not one of a named style or of a condition; a cell that names no format has the first."""
    styles = (
        f'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts>{fonts}</fonts>'
        '<cellStyleXfs><xf fontId="1"/></cellStyleXfs><cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs>'
        "<dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"
    )
    sheet = '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"><v>1</v></c><c r="C1" s="0"><v>1</v></c><c r="D1" s="1"/></row></sheetData>'
    book, _ = read_book(samples.small(sheet, styles=styles), "a.xlsx")
    assert book.sheets[0].struck == found


@pytest.mark.parametrize(("signs", "kind", "codes"), [(255, "xls", {"K62": "TEXT_MAY_BE_CUT", "C4": "TEXT_MAY_BE_CUT"}), (254, "xls", {}), (256, "xls", {}), (255, "xlsx", {})])
def test_an_answer_of_exactly_255_signs_in_xls(signs, kind, codes):
    """SheetJS cuts there. Only what people fill in is looked at, notes and forms alike."""
    said = "事" * signs
    data = hands.typed({f"{hands.EVENT}#说明": hands.text(said), "C7": hands.text(said)})
    book = dataclasses.replace(read_book(data, "a.xlsx")[0], kind=kind)
    form = book.sheet(hands.FORM)
    form.cells[4, 3] = form.cells[4, 3]._replace(value=said)
    sheets, problems = raw_sheets(hands.reader().scheme, hands.reader().forms, book, "a.xls")
    assert len(sheets) == 1
    assert {p.where.cell: p.code for p in problems if p.code == "TEXT_MAY_BE_CUT"} == codes


def test_a_formula_that_fills_two_cells_in_ods():
    matrix = 'tt:number-matrix-columns-spanned="2" tt:number-matrix-rows-spanned="1" tt:formula="of:=COLUMN([.A1:.B1])"'
    value = 'office:value-type="float" office:value'
    cells = ods_cells(f'<tt:table-cell {matrix} {value}="1"/><tt:table-cell {value}="2"/><tt:table-cell {value}="3"/>')
    assert [(cell.value, cell.formula is None) for cell in cells.values()] == [(D(1), False), (D(2), False), (D(3), True)]


def test_a_comment_in_ods_is_said_and_not_read():
    note = "<tt:table-cell><office:annotation><text:p>9次</text:p></office:annotation></tt:table-cell>"
    table = '<tt:table tt:name="S"><tt:table-row>{}</tt:table-row></tt:table>'
    for cells, codes in ((note, ["COMMENTS_UNREAD"]), ("<tt:table-cell/>", [])):
        book, problems = read_book(ods(table.format(cells)), "a.ods")
        assert ([p.code for p in problems], book.sheets[0].cells) == (codes, {})


# --- done by a real program ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ext", ["xlsx", "ods"])
def test_cut_and_pasted_in_libreoffice(office, tmp_path, ext):
    """An answer cut to another row; a rate, a note and a figure pasted over inputs, formats and all."""
    path = tmp_path / hands.FILE
    path.write_bytes(hands.honest())
    with office.open(path) as session:
        session.cut_paste(hands.SECTION, "F32", "F36")
        session.copy_paste(hands.SECTION, "F16", "F66")
        session.copy_paste(hands.SECTION, "K62", "F33")
        session.copy_paste(hands.SECTION, "H7", "F43")
        session.read(hands.SECTION, ["I92"])
        data = session.store(ext, tmp_path / f"甲科.{ext}").read_bytes()
    files = {f"甲科.{ext}": data}
    outcome = hands.collected(files)
    assert new_problems(outcome, files, figures=True) == ["FORMULA_IN_INPUT F43", "VALUE_NOT_ALLOWED F33"]
    before, now = answers(hands.honestly().returned), answers(outcome.returned)
    assert {name: now.get(name) for name in {*before, *now} if before.get(name) != now.get(name)} == {
        hands.COUNT: None,
        "业务/甲科/3/6@2": D(3),
        "业务/甲科/5/9": D(85),
        "业务/甲科/3/5": hands.REFUSED,
        "业务/甲科/4/1": hands.REFUSED,
    }
