"""特色工作申报: the fields for review below the notice's form, evidence looked for, what is claimed twice."""

import dataclasses
import io

import pytest
from appraisals import best_sheet, rules_2021, scheme_2021, template
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from workbook_builder import returns as ret
from workbook_builder.building import section_workbook
from workbook_builder.collecting.attachments import missing_evidence, settle_forms
from workbook_builder.collecting.claims import claimed_twice
from workbook_builder.collecting.forms import section_form
from workbook_builder.collecting.sheets import raw_sheets
from workbook_builder.intake import read_book
from workbook_builder.layout.book import SECTION_BOOK, plan_book, section_print
from workbook_builder.layout.form import (
    AWARDED,
    EVIDENCE,
    ITEM,
    OTHER_ITEM,
    RECOGNISED,
    REVIEW,
    item_choice,
    review_name,
    review_slots,
)
from workbook_builder.layout.plan import address
from workbook_builder.problems import INFO, WARNING, Where, problem
from workbook_builder.returns import Received, SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.validate import validate_sheet

NAME = "办公室"
SECTION = scheme_2021().section(NAME)
FORM = section_form(rules_2021(), SECTION)
FILE = "2回收/a.xlsx"
WORK = {f"申报/1#{f.name}": "写明的内容" for f in scheme_2021().form_fields if f.name != "申报单位"}


def issued(entries=None):
    return section_workbook(rules_2021(), SECTION, template(), entries or {})


def place(field):
    """(sheet, cell) of a field on the section's form."""
    book = plan_book(rules_2021(), (SECTION,), SECTION_BOOK)
    return next((p.sheet, address(p.row, p.col)) for p in book.fields if p.name == field)


def returned(entries):
    """What a sheet filled in with `entries` on top of a complete one is taken for."""
    whole = best_sheet(rules_2021(), SECTION) | entries
    book, _ = read_book(issued(whole), FILE)
    (raw,), problems = raw_sheets(scheme_2021(), {NAME: FORM}, book, FILE)
    assert problems == []
    return validate_sheet(rules_2021(), FORM, raw, "0" * 64)


def told(found):
    """(code, sheet, cell) of the problems of 申报 and award."""
    words = ("FORM_", "SHEET_AWARD", "VALUE_", "PENDING", "NOT_APPLICABLE", "SPECIAL_")
    return [(p.code, p.where.sheet, p.where.cell) for p in found.problems if p.code.startswith(words)]


# --- the form ------------------------------------------------------------------------------------------------------


def test_the_printed_page_stays_the_notices_form():
    """Printed down to the 表尾; the fields for review stand below it, named in the manifest, with their choices."""
    book = load_workbook(io.BytesIO(issued()))
    ws = book[f"申报1-{NAME}"]
    keys = {ws.cell(row, 1).value: row for row in range(1, ws.max_row + 1)}
    last = keys["@表尾"]
    assert ws.print_area == f"'{ws.title}'!$A$1:$C${last}"
    assert [ws.cell(last + 1, col).value for col in (2, 3)] == ["以下供核定", "不属通知表样，不打印"]
    assert [ws.cell(row, 1).value for row in range(last + 2, ws.max_row + 1)] == [review_name(1, what) for what in REVIEW]
    named = {row[0].value: row[3].value for row in book["_manifest"].iter_rows(min_row=2) if row[2].value == ws.title}
    for what in REVIEW:
        name = review_name(1, what)
        assert named[name] == f"C{keys[name]}"
        assert not ws.cell(keys[name], 3).protection.locked
    lists = {str(check.sqref): check.formula1 for check in ws.data_validations.dataValidation if check.type == "list"}
    for what in (RECOGNISED, AWARDED):
        assert lists[f"C{keys[review_name(1, what)]}"] == '"是,否,待市局反馈"'
    assert f"C{keys[review_name(1, ITEM)]}" in lists


def test_items_to_choose_from_are_the_sections_own():
    for section in scheme_2021().sections:
        choices = review_slots(scheme_2021(), section)[ITEM].choices
        assert choices[-1] == OTHER_ITEM
        assert [choice.split(" ")[0] for choice in choices[:-1]] == [
            item.key for item in scheme_2021().section_items(section, "特色工作")
        ]
        assert len(set(choices)) == len(choices)
        assert max(map(len, choices)) < 60


def test_other_items_are_another_form():
    """The choices are part of what was issued: the fingerprint tells."""
    items = tuple(
        dataclasses.replace(item, title="另一个题目") if item.key == "特色/办公室/22" else item for item in scheme_2021().items
    )
    other = Rulebook(dataclasses.replace(scheme_2021(), items=items, extra={}))
    assert section_print(other, SECTION) != section_print(rules_2021(), SECTION)


