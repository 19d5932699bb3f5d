"""The commands as functions: what they write, what they refuse, and that nothing a person entered is ever lost."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from decimal import Decimal
from functools import partial
from pathlib import Path
from string import Formatter

import pytest
from edits import Edited
from openpyxl import load_workbook
from openpyxl.comments import Comment

import workbook_builder
from workbook_builder import commands, letters, resources
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.commands.issued import FILLED, UNREADABLE, form_verdict, print_verdict
from workbook_builder.commands.session import OWN_TEMPLATE
from workbook_builder.commands.year import bundled_scheme
from workbook_builder.folder import SUBFOLDERS, Folder, disk, run_lock
from workbook_builder.intake import read_book
from workbook_builder.policy_sheet import policy_rows, policy_workbook
from workbook_builder.problems import commands as command_codes
from workbook_builder.problems import templates as template_codes
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme, read_document, write_book, write_text

PACKAGE = Path(workbook_builder.__file__).resolve().parent
OFFICE = "1下发/分科室/01-办公室.xlsx"
ASIDE = "1下发/分科室/01-办公室（新表1）.xlsx"
ANSWERS = {"业务/办公室/1/1": Decimal(1)}
IN_FOLDER = ("build", "collect", "review", "summarize", "archive", "status", "check")
REGISTERS = ("决定.xlsx", "台账.xlsx", "市局反馈.xlsx")


@pytest.fixture(scope="module")
def scheme():
    return load_scheme(bundled_scheme())


@pytest.fixture(scope="module")
def office_form(scheme):
    """A function entries → the workbook of 办公室."""
    return partial(section_workbook, Rulebook(scheme), scheme.sections[0], bundled_template())


@pytest.fixture(scope="module")
def blank(office_form):
    return office_form()


@pytest.fixture(scope="module")
def filled(office_form):
    return office_form(ANSWERS)


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """A folder made by new and build; never changed by a test."""
    root = tmp_path_factory.mktemp("issued") / "2021 考评"
    assert commands.new(root).ok
    outcome = commands.build(root)
    assert (outcome.exit_code, outcome.problems) == (0, ())
    return root


@pytest.fixture
def folder(issued, tmp_path):
    """A copy of it to work in."""
    root = tmp_path / "2021 考评"
    shutil.copytree(issued, root)
    return Folder(root)


def codes(outcome):
    return sorted({p.code for p in outcome.problems})


def tree(root):
    """Every file but those of the program's own state."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".kaoping" not in path.parts
    }


def place_of(data, field):
    """(sheet, A1) of a field."""
    from workbook_builder.intake import a1

    manifest = read_manifest(read_book(data, "x.xlsx")[0])
    sheet, row, col = next(places[field] for places in manifest.places.values() if field in places)
    return sheet, a1(row, col)


# --- new ------------------------------------------------------------------------------------------------------------


def test_new_lays_out_the_year(tmp_path):
    outcome = commands.new(tmp_path / "2022")
    assert (outcome.exit_code, outcome.outputs, outcome.problems) == (0, (*REGISTERS, "方案.xlsx"), ())
    assert all((tmp_path / "2022" / name).is_dir() for name in SUBFOLDERS)
    assert load_scheme(tmp_path / "2022" / "方案.xlsx") == load_scheme(bundled_scheme())


def test_new_leaves_other_files_alone_and_refuses_a_year(tmp_path):
    (tmp_path / "通知.docx").write_bytes(b"x")
    (tmp_path / "台账.xlsx").write_bytes(b"mine too")
    assert commands.new(tmp_path).ok
    (tmp_path / "方案.xlsx").write_bytes(b"mine")
    before = tree(tmp_path)
    assert (before["通知.docx"], before["台账.xlsx"]) == (b"x", b"mine too")
    refused = commands.new(tmp_path)
    assert (refused.exit_code, codes(refused)) == (2, ["FOLDER_EXISTS"])
    assert tree(tmp_path) == before
    assert set(before) == {"通知.docx", "方案.xlsx", *REGISTERS}


@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_new_from_a_scheme_file(tmp_path, issued, suffix):
    document, _ = read_document((issued / "方案.xlsx").read_bytes(), "方案.xlsx")
    source = tmp_path / f"自编{suffix}"
    source.write_bytes(write_book(document) if suffix == ".xlsx" else write_text(document).encode())
    assert commands.new(tmp_path / "年", source).ok
    assert (tmp_path / "年/方案.xlsx").read_bytes() == write_book(document)


def test_new_with_a_faulty_scheme_says_so_and_goes_on(tmp_path, issued):
    document, _ = read_document((issued / "方案.xlsx").read_bytes(), "方案.xlsx")
    document["基本信息"][1].values["内容"] = "二〇二一"
    source = tmp_path / "错.xlsx"
    source.write_bytes(write_book(document))
    outcome = commands.new(tmp_path / "年", source)
    assert outcome.exit_code == 1
    assert {p.where.file for p in outcome.problems} == {"方案.xlsx"}
    assert (tmp_path / "年/方案.xlsx").is_file()


