"""与上次相比: cause beside effect. Which inputs changed is told exactly; of ballots nothing is kept but a count."""

import hashlib
import json
import shutil
from dataclasses import replace
from decimal import Decimal as D

import openpyxl
import pytest
from appraisals import rules_2021, scheme_2021
from hypothesis import given, settings
from hypothesis import strategies as st
from years import at, decision, everyone, prepared, review

from workbook_builder import commands, resources
from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder.commands import comparing as cp
from workbook_builder.folder import Folder
from workbook_builder.returns import ADOPTED, Received

LATE = "业务/办公室/1/2"


def gathered(files=(), **more):
    found = prepared(scheme_2021(), everyone(rules_2021()), **more)
    received = tuple(Received(name, mark * 64, "办公室", ADOPTED) for name, mark in files)
    return replace(found, collected=replace(found.collected, received=received))


def listed(*args, **more):
    return cp.inputs_of(scheme_2021(), gathered(*args, **more))


def told(old, new):
    return [(c["kind"], c["change"], c["text"]) for c in cp.causes({"inputs": old}, new)]


def entry(row, amount):
    return rec.LedgerEntry(at(f"E{row}", "台账.xlsx", "台账"), None, "办公室", LATE, amount, "值班脱岗")


def test_files_new_gone_changed_renamed():
    old = listed([("2回收/甲.xlsx", "a"), ("2回收/乙.xlsx", "b"), ("2回收/丙.xlsx", "c"), ("2回收/丁.xlsx", "d")])
    new = listed([("2回收/甲.xlsx", "e"), ("2回收/乙2.xlsx", "b"), ("2回收/丁.xlsx", "d"), ("2回收/戊.xlsx", "f")])
    assert told(old, new) == [
        ("收回的文件", "有改动", "2回收/甲.xlsx"),
        ("收回的文件", "改名", "2回收/乙.xlsx→2回收/乙2.xlsx"),
        ("收回的文件", "不再有", "2回收/丙.xlsx"),
        ("收回的文件", "新增", "2回收/戊.xlsx"),
    ]
    assert told(old, old) == []


def test_rows_of_registers_decisions_and_reviews():
    """A row that only moved says nothing new."""
    ruled = decision(rec.ADJUST, "办公室", "业务/办公室/1", "10", "9", where=at("E4"))
    figure = rec.CityFigure(at("C5", "市局反馈.xlsx", "市局反馈"), "办公室", LATE, D(1), document="文号")
    seen = review("政治处", "办公室", {LATE: D(1)}, {LATE: "核实"})
    old = listed(ledger=[entry(4, D(1)), entry(5, D(2))], city=[figure], reviews={("政治处", "办公室"): seen})
    new = listed(
        ledger=[entry(5, D(1)), entry(6, D(3))],
        city=[replace(figure, value=D(2), where=at("C6", "市局反馈.xlsx", "市局反馈"))],
        reviews={("政治处", "办公室"): replace(seen, values={LATE: D(2)})},
        decisions=[ruled],
    )
    assert told(old, new) == [
        ("台账", "不再有", "台账.xlsx，台账，E5（办公室）"),
        ("市局反馈", "有改动", f"市局反馈.xlsx，市局反馈，C6（办公室　{LATE}）"),
        ("核定", "有改动", "3核定/政治处.xlsx（办公室）"),
        ("决定", "新增", "决定.xlsx，决定，E4（调整·办公室·业务/办公室/1：10→9）"),
        ("台账", "新增", "台账.xlsx，台账，E6（办公室）"),
    ]


def test_an_unanswered_row_and_an_untouched_review_are_no_inputs():
    waiting = decision(rec.ADJUST, "办公室", "业务/办公室/1", "10", "", where=at("E4"))
    idle = review("政治处", "办公室", done=False)
    assert told(listed(), listed(decisions=[waiting], reviews={("政治处", "办公室"): idle})) == []


def test_a_changed_scheme_and_the_number_of_ballot_files():
    other = replace(scheme_2021(), text_hash="0" * 64)
    assert told(listed(), cp.inputs_of(other, gathered())) == [("方案", "有改动", "方案.xlsx")]
    plain = gathered()
    cast = replace(plain, inputs=replace(plain.inputs, ballots=(("测评/张某的票.xlsx", b"secret"),)))
    rows = cp.inputs_of(scheme_2021(), cast)
    assert told(listed(), rows) == [("测评", "新增", "文件 1 个")]
    text = json.dumps(rows, ensure_ascii=False)
    assert "张某" not in text and hashlib.sha256(b"secret").hexdigest()[:12] not in text


