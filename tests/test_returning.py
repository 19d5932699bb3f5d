"""The way back: a return with mistakes is sent back, mended, and replaces its parent; choices, reminders, differences."""

import dataclasses
import hashlib
import io
from decimal import Decimal as D

import pytest
from appraisals import answer_slots, best_sheet, rules_2021, scheme_2021, template
from edits import Edited
from openpyxl import load_workbook

from workbook_builder import returns as ret
from workbook_builder.building import section_workbook
from workbook_builder.collecting.adopt import adopt
from workbook_builder.collecting.forms import section_forms
from workbook_builder.collecting.sheets import raw_sheets
from workbook_builder.intake import read_book
from workbook_builder.layout.book import SECTION_BOOK, clause_of, plan_book
from workbook_builder.layout.plan import INPUT, NOTE, address
from workbook_builder.problems import ERROR, WARNING, Where, problem
from workbook_builder.returning import differences, reminders, sent_back, to_mend
from workbook_builder.returning.notes import COLUMN_HEAD, LETTER_SHEET
from workbook_builder.returns import FileReading, Received
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.validate import validate_sheet

FORMS = section_forms(rules_2021())
NAMES = ("促进法治科", "秘书科、普法科", "律公科", "社区矫正（教育帮扶）科")
WRONG = "约三次，=详见附件"
C = "业务/促进法治科"


def section(name):
    return scheme_2021().section(name)


def calm(name):
    """A complete sheet about which nothing can be said."""
    found = best_sheet(rules_2021(), section(name)) | {sh.AWARD: "否", sh.PROPOSED: D(0)}
    for field, clause, slot in answer_slots(rules_2021(), section(name)):
        if clause.kind == "discretionary_each" and slot.suffix.startswith("@"):
            found[field] = D(0)
        if slot.suffix == sl.EXCLUSION:
            found[field] = "否"
        if slot.type == sl.CHOICE:
            found[field] = "无"
    return found


def places(name, entries=None):
    """Field → (sheet, cell)."""
    book = plan_book(rules_2021(), (section(name),), SECTION_BOOK, {name: entries or {}})
    return {place.name: (place.sheet, address(place.row, place.col)) for place in book.fields}


def issue(name, entries, **more):
    return section_workbook(rules_2021(), section(name), template(), entries, **more)


def read(data, file="2回收/a.xlsx", released=frozenset()):
    """One file → its reading."""
    sha = hashlib.sha256(data).hexdigest()
    book, problems = read_book(data, file)
    sheets, found = raw_sheets(scheme_2021(), FORMS, book, file)
    returns = tuple(validate_sheet(rules_2021(), FORMS[s.section], s, sha, released) for s in sheets if s.touched)
    problems = (*problems, *found, *(p for returned in returns for p in returned.problems))
    return FileReading(Received(file, sha, returns[0].section, ret.ADOPTED, "xlsx", "考评表"), returns, problems)


def spoiled(name):
    """(right answers, what was sent): every third answer wrong, some gone, one formula-like text."""
    right = calm(name)
    sent = dict(right)
    for n, field in enumerate(sorted(f for f in right if f.startswith(("业务/", "队伍/")))):
        if n % 3 == 0:
            sent[field] = WRONG
        elif n % 7 == 1:
            del sent[field]
    return right, sent


def serious(reading):
    return [p for p in reading.problems if p.severity in (ERROR, WARNING)]


def mended(data, name, answers):
    """The workbook with `answers` typed into it, as by a program that does not calculate."""
    edited, where = Edited(data), places(name)
    for field, value in answers.items():
        sheet, cell = where[field]
        edited.book[sheet][cell].value = value
    edited.forget_values()
    return edited.bytes()


# --- the loop ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_mended_it_replaces_its_parent(name):
    """Wrong → sent back → filled in → collected: everything accepted before is still there, nothing is left to say."""
    assert serious(read(issue(name, calm(name)))) == []
    right, sent = spoiled(name)
    first = read(issue(name, sent))
    returned = first.returns[0]
    assert {p.severity for p in serious(first)} == {ERROR}
    back = sent_back(rules_2021(), template(), returned, first.problems)
    untouched = read(back, "2回收/b.xlsx").returns[0]
    assert dict(untouched.entries) == {f: v for f, v in returned.entries.items() if f != sh.CONFIRM}
    assert (untouched.round_no, untouched.parent, untouched.refused) == (1, returned.sha256, {})
    owed = {f: v for f, v in right.items() if f not in untouched.entries}
    second = read(mended(back, name, owed), "2回收/b.xlsx")
    assert serious(second) == []
    adopted = adopt([second, first])
    assert adopted.returns[name].entries == right
    assert {r.file: r.outcome for r in adopted.received} == {"2回收/a.xlsx": ret.REPLACED, "2回收/b.xlsx": ret.ADOPTED}
    assert [p.code for p in adopted.problems] == ["REPLACED_BY_ROUND"]