@pytest.mark.parametrize(
    ("name", "data", "code"), [("无.xlsx", None, "FILE_NOT_FOUND"), ("坏.xlsx", b"PK\3\4 junk", "ZIP_DAMAGED")]
)
def test_new_with_a_scheme_that_cannot_be_read(tmp_path, name, data, code):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    outcome = commands.new(tmp_path / "年", tmp_path / name)
    assert (outcome.exit_code, codes(outcome)) == (2, [code])
    assert not (tmp_path / "年").exists()


def test_new_from_last_year(folder, tmp_path):
    (folder.root / OWN_TEMPLATE).write_bytes(resources.read(resources.TEMPLATE))
    outcome = commands.new(tmp_path / "2022", from_dir=folder.root)
    assert (outcome.exit_code, codes(outcome)) == (0, ["YEAR_COPIED"])
    assert set(tree(tmp_path / "2022")) == {"方案.xlsx", OWN_TEMPLATE, *REGISTERS}
    assert commands.new(tmp_path / "2023", from_dir=tmp_path / "没有").exit_code == 2


def test_new_where_a_file_stands(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    assert codes(commands.new(tmp_path / "a")) == ["NOT_A_FOLDER"]


def test_a_broken_installation_is_told(tmp_path, monkeypatch):
    def missing(name):
        raise FileNotFoundError(name)

    monkeypatch.setattr(resources, "path", missing)
    outcome = commands.new(tmp_path / "年")
    assert (outcome.exit_code, codes(outcome)) == (2, ["BUNDLE_MISSING"])


def test_an_interrupted_new_is_finished_by_the_next(tmp_path, monkeypatch):
    stop_at(monkeypatch, "rename:方案.xlsx")
    with pytest.raises(Stop):
        commands.new(tmp_path)
    monkeypatch.setattr(disk, "FAULT", None)
    outcome = commands.new(tmp_path)
    assert (outcome.exit_code, codes(outcome)) == (0, ["RUN_FINISHED"])


# --- outside, locked, interrupted -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [getattr(commands, name) for name in IN_FOLDER])
def test_outside_a_folder(tmp_path, command):
    assert (command(tmp_path).exit_code, codes(command(tmp_path))) == (2, ["NO_FOLDER"])
    assert codes(command(tmp_path / "没有")) == ["FILE_NOT_FOUND"]


@pytest.mark.parametrize("command", [getattr(commands, name) for name in IN_FOLDER[:5]])
def test_one_run_at_a_time(folder, command):
    before = tree(folder.root)
    with run_lock(folder):
        outcome = command(folder.root)
    assert (outcome.exit_code, codes(outcome), outcome.outputs) == (1, ["RUN_IN_PROGRESS"], ())
    assert tree(folder.root) == before


@pytest.mark.parametrize("command", [commands.build, commands.summarize, commands.status])
def test_a_scheme_with_errors_stops_the_work(folder, command):
    document, _ = read_document(folder.scheme.read_bytes(), "方案.xlsx")
    document["基本信息"][1].values["内容"] = "二〇二一"
    folder.scheme.write_bytes(write_book(document))
    outcome = command(folder.root)
    assert outcome.exit_code == 2
    assert outcome.next_step


class Stop(Exception):
    """An interruption."""


def stop_at(monkeypatch, step):
    def fault(name):
        if name == step:
            raise Stop(name)

    monkeypatch.setattr(disk, "FAULT", fault)


def test_an_interrupted_run_is_finished_first_and_leaves_no_trace_in_the_files(folder, monkeypatch, tmp_path):
    shutil.copytree(folder.root, tmp_path / "other")
    stop_at(monkeypatch, "rename:4汇总/汇总表.xlsx")
    with pytest.raises(Stop):
        commands.summarize(folder.root)
    monkeypatch.setattr(disk, "FAULT", None)
    outcome = commands.summarize(folder.root)
    assert "RUN_FINISHED" in codes(outcome)
    assert commands.summarize(tmp_path / "other").problems != outcome.problems
    assert tree(folder.root) == tree(tmp_path / "other")


# --- build ----------------------------------------------------------------------------------------------------------


def test_build_writes_everything_that_is_issued(issued, scheme, blank):
    names = set(tree(issued))
    assert {"1下发/考评表.xlsx", "1下发/口径确认表.xlsx", OFFICE} < names
    assert len([name for name in names if name.startswith("1下发/分科室/")]) == len(scheme.sections)
    assert (issued / OFFICE).read_bytes() == blank


def test_two_builds_give_the_same_bytes(folder, issued):
    before = {name: path.stat().st_mtime_ns for name in tree(folder.root) if (path := folder.root / name)}
    outcome = commands.build(folder.root)
    assert (outcome.exit_code, outcome.problems) == (0, ())
    assert tree(folder.root) == tree(issued)
    assert {name: (folder.root / name).stat().st_mtime_ns for name in before} == before


def test_a_filled_form_is_kept_and_the_new_one_goes_beside_it(folder, filled, blank):
    (folder.root / OFFICE).write_bytes(filled)
    (folder.root / "1下发/分科室/02-政治处.xlsx").write_bytes(b"notes of mine")
    outcome = commands.build(folder.root)
    assert outcome.exit_code == 0
    assert [(p.code, p.where.file) for p in outcome.problems] == [
        ("KEPT_FILLED", OFFICE),
        ("KEPT_UNREADABLE", "1下发/分科室/02-政治处.xlsx"),
    ]
    assert ASIDE in outcome.outputs
    assert (folder.root / OFFICE).read_bytes() == filled
    assert (folder.root / ASIDE).read_bytes() == blank
    # Once more: nothing piles up. The filled one moved away: the names are tidy again.
    assert commands.build(folder.root).problems == outcome.problems
    assert not (folder.root / ASIDE.replace("新表1", "新表2")).exists()
    (folder.root / OFFICE).rename(folder.returned / "办公室.xlsx")
    assert [p.code for p in commands.build(folder.root).problems] == ["KEPT_UNREADABLE"]
    assert (folder.root / OFFICE).read_bytes() == blank
    assert not (folder.root / ASIDE).exists()


def test_a_form_aside_that_was_filled_is_kept_too(folder, filled):
    (folder.root / OFFICE).write_bytes(filled)
    (folder.root / ASIDE).write_bytes(filled)
    outcome = commands.build(folder.root)
    assert [p.where.file for p in outcome.problems] == [OFFICE, ASIDE]
    assert ASIDE.replace("新表1", "新表2") in outcome.outputs
    (folder.root / OFFICE).unlink()
    assert [p.code for p in commands.build(folder.root).problems] == ["KEPT_STALE"]
    assert (folder.root / ASIDE).read_bytes() == filled


def test_forms_that_are_no_longer_issued(folder, scheme):
    document, _ = read_document(folder.scheme.read_bytes(), "方案.xlsx")
    gone, kept = "公服科", "律公科"
    for row in document["科室"]:
        if row.values["科室"] in (gone, kept):
            row.values["序号"] = {gone: "12", kept: "13"}[row.values["科室"]]
    folder.scheme.write_bytes(write_book(document))
    law = next(s for s in scheme.sections if s.name == kept)
    entered = section_workbook(Rulebook(scheme), law, bundled_template(), {f"业务/{kept}/1/1": Decimal(1)})
    (folder.issued_sections / f"09-{kept}.xlsx").write_bytes(entered)
    (folder.issued_sections / "我的记录.xlsx").write_bytes(b"not ours")
    outcome = commands.build(folder.root)
    assert [(p.code, p.where.file) for p in outcome.problems] == [("KEPT_STALE", f"1下发/分科室/09-{kept}.xlsx")]
    left = {path.name for path in folder.issued_sections.iterdir()}
    assert f"08-{gone}.xlsx" not in left
    assert {f"12-{gone}.xlsx", f"13-{kept}.xlsx", f"09-{kept}.xlsx", "我的记录.xlsx"} <= left


def test_a_form_filled_while_we_build_is_not_overwritten(folder, monkeypatch, filled):
    from workbook_builder.commands import issue

    document, _ = read_document(folder.scheme.read_bytes(), "方案.xlsx")
    document["基本信息"][3].values["内容"] = "某区司法局"
    folder.scheme.write_bytes(write_book(document))
    monkeypatch.setattr(
        issue.Placing, "remove_stale", lambda placing: (folder.root / OFFICE).write_bytes(filled)
    )
    outcome = commands.build(folder.root)
    assert (outcome.exit_code, codes(outcome), outcome.outputs) == (1, ["OUTPUT_CHANGED"], ())
    assert (folder.root / OFFICE).read_bytes() == filled


def test_a_template_of_its_own_is_used_and_checked(folder):
    workbook = load_workbook(io.BytesIO(resources.read(resources.TEMPLATE)))
    sheet = workbook["填表说明"]
    sheet["A1"] = "本局自己的说明"
    workbook.save(folder.root / OWN_TEMPLATE)
    assert commands.build(folder.root).ok
    issued = load_workbook(folder.root / OFFICE)
    assert issued["填表说明"]["A1"].value == "本局自己的说明"
    sheet["A2"] = "{{ 没有这个名称 }}"
    workbook.save(folder.root / OWN_TEMPLATE)
    outcome = commands.build(folder.root)
    assert (outcome.exit_code, codes(outcome)) == (2, ["TEMPLATE_PLACEHOLDER_UNKNOWN"])
    assert codes(commands.check(folder.root)) == ["TEMPLATE_PLACEHOLDER_UNKNOWN"]


def test_policy_sheet_lists_every_policy_locked_and_without_formulas(scheme, issued):
    data = (issued / "1下发/口径确认表.xlsx").read_bytes()
    assert data == policy_workbook(scheme)
    book, problems = read_book(data, "口径确认表.xlsx")
    texts = {cell.value for cell in book.sheets[0].cells.values()}
    assert problems == []
    assert book.sheets[0].protected
    assert all(cell.formula is None for cell in book.sheets[0].cells.values())
    assert len(policy_rows(scheme)) == len(scheme.policies) > 10
    assert {policy.name for policy in scheme.policies} <= texts
    assert any("签" in str(text) or "负责人" in str(text) for text in texts)
    for sheet in load_workbook(io.BytesIO(data)):
        assert all((row.height or 15) <= 409 for row in sheet.row_dimensions.values())


# --- may a form be replaced? ----------------------------------------------------------------------------------------


def _type(field, value, data):
    edited = Edited(data)
    sheet, ref = place_of(data, field)
    edited.book[sheet][ref] = value
    return edited


def answered(data):
    return _type("业务/办公室/1/1", 2, data)


def noted(data):
    return _type("业务/办公室/1/1#说明", "某月某日", data)


def declared(data):
    return _type("申报/1#特色工作名称", "一件好事", data)


def zero(data):
    return _type("业务/办公室/1/1", 0, data)


def formula(data):
    edited = Edited(data)
    sheet, ref = place_of(data, "业务/办公室/1/1")
    edited.formula(sheet, ref, "=1+1", 2)
    return edited


def score_typed_over(data):
    return _type("业务/办公室/1#得分", 9, data)


def rows_inserted(data):
    edited = Edited(data)
    edited.book["办公室"].insert_rows(5, 3)
    sheet, ref = place_of(data, "业务/办公室/1/1")
    row, column = int(re.sub(r"\D", "", ref)) + 3, re.sub(r"\d", "", ref)
    edited.book[sheet][f"{column}{row}"] = 1
    return edited


def beside_the_table(data):
    edited = Edited(data)
    edited.book["办公室"]["P7"] = "待核实"
    return edited


def below_the_table(data):
    edited = Edited(data)
    edited.book["办公室"]["C500"] = "补充"
    return edited


def sheet_added(data):
    edited = Edited(data)
    edited.book.create_sheet("草稿")["A1"] = "记录"
    return edited


def comment_added(data):
    edited = Edited(data)
    edited.book["办公室"]["C7"].comment = Comment("看这里", "某人")
    return edited


def in_a_locked_blank_cell(data):
    edited = Edited(data)
    sheet, ref = place_of(data, "业务/办公室/1/1")
    edited.book[sheet][f"B{re.sub(r'[^0-9]', '', ref)}"].value = "x"
    edited.book[sheet]["K5"] = "已阅"
    return edited


def saved(edited):
    """As an office program writes it: with its own name and date."""
    out = io.BytesIO()
    edited.book.save(out)
    return out.getvalue()


ENTRIES = [answered, noted, declared, zero, formula, score_typed_over, rows_inserted, beside_the_table]
ENTRIES += [below_the_table, sheet_added, comment_added]


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("finish", [saved, Edited.bytes])
def test_whatever_a_person_enters_is_seen(blank, entry, finish):
    data = finish(entry(blank))
    assert form_verdict(data, blank, "x.xlsx") == FILLED
    assert form_verdict(data, None, "x.xlsx") == FILLED


def test_entries_in_locked_cells_are_seen_once_a_program_has_saved_the_form(blank):
    assert form_verdict(saved(in_a_locked_blank_cell(blank)), blank, "x.xlsx") == FILLED


def test_a_form_that_was_only_opened_and_saved_is_blank(blank, office_form):
    assert form_verdict(saved(Edited(blank)), blank, "x.xlsx") == ""
    assert form_verdict(blank, None, "x.xlsx") == ""
    assert form_verdict(office_form(round_no=1), blank, "x.xlsx") == ""


def test_answers_to_clauses_that_left_the_scheme_are_seen(blank, scheme, filled):
    import dataclasses

    item = scheme.items[0]
    fewer = dataclasses.replace(item, clauses=item.clauses[1:])
    changed = dataclasses.replace(scheme, items=(fewer, *scheme.items[1:]), extra={})
    rules = Rulebook(changed)
    new = section_workbook(rules, changed.sections[0], bundled_template())
    assert item.key == "业务/办公室/1"
    assert form_verdict(filled, new, "x.xlsx") == FILLED
    assert form_verdict(saved(rows_inserted(blank)), new, "x.xlsx") == FILLED
    assert form_verdict(blank, new, "x.xlsx") == ""


def test_every_issued_form_is_blank(issued):
    for name, data in tree(issued / "1下发").items():
        if name != "口径确认表.xlsx":
            assert form_verdict(data, data, name) == "", name


@pytest.mark.parametrize("data", [b"", b"text", b"PK\3\4 broken"])
def test_what_is_not_ours_stays(blank, data):
    assert form_verdict(data, blank, "x.xlsx") == UNREADABLE
    assert print_verdict(data, policy_workbook_bytes()) == FILLED


def policy_workbook_bytes():
    return policy_workbook(load_scheme(bundled_scheme()))


def test_a_signed_policy_sheet_is_kept(folder):
    path = folder.issued / "口径确认表.xlsx"
    workbook = load_workbook(path)
    workbook.active["G5"] = "√"
    workbook.save(path)
    entered = path.read_bytes()
    outcome = commands.build(folder.root)
    assert [(p.code, p.where.file) for p in outcome.problems] == [("KEPT_FILLED", "1下发/口径确认表.xlsx")]
    assert path.read_bytes() == entered


# --- collect, summarize, status -------------------------------------------------------------------------------------


@pytest.fixture
def returned(folder, scheme):
    """Two returns, one of them with a mistake, an attachment and a file that is nothing."""
    rules, template = Rulebook(scheme), bundled_template()
    office, politics = scheme.sections[:2]
    (folder.returned / "办公室.xlsx").write_bytes(section_workbook(rules, office, template, ANSWERS))
    edited = Edited((folder.root / "1下发/分科室/02-政治处.xlsx").read_bytes())
    sheet, ref = place_of((folder.root / "1下发/分科室/02-政治处.xlsx").read_bytes(), "业务/政治处/1/1")
    edited.book[sheet][ref] = "若干"
    (folder.returned / "政治处").mkdir()
    (folder.returned / "政治处/表.xlsx").write_bytes(edited.bytes())
    (folder.returned / "政治处/总结.pdf").write_bytes(b"%PDF-1.4\n")
    (folder.returned / "坏.xlsx").write_bytes(b"PK\3\4 broken")
    assert politics.name == "政治处"
    return folder


def test_collect_reports_and_receipts_every_file(returned):
    before = tree(returned.returned)
    outcome = commands.collect(returned.root)
    assert outcome.exit_code == 1
    back = ("4汇总/退回修改/01-办公室.xlsx", "4汇总/退回修改/02-政治处.xlsx")
    assert outcome.outputs == ("4汇总/催办文字.txt", *back, "4汇总/问题清单.xlsx")
    assert outcome.data["sent_back"] == ["办公室", "政治处"]
    named = {receipt.file for receipt in outcome.received} | {p.where.file for p in outcome.problems}
    assert {f"2回收/{name}" for name in before} <= named
    assert outcome.data["returned"] == ["办公室", "政治处"]
    assert len(outcome.data["missing"]) == 8
    assert tree(returned.returned) == before
    assert returned.problem_list.is_file()


def test_summarize_writes_the_four_and_says_who_stands_where(returned):
    outcome = commands.summarize(returned.root)
    assert outcome.exit_code == 1
    four = {"4汇总/汇总表.xlsx", "4汇总/汇总首页.docx", "4汇总/结果.json", "4汇总/问题清单.xlsx"}
    back = {"4汇总/退回修改/01-办公室.xlsx", "4汇总/退回修改/02-政治处.xlsx"}
    assert set(outcome.outputs) == {*four, *back, "4汇总/催办文字.txt"}
    result = json.loads(returned.result.read_text(encoding="utf-8"))
    assert outcome.data["standings"] == result["standings"]
    assert outcome.data["batch"] == result["batch"]
    assert outcome.data["provisional"] is True


def test_same_inputs_same_bytes(returned, tmp_path, monkeypatch):
    other = tmp_path / "另一处" / "年度"
    commands.new(other)
    commands.build(other)
    for name, data in reversed(tree(returned.returned).items()):
        (other / "2回收" / name).parent.mkdir(exist_ok=True)
        (other / "2回收" / name).write_bytes(data)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    first, second = commands.summarize(returned.root), commands.summarize(other)
    assert tree(returned.summary) == tree(other / "4汇总")
    assert first.problems == second.problems
    assert commands.summarize(other).data == {**second.data, "next": second.next_step}


def test_what_moved_against_the_last_inputs(returned, office_form):
    assert commands.summarize(returned.root).data["changes"] == []
    (returned.returned / "坏.xlsx").unlink()
    assert commands.summarize(returned.root).data["changes"] == []
    confirmed = {**ANSWERS, "自评确认": "是"}
    (returned.returned / "办公室.xlsx").write_bytes(office_form(confirmed))
    outcome = commands.summarize(returned.root)
    assert outcome.data["batch"] != ""
    assert all(set(row) == {"section", "figure", "before", "now"} for row in outcome.data["changes"])


def test_a_refused_file_is_its_sections_and_counts_agree(returned):
    (returned.returned / "公服科 考评表.xlsx").write_bytes(b"PK\3\4 broken")
    (returned.returned / "坏.xlsx").write_bytes(b"PK\3\4 broken")
    (returned.returned / "公服科 说明.txt").write_text("佐证另附", encoding="utf-8")
    done = commands.summarize(returned.root)
    assert done.data["refused"] == ["公服科"] and "公服科" in done.data["missing"]
    outcomes = {receipt.file: (receipt.section, receipt.outcome) for receipt in done.received}
    assert outcomes["2回收/公服科 考评表.xlsx"] == ("公服科", "未采用")
    assert outcomes["2回收/公服科 说明.txt"] == ("公服科", "附件")
    told = commands.status(returned.root)
    rows = {row["section"]: row for row in told.data["sections"]}
    assert rows["公服科"]["status"] == "收到未采用" and rows["公服科"]["errors"] == 1
    assert told.data["unplaced"]["errors"] >= 1
    assert "公服科交来的文件没有采用" in told.next_step
    ws = load_workbook(returned.summary_book, data_only=True)["汇总"]
    heads = next(row for row in ws.iter_rows(values_only=True) if row[0] == "名次")
    counts_at = next(place for place, head in enumerate(heads) if str(head).startswith("问题数"))
    printed = {row[1]: row[counts_at] for row in ws.iter_rows(values_only=True) if row[1] in rows}
    shown = {name: f"{row['errors']}/{row['warnings']}" for name, row in rows.items()}
    assert printed == {name: "0" if counts == "0/0" else counts for name, counts in shown.items()}


def test_a_section_that_is_gone_is_told_and_a_lost_folder_comes_back(returned):
    commands.summarize(returned.root)
    shutil.rmtree(returned.returned)
    changes = commands.summarize(returned.root).data["changes"]
    assert "未报送" in {row["now"] for row in changes if row["section"] == "办公室"}
    assert returned.returned.is_dir()


def test_status_reads_only(returned):
    before = tree(returned.root)
    outcome = commands.status(returned.root / "2回收")
    rows = {row["section"]: row for row in outcome.data["sections"]}
    assert outcome.exit_code == 1
    assert rows["政治处"]["errors"] >= 1
    assert rows["政治处"]["attachments"] == 1
    assert rows["办公室"]["returned"]
    assert not rows["公服科"]["returned"]
    assert (outcome.data["issued"], outcome.data["summary"]) == ("最新", "没有")
    assert tree(returned.root) == before
    assert not returned.journal.exists()


def test_the_next_step_follows_the_year(tmp_path, issued, filled):
    root = tmp_path / "年"
    commands.new(root)
    assert "kaoping build" in commands.status(root).next_step
    shutil.copytree(issued / "1下发", root / "1下发", dirs_exist_ok=True)
    assert "发给各科室" in commands.status(root).next_step
    (root / "2回收/办公室.xlsx").write_bytes(filled)
    assert "kaoping summarize" in commands.status(root).next_step
    assert "催报" in commands.summarize(root).next_step
    assert "催报" in commands.status(root).next_step
    document, _ = read_document((root / "方案.xlsx").read_bytes(), "方案.xlsx")
    document["考评项"][0].values["考评内容"] = "改过的内容"
    (root / "方案.xlsx").write_bytes(write_book(document))
    (root / "2回收/办公室.xlsx").unlink()
    outcome = commands.status(root)
    assert (outcome.data["issued"], outcome.data["summary"]) == ("已过时", "已过时")
    assert "kaoping build" in outcome.next_step


# --- check, dump, load ----------------------------------------------------------------------------------------------


def test_check_a_folder_a_scheme_and_a_template(folder):
    outcome = commands.check(folder.root)
    assert (outcome.exit_code, outcome.problems, outcome.data["checked"]) == (0, (), ["方案", "模板"])
    assert outcome.data["scheme"]["sections"] == 10
    assert commands.check(folder.scheme).data["checked"] == ["方案"]
    assert commands.check(resources.path(resources.TEMPLATE)).data["checked"] == ["模板"]


def test_check_finds_every_error_and_tells_an_unreadable_file_apart(folder, tmp_path):
    document, _ = read_document(folder.scheme.read_bytes(), "方案.xlsx")
    document["基本信息"][1].values["内容"] = "二〇二一"
    document["科室"][0].values["科室"] = document["科室"][1].values["科室"]
    folder.scheme.write_bytes(write_book(document))
    outcome = commands.check(folder.root)
    assert outcome.exit_code == 1
    assert len(outcome.problems) >= 2
    assert all(p.where.cell for p in outcome.problems)
    (tmp_path / "坏.xlsx").write_bytes(b"junk")
    assert commands.check(tmp_path / "坏.xlsx").exit_code == 2
    assert codes(commands.check(tmp_path / "没有.xlsx")) == ["FILE_NOT_FOUND"]


def _template(change):
    workbook = load_workbook(io.BytesIO(resources.read(resources.TEMPLATE)))
    change(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _key_cell(sheet, key):
    return next(cell for (cell,) in sheet.iter_rows(min_col=1, max_col=1) if cell.value == key)


def _blank_row(workbook):
    row = _key_cell(workbook["科室表"], "小计").row
    for cell in workbook["科室表"][row][1:]:
        if isinstance(cell.value, str):
            cell.value = None


TEMPLATE_FAULTS = {
    "TEMPLATE_SHEET_MISSING": lambda book: book.remove(book["填表说明"]),
    "TEMPLATE_ROW_MISSING": lambda book: setattr(_key_cell(book["科室表"], "细则"), "value", None),
    "TEMPLATE_PLACEHOLDER_MISSING": _blank_row,
    "TEMPLATE_PLACEHOLDER_UNKNOWN": lambda book: setattr(book["填表说明"]["A2"], "value", "{{ 谁 }}"),
    "TEMPLATE_TAG": lambda book: setattr(book["科室表"]["B1"], "value", "{% if 单位 %}"),
    "TEMPLATE_SYNTAX": lambda book: setattr(book["科室表"]["B1"], "value", "{{ 单位 "),
    "TEMPLATE_FEATURE": lambda book: setattr(book["科室表"]["C4"], "comment", Comment("批注", "某人")),
}


@pytest.mark.parametrize("code", TEMPLATE_FAULTS)
def test_check_says_what_is_wrong_with_a_template(tmp_path, code):
    path = tmp_path / "考评表模板.xlsx"
    path.write_bytes(_template(TEMPLATE_FAULTS[code]))
    outcome = commands.check(path)
    assert (outcome.exit_code, code in codes(outcome)) == (1, True)
    assert all("{" not in p.message.replace("{{", "").replace("{%", "").replace("{#", "") for p in outcome.problems)


def test_a_template_that_is_no_workbook(folder):
    (folder.root / OWN_TEMPLATE).write_bytes(b"junk")
    assert commands.check(folder.root).exit_code == 1
    assert commands.build(folder.root).exit_code == 2
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(resources.read(resources.TEMPLATE))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"<cellXfs", b"<nonsense>") if name == "xl/styles.xml" else data)
    (folder.root / OWN_TEMPLATE).write_bytes(out.getvalue())
    assert codes(commands.check(folder.root)) in (["TEMPLATE_UNREADABLE"], ["XML_BROKEN"])


