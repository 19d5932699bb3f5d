"""The bundled returns of `kaoping demo`: on the current form, complete, understood, and plainly marked 演示数据."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from years import own_results

from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.folder import Folder
from workbook_builder.intake import read_book
from workbook_builder.pipeline import collect, read_files
from workbook_builder.resources import DEMO, path
from workbook_builder.returns import ADOPTED, ARCHIVE, ATTACHMENT, IDENTICAL

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from make_demo import Maker, answers  # noqa: E402

#: section, 业务工作, 队伍建设, 特色工作, 总分, 名次
STANDINGS = """
政治处                   53     20    8    81     1
秘书科、普法科             54.85  19.5  6.5  80.85  2
公服科                   54.6   19    6    79.6   3
促进法治科                54     19.5  4.5  78     4
法律援助中心              55.5   19.5  3    78     4
办公室                   51.2   19    7.5  77.7   6
律公科                   52.5   19    3    74.5   7
复议应诉科                52     19    0    71     8
执法监督科                50     19.5  0    69.5   9
社区矫正（教育帮扶）科      49.5   19    0    68.5   10
"""
#: code, file, field: mistakes that are understood, and what two other formats entail
PROBLEMS = """
SHEET_RENAMED     促进法治科/考评表-促进法治科(1).xlsx
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  业务/促进法治科/1/1
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  业务/促进法治科/1/2
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  业务/促进法治科/2/2
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  业务/促进法治科/3/1
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  业务/促进法治科/4/1
PERCENT_FORMAT    促进法治科/考评表-促进法治科(1).xlsx  业务/促进法治科/4/2
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  队伍/各科室/2/1
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  特色/相关科室/24/1@1
READ_AS           促进法治科/考评表-促进法治科(1).xlsx  自评确认
FORMULAS_UNSEEN   执法监督科.xls
FILE_IDENTICAL    钉钉接收/法律援助中心考评表.xlsx
"""
MARK = "演示数据"


@pytest.fixture(scope="module")
def maker():
    return Maker()


@pytest.fixture(scope="module")
def collected(maker):
    return collect(Folder(path(DEMO)), maker.scheme)


@pytest.fixture(scope="module")
def books(maker):
    """(section, name, what was read, bytes) of every returned workbook, those inside archives too."""
    folder = Folder(path(DEMO)).returned
    files = [(file.relative_to(folder).as_posix(), file) for file in sorted(folder.rglob("*")) if file.is_file()]
    found = [
        (returned.section, reading.received.file, returned)
        for reading in read_files(maker.scheme, files)
        for returned in reading.returns
    ]
    assert len(found) == len(maker.scheme.sections) + 1
    return found


def test_only_understood_mistakes(maker, collected):
    """No error; what is noted is at its cell."""
    found = [(p.code, p.where.file.removeprefix("2回收/"), p.where.field) for p in collected.problems]
    wanted = [(*line.split(), "")[:3] for line in PROBLEMS.strip().splitlines()]
    assert found == wanted
    places = maker.places("促进法治科")
    for p in collected.problems:
        if p.where.field:
            assert (p.where.sheet, p.where.cell) == ("促进法治科 已填", places[p.where.field][1])


def test_every_file_has_its_outcome(collected):
    outcomes = [receipt.outcome for receipt in collected.received]
    assert {outcome: outcomes.count(outcome) for outcome in outcomes} == {
        ADOPTED: 10,
        ATTACHMENT: 19,
        IDENTICAL: 1,
        ARCHIVE: 1,
    }
    assert {receipt.kind for receipt in collected.received} == {"xlsx", "xls", "ods", "docx", "pdf", "zip"}
    assert not collected.missing


def test_totals_and_ranks(maker, collected):
    results = own_results(maker.scheme, collected)
    found = [
        (s.section.name, *(s.parts[part].value for part in ("业务工作", "队伍建设", "特色工作")), s.total.value, s.rank)
        for s in results.standings
    ]
    rows = [line.split() for line in STANDINGS.strip().splitlines()]
    assert found == [(name, *map(Decimal, figures), int(rank)) for name, *figures, rank in rows]
    assert {p.reason for p in results.pending} == {"未核定"}
    assert len(results.pending) == len(maker.scheme.sections)


def test_answers_are_those_of_the_text(maker, collected):
    for name, section in maker.source["科室"].items():
        assert dict(collected.adopted.returns[name].entries) == answers(section), name


def test_returns_are_on_the_current_form(maker, books):
    for section, _, returned in books:
        assert not [p for p in returned.problems if p.code in ("OLD_FORM", "FIGURE_BY_OLD_POLICY")], section


def test_every_sheet_says_demonstration(maker, collected):
    """In a cell of every visible sheet, whatever program saved it."""
    seen = 0
    for data, name in _workbooks(maker, collected):
        book, _ = read_book(data, name)
        assert read_manifest(book) is not None
        for sheet in book.sheets:
            if not sheet.name.startswith("_"):
                assert any(MARK in str(cell.value) for cell in sheet.cells.values()), (name, sheet.name)
                seen += 1
    assert seen == 11 * 4


def test_mark_is_printed_on_every_page_and_changes_nothing(maker):
    """The mark is no part of the form: the same fields, the same fingerprint."""
    from io import BytesIO

    from workbook_builder.building import section_workbook

    section = maker.scheme.section("律公科")
    plain = section_workbook(maker.rules, section, maker.template)
    marked = section_workbook(maker.rules, section, maker.template, mark=MARK)
    assert load_workbook(BytesIO(plain)).worksheets[0].oddHeader.center.text is None
    for sheet in load_workbook(BytesIO(marked)).worksheets:
        assert sheet.oddHeader.center.text == MARK
    manifests = [read_manifest(read_book(data, "a.xlsx")[0]) for data in (plain, marked)]
    assert manifests[0] == manifests[1]


def test_same_text_same_bytes(maker):
    """What the program itself writes does not depend on the day."""
    assert maker.written("促进法治科") == Maker().written("促进法治科")
    assert maker.attachments() == Maker().attachments()


def _workbooks(maker, collected):
    from workbook_builder.intake import iter_zip

    for receipt in collected.received:
        if receipt.kind == "zip":
            members, _ = iter_zip((path(DEMO) / receipt.file).read_bytes(), receipt.file)
            yield from ((data, name) for name, data in members if name.endswith(".xlsx"))
        elif receipt.material == "考评表" and ".zip/" not in receipt.file:
            yield (path(DEMO) / receipt.file).read_bytes(), receipt.file