@pytest.mark.parametrize("ext", ["xlsx", "ods"])
def test_mended_in_libreoffice(office, tmp_path, ext):
    """Opened, filled in and saved by LibreOffice, which recalculates: not a word about the additions."""
    name = NAMES[0]
    right, sent = spoiled(name)
    first = read(issue(name, sent))
    path = tmp_path / "back.xlsx"
    path.write_bytes(sent_back(rules_2021(), template(), first.returns[0], first.problems))
    where, sets = places(name), {}
    kept = set(first.returns[0].entries) - {sh.CONFIRM}
    for field in set(right) - kept:
        sheet, cell = where[field]
        sets.setdefault(sheet, {})[cell] = float(right[field]) if isinstance(right[field], D) else right[field]
    data = office.fill_and_save(path, sets, ext, tmp_path / f"saved.{ext}").read_bytes()
    second = read(data, f"2回收/b.{ext}")
    assert serious(second) == []
    assert adopt([first, second]).returns[name].entries == right


def test_a_blank_in_the_place_of_a_refused_answer_is_not_nothing():
    """Sent back, confirmed anew and returned without the answer: it is not taken for "did not happen"."""
    name, field = NAMES[0], f"{C}/1/1"
    first = read(issue(name, calm(name) | {field: WRONG}))
    back = sent_back(rules_2021(), template(), first.returns[0], first.problems)
    second = read(mended(back, name, {sh.CONFIRM: "是"}), "2回收/b.xlsx")
    assert serious(second) == []
    adopted = adopt([first, second])
    found = [p for p in adopted.problems if p.code == "NOT_MENDED"]
    assert [(p.code, p.where.sheet, p.where.cell, p.value) for p in found] == [("NOT_MENDED", name, places(name)[field][1], WRONG)]
    assert adopted.returns[name].refused == {field: WRONG}
    assert adopted.returns[name].scored[field] == sl.NOT_ACCEPTED
    again = sent_back(rules_2021(), template(), adopted.returns[name], adopted.returns[name].problems)
    third = read(mended(again, name, {sh.CONFIRM: "是"}), "2回收/c.xlsx")
    assert adopt([first, second, third]).returns[name].refused == {field: WRONG}
    fourth = read(mended(again, name, {sh.CONFIRM: "是", field: 0}), "2回收/d.xlsx")
    assert adopt([first, second, fourth]).returns[name].refused == {}


def test_a_copy_of_the_parent_goes_with_it():
    """The same answers saved once more are no other opinion once the corrected round is here."""
    name = NAMES[0]
    sent = calm(name) | {f"{C}/1/1": WRONG}
    first = read(issue(name, sent))
    copy = read(issue(name, sent, mark="副本"), "2回收/a2.xlsx")
    back = sent_back(rules_2021(), template(), first.returns[0], first.problems)
    second = read(mended(back, name, {f"{C}/1/1": 0, sh.CONFIRM: "是"}), "2回收/b.xlsx")
    adopted = adopt([first, copy, second])
    assert {r.file: r.outcome for r in adopted.received}["2回收/a2.xlsx"] == ret.REPLACED
    assert adopted.returns[name].file == "2回收/b.xlsx"


# --- what goes back ---------------------------------------------------------------------------------------------------


def test_nothing_to_mend_nothing_sent():
    reading = read(issue(NAMES[0], calm(NAMES[0])))
    assert sent_back(rules_2021(), template(), reading.returns[0], reading.problems) is None


def test_questions_are_asked_once_and_leave_the_confirmation():
    """Warnings alone: sent back once, with 自评确认 as it was."""
    name = NAMES[0]
    reading = read(issue(name, calm(name) | {"申报/1#特色工作名称": "一件事"}))
    returned = reading.returns[0]
    found = to_mend(scheme_2021(), returned, reading.problems)
    assert {p.severity for p in found} == {WARNING}
    back = sent_back(rules_2021(), template(), returned, reading.problems)
    second = read(back, "2回收/b.xlsx")
    assert second.returns[0].entries[sh.CONFIRM] == "是"
    assert sent_back(rules_2021(), template(), second.returns[0], second.problems) is None