@pytest.mark.parametrize("kind", letters.KINDS)
def test_check_takes_a_template_of_a_letter_by_its_name(tmp_path, kind):
    path = tmp_path / f"本局{kind}模板.docx"
    path.write_bytes(letters.bundled(kind))
    outcome = commands.check(path)
    assert (outcome.exit_code, outcome.problems, outcome.data["checked"]) == (0, (), [f"{kind}模板"])
    assert f"{kind}模板.docx" in outcome.next_step
    path.write_bytes(b"no document")
    outcome = commands.check(path)
    assert [(p.code, p.where.file) for p in outcome.problems] == [("LETTER_TEMPLATE_UNREADABLE", path.name)]
    assert outcome.exit_code == 1


def test_a_letter_that_nobody_knows(tmp_path):
    path = tmp_path / "请示.docx"
    path.write_bytes(letters.bundled(letters.NOTICE))
    outcome = commands.check(path)
    assert (outcome.exit_code, codes(outcome)) == (2, ["LETTER_KIND_UNKNOWN"])
    assert "核对稿模板.docx、通报模板.docx、反馈模板.docx、汇总首页模板.docx" in outcome.problems[0].fix


def test_check_looks_at_the_offices_letters_too(folder):
    own = folder.root / letters.OFFICE_TEMPLATES[letters.FEEDBACK]
    own.write_bytes(letters.bundled(letters.FEEDBACK))
    outcome = commands.check(folder.root)
    assert (outcome.exit_code, outcome.data["checked"]) == (0, ["方案", "模板", "反馈模板.docx"])
    own.write_bytes(letters.bundled(letters.NOTICE))
    outcome = commands.check(folder.root)
    assert outcome.exit_code == 1
    assert {p.where.file for p in outcome.problems} == {own.name}
    assert codes(outcome)[0].startswith("LETTER_TEMPLATE_PLACEHOLDER")