def test_what_is_entered_comes_back():
    item = next(i for i in scheme_2021().items if i.key == "特色/办公室/22")
    review = {ITEM: item_choice(item), RECOGNISED: "是", AWARDED: "是", EVIDENCE: "甲.pdf\n乙.docx"}
    found = {**WORK, **{review_name(1, what): text for what, text in review.items()}}
    back = returned(found)
    assert {name: back.entries[name] for name in found} == found
    assert back.where(review_name(1, ITEM)) == Where(FILE, f"申报1-{NAME}", place(review_name(1, ITEM))[1], review_name(1, ITEM))
    assert told(back) == []


# --- validation ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [ITEM, RECOGNISED, AWARDED])
@pytest.mark.parametrize(
    ("text", "code"), [("大概", "VALUE_NOT_ALLOWED"), ("不适用", "NOT_APPLICABLE_REFUSED"), ("特色/办公室/22", "VALUE_NOT_ALLOWED")]
)
def test_other_words_are_refused_at_their_cell(what, text, code):
    name = review_name(1, what)
    back = returned({**WORK, review_name(1, AWARDED): "是", review_name(2, AWARDED): "", name: text})
    assert told(back) == [(code, *place(name))]
    assert (back.refused, name in back.entries) == ({name: text}, False)


def test_what_the_city_has_yet_to_say_of_a_work_is_no_problem():
    back = returned({**WORK, review_name(1, AWARDED): "待市局反馈", review_name(1, RECOGNISED): "待市局反馈"})
    assert told(back) == []
    assert back.entries[review_name(1, AWARDED)] == "待市局反馈"


@pytest.mark.parametrize(
    ("sheet", "work", "code", "field"),
    [
        ("否", "是", "FORM_AWARD_WITHOUT_SHEET", review_name(1, AWARDED)),
        (None, "是", "FORM_AWARD_WITHOUT_SHEET", review_name(1, AWARDED)),
        ("是", "否", "SHEET_AWARD_WITHOUT_FORM", sh.AWARD),
        ("是", None, "SHEET_AWARD_WITHOUT_FORM", sh.AWARD),
        ("是", "是", "", ""),
        ("否", "否", "", ""),
    ],
)
def test_sheet_and_work_agree_on_the_award(sheet, work, code, field):
    score = 6 if sheet == "是" else 3
    back = returned({**WORK, sh.AWARD: sheet, sh.PROPOSED: score, review_name(1, AWARDED): work})
    assert told(back) == ([(code, *place(field))] if code else [])


# --- evidence --------------------------------------------------------------------------------------------------------------


def receipt(name, material="加分佐证材料", section=NAME, outcome=ret.ATTACHMENT):
    return Received(f"2回收/{name}", "", section, outcome, "pdf", material)


def sheet_return(section=NAME, **entries):
    """A return that says `entries`; every field stands in a cell named after it."""
    return SectionReturn(section, f"2回收/{section}.xlsx", "0", section, entries, dict.fromkeys(entries, "C9"), ())


EV = review_name(1, EVIDENCE)
N = "特色/办公室/22/2#说明"


@pytest.mark.parametrize(
    ("field", "text", "files", "missing"),
    [
        (EV, "通报.pdf", ["通报.pdf"], []),
        (EV, "通报", ["办公室/通报.PDF"], []),
        (EV, "《ＴＯＮＧ报．pdf》", ["tong报.pdf"], []),
        (EV, "秘书科、普法科.docx", ["秘书科、普法科.docx"], []),
        (EV, "通报.pdf；照片.jpg", ["照片.jpg"], ["通报.pdf"]),
        (EV, "通报.pdf\n\n照片.jpg\n照片.jpg", [], ["通报.pdf", "照片.jpg"]),
        (N, "详见附件通报.pdf，共2页", ["通报.pdf"], []),
        (N, "详见通报.pdf和照片.JPG", [], ["详见通报.pdf", "和照片.JPG"]),
        (N, "见证明11.pdf", ["1.pdf"], ["见证明11.pdf"]),
        (N, "没有提到文件，网址 a.pdfx 不算", [], []),
        ("建议", "请看通报.pdf", [], []),
    ],
)
def test_named_evidence_is_looked_for(field, text, files, missing):
    found = missing_evidence(sheet_return(**{field: text}), [receipt(name) for name in files])
    assert [(p.code, p.severity, p.value, p.where.cell, p.where.field) for p in found] == [
        ("EVIDENCE_NOT_FOUND", WARNING, name, "C9", field) for name in missing
    ]


@pytest.mark.parametrize("other", [receipt("通报.pdf", section="政治处"), receipt("通报.pdf", outcome=ret.REFUSED)])
def test_only_what_came_as_the_sections_attachment_counts(other):
    assert [p.code for p in missing_evidence(sheet_return(**{EV: "通报.pdf"}), [other])] == ["EVIDENCE_NOT_FOUND"]


