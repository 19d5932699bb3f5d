"""The walk from a figure to its cells: every sum adds up, every cell holds what is told, every SHA-256 is the file's.

A year of the bundled demonstration is read from files; other years are made in memory, with everything open that may be open.
"""

import hashlib
import json
import re
import shutil
from decimal import Decimal as D

import pytest
import reviewed as made_by_hand
from appraisals import ROOT, rules_2021, scheme_2021, with_policies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from years import decision, everyone, prepared, reviewed_as_reported

from workbook_builder import commands, resources
from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.cli.app import _run
from workbook_builder.cli.menu import run_menu
from workbook_builder.cli.screen import report
from workbook_builder.cli.words import width_of
from workbook_builder.commands.explaining import _outcome, _understood, explain, files_of, tree_json
from workbook_builder.commands.session import open_scheme
from workbook_builder.duties import tasks
from workbook_builder.folder import Folder
from workbook_builder.intake import iter_zip, parse_a1, read_book
from workbook_builder.pipeline import summarize, year
from workbook_builder.problems import Where
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.tracing import CLAUSE, ITEM, Asked, Case, Library, asked, combined, in_words, section_of, traced
from workbook_builder.tracing.fields import FIGURES
from workbook_builder.tracing.items import _NOT_BY_CLAUSE

OFFICE, PERSONNEL, LAW, FIGHT = "办公室", "政治处", "律公科", "促进法治科"
LATE, TASKS = "业务/办公室/1/2", "业务/促进法治科/4/1"
SUMS = (m.TOTAL, *m.PARTS, m.EVALUATION, sh.SELF_TOTAL)


# --- the laws --------------------------------------------------------------------------------------------------------------


def trees(case, section):
    """Every figure and item of a section, each with its tree."""
    found = [Asked("figure", name) for name in FIGURES]
    found += [Asked(ITEM, item.key) for part in m.PARTS for item in case.scheme.section_items(section, part)]
    return {what.key: traced(case, section.name, what) for what in found}


def published(case, section, key):
    """The figure as 汇总表 shows it."""
    results, name = case.results, section.name
    standing, final = case.facts.standing_of[name], results.finals.get(name)
    own = results.assessments[name]
    told = own.returned is not None
    if key == sh.SELF_TOTAL or (key == m.TOTAL and final is None):
        return case.facts.self_total(name)
    if key == m.TOTAL:
        return standing.total.value
    if key == m.EVALUATION:
        return final.evaluation.result if final is not None and final.evaluation is not None else None
    if key in m.PARTS:
        if final is not None:
            return final.parts[key].value
        figure = own.score.special if key == m.SPECIAL else own.score.section.parts[key]
        return figure.value if told and key != m.BOTTOM_LINE else None
    if final is not None:
        return final.items[key].final.value
    return own.score.section.items[key].figure.value if told and key in own.score.section.items else None


def check_sums(case, fallback=False):
    """Children combine to their parent exactly, everywhere; the root is the published figure."""
    sums = 0
    for section in case.scheme.sections:
        for key, tree in trees(case, section).items():
            if key in ("名次", "等次"):
                continue
            assert tree.value == published(case, section, key), (section.name, key)
            for step in tree.walk():
                if step.counted:
                    assert combined(case.scheme, step) == step.value, (section.name, key, step.title, in_words(case.scheme, step))
                    sums += 1
                if step.value is None and key != m.BOTTOM_LINE and step.factor is not None and not step.counted:
                    assert step.how or step.children, (section.name, key, step.title)
                if not fallback:
                    assert _NOT_BY_CLAUSE not in step.how, (section.name, key, step.title)
        check_standing(case, section)
    assert sums > 300
    return sums


def check_standing(case, section):
    """名次 is one more than the neighbours that are higher; everyone level is named."""
    standing = case.facts.standing_of[section.name]
    tree = traced(case, section.name, Asked("figure", "名次"))
    assert tree.value == standing.rank
    told = [s for s in tree.children if case.scheme.section(s.name)]
    if standing.rank is not None:
        mine = (standing.basis or standing.total).value
        others = [x.basis or x.total for x in case.results.standings]
        assert standing.rank == 1 + sum(figure.low > mine for figure in others)
        assert sum(s.value == mine for s in told) == sum(figure.value == mine for figure in others)
        assert f"有 {standing.rank - 1} 个科室比它高" in tree.how
    grade = traced(case, section.name, Asked("figure", "等次"))
    assert grade.value == (standing.grade or None if case.results.is_final else None)