def test_dump_and_load_give_the_same_scheme(folder):
    assert commands.dump(folder.scheme).outputs == ("方案.yaml",)
    text = folder.root / "方案.yaml"
    assert load_scheme(text) == load_scheme(folder.scheme)
    assert commands.dump(folder.scheme).data["same"] is True
    assert commands.load(text).data["same"] is True
    text.write_text(text.read_text(encoding="utf-8").replace("上海市松江区司法局", "某区司法局", 1), encoding="utf-8")
    before = folder.scheme.read_bytes()
    refused = commands.load(text)
    assert (refused.exit_code, codes(refused)) == (2, ["LOAD_DIFFERS"])
    assert folder.scheme.read_bytes() == before
    assert commands.load(text, force=True).outputs == ("方案.xlsx",)
    assert load_scheme(folder.scheme).unit == "某区司法局"


def test_dump_and_load_elsewhere(tmp_path, issued):
    copy = tmp_path / "s.xlsx"
    copy.write_bytes((issued / "方案.xlsx").read_bytes())
    assert commands.dump(copy).outputs == (str(tmp_path / "s.yaml"),)
    assert commands.load(tmp_path / "s.yaml", tmp_path / "t.xlsx").ok
    assert (tmp_path / "t.xlsx").read_bytes() == copy.read_bytes()
    assert commands.load(tmp_path / "s.yaml", tmp_path / "没有" / "t.xlsx").exit_code == 2


