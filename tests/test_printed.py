"""汇总首页.docx: the figures of the board at every stage, on one page, whatever the names and however much there is to say."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal as D

import pytest
import reviewed as rv
from appraisals import with_policies
from docx import Document
from docx.oxml.ns import qn
from test_letters import edited, margins, told
from test_summary import SCHEME, all_returned, make_results

from workbook_builder import letters, load_scheme
from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel import palette
from workbook_builder.letters import OutcomeLine
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.items import Rulebook
from workbook_builder.summary import outcome_texts
from workbook_builder.summary.board import LINE, Board
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.printed import name_of, outcome_of
from workbook_builder.summary.printed_size import MORE, SIZES, fitted

STAGES = ("self", "few", "draft", "submitted", "approved", "corrected")
HOSTILE = "{{ 单位 }}{% for 科 in 名次表 %}<w:p/>&\ufdd1"


@pytest.fixture(scope="module")
def rules():
    return Rulebook(load_scheme(SCHEME))


@pytest.fixture(scope="module")
def years(rules):
    """Stage → results; of the one submitted only its name is other than that of the draft."""
    draft = rv.draft(rules)
    return {
        "self": make_results(rules, all_returned(rules)),
        "few": make_results(rules, all_returned(rules)[:6]),
        "draft": draft,
        "submitted": replace(draft, reached=replace(draft.reached, name=r.SUBMITTED)),
        "approved": rv.approved(rules),
        "corrected": rv.corrected(rules),
    }


def printed(page):
    return letters.outcome_page(letters.bundled(letters.OUTCOME), page)


def document(page):
    return Document(io.BytesIO(printed(page)))


@pytest.fixture(scope="module")
def documents(years):
    return {stage: document(outcome_of(results)) for stage, results in years.items()}


def table(doc):
    """Head, and the rows as texts."""
    rows = [[cell.text for cell in row.cells] for row in doc.tables[0].rows]
    return rows[0], rows[1:]


def fill_of(cell):
    shade = cell._element.tcPr.find(qn("w:shd"))
    return None if shade is None else shade.get(qn("w:fill"))


def paragraphs(doc):
    return [paragraph.text for paragraph in doc.paragraphs if paragraph.text]


# --- the same as on the sheet ---------------------------------------------------------------------------------------


def equal(text, value):
    return D(text) == value if isinstance(value, D) else text == str(value)


@pytest.mark.parametrize("stage", STAGES)
def test_columns_and_values_are_those_of_the_board(stage, years, documents):
    board = Board(Facts(years[stage]))
    head, rows = table(documents[stage])
    assert head == [column.head for column in board.columns]
    assert len(rows) == len(board.rows) == 10
    for texts, row in zip(rows, board.rows, strict=True):
        values = [row.values[column.key] for column in board.columns]
        assert [(text, value) for text, value in zip(texts, values, strict=True) if not equal(text, value)] == []


def test_every_column_of_a_board_has_a_placeholder(rules, years):
    keys = {name_of(column.key) for results in years.values() for column in Board(Facts(results)).columns}
    before = Board(Facts(replace(years["draft"], scheme=with_policies(rules.scheme, 名次依据="扣除突破底线前"))))
    assert keys | {name_of(column.key) for column in before.columns} == set(letters.OUTCOME_COLUMNS)
    with pytest.raises(ValueError, match="no column of 汇总首页: 总评"):
        name_of("总评")


@pytest.mark.parametrize("stage", STAGES)
def test_words_around_the_table_are_those_of_the_sheet(stage, years, documents):
    facts, doc = Facts(years[stage]), documents[stage]
    shown = paragraphs(doc)
    assert shown[:2] == [f"{facts.scheme.unit}{facts.scheme.title}", facts.label]
    assert shown[2:-len(list(outcome_texts.notes(Board(facts))))] == [
        *(text for text, _ in outcome_texts.facts_lines(facts)),
        outcome_texts.heading(facts),
    ]
    lists = [line for column in doc.tables[1].columns for cell in column.cells for line in cell.text.split("\n") if line]
    assert lists == [text for text, _ in outcome_texts.waiting(facts)]
    assert not re.search("点科室名称|图中|试算", "".join(shown))
    assert [text[:6] for text in outcome_texts.notes(Board(facts))] == [
        text[:6] for text in shown[-len(list(outcome_texts.notes(Board(facts)))) :]
    ]


def test_figures_of_a_column_have_the_same_decimals_and_differences_a_sign(years, documents):
    head, rows = table(documents["approved"])
    board = Board(Facts(years["approved"]))
    for column, texts in zip(board.columns, zip(*rows, strict=True), strict=True):
        figures = [text for text in texts if re.fullmatch(r"[+-]?\d+\.\d+", text)]
        assert len({len(text.split(".")[1]) for text in figures}) <= 1, column.key
        if column.key == LINE:
            assert {text[0] for text in figures if D(text) != 0} == {"+", "-"}
            assert any(text[0] == "0" for text in figures)


# --- looks that mean something -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_open_figures_and_the_best_are_shaded(stage, years, documents):
    board = Board(Facts(years[stage]))
    rows = documents[stage].tables[0].rows
    assert {fill_of(cell) for cell in rows[0].cells} == {palette.NAVY}
    for line, row in zip(rows[1:], board.rows, strict=True):
        plain = palette.GOOD if row.best else None
        for cell, column in zip(line.cells, board.columns, strict=True):
            open_ = row.waits if column.key == "状态" else cell.text == OPEN_TEXT
            assert fill_of(cell) == (palette.TO_DO if open_ else plain), (row.values["科室"], column.key)
    assert any(row.best for row in board.rows) == (stage in ("approved", "corrected"))


def test_a_deduction_is_red_and_bold(documents):
    head, rows = table(documents["approved"])
    at = head.index("突破底线\n扣分")
    for line in documents["approved"].tables[0].rows[1:]:
        run = next(run for run in line.cells[at].paragraphs[0].runs if run.text)
        red = run.font.color.rgb is not None and str(run.font.color.rgb) == palette.RED
        assert (red, bool(run.font.bold)) == ((True, True) if D(run.text) else (False, False))


@pytest.mark.parametrize("stage", STAGES)
def test_a_draft_says_so_in_red_and_an_approved_result_does_not(stage, years):
    results = replace(years[stage], scheme=replace(years[stage].scheme, mark="演示数据"))
    data = printed(outcome_of(results))
    approved = stage in ("approved", "corrected")
    doc = Document(io.BytesIO(data))
    label = next(p for p in doc.paragraphs if p.text == results.reached.label)
    assert {str(run.font.color.rgb) for run in label.runs if run.text} == {palette.NAVY if approved else palette.RED}
    assert ("未审定" in label.text) == (not approved)
    for header in margins(data)["header"]:
        assert header.startswith("【演示数据】")
        assert ("未审定" in header) == (not approved)
    assert all(f"批次号 {results.batch}" in footer for footer in margins(data)["footer"])


def test_it_is_a4_across_and_the_head_is_repeated(documents):
    for doc in documents.values():
        page = doc.sections[0]
        assert (round(page.page_width.mm), round(page.page_height.mm)) == (297, 210)
        assert doc.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


# --- whatever people write ------------------------------------------------------------------------------------------


def test_names_that_look_like_tags_are_names(years):
    page = outcome_of(years["draft"])
    rows = tuple(replace(row, texts={**row.texts, "科室": HOSTILE}) for row in page.rows)
    line = OutcomeLine(HOSTILE, True)
    page = replace(page, title=HOSTILE, rows=rows, waiting=(line,), decided=(line,), notes=(HOSTILE,), facts=(line,))
    doc = document(page)
    wanted = HOSTILE.removesuffix("\ufdd1")
    assert [texts[1] for texts in table(doc)[1]] == [wanted] * 10
    assert all(fill_of(row.cells[1]) is None for row in doc.tables[0].rows[1:])
    assert paragraphs(doc).count(wanted) == 3 and [cell.text.strip() for cell in doc.tables[1].rows[1].cells] == [wanted] * 2


def test_marks_of_open_figures_are_nowhere_in_the_file(years):
    own = edited("汇总首页", ("{{ 稿次提示 }}", "{{ 稿次提示 }}{% for 行 in 名次表 %}{{ 行.总分 }}{% endfor %}"), part="word/header1.xml")
    assert told("汇总首页", own) == []
    page = outcome_of(years["draft"])
    assert any("总分" in row.open for row in page.rows)
    for data in (printed(page), letters.outcome_page(own, page)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            everything = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
        assert not re.search("[\ufdd0-\ufdd2]", everything)


def test_same_results_same_bytes(years):
    assert printed(outcome_of(years["draft"])) == printed(outcome_of(replace(years["draft"])))


# --- the office's own template -----------------------------------------------------------------------------------------


def test_a_column_head_outside_a_table_head_is_refused():
    data = edited("汇总首页", ("{{ 表名 }}", "{{ 表名 }}{{ 表头等次 }}"))
    assert told("汇总首页", data) == [("LETTER_TEMPLATE_TORN", "", "")]


def test_a_template_without_the_order_is_refused():
    missing = told("汇总首页", edited("汇总首页", ("{{ 行.等次 }}", "")))
    assert missing == [("LETTER_TEMPLATE_PLACEHOLDER_MISSING", "", "等次")]


def test_the_size_bears_on_the_page_and_not_on_its_margins(years):
    page = outcome_of(years["approved"])
    sizes = {}
    for size in (100, 80):
        data = printed(replace(page, size=size))
        doc = Document(io.BytesIO(data))
        title, row = doc.paragraphs[0], doc.tables[0].rows[1]
        sizes[size] = [title.runs[0].font.size.pt, title.paragraph_format.line_spacing.pt, row.height.pt]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes[size].append(archive.read("word/header1.xml"))
    assert sizes[100][:3] == [18, 26, 18]
    assert [round(value / 0.8, 1) for value in sizes[80][:2]] == [17.5, 26] and sizes[80][2] == pytest.approx(14.4)
    assert sizes[80][3] == sizes[100][3]


# --- one page -----------------------------------------------------------------------------------------------------------

ASKED = "待决定　裁定（优秀等次，原为：并列第3名：政治处、公服科；名额1个）。"
OPEN = "促进法治科、法律援助中心、社区矫正（教育帮扶）科：业务工作第1、3、5项考评科室意见不一；述职测评未测评。"
DECIDED = (
    "复核更正　执法监督科·业务工作第2项：12→14　理由：执法监督科申请复核：6月8日所查2个街镇中1个已于6月1日公布目录，"
    "有公布截图，改计2个街镇，其余不变，予以更正。（2021-12-27，考评工作领导小组）"
)


def crowded(page, sections):
    """As many lines as the sheet may have, all of them long."""
    rows = (page.rows * 5)[:sections]
    waiting = (OutcomeLine(ASKED, True),) * 6 + (OutcomeLine(OPEN),) * 8
    decided = (OutcomeLine(DECIDED),) * 8 if page.decided_heading else ()
    return fitted(replace(page, rows=rows, waiting=waiting, decided=decided))


def test_little_to_say_is_set_large_and_much_is_cut_last(years):
    page = outcome_of(years["self"])
    assert page.size == SIZES[0] and MORE not in [line.text for line in page.waiting]
    full = crowded(outcome_of(years["draft"]), 16)
    assert full.size == SIZES[-1]
    assert [lines[-1].text for lines in (full.waiting, full.decided)] == [MORE, MORE]
    assert all(line.urgent for line in full.waiting[:6])
    endless = crowded(page, 50)
    assert len(endless.waiting) == 14 and len(endless.rows) == 50


@pytest.mark.office
def test_one_page_at_every_stage_however_much_there_is_to_say(years, tmp_path, office):
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler-utils")
    for stage in STAGES:
        page = outcome_of(replace(years[stage], scheme=replace(years[stage].scheme, mark="演示数据")))
        for name, one in (("", page), ("10", crowded(page, 10)), ("16", crowded(page, 16))):
            path = tmp_path / f"{stage}{name}.docx"
            path.write_bytes(printed(one))
            pdf = office.convert(path, "pdf", tmp_path / "pdf")
            text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, encoding="utf-8", check=True)
            assert text.stdout.count("\f") == 1, path.name
            assert "第 1 页，共 1 页" in text.stdout
            last = one.notes[-1][:4]
            assert last in text.stdout.replace("\n", ""), path.name


def test_policies_change_the_columns_and_their_widths_stay_those_of_the_page(years, documents):
    for doc in documents.values():
        grid = [int(column.get(qn("w:w"))) for column in doc.tables[0]._tbl.tblGrid]
        assert abs(sum(grid) - 267 * 1440 / 25.4) < 60
        assert len(grid) == len(doc.tables[0].rows[0].cells)
    widths = {stage: len(table(doc)[0]) for stage, doc in documents.items()}
    assert widths["self"] < widths["few"] and widths["approved"] < widths["draft"]
    assert m.EVALUATION in "".join(table(documents["draft"])[0])