# --- a year of files -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("说明") / "2021考评"
    sample = resources.path(resources.DEMO)
    commands.new(root)
    for name in ("2回收", "3核定", "测评"):
        shutil.copytree(sample / name, root / name, dirs_exist_ok=True)
    for name in ("台账.xlsx", "市局反馈.xlsx", "决定.xlsx"):
        shutil.copyfile(sample / name, root / name)
    return Folder(root)


@pytest.fixture(scope="module")
def read(folder):
    return year(folder, open_scheme(folder)[0])


@pytest.fixture(scope="module")
def case(folder, read):
    gathered, found = read
    assert found.results.is_final
    return Case.of(found.results, gathered, Library(files_of(folder)))


@pytest.fixture(scope="module")
def own_case(folder, case, read):
    """The same returns at 自评汇总."""
    gathered, _ = read
    bare = prepared(case.scheme, gathered.collected.adopted.returns.values(), ledger=gathered.beside.ledger, city=gathered.beside.city, marks=None)
    results = summarize(case.scheme, bare).results
    assert not results.is_final
    return Case.of(results, bare, Library(files_of(folder)))


def test_the_demonstration_adds_up(case):
    assert check_sums(case) > 700


def test_self_assessments_add_up(own_case):
    check_sums(own_case)


def test_every_cell_holds_what_is_told_and_every_hash_is_the_files(folder, case):
    seen, books = 0, {}
    for step in steps(case):
        source = step.source
        if source is None:
            continue
        if source.file not in books:
            data = bytes_of(folder, source.file)
            books[source.file] = read_book(data, source.file)[0], hashlib.sha256(data).hexdigest()
        book, sha256 = books[source.file]
        assert source.sha256 == sha256, source
        sheet = book.sheet(source.sheet)
        assert sheet is not None and source.cell, (step.title, source)
        stands = sheet.cell(*parse_a1(source.cell)).value
        assert source.raw == stands, (step.title, source)
        if stands is None:
            assert step.value is None
        elif isinstance(step.value, D):
            assert stands == step.value or "读作" in step.how or D(str(stands)) == step.value, (step.title, source)
        elif step.value is not None:
            assert str(stands) == step.value or "读作" in step.how, (step.title, source)
        seen += 1
    assert seen > 1000


def steps(case):
    for section in case.scheme.sections:
        for tree in trees(case, section).values():
            yield from tree.walk()


def bytes_of(folder, name):
    path = folder.root / name
    if path.is_file():
        return path.read_bytes()
    archive, _, member = name.partition(".zip/")
    return dict(iter_zip((folder.root / f"{archive}.zip").read_bytes(), "")[0])[member]


def test_returns_reviews_registers_and_decisions_are_all_reached(case):
    files = {step.source.file for step in steps(case) if step.source is not None}
    assert {"方案.xlsx", "决定.xlsx", "台账.xlsx", "市局反馈.xlsx"} <= files
    assert {file for file in files if file.startswith("3核定/")} >= {"3核定/审定表.xlsx", "3核定/核定表-政治处.xlsx"}
    adopted = {x.returned.file for x in case.results.assessments.values()}
    assert adopted <= files and any(".zip/" in file for file in adopted)


def test_every_points_off_is_in_the_tree(case):
    """Whatever changed an item stands below it: no adjustment is silent."""
    for section in case.scheme.sections:
        final = case.results.finals[section.name]
        for change in final.adjustments:
            stem = change.item if change.item in (*m.PARTS,) else case.scheme.item_by_key[change.item].key
            if change.kind == r.BY_TRANSFER and change.after.startswith("承担"):
                stem = m.BUSINESS
            told = json.dumps(tree_json(case.scheme, traced(case, section.name, asked(case.scheme, section, stem)[0])), ensure_ascii=False)
            assert change.after in told or change.kind == r.BY_TRANSFER, change
            assert not change.reason or json.dumps(change.reason, ensure_ascii=False)[1:-1] in told, change


def test_no_ballot_is_named(folder, case):
    ballots = [p for p in folder.ballots.iterdir() if p.is_file()]
    assert ballots
    told = "".join(json.dumps(tree_json(case.scheme, t), ensure_ascii=False) for s in case.scheme.sections for t in trees(case, s).values())
    for path in ballots:
        assert path.name not in told and hashlib.sha256(path.read_bytes()).hexdigest()[:12] not in told
    assert "测评/" not in told
    library = Library(lambda name: pytest.fail("a ballot was opened"))
    assert library.source(Where("测评/测评录入表.xlsx", "局领导", "C5")) is None and library.sha256("测评/测评录入表.xlsx") == ""


