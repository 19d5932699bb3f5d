"""What a section writes is what arrives: collect(fill(build(scheme), answers)) == answers, whatever lies between."""

import io
import random
import re
import zipfile
from decimal import Decimal as D

import pytest
from appraisals import (
    NOTES,
    READINGS,
    TYPED_NOTES,
    answer_slots,
    input_cells,
    legal_entries,
    plain,
    rules_2021,
    scheme_2021,
    small_rules,
    template,
    workbook,
)
from hypothesis import HealthCheck, Phase, given, settings
from years import own_results

from workbook_builder import model as m
from workbook_builder.building import section_workbook, whole_workbook
from workbook_builder.collecting.adopt import adopt
from workbook_builder.folder import Folder
from workbook_builder.layout.form import field_name, plan_form
from workbook_builder.layout.plan import address
from workbook_builder.layout.section import plan_section
from workbook_builder.pipeline import Reader, collect, read_files
from workbook_builder.rules import sheet as sh
from workbook_builder.validate.text import clean

# Each draw builds a workbook: shrinking a failure would take longer than understanding it.
QUIET = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.explicit, Phase.generate]
)
SECTIONS = scheme_2021().sections
#: What a sheet filled with care may still be told: what it left blank, and what a person should look at.
MILD = {
    "MISSING_ANSWER", "NOT_CONFIRMED", "PENDING_CITY", "NOT_APPLICABLE", "UNRANKED", "COUNT_ABOVE_EXPECTED", "ZERO_AS_NONE",
    "NOTE_MISSING", "REFERENCE_ZERO", "EXCLUSION_CONTRADICTED", "SPECIAL_WITHOUT_FORM", "FORM_WITHOUT_SCORE",
    "FORM_FIELD_BLANK", "FORM_TOO_LONG", "SHEET_AWARD_WITHOUT_FORM",
}  # fmt: skip


def filled(rules, section, entries):
    """The section's workbook holding `entries`."""
    return section_workbook(rules, section, template(), entries)


def read_one(reader, name, data):
    """The one return in a file, and the problems that a careful section should never see."""
    (reading,) = reader.read(name, data)
    problems = [(p.code, p.where.cell, p.value, p.message) for p in reading.problems if p.code not in MILD]
    assert len(reading.returns) == 1, problems
    return reading.returns[0], problems


