"""The pages behind the first sheet of 汇总表.xlsx: figures worked out anew, links, charts, print."""

import io
import re
import subprocess
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal as D
from xml.etree import ElementTree

import openpyxl
import pytest
import reviewed as rv
from test_summary import NAMES, SCHEME, all_returned, make_results
from test_summary_stages import STAGES, rows, words
from xmlwalk import excel_limit_violations, local

from workbook_builder import load_scheme
from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel import palette
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.summary import problem_workbook, summary_workbook
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.losses import by_clause, by_item, counted_points

OPEN = "待定"
FIRST, TRIAL, CHECK = "汇总", "试算", "核验"
LOST_PARTS = (m.BUSINESS, m.TEAM)


@pytest.fixture(scope="module")
def rules():
    return Rulebook(load_scheme(SCHEME))


@pytest.fixture(scope="module")
def years(rules):
    """Stage → results."""
    own = make_results(rules, [x for x in all_returned(rules) if x.section != rv.AID])
    return {"self": own} | {name: getattr(rv, name)(rules) for name in STAGES}


@pytest.fixture(scope="module")
def paths(years, tmp_path_factory):
    """Stage → 汇总表.xlsx."""
    folder = tmp_path_factory.mktemp("pages")
    for name, results in years.items():
        (folder / f"{name}.xlsx").write_bytes(summary_workbook(results))
    return {name: folder / f"{name}.xlsx" for name in years}


@pytest.fixture(scope="module")
def books(paths):
    return {name: openpyxl.load_workbook(path, data_only=True) for name, path in paths.items()}


def below(ws, first):
    """The rows below the heading row whose first cell is `first`, up to the first row without a first cell."""
    found = rows(ws)
    start = next(n for n, row in enumerate(found) if row[0] == first) + 1
    while found[start][0] is None:  # the second row of a heading
        start += 1
    end = next((n for n in range(start, len(found)) if found[n][0] is None or found[n][1] is None), len(found))
    return found[start:end]


def counted(results, section, key):
    """The figure of an item that counts, straight from the results; None while it is open."""
    if results.finals:
        return results.finals[section].items[key].final.value
    assessment = results.assessments[section]
    return assessment.score.section.items[key].figure.value if assessment.returned is not None else None


# --- where points were lost ------------------------------------------------------------------------------------------------


def losses(results):
    """(item key → section → points lost, item keys with an open figure), worked out without the program's own losses."""
    lost, open_ = defaultdict(Counter), defaultdict(set)
    for section in results.scheme.sections:
        for part in LOST_PARTS:
            for item in results.scheme.section_items(section, part):
                value = counted(results, section.name, item.key)
                if value is None:
                    open_[item.key].add(section.name)
                else:
                    lost[item.key][section.name] += item.points - value
    for final in results.finals.values():
        for borne in final.borne:
            lost[borne.clause.item][final.section.name] += borne.points
    return lost, open_


def item_name(item):
    return f"{item.owner}　业务第{item.no}项" if item.part == m.BUSINESS else f"{item.part}第{item.no}项"


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_lost_points_by_item(stage, years, books):
    results, ws = years[stage], books[stage]["失分分析"]
    lost, open_ = losses(results)
    expected = {}
    for key, by_section in lost.items():
        item, some = results.scheme.item_by_key[key], {s: x for s, x in by_section.items() if x}
        if some:
            expected[item_name(item)] = (item.points, len(some), sum(some.values()), max(some.values()))
    listed = below(ws, "序")
    assert {row[1]: (D(str(row[3])), row[5], D(str(row[6])), D(str(row[7]))) for row in listed} == expected
    totals = [row[6] for row in listed]
    assert totals == sorted(totals, reverse=True) and [row[0] for row in listed] == list(range(1, len(listed) + 1))
    told = next((row[0] for row in rows(ws) if str(row[0]).startswith("分数待定")), "")
    for key, sections in open_.items():
        names = "、".join(s.name for s in results.scheme.sections if s.name in sections)
        assert f"{item_name(results.scheme.item_by_key[key])}（{names}）" in told
    assert bool(told) == bool(open_) == (stage in ("self", "draft"))


@pytest.mark.parametrize("stage", ["approved", "corrected"])
def test_what_a_section_lost_is_what_it_lacks(stage, years):
    """Nothing is lost twice or forgotten: 满分 less what counts is the sum over its items and what it bears."""
    results = years[stage]
    sums = Counter()
    for one in by_item(Facts(results)):
        for lost in one.known:
            sums[lost.section] += lost.points
    for section in results.scheme.sections:
        final = results.finals[section.name]
        full = sum(i.points for part in LOST_PARTS for i in results.scheme.section_items(section, part))
        assert sums[section.name] == full - sum(final.parts[part].value for part in LOST_PARTS)


