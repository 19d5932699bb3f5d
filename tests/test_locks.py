"""What a person at the keyboard can and cannot do to an issued sheet, tried in LibreOffice with its own commands."""

from decimal import Decimal as D

import pytest
from appraisals import Sheet, answer_slots, input_cells, legal_pool, rules_2021, scheme_2021, small_rules, workbook

from workbook_builder import model as m
from workbook_builder.layout.plan import address
from workbook_builder.layout.section import plan_section
from workbook_builder.rules import sheet as sh

SMALL = (small_rules, "甲科")
REAL = (rules_2021, "社区矫正（教育帮扶）科")


@pytest.fixture
def at_keyboard(office, tmp_path):
    """Open the blank workbook of (rules, section name) and give it as a Sheet."""
    opened = []

    def start(rules_of, name):
        rules = rules_of()
        section = rules.scheme.section(name)
        path = tmp_path / f"{len(opened)}.xlsx"
        path.write_bytes(workbook(rules, section))
        session = office.open(path)
        opened.append(session)
        return Sheet(session, rules, section)

    yield start
    for session in opened:
        session.close()


def locked_cells(sheet):
    """A cell of every kind of row and column that nobody may type into, the hidden ones included."""
    plan = plan_section(sheet.rules, sheet.section, {})
    seen, found = set(), []
    for number, row in enumerate(plan.sheet().rows, 1):
        free = {cell.col for cell in row.cells if cell.unlocked}
        if row.proto not in seen:
            seen.add(row.proto)
            found += [address(number, col) for col in (1, 3, 6, 8, 9, 10, 12) if col not in free]
    return found


def answers(rules, section):
    """One legal answer in every input: {field: value}."""
    slots = [(n, c, s) for n, c, s in answer_slots(rules, section) if c.kind != m.DOUBLING]
    return {**{name: legal_pool(clause, slot)[0] for name, clause, slot in slots}, sh.CONFIRM: "是"}


def test_locked_cells_refuse_the_keyboard(at_keyboard):
    """Text, scores, states, keys and codes: neither typing nor Delete changes anything."""
    sheet = at_keyboard(*SMALL)
    name, cells = sheet.section.name, locked_cells(sheet)
    assert len(cells) > 60
    before = sheet.session.read(name, cells)
    for ref in cells[::3]:
        sheet.session.type(name, ref, "77")
        sheet.session.clear(name, ref)
    assert sheet.session.read(name, cells) == before


def test_inputs_take_what_is_typed_and_the_sheet_counts_it(at_keyboard):
    """Typed as a person types: numbers, words; Delete empties the cell again."""
    sheet = at_keyboard(*SMALL)
    name = sheet.section.name
    typed = {"业务/甲科/1/1": 2, "业务/甲科/2/1": 89.5, "业务/甲科/3/1": "待市局反馈", "业务/甲科/1/6": "是", sh.CONFIRM: "是"}
    for field, value in typed.items():
        assert sheet.session.type(name, sheet.refs[field], str(value)) == value
    told = {**typed, "业务/甲科/1/1": D(2), "业务/甲科/2/1": D("89.5")}
    assert sheet.disagreements(told) == []
    assert sheet.session.clear(name, sheet.refs["业务/甲科/1/6"]) is None
    del told["业务/甲科/1/6"]
    assert sheet.disagreements(told) == []
    assert sheet.session.type(name, sheet.refs["业务/甲科/1/1#说明"], "说明一句") == "说明一句"


def test_rows_can_neither_be_inserted_nor_deleted(at_keyboard):
    """On a section's sheet and on its form."""
    sheet = at_keyboard(*SMALL)
    for name in (sheet.section.name, f"申报1-{sheet.section.name}"):
        for row in (1, 3, 6):
            assert not sheet.session.try_insert_row(name, row)
            assert not sheet.session.try_delete_row(name, row)


def test_every_sheet_opens_protected_and_the_hidden_ones_hidden(at_keyboard):
    """As LibreOffice sees them."""
    sheet = at_keyboard(*REAL)
    sheets = sheet.session.sheets()
    assert all(protected for _, _, protected in sheets)
    assert {name for name, visible, _ in sheets if not visible} == {"_manifest"}


def moves(rules, section):
    """(from, to) among the inputs: first, middle and last of the sheet, neighbours and far apart."""
    fields = list(input_cells(plan_section(rules, section, {})))
    known = [f for f in fields if f in answers(rules, section)]
    first, second, middle, after, last = known[0], known[1], known[len(known) // 2], known[len(known) // 2 + 1], known[-1]
    return [(first, second), (first, last), (middle, after), (after, first), (last, middle)]


@pytest.mark.parametrize("pair", range(5))
@pytest.mark.parametrize("which", [SMALL, REAL], ids=["every kind", "real"])
def test_cutting_and_pasting_an_answer_moves_the_answer_and_no_formula(at_keyboard, which, pair):
    """Every figure of the sheet is that of a sheet filled so from the start."""
    sheet = at_keyboard(*which)
    found = answers(sheet.rules, sheet.section)
    source, target = moves(sheet.rules, sheet.section)[pair]
    assert sheet.check(found) == []
    sheet.session.cut_paste(sheet.section.name, sheet.refs[source], sheet.refs[target])
    moved = {**found, target: found[source]}
    del moved[source]
    assert sheet.session.read(sheet.section.name, [sheet.refs[source]])[sheet.refs[source]] is None
    assert sheet.disagreements(moved) == []


def test_the_real_sheet_used_here_has_the_awkward_clauses():
    """Doubling, exclusion, reference and ranks stand in one real sheet."""
    rules = rules_2021()
    section = scheme_2021().section(REAL[1])
    clauses = [c for item in sh.sheet_items(rules.scheme, section) for c in item.clauses]
    assert any(c.kind == m.DOUBLING for c in clauses)
    assert any(c.exclusion for c in clauses)
    assert any(c.reference for c in clauses)
