"""The bundled year of `kaoping demo`: on the current forms, complete, understood, and plainly marked 演示数据."""

import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from years import own_results

from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.duties import tasks
from workbook_builder.excel.stable import as_saved_here
from workbook_builder.folder import Folder
from workbook_builder.gathering import prepare
from workbook_builder.inputs import decisions_of, read_inputs
from workbook_builder.intake import read_book
from workbook_builder.pipeline import collect, read_files
from workbook_builder.resources import DEMO, path
from workbook_builder.returns import ADOPTED, ARCHIVE, ATTACHMENT, IDENTICAL
from workbook_builder.reviewing import review_file

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import make_year  # noqa: E402
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
#: section, 业务工作, 队伍建设, 特色工作, 突破底线, 总分, 名次, 等次 as approved; worked out by hand from the notice
APPROVED = """
秘书科、普法科             54.9  19    6    0  79.9  1   优秀
公服科                   54.4  19.5  5.5  0  79.4  2   优秀
政治处                   52.5  19.5  8    1  79    3   未定
促进法治科                55    19    4    0  78    4   未定
法律援助中心              55.5  19.5  3    0  78    4   未定
办公室                   50.4  19    7    0  76.4  6   未定
律公科                   53.5  19    3.5  0  76    7   未定
复议应诉科                52    19.5  0    0  71.5  8   未定
执法监督科                50    19.5  0    0  69.5  9   未定
社区矫正（教育帮扶）科      49    19    0    0  68    10  未定
"""
#: code → how often, beside PROBLEMS: what ledger and city say otherwise than the sections
OF_THE_YEAR = {"SELF_BELOW_LEDGER": 6, "LEDGER_OUTSIDE_PERIOD": 1, "CITY_AND_SELF_DIFFER": 4}
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


# --- the year -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def year(maker, collected):
    """What lies beside the returns, read under the decisions of the year."""
    folder = Folder(path(DEMO))
    decisions, problems = decisions_of(folder, maker.scheme)
    assert not problems
    return prepare(maker.scheme, collected, read_inputs(folder, maker.scheme, decisions))


@pytest.fixture
def shown(demonstration):
    return demonstration[1]


def test_the_year_ends_approved(shown):
    """Every figure of the approved result, from the workbooks alone."""
    figures = ("业务工作", "队伍建设", "特色工作", "突破底线", "总分")
    found = [
        (s["section"], *(Decimal(str(s[figure])) for figure in figures), s["名次"], s["等次"]) for s in shown.data["standings"]
    ]
    rows = [line.split() for line in APPROVED.strip().splitlines()]
    assert found == [(name, *map(Decimal, parts), int(rank), grade) for name, *parts, rank, grade in rows]
    assert (shown.exit_code, shown.data["stage"], shown.data["approved"], shown.data["pending"]) == (0, "审定稿", True, [])


def test_the_year_goes_step_by_step(shown):
    assert [(step["stage"], step["approved"]) for step in shown.data["story"]] == [
        ("自评汇总", False),
        ("核定稿", False),
        ("审定稿", True),
    ]


def test_the_year_is_free_of_errors(shown):
    """Beside the returns' own remarks only what ledger and city know better."""
    codes = Counter(p.code for p in shown.problems)
    assert codes == Counter(line.split()[0] for line in PROBLEMS.strip().splitlines()) + Counter(OF_THE_YEAR)
    assert not [p for p in shown.problems if p.severity == "error"]