def test_lost_points_by_clause_before_review(years, books):
    """Straight from the answers: what each deducting clause takes off."""
    results = years["self"]
    expected = Counter()
    for assessment in results.assessments.values():
        if assessment.returned is None:
            continue
        for item in sh.sheet_items(results.scheme, assessment.section):
            if item.part not in LOST_PARTS:
                continue
            for clause in item.clauses:
                points = assessment.score.section.items[item.key].clauses[clause.id]
                if clause.direction == m.DEDUCT and points.value is not None and not points.zero:
                    taken = -points.value if clause.base is None else clause.base - points.value
                    part = f"{item.owner}　业务" if item.part == m.BUSINESS else item.part
                    expected[f"{part}{item.no}.{clause.no}"] += taken
    listed = below(books["self"]["失分细则"], "序")
    assert {row[1]: D(str(row[5])) for row in listed} == {name: lost for name, lost in expected.items() if lost}
    assert len(listed) > 20


def test_clauses_after_review_follow_what_was_changed(rules):
    """An answer that review changed counts as changed, and only where the clauses together give the final figure."""
    results = rv.started(rules)
    item = results.scheme.item_by_key["业务/办公室/1"]
    clause = item.clauses[1]
    own = results.assessments[rv.OFFICE]
    value = own.score.section.items[item.key].figure.value
    more = r.Adjustment(r.BY_REVIEW, rv.OFFICE, item.key, clause.id, "1", "3", "另查实两次", "政治处")
    for lowered, told in ((value - 2, D(3)), (value - 1, None)):
        final = rv.final(rules, own, scores={item.key: lowered}, adjustments=(more,))
        year = rv.made(results, {rv.OFFICE: final}, r.Stage(r.REVIEW_STAGE))
        points = counted_points(Facts(replace(year, standings=())), rv.OFFICE, item)
        assert (None if points is None else -points[clause.id].value) == told


def test_an_item_that_a_decision_set_is_not_split(years, books):
    ws = books["approved"]["失分细则"]
    told = next(row[0] for row in rows(ws) if str(row[0]).startswith("分数不能分到细则的"))
    assert f"{rv.COURT}业务工作第1项" in told
    assert not any(row[1].startswith(f"{rv.COURT}　业务1.") for row in below(ws, "序"))
    assert all(x.points is not None for one in by_clause(Facts(years["self"])) for x in one.known)


# --- 自评与核定, 部分与项目, 特色工作 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_self_beside_reviewed(stage, years, books):
    results, listed = years[stage], below(books[stage]["自评与核定"], "科室")
    assert {row[0] for row in listed} == set(NAMES)
    standings = {s.section.name: s for s in results.standings}
    for row in listed:
        final, assessment = results.finals[row[0]], results.assessments[row[0]]
        own, score = [], assessment.score
        if assessment.returned is not None:
            parts = score.section.parts
            own = [score.total, parts[m.BUSINESS], parts[m.TEAM], score.special]
        new = [standings[row[0]].total, *(final.parts[part] for part in sh.SHEET_PARTS)]
        for place, counts in enumerate(new):
            mine = own[place].shown if own else "—"
            change = counts.value - mine if isinstance(mine, D) and counts.value is not None else OPEN if own else "—"
            expected = [x if isinstance(x, str) else pytest.approx(float(x)) for x in (mine, counts.shown, change)]
            assert list(row[2 + 3 * place : 5 + 3 * place]) == expected
        assert row[15] == len(final.adjustments)
    changes = [row[4] for row in listed]
    known = [abs(x) for x in changes if not isinstance(x, str)]
    assert known == sorted(known, reverse=True) and all(isinstance(x, str) for x in changes[len(known) :])


