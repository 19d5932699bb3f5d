"""A refused answer, a row that is gone and a changed clause are unknown: never a blank that "did not happen"."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from years import own_results

from workbook_builder import model as m
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.folder import Folder
from workbook_builder.pipeline import collect
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme

SCHEME = load_scheme(Path(__file__).resolve().parent.parent / "samples" / "2021" / "方案.yaml")
RULES = Rulebook(SCHEME)
SECTION = SCHEME.section("律公科")
COUNTED = "业务/律公科/1/1"
ITEM = "业务/律公科/1"


def assessed(tmp_path, change):
    """Problems and the score of 律公科 whose confirmed, otherwise blank sheet was changed by `change`."""
    data = section_workbook(RULES, SECTION, bundled_template(), {sh.CONFIRM: m.YES})
    book = load_workbook(io.BytesIO(data))
    sheet = book[SECTION.name]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    change(sheet, rows)
    folder = Folder(tmp_path)
    folder.returned.mkdir()
    book.save(folder.returned / "律公科.xlsx")
    collected = collect(folder, SCHEME)
    codes = {(p.code, p.where.field) for p in collected.problems}
    return codes, own_results(SCHEME, collected).assessments[SECTION.name]


def test_control_a_confirmed_blank_did_not_happen(tmp_path):
    codes, assessment = assessed(tmp_path, lambda sheet, rows: None)
    assert ("VALUE_NOT_ALLOWED", COUNTED) not in codes
    assert assessment.score.section.items[ITEM].figure.value == 5


def put(value):
    def change(sheet, rows):
        sheet.cell(rows[COUNTED], 6, value)

    return change


def drop_key(sheet, rows):
    sheet.cell(rows[COUNTED], 1).value = None


def repeat_key(sheet, rows):
    sheet.cell(rows["@表尾"], 1).value = COUNTED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put("很多"), "VALUE_NOT_ALLOWED"),
        (put(-1), "VALUE_OUT_OF_RANGE"),
        (put(1.5), "VALUE_OUT_OF_RANGE"),
        (put("=1+1"), "FORMULA_IN_INPUT"),
        (put("待市局反馈"), "PENDING_REFUSED"),
        (put("不适用"), "NOT_APPLICABLE_REFUSED"),
        (drop_key, "KEY_MISSING"),
        (repeat_key, "KEY_TWICE"),
    ],
)
def test_refused_is_unknown(tmp_path, change, code):
    codes, assessment = assessed(tmp_path, change)
    assert (code, COUNTED) in codes
    assert assessment.score.section.items[ITEM].figure.value is None
    assert assessment.score.section.items[ITEM].figure.high == 5
    assert assessment.score.total.value is None
    assert (ITEM, "填报有误") in {(p.item, p.reason) for p in assessment.pending}