def test_dump_and_load_refuse_what_would_lose_something(tmp_path, issued):
    scheme = issued / "方案.xlsx"
    assert codes(commands.dump(tmp_path / "没有.xlsx")) == ["FILE_NOT_FOUND"]
    assert codes(commands.dump(scheme, tmp_path / "a.txt")) == ["TARGET_KIND"]
    assert codes(commands.load(scheme, scheme)) == ["TARGET_KIND"]
    (tmp_path / "坏.yaml").write_text("科室: [", encoding="utf-8")
    assert commands.load(tmp_path / "坏.yaml").exit_code == 2
    assert not (tmp_path / "坏.xlsx").exists()
    (tmp_path / "b.xlsx").write_bytes(b"mine")
    commands.dump(scheme, tmp_path / "b.yaml")
    assert codes(commands.load(tmp_path / "b.yaml")) == ["LOAD_DIFFERS"]
    assert (tmp_path / "b.xlsx").read_bytes() == b"mine"


# --- demo -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(demonstration, tmp_path_factory):
    root = tmp_path_factory.mktemp("demo") / "考评演示"
    return shutil.copytree(demonstration[0], root), demonstration[1]


def test_demo_tells_the_whole_story(shown):
    root, outcome = shown
    assert outcome.exit_code == 0
    assert outcome.command == "demo"
    assert len(outcome.data["standings"]) == 10
    assert {"方案.xlsx", OFFICE, "4汇总/汇总表.xlsx", "4汇总/结果.json"} <= set(outcome.outputs)
    assert set(outcome.outputs) == set(tree(root))
    assert len(outcome.received) > 10