def shade(cell):
    return (cell.fill.patternType, cell.fill.fgColor.rgb[-6:] if cell.fill.patternType else None)


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_shades_of_the_matrix(stage, years, paths):
    """Every figure of the matrix is the results' own; the darker its cell, the more is lacking; open ones are striped."""
    results = years[stage]
    ws = openpyxl.load_workbook(paths[stage])["部分与项目"]
    found = [row for row in ws.iter_rows() if row[0].value in NAMES]
    assert len(found) == 3 * len(NAMES)
    seen = set()
    for place, row in enumerate(found):
        section = results.scheme.section(row[0].value)
        part = (m.BUSINESS, m.TEAM, m.SPECIAL)[place // len(NAMES)]
        items = results.scheme.section_items(section, part)
        start = 2 if stage == "self" and part != m.SPECIAL else 3
        for cell, item in zip(row[start:], items, strict=False):
            value = counted(results, section.name, item.key)
            assert cell.value == (OPEN if value is None else pytest.approx(float(value)))
            if value is None:
                assert shade(cell)[0] == "lightUp"
            elif part != m.SPECIAL:
                share = (item.points - value) / item.points
                dark = sum(share >= D(x) for x in ("0.1", "0.2", "0.4")) + (share > 0)
                assert shade(cell) == ("solid", palette.HEAT[dark])
                seen.add(dark)
            else:
                assert cell.fill.patternType is None
        rest = row[start + len(items) :]
        assert all(cell.value is None and cell.fill.patternType is None for cell in rest)
    assert len(seen) >= 4


def luminance(colour):
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_shades_are_told_apart_in_grey_and_letters_stay_legible():
    lights = [luminance(colour) for colour in palette.HEAT]
    assert lights == sorted(lights, reverse=True)
    assert all((one + 0.05) / (other + 0.05) > 1.15 for one, other in zip(lights, lights[1:], strict=False))
    for place, light in enumerate(lights):
        ink = luminance(palette.INK if place < 4 else palette.WHITE)
        assert max(light + 0.05, ink + 0.05) / min(light + 0.05, ink + 0.05) > 4.5


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_special_work(stage, years, books):
    results, listed = years[stage], below(books[stage]["特色工作"], "科室")
    assert sorted(row[0] for row in listed) == sorted(NAMES)
    for row in listed:
        assessment, final = results.assessments[row[0]], results.finals.get(row[0])
        gone = assessment.returned is None
        assert row[1] == ("—" if gone else "没有申报")
        assert row[3] == ("—" if gone else assessment.score.special.value)
        if final is not None:
            evidence = [f.final.value for f in final.items.values() if f.item.part == m.SPECIAL]
            annex = OPEN if None in evidence else float(sum(evidence))
            assert row[4] == final.parts[m.SPECIAL].shown and row[6] == annex


def test_declared_works_have_their_titles(rules):
    returns = all_returned(rules, **{"申报__1#特色工作名称": "=一键交接", "申报__2#主要内容": "只有内容", sh.AWARD: m.PENDING_CITY})
    book = openpyxl.load_workbook(io.BytesIO(summary_workbook(make_results(rules, returns))))
    row = next(row for row in rows(book["特色工作"]) if row[0] == rv.OFFICE)
    assert row[1] == "1. =一键交接\n2. （未写名称）" and row[2] == m.PENDING_CITY


# --- a section's page leads with what matters ----------------------------------------------------------------------------------


def test_a_sections_page_leads_with_its_standing_and_its_losses(years, books):
    results = years["approved"]
    for standing in results.standings:
        found = rows(books["approved"][standing.section.name])
        assert found[0][0] == "← 返回汇总" and found[1][0].startswith(standing.section.name)
        value = f"{standing.total.value.normalize():f}"
        assert found[3][0] == f"第 {standing.rank} 名　{standing.grade}　{value} 分"
        parts = [x for x in found[3][1:] if x is not None]
        assert parts[:4] == [pytest.approx(float(standing.parts[part].value)) for part in m.PARTS]
        lost, _ = losses(results)
        mine = sorted((x[standing.section.name] for x in lost.values() if x[standing.section.name]), reverse=True)
        start = next(n for n, row in enumerate(found) if row[0] == "失分和改动的考评项")
        listed = [row for row in found[start + 1 : start + 8] if row[0] and isinstance(row[6], int | float)]
        assert [D(str(row[6])) for row in listed][: len(mine)] == mine[:7]


def test_no_clause_is_dropped(years, books):
    for name, book in books.items():
        for section in years[name].scheme.sections:
            if years[name].assessments[section.name].returned is None and name == "self":
                continue
            text = "".join(words(book[section.name]).split())
            items = [i for part in m.PARTS for i in years[name].scheme.section_items(section, part)]
            items = [i for i in items if name != "self" or i.part != m.BOTTOM_LINE]
            assert all("".join(clause.text.split()) in text for item in items for clause in item.clauses)


# --- links, filters, print -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_links(stage, paths):
    book = openpyxl.load_workbook(paths[stage])
    for ws in book.worksheets:
        links = {c.coordinate: c.hyperlink.location for row in ws.iter_rows() for c in row if c.hyperlink}
        targets = {re.fullmatch(r"'(.*)'!A1", link)[1] for link in links.values()}
        assert targets <= set(book.sheetnames) - {CHECK}
        if ws.title not in (FIRST, TRIAL, CHECK):
            assert links["A1"] == "'汇总'!A1" and ws["A1"].value == "← 返回汇总"
            assert ws.freeze_panes
        for place, link in links.items():
            if place != "A1" and ws[place].value in NAMES:
                assert link == f"'{ws[place].value}'!A1"
    matrix = [c for row in book["部分与项目"].iter_rows() for c in row if c.value in NAMES]
    assert all(c.hyperlink for c in matrix)


def test_the_list_of_problems_by_itself_has_no_way_back(years):
    results = years["draft"]
    data = problem_workbook(results.problems, "问题清单", results=results)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert not [c for ws in book.worksheets for row in ws.iter_rows() for c in row if c.hyperlink]
    assert all("返回" not in words(ws) for ws in book.worksheets)


def test_paper_begins_with_the_title(paths):
    book = openpyxl.load_workbook(paths["approved"])
    for ws in book.worksheets:
        if ws.title not in (FIRST, TRIAL, CHECK):
            first, last = re.search(r"\$A\$(\d+):\$[A-Z]+\$(\d+)$", ws.print_area).groups()
            assert ws.cell(int(first), 1).font.name == palette.TITLE
            shown = [c.row for row in ws.iter_rows() for c in row if c.value is not None]
            assert int(last) >= max(shown)


MOST_PAGES = {"部分与项目": 3, "自评与核定": 2, "核定调整": 2, "失分分析": 4, "失分细则": 4, "述职测评": 1, "特色工作": 1, "突破底线": 1, "收件登记": 2, "问题清单": 1, "决定": 1, "更正对照": 1}


def test_printed_pages(paths, office, tmp_path):
    pdf = office.convert(paths["corrected"], "pdf", tmp_path)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    heads = [next(line for line in page.splitlines() if line.strip()).split() for page in text.split("\f")[:-1]]
    pages = Counter(head[-1] for head in heads)
    assert "###" not in text and "返回汇总" not in text
    assert {name: count for name, count in pages.items() if count > MOST_PAGES.get(name, 6)} == {}
    assert {name for name in MOST_PAGES} <= set(pages)


# --- charts -----------------------------------------------------------------------------------------------------------------


def charts(path):
    """Sheet name → its charts as (kind, [(name, categories, values)]), from the XML."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [x.get("name") for x in book.iter() if local(x) == "sheet"]
        for number, name in enumerate(names, 1):
            rels = f"xl/worksheets/_rels/sheet{number}.xml.rels"
            if rels not in archive.namelist():
                continue
            for drawing in re.findall(r"drawings/(drawing\d+)\.xml", archive.read(rels).decode()):
                parts = archive.read(f"xl/drawings/_rels/{drawing}.xml.rels").decode()
                for chart in re.findall(r"charts/(chart\d+\.xml)", parts):
                    root = ElementTree.fromstring(archive.read(f"xl/charts/{chart}"))
                    found.setdefault(name, []).append(_chart(root))
    return found


def _chart(root):
    plot = next(x for x in root.iter() if local(x) == "plotArea")
    kind = next(local(x) for x in plot if local(x).endswith("Chart"))
    assert not kind.endswith("3DChart")
    series = []
    for one in (x for x in root.iter() if local(x) == "ser"):
        refs = {local(part): next(x.text for x in part.iter() if local(x) == "f") for part in one if local(part) in ("cat", "val")}
        name = next(x.text for x in one.iter() if local(x) == "v")
        series.append((name, refs["cat"], refs["val"]))
    return kind, series


def area(ref):
    sheet, first_column, first, last_column, last = re.fullmatch(r"'?(.+?)'?!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)", ref).groups()
    assert first_column == last_column
    return sheet, first_column, int(first), int(last)


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_charts_show_the_cells_of_their_own_page(stage, paths, books):
    found = charts(paths[stage])
    mine = {"失分分析", "特色工作"} | ({"自评与核定", "述职测评"} if stage != "self" else set())
    assert mine <= set(found) and set(found) <= mine | {FIRST, TRIAL}
    for name in mine:
        ws = books[stage][name]
        for _, series in found[name]:
            for title, categories, values in series:
                sheet, column, first, last = area(categories)
                assert (sheet, column) == (name, "B" if name == "失分分析" else "A")
                other, column, *span = area(values)
                assert other == name and span == [first, last]
                cells = [ws[f"{column}{row}"].value for row in range(first, last + 1)]
                assert all(isinstance(value, int | float) for value in cells), (name, title, cells)


def heading(ws, column, row):
    """What stands above a cell of a table, from the first row of its headings on."""
    above = [str(ws[f"{column}{n}"].value).replace("\n", "") for n in range(1, row) if ws[f"{column}{n}"].value]
    return above[-1]


def test_charts_are_named_as_their_columns(paths, books):
    found, book = charts(paths["approved"]), books["approved"]
    expected = {
        "自评与核定": [["自评", "核定"], ["变化"] * 3], "失分分析": [["失分合计"]], "特色工作": [["自评分", "核定分"]], "述职测评": [["平均分"] * 2],
    }  # fmt: skip
    for name, heads in expected.items():
        above = [[heading(book[name], area(v)[1], area(v)[2]) for _, _, v in series] for _, series in found[name]]
        assert above == heads
    assert [title for title, *_ in found["自评与核定"][1][1]] == list(sh.SHEET_PARTS)
    assert [title for title, *_ in found["述职测评"][0][1]] == ["局领导", "局属各单位、各部门"]


def test_what_is_open_is_named_and_not_drawn(paths, books):
    found, book = charts(paths["draft"]), books["draft"]

    def drawn(name, number=0):
        _, column, first, last = area(found[name][number][1][0][1])
        return [book[name][f"{column}{row}"].value for row in range(first, last + 1)]

    gone = {rv.LAW, rv.FIGHT, rv.AID}
    for number in (0, 1):
        assert set(drawn("自评与核定", number)) == set(NAMES) - gone
    told = next(row[0] for row in rows(book["自评与核定"]) if "不画入图中" in str(row[0]))
    assert all(name in told for name in gone)
    assert set(drawn("述职测评")) == set(NAMES) - {rv.SERVICE}
    assert any("不画入图中" in str(row[0]) and rv.SERVICE in row[0] for row in rows(book["述职测评"]))
    assert set(drawn("特色工作")) == set(NAMES) - {rv.AID}
    assert any("不画入图中" in str(row[0]) and rv.AID in row[0] for row in rows(book["特色工作"]))


def test_nothing_known_means_no_chart(rules):
    results = rv.started(rules, [])
    finals = {s.name: rv.final(rules, results.assessments[s.name], reviewed=False) for s in rules.scheme.sections}
    year = rv.made(results, finals, r.Stage(r.REVIEW_STAGE))
    data = summary_workbook(year)
    assert not set(charts(io.BytesIO(data))) & {"自评与核定", "失分分析", "述职测评", "特色工作"}
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert "暂不画图" in words(book["自评与核定"]) and "没有失分" in words(book["失分分析"])


def test_a_group_of_few_votes_stays_hidden(rules, years):
    """Votes and spread of a small group are nowhere on the sheet, nor do charts point at such columns."""
    results = years["approved"]
    small = {name: replace(final, evaluation=rv.evaluation(name, D("91.37"), D("88.41"), small=True)) for name, final in results.finals.items()}
    ws = openpyxl.load_workbook(io.BytesIO(summary_workbook(replace(results, finals=small))), data_only=True)["述职测评"]
    listed = below(ws, "科室")
    assert {row[1:4] for row in listed} == {(91.37, "票数少，不列", "—")}


# --- other schemes ------------------------------------------------------------------------------------------------------------


def test_many_sections_with_long_names(rules, monkeypatch):
    scheme = rules.scheme
    long = tuple(
        m.Section(f"名称特别长的综合协调与督查督办工作科室第{k}分中心", 11 + k, (), scheme.sections[k].name) for k in range(6)
    )
    big = Rulebook(replace(scheme, sections=scheme.sections + long, extra={}))
    monkeypatch.setattr(rv, "_cut", lambda *_: {})
    results = rv.draft(big)
    data = summary_workbook(results)
    assert excel_limit_violations(io.BytesIO(data)) == []
    book = openpyxl.load_workbook(io.BytesIO(data))
    heads = [row[0].row for row in book["部分与项目"].iter_rows() if row[0].value == "科室"]
    assert len(heads) > 3  # the heading is said again on every printed page
    assert all(section.name in words(book["自评与核定"]) for section in long)


def test_nothing_is_lost_by_who_has_returned_nothing(years):
    """Its figures are open before review, though a score of blanks has been worked out."""
    losses_ = [x for one in by_item(Facts(years["self"])) for x in one.losses if x.section == rv.AID]
    assert len(losses_) == 11 and all(x.points is None for x in losses_)