def test_registers_say_what_the_text_says(year):
    told = make_year.source()
    found = [(e.date, e.section, e.clause, e.amount, e.facts, e.evidence, e.recorder) for e in year.inputs.ledger]
    heads = ("日期", "科室", "细则", "次数或分值", "事实", "佐证", "登记人（职务）")
    assert found == [tuple(row[head] for head in heads) for row in told["台账"]]
    found = [(f.section, f.clause, f.value, f.reference, f.document, f.bearer, f.note) for f in year.inputs.city]
    heads = ("科室", "细则", "市局数据", "参照数据", "文号（来源）", "承担科室", "备注")
    wanted = [tuple(row.get(head, "") for head in heads) for row in told["市局反馈"]]
    assert found == [(*row[:2], _plain(row[2]), _plain(row[3] or None), *row[4:]) for row in wanted]
    found = [(d.kind, d.section, d.object, d.after, d.reason, d.basis, d.date, d.role) for d in year.inputs.decisions]
    heads = ("种类", "科室", "对象", "改为", "理由", "依据", "决定日期", "决定者（职务或机构）")
    wanted = [(*(row.get(head, "") for head in heads[:3]), str(row["改为"]), *(row[h] for h in heads[4:])) for row in told["决定"]]
    # The row that asks for 送审 stood there before the correction was typed.
    assert sorted(found) == sorted(wanted)


def test_reviews_say_what_the_text_says(maker, year):
    """Every reviewer is done with every section; what is told stands there with its reason, all else is 无 or blank."""
    told = make_year.source()["核定"]
    for reviewer, mine in tasks(maker.scheme).items():
        for task in mine:
            review = year.reviews[reviewer, task.section.name]
            assert review.done and not review.refused and not review.reopened
            wanted, reasons = {c.id: "无" for item in task.bottom for c in item.clauses}, {}
            for field, (value, *rest) in told.get(reviewer, {}).get(task.section.name, {}).items():
                wanted[field] = _plain(value)
                if value == "有":
                    wanted[f"{field}@1"], reasons[f"{field}@1"] = _plain(rest[0]), rest[1]
                else:
                    reasons[field] = rest[0]
            assert (dict(review.values), dict(review.reasons)) == (wanted, reasons), (reviewer, task.section.name)


def test_every_section_has_its_ballots(maker, year):
    """20 ballots: nobody votes for themselves, and some lines are left blank."""
    ballots = make_year.source()["测评"]
    for number, section in enumerate(maker.scheme.sections):
        for figure in year.evaluations[section.name].groups:
            marks = [line.split()[number] for line in ballots[figure.group]]
            cast = [Decimal(mark) for mark in marks if mark != "-"]
            assert (figure.votes, figure.spread) == (len(cast), max(cast) - min(cast))
    own = [(line.split()[10], line.split()) for lines in ballots.values() for line in lines if len(line.split()) > 10]
    names = [section.name for section in maker.scheme.sections]
    assert len(own) == 10 and all(marks[names.index(name)] == "-" for name, marks in own)


def test_the_year_is_on_the_current_forms(maker, shown):
    """No figure differs, no list is out of date; two of the workbooks come from LibreOffice."""
    folder = Folder(path(DEMO))
    assert not {"FIGURE_DIFFERS", "NOT_CALCULATED", "OLD_FORM"} & {p.code for p in shown.problems}
    names = ["台账.xlsx", "市局反馈.xlsx", "决定.xlsx", "测评/测评录入表.xlsx"]
    names += [f"3核定/{review_file(maker.scheme, reviewer)}" for reviewer in tasks(maker.scheme)]
    by_office = {"台账.xlsx", f"3核定/{review_file(maker.scheme, make_year.BY_OFFICE)}"}
    ours = {name for name in names if as_saved_here((folder.root / name).read_bytes())}
    assert ours.isdisjoint(by_office) and {name for name in names if name.startswith("3核定/")} - by_office <= ours


def _plain(value):
    """A value of the text as it is read."""
    return Decimal(str(value)) if isinstance(value, int | float) else value


def _workbooks(maker, collected):
    from workbook_builder.intake import iter_zip

    for receipt in collected.received:
        if receipt.kind == "zip":
            members, _ = iter_zip((path(DEMO) / receipt.file).read_bytes(), receipt.file)
            yield from ((data, name) for name, data in members if name.endswith(".xlsx"))
        elif receipt.material == "考评表" and ".zip/" not in receipt.file:
            yield (path(DEMO) / receipt.file).read_bytes(), receipt.file