def different(returned, entries):
    """{field: (read, written)} wherever the two are not the same."""
    names = set(returned.entries) | set(entries)
    pairs = {name: (returned.entries.get(name), entries.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


# --- as written ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", READINGS)
def test_every_kind_comes_back_as_it_was_written(reading):
    """The small scheme: all kinds, all words, notes of any text."""
    rules = small_rules(reading)
    reader, section = Reader.of(rules.scheme), rules.scheme.sections[0]

    @given(found=legal_entries(rules, section))
    @settings(QUIET, max_examples=50)
    def law(found):
        returned, problems = read_one(reader, "甲科.xlsx", filled(rules, section, found))
        assert different(returned, found) == {}
        assert problems == []
        assert returned.refused == {}

    law()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.name)
def test_the_real_sheets_come_back_as_they_were_written(section):
    """The ten sheets of 2021."""
    rules = rules_2021()
    reader = Reader.of(rules.scheme)

    @given(found=legal_entries(rules, section))
    @settings(QUIET, max_examples=6)
    def law(found):
        returned, problems = read_one(reader, f"{section.name}.xlsx", filled(rules, section, found))
        assert different(returned, found) == {}
        assert problems == []

    law()


@given(text=NOTES)
@settings(QUIET, max_examples=40)
def test_any_text_comes_back_from_notes_forms_and_free_texts(text):
    """Never a formula, never cut, never trimmed; a text of nothing that can be seen is a blank."""
    rules = small_rules()
    section = rules.scheme.sections[0]
    names = ("业务/甲科/1/1#说明", "业务/甲科/3/3@2#说明", "建议", "填表人", "申报/1#主要内容")
    found = dict.fromkeys(names, text)
    returned, _ = read_one(Reader.of(rules.scheme), "甲科.xlsx", filled(rules, section, {**found, "电话": "1"}))
    expected = {} if clean(text) == "" else found
    assert dict(returned.entries) == {**expected, "电话": "1"}


def test_what_formulas_leave_behind_in_numbers_is_no_difference():
    """0.1+0.2 pasted as a value is stored as 0.30000000000000004: read as 0.3, and the sheet's own figures are right."""
    rules = small_rules("free step")
    section = rules.scheme.sections[0]
    noisy = D(repr(0.1 + 0.2)) + 1
    found = {"业务/甲科/3/1": noisy, "业务/甲科/2/1": D(repr(70 + 0.1 + 0.2)), sh.CONFIRM: "是"}
    clean = {"业务/甲科/3/1": D("1.3"), "业务/甲科/2/1": D("70.3"), sh.CONFIRM: "是"}
    data = section_workbook(rules, section, template(), clean)
    returned, problems = read_one(Reader.of(rules.scheme), "甲科.xlsx", with_numbers(data, found))
    assert different(returned, clean) == {}
    assert problems == []


def with_numbers(data, found):
    """The workbook with the stored numbers of some inputs replaced by `found`."""
    rules = small_rules("free step")
    refs = input_cells(plan_section(rules, rules.scheme.sections[0], {}))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet2.xml":
                for field, value in found.items():
                    if isinstance(value, D):
                        pattern = rf'(<c r="{refs[field]}"[^>]*><v>)[^<]*(</v>)'.encode()
                        text, times = re.subn(pattern, rf"\g<1>{value}\g<2>".encode(), text)
                        assert times == 1
            target.writestr(name, text)
    return out.getvalue()


# --- through LibreOffice ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ext", ["xlsx", "ods", "xls"])
def test_a_sheet_saved_by_libreoffice_comes_back_as_it_was_written(office, tmp_path, ext):
    """Opened and saved in another program and format; every kind, any text."""
    rules = small_rules()
    reader, section = Reader.of(rules.scheme), rules.scheme.sections[0]

    @given(found=legal_entries(rules, section, TYPED_NOTES))
    @settings(QUIET, max_examples=10)
    def law(found):
        path = tmp_path / "in" / "甲科.xlsx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(filled(rules, section, found))
        saved = office.convert(path, ext, tmp_path, hard=True)
        returned, problems = read_one(reader, saved.name, saved.read_bytes())
        assert different(returned, found) == {}
        assert [p for p in problems if p[0] not in PROGRAM[ext]] == []

    law()


#: What the reader remarks on files of each format, whoever filled them in.
PROGRAM = {"xlsx": set(), "ods": set(), "xls": {"FORMULAS_UNSEEN"}}


@pytest.mark.parametrize("ext", ["xlsx", "ods", "xls"])
def test_a_blank_form_filled_in_libreoffice_gives_what_was_typed(office, tmp_path, ext):
    """The issued workbook, filled in, recalculated and saved by the section's own program: its figures are ours."""
    rules = rules_2021()
    reader = Reader.of(rules.scheme)
    for number, section in enumerate(SECTIONS[:: 3 if ext == "xlsx" else 9]):
        found = _sample(rules, section, number)
        path = tmp_path / "issued.xlsx"
        path.write_bytes(workbook(rules, section))
        out = office.fill_and_save(path, _cells(rules, section, found), ext, tmp_path / f"{number}.{ext}")
        returned, problems = read_one(reader, out.name, out.read_bytes())
        assert different(returned, found) == {}
        assert [p for p in problems if p[0] not in PROGRAM[ext]] == []


def _sample(rules, section, seed):
    """One drawn sheet, with a text of each awkward sort."""
    found = {}

    @given(drawn=legal_entries(rules, section, TYPED_NOTES))
    @settings(QUIET, max_examples=3 + seed)
    def draw(drawn):
        found.clear()
        found.update(drawn)

    draw()
    texts = ("=1+1", "-3 号", "@all", '"引" \'号\'', "一\n二", "😀", "长" * 2000)
    names = [clause.id + sh.NOTE_SUFFIX for _, clause, slot in answer_slots(rules, section) if slot.suffix == ""]
    return {**found, **dict(zip(names, texts, strict=False)), "申报/1#主要内容": "=SUM(A1)\n创新"}


def _cells(rules, section, found):
    """{sheet: {A1: value}} that puts `found` into an issued workbook."""
    refs = input_cells(plan_section(rules, section, {}))
    cells = {section.name: {ref: plain(found[name]) for name, ref in refs.items() if name in found}}
    for copy in range(1, rules.scheme.form_copies + 1):
        form = plan_form(rules.scheme, section, copy, {})
        places = {c.field: address(n, c.col) for n, row in enumerate(form.rows, 1) for c in row.cells if c.unlocked}
        cells[form.name] = {ref: found[name] for name, ref in places.items() if name in found}
    return cells


# --- many sections, many files --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def year():
    """One drawn sheet per section of 2021, confirmed so that most are complete."""
    rules = rules_2021()
    return {s.name: {**_sample(rules, s, n), sh.CONFIRM: "是"} for n, s in enumerate(SECTIONS)}


@pytest.fixture(scope="module")
def files(year):
    """Their workbooks."""
    rules = rules_2021()
    return {s.name: filled(rules, s, year[s.name]) for s in SECTIONS}


def collected(root, named):
    """Collect {path below 2回收: bytes}, written in the order given."""
    for name, data in named.items():
        path = root / "2回收" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return collect(Folder(root), scheme_2021(), workers=1)


def figures(collected_):
    """Everything in the results that is about sections and not about files."""
    results = own_results(scheme_2021(), collected_)
    scores = {name: (a.score, a.status, a.pending) for name, a in results.assessments.items()}
    return results.standings, scores, results.pending, results.missing


def test_the_whole_book_with_some_sections_filled_returns_those_alone(year, tmp_path):
    """考评表.xlsx: untouched sheets are nobody's return."""
    rules = rules_2021()
    some = {name: year[name] for name in ("办公室", "律公科", "社区矫正（教育帮扶）科")}
    found = collected(tmp_path, {"汇总发来.xlsx": whole_workbook(rules, template(), some)})
    assert {name: dict(r.entries) for name, r in found.adopted.returns.items()} == some
    assert set(found.missing) == {s.name for s in SECTIONS} - set(some)
    (receipt,) = found.received
    assert receipt.section == "、".join(s.name for s in SECTIONS if s.name in some)


def test_every_input_of_the_whole_book_comes_back(year, tmp_path):
    """Ten sheets in one file give what ten files give."""
    rules = rules_2021()
    together = collected(tmp_path / "a", {"全局.xlsx": whole_workbook(rules, template(), year)})
    apart = collected(tmp_path / "b", {f"{s.name}.xlsx": filled(rules, s, year[s.name]) for s in SECTIONS})
    assert {name: dict(r.entries) for name, r in together.adopted.returns.items()} == year
    assert figures(together)[:2] == figures(apart)[:2]


def test_order_and_names_of_files_change_nothing(files, tmp_path):
    """Same contents under other names, in other folders, written in another order."""
    plain_names = collected(tmp_path / "a", {f"{name}.xlsx": data for name, data in files.items()})
    shuffled = list(files.items())
    random.Random(1).shuffle(shuffled)
    other = collected(tmp_path / "b", {f"{n % 3}/新建 表({n}).XLSX": data for n, (_, data) in enumerate(shuffled)})
    assert figures(plain_names) == figures(other)
    assert set(other.adopted.returns) == set(files)


def test_the_order_in_which_files_appear_does_not_show_at_all(files, tmp_path):
    """Same names: problems, receipts and batch number are the same too."""
    named = {f"{name}.xlsx": data for name, data in files.items()}
    first = collected(tmp_path / "a", named)
    second = collected(tmp_path / "b", dict(reversed(named.items())))
    assert first == second


def test_the_order_in_which_files_are_read_decides_nothing(files):
    """Copies, conflicts, and what became of each file."""
    reader, rules = Reader.of(scheme_2021()), rules_2021()
    section = scheme_2021().section("律公科")
    other = filled(rules, section, {sh.CONFIRM: "是", "业务/律公科/1/1": D(1)})
    named = {**{f"{name}.xlsx": data for name, data in files.items()}, "复件.xlsx": files["办公室"], "另一份.xlsx": other}
    readings = [reading for name, data in named.items() for reading in reader.read(name, data)]
    expected = adopt(readings)
    assert expected.undecided == {"律公科"}
    assert adopt(list(reversed(readings))) == expected
    assert adopt(random.Random(3).sample(readings, len(readings))) == expected


def test_many_processes_find_what_one_finds(files, tmp_path):
    """The pool changes the speed and nothing else."""
    paths = []
    for name, data in files.items():
        for extra in ("", " 副本", "（终稿）"):
            path = tmp_path / f"{name}{extra}.xlsx"
            path.write_bytes(data)
            paths.append((path.name, path))
    alone = read_files(scheme_2021(), paths, workers=1)
    assert len(alone) == len(paths) >= 24
    assert read_files(scheme_2021(), paths, workers=2) == alone


def test_two_different_returns_of_one_section_wait_for_a_decision(files, year, tmp_path):
    """Identical ones are one, whatever their names; different ones are neither."""
    rules = rules_2021()
    changed = dict(year["律公科"])
    changed["业务/律公科/1/1"] = D(2) if changed.get("业务/律公科/1/1") != 2 else D(1)
    same = collected(tmp_path / "a", {"1.xlsx": files["律公科"], "2.xlsx": files["律公科"]})
    assert dict(same.adopted.returns["律公科"].entries) == year["律公科"]
    section = scheme_2021().section("律公科")
    both = collected(tmp_path / "b", {"1.xlsx": files["律公科"], "2.xlsx": filled(rules, section, changed)})
    assert "律公科" not in both.adopted.returns
    assert {p.code for p in both.problems} >= {"CONFLICTING_RETURNS"}


def test_the_drawn_sheets_hold_every_kind_of_answer(year):
    """A round trip of nothing would always succeed."""
    kinds = {
        (clause.kind, slot.suffix[:1])
        for section in SECTIONS
        for name, clause, slot in answer_slots(rules_2021(), section)
        if name in year[section.name]
    }
    assert {kind for kind, _ in kinds} >= set(m.KIND_LABELS) - {m.DISCRETIONARY_MAX}
    assert {suffix for _, suffix in kinds} == {"", "@", "#"}
    assert any(v == m.PENDING_CITY for e in year.values() for v in e.values())
    assert field_name(1, scheme_2021().form_fields[3]) in year["办公室"]