@pytest.mark.parametrize("old", [None, {}, {"inputs": None}, {"inputs": "x"}, {"standings": 3, "states": 4}])
def test_a_history_of_another_make_tells_nothing(old):
    assert cp.causes(old, listed()) == [] and cp.moved(old, [{"section": "办公室"}]) == [] and cp.lost(old, {"办公室": "未报送"}) == []


names = st.lists(st.tuples(st.sampled_from(["甲", "乙", "丙", "丁"]), st.sampled_from("abc")), max_size=4, unique_by=lambda f: f[0])


@settings(max_examples=60, deadline=None)
@given(names, names)
def test_causes_lead_from_the_old_inputs_to_the_new(old, new):
    """Each difference is told once; nothing is told where nothing differs."""
    found = cp.causes({"inputs": listed(old)}, listed(new))
    assert (found == []) == (sorted(old) == sorted(new))
    counts = {change: sum(c["change"] == change for c in found) for change in (cp.ADDED, cp.GONE, cp.CHANGED, cp.RENAMED)}
    assert len(new) - len(old) == counts[cp.ADDED] - counts[cp.GONE]
    assert counts[cp.GONE] + counts[cp.CHANGED] + counts[cp.RENAMED] == len(set(old) - set(new))


def test_parts_are_told_where_they_were_known():
    old = {"standings": [{"section": "办公室", m.TOTAL: 80, m.BUSINESS: 50, m.TEAM: 20, m.BOTTOM_LINE: None, "名次": 1, "等次": None}]}
    now = [{"section": "办公室", m.TOTAL: 80, m.BUSINESS: 49, m.TEAM: 21, m.BOTTOM_LINE: 0, "名次": 1, "等次": None}]
    assert [(c["figure"], c["before"], c["now"]) for c in cp.moved(old, now)] == [(m.BUSINESS, 50, 49), (m.TEAM, 20, 21)]


def test_a_year_of_files_tells_cause_beside_effect(tmp_path):
    root, sample = tmp_path / "2021考评", resources.path(resources.DEMO)
    commands.new(root)
    for name in ("2回收", "3核定", "测评"):
        shutil.copytree(sample / name, root / name, dirs_exist_ok=True)
    for name in ("台账.xlsx", "市局反馈.xlsx", "决定.xlsx"):
        shutil.copyfile(sample / name, root / name)
    first = commands.summarize(root).data
    assert (first["changes"], first["causes"]) == ([], [])
    book = openpyxl.load_workbook(root / "市局反馈.xlsx")
    sheet = book["市局反馈"]
    row = next(r for r in range(1, 60) if str(sheet.cell(r, 2).value).startswith("业务/促进法治科/2/2"))
    assert sheet.cell(row, 3).value == 12
    sheet.cell(row, 3).value = 14
    book.save(root / "市局反馈.xlsx")
    (root / "2回收" / "公服科总结.docx").rename(root / "2回收" / "公服科全年总结.docx")
    second = commands.summarize(root).data
    assert [(c["kind"], c["change"], c["text"]) for c in second["causes"]] == [
        ("收回的文件", "改名", "2回收/公服科总结.docx→2回收/公服科全年总结.docx"),
        ("市局反馈", "有改动", f"市局反馈.xlsx，市局反馈，C{row}（促进法治科　业务/促进法治科/2/2）"),
    ]
    assert ("促进法治科", m.TOTAL, None) in [(c["section"], c["figure"], c["now"]) for c in second["changes"]]
    assert {c["section"] for c in second["changes"] if c["figure"] in (m.TOTAL, *m.PARTS)} == {"促进法治科"}
    assert commands.summarize(root).data["causes"] == second["causes"]
    kept = b"".join(path.read_bytes() for path in Folder(root).history.iterdir()).decode()
    for path in (root / "测评").iterdir():
        assert path.name not in kept and hashlib.sha256(path.read_bytes()).hexdigest()[:12] not in kept