def test_a_file_that_has_changed_since_is_not_quoted(case):
    name, returned = next((n, a.returned) for n, a in case.results.assessments.items() if a.returned.file.endswith("办公室考评表.xlsx"))
    library = Library(lambda file: b"other bytes")
    source = library.source(returned.where(sh.CONFIRM), returned.sha256)
    assert (source.sha256, source.raw, name) == (returned.sha256, None, OFFICE)


def test_exact_walk(case):
    """政治处: one deduction the reviewer found in the ledger."""
    tree = traced(case, PERSONNEL, Asked("figure", m.TOTAL))
    assert in_words(case.scheme, tree) == "业务工作52.5＋队伍建设19.5＋特色工作8－突破底线1，保留2位小数（四舍五入）"
    clause = next(s for s in tree.walk() if s.label.startswith("细则4　无故未按时完成学习强国"))
    own, reviewed_, ledger = clause.children[:3]
    assert (clause.value, own.value, own.how, reviewed_.value) == (D("-0.5"), None, "这一格空着", D(1))
    assert reviewed_.how == "核定者：考评工作领导小组；理由：台账10月11日记有1人，自评漏计。"
    assert (reviewed_.source.file, reviewed_.source.sheet) == ("3核定/审定表.xlsx", PERSONNEL)
    assert (ledger.source.file, ledger.value) == ("台账.xlsx", "9月份1人学习强国日均不足30分。")
    item = next(s for s in tree.walk() if s.title.startswith("业务工作第2项"))
    assert in_words(case.scheme, item) == "起始分10－细则2（2）"


# --- years in memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["draft", "approved", "corrected"])
def test_years_made_by_hand_add_up(stage):
    """Their figures follow from no review: the tree says so, and claims no sum that is none."""
    case = Case(getattr(made_by_hand, stage)(rules_2021()), Library())
    check_sums(case, fallback=True)
    if stage == "draft":
        aid = traced(case, "法律援助中心", Asked("figure", m.BUSINESS))
        assert aid.value is None and "未核定" in " ".join(s.how for s in aid.walk())
        open_ = traced(case, LAW, Asked("figure", m.BOTTOM_LINE))
        told = " ".join(s.how for s in open_.walk())
        assert open_.value is None and "已登记未定扣分；等考评工作领导小组" in told and "未核定；等考评工作领导小组" in told


READINGS = {
    m.P_ITEM_FLOOR: "可为负",
    m.P_TOTAL_FLOOR: "0",
    m.P_RANK_BASIS: "扣除突破底线前",
    m.P_EVALUATION_WEIGHT: "0.1",
    m.P_SPECIAL_BASIS: "附件2合计",
    m.P_UNRANKED_DEDUCT: "按末名扣分",
    m.P_CITY: "以科室自报为准",
    m.P_ROUNDING: "截尾",
    m.P_DIGITS: "1",
}


def answers_of(slot):
    """Legal answers, slips, blanks and refusals."""
    numbers = [slot.low, slot.high, D(0), D(1)] if slot.type in sl.NUMERIC_TYPES else []
    return [None, sl.NOT_ACCEPTED, *slot.choices, *slot.words, *numbers]