def test_what_a_new_form_cures_or_others_answer_is_not_asked():
    """Figures, renamed sheets, words for the reviewer, other files: none of it is the section's to mend."""
    returned = read(issue(NAMES[0], calm(NAMES[0]))).returns[0]
    where = Where(returned.file, returned.sheet, "F7", f"{C}/1/1")
    mine = problem("VALUE_NOT_ALLOWED", where, "x", allowed="填数")
    whole = problem("SHEET_COPIED", Where(returned.file, "促进法治科 (2)"), "促进法治科 (2)", original=returned.sheet)
    others = [
        problem("FIGURE_DIFFERS", where, 1, expected=2),
        problem("NOT_APPLICABLE", where, "不适用"),
        problem("READ_AS", where, "1", meant="1"),
        problem("VALUE_NOT_ALLOWED", Where("2回收/b.xlsx", returned.sheet, "F7"), "x", allowed="填数"),
        problem("VALUE_NOT_ALLOWED", Where(returned.file, "律公科", "F7"), "x", allowed="填数"),
        problem("MATERIAL_MISSING", Where(field="促进法治科/总结"), "总结", section="促进法治科"),
    ]
    assert set(to_mend(scheme_2021(), returned, [mine, whole, *others])) == {mine, whole}


def test_what_stands_nowhere_on_the_form_is_listed_without_a_link():
    """An answer astray in a row that has none, a copied sheet: where it was is said, no locked cell is framed."""
    returned = read(issue(NAMES[0], calm(NAMES[0]))).returns[0]
    astray = problem("ANSWER_ASTRAY", Where(returned.file, returned.sheet, "F6", f"{C}/1"), "误填")
    copied = problem("SHEET_COPIED", Where(returned.file, "促进法治科 (2)"), "促进法治科 (2)", original=returned.sheet)
    book = load_workbook(io.BytesIO(sent_back(rules_2021(), template(), returned, [astray, copied])))
    rows = [[cell.value for cell in row[1:4]] for row in book[LETTER_SHEET].iter_rows(min_row=7)]
    assert rows[1:] == [
        ["原报送的表 促进法治科 F6", "—", "误填"], ["原报送的表 促进法治科 (2)", "—", "促进法治科 (2)"]
    ]  # fmt: skip
    assert rows[0][1] == places(NAMES[0])[sh.CONFIRM][1]


@pytest.fixture(scope="module")
def back():
    """(fields to mend, the workbook that goes back) of a sheet with three mistakes on two sheets."""
    name = NAMES[0]
    sent = calm(name) | {f"{C}/1/1": "=三种", "申报/1#特色工作名称": "一件事", "申报/1#市局认可": "大概"}
    del sent[f"{C}/4/2"]
    reading = read(issue(name, sent))
    found = to_mend(scheme_2021(), reading.returns[0], reading.problems)
    data = sent_back(rules_2021(), template(), reading.returns[0], reading.problems, "演示")
    assert data == sent_back(rules_2021(), template(), reading.returns[0], tuple(reversed(reading.problems)), "演示")
    return {p.where.field for p in found} | {sh.CONFIRM}, data


def test_the_letter_comes_first_and_leads_to_every_cell(back):
    fields, data = back
    book = load_workbook(io.BytesIO(data))
    letter = book.worksheets[0]
    assert (letter.title, book.active.title, letter.protection.sheet) == (LETTER_SHEET, LETTER_SHEET, True)
    assert "促进法治科" in letter["A1"].value
    assert "第 1 次退回" in letter["A2"].value
    assert "2回收/a.xlsx" in letter["A2"].value
    assert [cell.value for cell in letter[6]] == ["序号", "内容", "位置", "原来填的", "问题", "怎么办"]
    rows = list(letter.iter_rows(min_row=7))
    assert [row[0].value for row in rows] == list(range(1, len(rows) + 1))
    targets = [row[2].hyperlink.location for row in rows]
    wanted = {f"'{sheet}'!{cell}" for field, (sheet, cell) in places(NAMES[0]).items() if field in fields}
    assert set(targets) == wanted
    assert (rows[0][1].value, rows[0][2].value, rows[0][3].value) == ("业务工作第1项第1条", "F7", "=三种")
    assert rows[0][3].data_type == "s"
    assert (letter.page_setup.paperSize, letter.print_title_rows) == (9, "$6:$6")