def test_the_demo_folder_is_an_ordinary_one(shown):
    root, outcome = shown
    before = tree(root)
    again = commands.summarize(root)
    assert tree(root) == before
    assert again.problems == outcome.problems


def test_demo_refuses_a_folder_with_something_in_it(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    outcome = commands.demo(tmp_path)
    assert (outcome.exit_code, codes(outcome)) == (2, ["FOLDER_NOT_EMPTY"])
    assert tree(tmp_path) == {"a.txt": b""}


def test_errors_in_the_returns_belong_to_the_demonstration(tmp_path, monkeypatch):
    place = tmp_path / "bundle"
    (place / "2回收").mkdir(parents=True)
    (place / "2回收/坏.xlsx").write_bytes(b"PK\3\4 broken")
    real = resources.path
    monkeypatch.setattr(resources, "path", lambda name: place if name == resources.DEMO else real(name))
    outcome = commands.demo(tmp_path / "演示")
    assert outcome.exit_code == 0
    assert any(p.severity == "error" for p in outcome.problems)


# --- Python ---------------------------------------------------------------------------------------------------------


def test_the_names_that_programs_import(folder):
    from workbook_builder import build, collect, summarize

    assert [f(str(folder.root)).command for f in (build, collect, summarize)] == ["build", "collect", "summarize"]


def test_commands_never_print(folder, capfd):
    commands.build(folder.root)
    commands.summarize(folder.root)
    commands.status(folder.root)
    assert capfd.readouterr() == ("", "")


def test_outcome_as_json_is_json(folder):
    outcome = commands.summarize(folder.root)
    value = json.loads(json.dumps(outcome.to_json(), ensure_ascii=False, allow_nan=False))
    assert list(value)[:5] == ["command", "folder", "outputs", "problems", "received"]
    assert value["folder"] == str(folder.root)


#: What is said of an altered 汇总表.
ALTERED = ("cell", "was", "kept")


@pytest.mark.parametrize("code", [*command_codes.ENTRIES, *template_codes.ENTRIES])
def test_every_code_is_made_and_tested(code):
    entry = {**command_codes.ENTRIES, **template_codes.ENTRIES}[code]
    fields = {field for text in (entry.message, entry.fix) for _, field, _, _ in Formatter().parse(text) if field}
    assert fields <= {"file", "sheet", "value", "other", "wanted", "row", "known", "what", "command", "log", *ALTERED}
    sources = [path for room in ("commands", "cli", "excel", "console") for path in (PACKAGE / room).glob("*.py")]
    assert any(f'"{code}"' in path.read_text(encoding="utf-8") for path in sources), "never made"
    tests = [Path(__file__).with_name(f"test_{name}.py") for name in ("commands", "cli", "year", "template", "altered", "lost_power", "console")]
    assert any(f'"{code}"' in path.read_text(encoding="utf-8") for path in tests), "never tested"