@st.composite
def a_year(draw):
    chosen = draw(st.sets(st.sampled_from(sorted(READINGS)), max_size=3))
    scheme = with_policies(scheme_2021(), **{name: READINGS[name] for name in chosen})
    rules = rules_2021()
    own, reviewed_, facts = {}, {}, {}
    for section in draw(st.lists(st.sampled_from(scheme.sections), min_size=1, max_size=3, unique_by=lambda s: s.name)):
        clauses = [c for item in sh.sheet_items(scheme, section) for c in item.clauses]
        for clause in draw(st.lists(st.sampled_from(clauses), min_size=1, max_size=6)):
            slot = draw(st.sampled_from(rules.slots[clause.id]))
            value = draw(st.sampled_from(answers_of(slot)))
            who = next(n for n, found in tasks(scheme).items() if any(t.section.name == section.name and any(clause in i.clauses for i in t.items) for t in found))
            if draw(st.booleans()):
                own.setdefault(section.name, {})[clause.id + slot.suffix] = value
            elif value is not None and value != sl.NOT_ACCEPTED:
                reviewed_.setdefault((who, section.name), {})[clause.id + slot.suffix] = (value, "核实")
            facts[who, section.name] = {"done": draw(st.integers(0, 3)) > 0}
    gone = draw(st.sets(st.sampled_from([s.name for s in scheme.sections]), max_size=2))
    rows = [decision(rec.ADJUST, OFFICE, "业务/办公室/1", draw(st.sampled_from(["10", "9", "待定"])), "8.5", where=Where("决定.xlsx", "决定", "E5"))]
    if draw(st.booleans()):
        rows.append(decision(rec.CORRECT, OFFICE, m.BOTTOM_LINE, "0", "2", where=Where("决定.xlsx", "决定", "E6")))
    given_ = [made_city(FIGHT, TASKS, D(draw(st.integers(0, 3))))]
    given_ += [made_city(FIGHT, TASKS, D(2), LAW, 6)] if draw(st.booleans()) else []
    if len(given_) > 1 and draw(st.booleans()):
        rows.append(decision(rec.TRANSFER, FIGHT, TASKS, f"{LAW}：2", rec.AGREED, where=Where("决定.xlsx", "决定", "E7")))
    returns = [x for x in everyone(rules, own) if x.section not in gone]
    found = prepared(scheme, returns, reviewed_as_reported(scheme, reviewed_, facts), rows, city=given_)
    return Case.of(summarize(scheme, found).results, found, Library())


def made_city(section, clause, value, bearer="", row=5):
    return rec.CityFigure(Where("市局反馈.xlsx", "市局反馈", f"C{row}"), section, clause, value, bearer=bearer, document="沪司〔2022〕1号")


@settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(a_year())
def test_any_year_adds_up(case):
    check_sums(case)


def test_a_tie_a_ruling_and_the_barred_are_told():
    rules = rules_2021()
    case = Case(made_by_hand.approved(rules), Library())
    barred = next(n for n, f in case.results.finals.items() if f.parts[m.BOTTOM_LINE].value)
    told = " ".join(s.how for s in traced(case, barred, Asked("figure", "等次")).walk())
    assert "有扣分的不得评为优秀" in told
    waiting = Case(made_by_hand.draft(rules), Library())
    told = " ".join(s.how for s in traced(waiting, PERSONNEL, Asked("figure", "等次")).walk())
    assert "并列第3名：政治处、公服科；名额1个→（待答复）；待答复" in told


# --- what people say ------------------------------------------------------------------------------------------------------------


def test_everything_can_be_asked_for_as_it_is_written_and_said():
    scheme = scheme_2021()
    for section in scheme.sections:
        for part, code in m.PART_CODES.items():
            for item in scheme.section_items(section, part):
                for said in (item.key, f"{part}第{item.no}项", f"{part}{item.no}", f"{code}{item.no}", f" {code} 第 {item.no} 项"):
                    assert asked(scheme, section, said) == (Asked(ITEM, item.key),), said
                for clause in item.clauses:
                    n = clause.no
                    for said in (clause.id, f"{clause.id}#说明", f"{part}第{item.no}项细则{n}", f"{code}{item.no}.{n}", f"{code}第{item.no}项第{n}条", f"{code}{item.no}．{n}"):
                        assert asked(scheme, section, said) == (Asked(CLAUSE, clause.id),), said
        for name in FIGURES:
            assert asked(scheme, section, name)[0].key == name
    office = scheme.section(OFFICE)
    assert [x.key for x in asked(scheme, office, "1.1")] == ["业务/办公室/1/1", "队伍/各科室/1/1", "底线/政治处/1/1"]
    assert [x.key for x in asked(scheme, office, "21")] == ["特色/办公室/21"]
    assert asked(scheme, office, "业务/公服科/1") == asked(scheme, office, "随便") == asked(scheme, office, "") == ()
    assert section_of(scheme, " 办公室 ") == office and section_of(scheme, "办公") is None
    for section in scheme.sections:
        assert all(section_of(scheme, alias) == section for alias in section.aliases)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12))
def test_no_question_raises(text):
    scheme = scheme_2021()
    assert isinstance(asked(scheme, scheme.sections[0], text), tuple)
    section_of(scheme, text)


def codes(outcome):
    return [(p.code, p.where.cell, p.value) for p in outcome.problems]