def test_marks_and_notes_stand_where_they_should_and_nowhere_else(back):
    """A thick frame round each cell to mend; beside it what stood there; outside the printed page, and locked."""
    fields, data = back
    book, where = load_workbook(io.BytesIO(data)), places(NAMES[0])
    framed = {
        (ws.title, cell.coordinate)
        for ws in book.worksheets[1:]
        for row in ws.iter_rows()
        for cell in row
        if cell.border.left is not None and cell.border.left.style == "thick"
    }
    assert framed == {where[field] for field in fields}
    ws, form = book["促进法治科"], book["申报1-促进法治科"]
    assert ws["M4"].value == form["E1"].value == COLUMN_HEAD
    assert ws["M7"].value.startswith("原填：=三种　问题：")
    assert form["E12"].value.startswith("原填：大概　问题：")
    assert {cell.coordinate for cell in ws["M"] if cell.value} == {
        "M4", *(cell.replace("F", "M") for sheet, cell in map(where.get, fields) if sheet == ws.title)
    }  # fmt: skip
    plain = load_workbook(io.BytesIO(issue(NAMES[0], {})))
    for sheet in plain.worksheets:
        assert book[sheet.title].print_area == sheet.print_area
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked and (sheet.title, cell.coordinate) in set(where.values())
    }
    plan = plan_book(rules_2021(), (section(NAMES[0]),), SECTION_BOOK)
    assert unlocked == {(p.sheet, address(p.row, p.col)) for p in plan.fields if p.role in (INPUT, NOTE)}
    assert ws["M7"].protection.locked