@given(st.text("甲乙aB１（）-_ ", min_size=1).filter(str.strip), st.sampled_from(["pdf", "DOCX", "jpg", "zip"]))
@settings(deadline=None, derandomize=True)
def test_a_file_is_found_by_its_own_name(stem, extension):
    """With or without extension, in the list and in running text."""
    name = f"{stem.strip()}.{extension}"
    have = [receipt(name)]
    for field, text in ((EV, name), (EV, stem), (N, f"见 {name.replace(' ', '')}")):
        assert list(missing_evidence(sheet_return(**{field: text}), have)) == []


# --- a form that came as a document --------------------------------------------------------------------------------------


def test_a_word_form_is_registered():
    """No missing form where one came as a document; whoever sent none is still asked."""
    asked = [
        problem("SPECIAL_WITHOUT_FORM", Where(f"2回收/{name}.xlsx", sheet, "F63", sh.PROPOSED), 3)
        for name, sheet in (("办公室", "办公室"), ("政治处", "改过名"), ("公服科", "公服科"))
    ]
    received = [
        receipt("办公室申报表.docx", "特色工作申报表"),
        receipt("政治处申报.doc", "特色工作申报表", "政治处"),
        receipt("政治处.xlsx", "考评表", "政治处", ret.ADOPTED),
        receipt("公服科佐证.docx", section="公服科"),
        receipt("申报表.docx", "特色工作申报表", ""),
    ]
    found = settle_forms([*asked, problem("NOT_CONFIRMED", Where("2回收/公服科.xlsx"))], received)
    assert [(p.code, p.where.cell) for p in found] == [
        ("FORM_AS_ATTACHMENT", "F63"), ("FORM_AS_ATTACHMENT", "F63"), ("SPECIAL_WITHOUT_FORM", "F63"), ("NOT_CONFIRMED", "")
    ]  # fmt: skip
    assert found[0].severity == INFO
    assert "2回收/办公室申报表.docx" in found[0].message


# --- claimed twice -----------------------------------------------------------------------------------------------------------


def twice(*returns):
    found = claimed_twice(scheme_2021(), {r.section: r for r in returns})
    return [(p.code, p.where.file, p.where.field, p.message.split("与", 1)[1]) for p in found]


def test_the_same_work_in_two_sections_is_flagged_at_both():
    one = sheet_return("办公室", **{"申报/1#特色工作名称": "“一键交接” 试点"})
    two = sheet_return("政治处", **{"申报/2#特色工作名称": "一键交接试点。"})
    assert twice(one, two) == [
        ("ACHIEVEMENT_TWICE", "2回收/办公室.xlsx", "申报/1#特色工作名称", "政治处的第2份申报表写的是同一件事"),
        ("ACHIEVEMENT_TWICE", "2回收/政治处.xlsx", "申报/2#特色工作名称", "办公室的第1份申报表写的是同一件事"),
    ]


def test_the_same_work_twice_in_one_section_is_flagged():
    one = sheet_return("办公室", **{"申报/1#特色工作名称": "ＡＢ试点", "申报/2#特色工作名称": "ab试点"})
    assert [field for _, _, field, _ in twice(one)] == ["申报/1#特色工作名称", "申报/2#特色工作名称"]


def test_the_same_achievement_under_two_items_or_in_two_sections_is_flagged():
    text = "2021年5月12日被市委信息载体采用。"
    one = sheet_return("办公室", **{N: text, "特色/办公室/23/1#说明": text.replace("。", ""), "业务/办公室/1/2#说明": text})
    two = sheet_return("政治处", **{"特色/相关科室/24/1@1#说明": text})
    assert [(file, field) for _, file, field, _ in twice(one)] == [
        ("2回收/办公室.xlsx", N), ("2回收/办公室.xlsx", "特色/办公室/23/1#说明")
    ]  # fmt: skip
    assert [field for _, _, field, _ in twice(one, two)] == [N, "特色/办公室/23/1#说明", "特色/相关科室/24/1@1#说明"]


@pytest.mark.parametrize(
    "entries",
    [
        {N: "详见附件", "特色/办公室/23/1#说明": "详见附件"},
        {N: "2021年5月被市委信息载体采用", "特色/办公室/22/3#说明": "2021年5月被市委信息载体采用"},
        {"申报/1#特色工作名称": "无", "申报/2#特色工作名称": "无"},
        {"申报/1#特色工作名称": "甲试点", "申报/2#特色工作名称": "乙试点"},
    ],
)
def test_what_is_alike_by_chance_or_in_one_item_is_left_alone(entries):
    """Short texts, two rows of one item, the word 无, different names."""
    assert twice(sheet_return("办公室", **entries)) == []