def test_what_cannot_be_told_says_what_is_near(folder):
    unknown = explain("办公窒", "总分", folder.root)
    assert codes(unknown) == [("EXPLAIN_SECTION_UNKNOWN", "", "办公窒")] and "是否应为“办公室”" in unknown.problems[0].fix
    assert codes(explain("法治", "总分", folder.root)) == [("EXPLAIN_SECTION_SEVERAL", "", "法治")]
    field = explain(OFFICE, "业务工做", folder.root)
    assert codes(field) == [("EXPLAIN_FIELD_UNKNOWN", "", "业务工做")] and "是否应为“业务工作”" in field.problems[0].fix
    assert "业务工作第1项有细则1、2" in explain(OFFICE, "业务1.99", folder.root).problems[0].fix
    several = explain(OFFICE, "1.1", folder.root)
    assert codes(several) == [("EXPLAIN_FIELD_SEVERAL", "", "1.1")]
    assert several.problems[0].fix == "写明是哪一个：业务工作第1项细则1、队伍建设第1项细则1、突破底线第1项细则1"
    assert {explain(OFFICE, "总分", folder.root.parent).exit_code, unknown.exit_code, field.exit_code, several.exit_code} == {2}


def test_the_command_tells_the_tree_and_writes_nothing(folder, case):
    before = {path: path.read_bytes() for path in folder.root.rglob("*") if path.is_file()}
    outcome = explain("秘书科", "总分", folder.root)
    assert outcome.exit_code == 0 and outcome.problems == () and outcome.outputs == ()
    assert {path: path.read_bytes() for path in folder.root.rglob("*") if path.is_file()} == before
    told = json.loads(json.dumps(outcome.to_json(), ensure_ascii=False, allow_nan=False))
    assert (told["section"], told["field"], told["value"]) == ("秘书科、普法科", "总分", 79.9)
    assert told["tree"]["formula"] == "业务工作54.9＋队伍建设19＋特色工作6－突破底线0，保留2位小数（四舍五入）"
    sources = re.findall(r'"sha256": "([0-9a-f]{64})"', json.dumps(told))
    assert len(sources) > 20
    assert told["tree"] == tree_json(case.scheme, traced(case, "秘书科、普法科", Asked("figure", m.TOTAL)))


# --- the screen, the handbook ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def screen(folder, read):
    def shown(section, field, width=80):
        gathered, found = read
        what, _ = _understood(found.results.scheme, section, field)
        return [line for part in report(_outcome(folder, found.results, gathered, *what), width) for line in str(part).split("\n")]

    return shown


def test_the_screen_fits_and_tells_every_source(screen, case):
    for section, field in (("秘书科", "总分"), ("公服科", "名次"), (FIGHT, "业务4"), (PERSONNEL, "突破底线"), (LAW, "述职测评"), (OFFICE, "特色")):
        lines = screen(section, field)
        assert max(map(width_of, lines)) <= 80
        name = case.scheme.section(section).name
        tree = traced(case, name, asked(case.scheme, case.scheme.section(name), field)[0])
        sources = {step.source for step in tree.walk() if step.source is not None}
        shown = "".join(line.strip() for line in lines).replace(" ", "")
        for source in sources:
            assert f"{source.sheet}，{source.cell}".replace(" ", "") in shown and f"{source.sha256[:12]}".replace(" ", "") in shown
        assert "\n".join(lines).encode("gbk")
        assert not any("None" in line or "Decimal" in line for line in lines)
    assert max(map(width_of, screen("秘书科", "总分", 40))) <= 40


def test_the_handbooks_example_is_what_the_program_says(screen):
    book = (ROOT / "docs" / "使用手册.md").read_text(encoding="utf-8")
    chapter = book.split("\n## 一个数从哪里来\n", 1)[1].split("\n## ", 1)[0]
    asked_for = re.search(r"`kaoping explain (\S+) (\S+)`", chapter)
    shown = re.search(r"```text\n(.+?)\n```", chapter, re.DOTALL).group(1).splitlines()
    lines = screen(asked_for[1], asked_for[2])
    assert [hashes(line) for line in shown] == [hashes(line) for line in lines]


def hashes(line):
    return re.sub(r"\b[0-9a-f]{12}\b", "………", line.rstrip())


def test_the_menu_asks_and_shows(folder, monkeypatch, capsys):
    typed = iter(["13", "", "13", "公服科", "名次", "0"])
    monkeypatch.setattr("builtins.input", lambda question="": next(typed))
    monkeypatch.chdir(folder.root)
    assert run_menu(_run) == 0
    assert "公服科　名次　2　（审定稿，已审定）" in capsys.readouterr().out