def test_every_formula_has_its_value(back):
    _, data = back
    formulas, values = load_workbook(io.BytesIO(data)), load_workbook(io.BytesIO(data), data_only=True)
    seen = [
        values[ws.title][cell.coordinate].value is not None
        for ws in formulas
        for row in ws.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    # An empty text is a value too, which openpyxl reads as None: it stands only where the state of a row is blank.
    assert len(seen) > 100
    assert sum(seen) > len(seen) * 0.6


# --- which return counts -------------------------------------------------------------------------------------------------


def three():
    """Three returns of one section: two that differ, and a twin of the first in another folder."""
    name = NAMES[2]
    one, two = calm(name), calm(name) | {"建议": "另一份"}
    return [
        read(issue(name, one), "2回收/甲/表.xlsx"),
        read(issue(name, two), "2回收/乙/表.xlsx"),
        read(issue(name, one, mark="副本"), "2回收/丙/三.xlsx"),
    ]


def outcomes(adopted):
    return {r.file.removeprefix("2回收/"): r.outcome for r in adopted.received}


def test_without_a_decision_both_are_kept_for_comparison():
    adopted = adopt(three())
    assert adopted.undecided == {NAMES[2]}
    assert [r.file for r in adopted.conflicts[NAMES[2]]] == ["2回收/丙/三.xlsx", "2回收/乙/表.xlsx"]
    assert outcomes(adopted) == {"甲/表.xlsx": ret.IDENTICAL, "乙/表.xlsx": ret.CONFLICT, "丙/三.xlsx": ret.CONFLICT}
    rows = differences(rules_2021(), adopted.conflicts[NAMES[2]])
    cell = places(NAMES[2])["建议"][1]
    assert [(d.field, d.caption, d.values, d.cells) for d in rows] == [
        ("建议", "对考评工作的意见建议", ("（空）", "另一份"), (cell, cell))
    ]
    assert differences(rules_2021(), ()) == []


@pytest.mark.parametrize(
    ("chosen", "file"),
    [("2回收/乙/表.xlsx", "乙/表.xlsx"), ("三.xlsx", "丙/三.xlsx"), ("2回收/甲/表.xlsx", "丙/三.xlsx")],
)
def test_a_decision_chooses(chosen, file):
    """A whole name, a last component, or the name of a twin; the problems of the others are settled."""
    adopted = adopt(three(), {NAMES[2]: chosen})
    assert adopted.returns[NAMES[2]].file == f"2回收/{file}"
    assert (adopted.undecided, adopted.conflicts) == (frozenset(), {})
    other = "乙/表.xlsx" if file != "乙/表.xlsx" else "丙/三.xlsx"
    assert outcomes(adopted) == {"甲/表.xlsx": ret.IDENTICAL, file: ret.ADOPTED, other: ret.NOT_CHOSEN}
    found = [(p.code, p.where.file) for p in adopted.problems if p.code != "ANSWERS_IDENTICAL"]
    assert found == [("CHOSEN_BY_DECISION", f"2回收/{file}")]


@pytest.mark.parametrize("chosen", ["表.xlsx", "没有.xlsx"])
def test_a_decision_that_names_no_one_file_is_reported(chosen):
    """表.xlsx are two."""
    adopted = adopt(three(), {NAMES[2]: chosen})
    assert [(p.code, p.where.field, p.value) for p in adopted.problems if p.code == "CHOICE_UNKNOWN"] == [
        ("CHOICE_UNKNOWN", NAMES[2], chosen)
    ]
    assert adopted.undecided == {NAMES[2]}


def test_a_decision_on_a_section_that_sent_nothing_is_reported():
    adopted = adopt(three()[:1], {"办公室": "表.xlsx", NAMES[2]: "甲/表.xlsx"})
    assert [(p.code, p.where.field) for p in adopted.problems] == [("CHOICE_UNKNOWN", "办公室")]


# --- released clauses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("released", [False, True])
def test_a_released_clause_counts_though_it_has_changed(released):
    name, clause = NAMES[0], f"{C}/4/1"
    edited = Edited(issue(name, calm(name) | {clause: D(2)}))
    manifest = edited.book["_manifest"]
    for row in manifest.iter_rows(min_row=2):
        if clause_of(str(row[0].value)) == clause and row[4].value == "input":
            row[5].value = "0" * 12
        if row[0].value == "@fingerprint":
            row[5].value = "0" * 16
    reading = read(edited.bytes(), released=frozenset({clause} if released else ()))
    found = [(p.code, p.where.cell) for p in reading.problems if p.code.startswith("CLAUSE_")]
    cell = places(name)[clause][1]
    assert found == [("CLAUSE_RELEASED" if released else "CLAUSE_CHANGED", cell)]
    assert reading.returns[0].entries.get(clause) == (D(2) if released else None)


# --- reminders ----------------------------------------------------------------------------------------------------------------


def test_reminders_say_what_each_section_owes():
    """Nothing came, a file that cannot be used, mistakes, two versions; who owes nothing comes last."""
    sections = tuple(section(n) for n in ("办公室", "政治处", *NAMES[:3]))
    scheme = dataclasses.replace(scheme_2021(), sections=sections, deadline="12月10日", contact="内线8001", extra={})
    good, bad = read(issue("律公科", calm("律公科"))), calm(NAMES[0]) | {f"{C}/1/1": WRONG}
    del bad[sh.CONFIRM]
    wrong = read(issue(NAMES[0], bad), "2回收/b.xlsx")
    received = [
        Received(f"2回收/{n}总结.docx", "", n, ret.ATTACHMENT, "docx", "全年工作总结报告") for n in ("律公科", NAMES[0], NAMES[1])
    ]
    received.append(Received("2回收/处.xlsx", "", "政治处", ret.REFUSED, "xlsx"))
    returns = {"律公科": good.returns[0], NAMES[0]: wrong.returns[0]}
    foreign = problem("NOT_OUR_FORM", Where("2回收/处.xlsx"))
    text = reminders(scheme, returns, [*good.problems, *wrong.problems, foreign], received, ["政治处"], [NAMES[1]])
    assert text.startswith("\ufeff【考评提醒】办公室：\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert text.removeprefix("\ufeff").replace("\r\n", "\n") == REMINDERS
    nothing = reminders(dataclasses.replace(scheme, sections=sections[:1], deadline="", contact=""), {}, [], [])
    assert nothing.replace("\r\n", "\n").endswith("请尽快报送。如已报送请忽略，谢谢！\n\n已报齐、无须提醒的科室：暂无。\n")


REMINDERS = """【考评提醒】办公室：
1. 2021年度机关科室工作考评表尚未收到。
2. 应交材料还缺：全年工作总结报告（文件名请写明科室和材料名称）。
请于12月10日前报送（联系方式：内线8001）。如已报送请忽略，谢谢！

【考评提醒】政治处：
1. 收到的考评表无法采用（“处.xlsx”这个工作簿不是本系统下发的考评表），请用下发的原表填写后重新报送。
2. 应交材料还缺：全年工作总结报告（文件名请写明科室和材料名称）。
请于12月10日前报送（联系方式：内线8001）。如已报送请忽略，谢谢！

【考评提醒】促进法治科：
1. 考评表有 2 处要改（必须改正 2 处），见随附的“06-促进法治科.xlsx”，请直接在其中修改后发回。
2. 还没有做“自评确认”，逐条核对后请选“是”。
请于12月10日前报送（联系方式：内线8001）。如已报送请忽略，谢谢！

【考评提醒】秘书科、普法科：
收到几份内容不同的考评表，请告知以哪一份为准。
请于12月10日前报送（联系方式：内线8001）。如已报送请忽略，谢谢！

已报齐、无须提醒的科室：律公科。
"""
