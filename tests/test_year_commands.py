"""The commands of the year on real folders: review, decisions, letters, archive, corrections."""

from __future__ import annotations

import io
import json
import shutil
from decimal import Decimal as D

import docx
import openpyxl
import pytest
from yearfolder import YearFolder, codes

from workbook_builder import commands
from workbook_builder import records as rec
from workbook_builder.inputs import digest_of
from workbook_builder.problems import Where
from workbook_builder.registers import city_workbook

OFFICE, SERVICE = "办公室", "公服科"
LATE = "业务/办公室/1/2"
OUTPUTS = ("4汇总",)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """A year in which everybody has returned, reviewed and voted; 公服科 lost a point in review."""
    made = YearFolder(tmp_path_factory.mktemp("年") / "2021考评")
    made.everyone_returns()
    made.everyone_reviews({("政治处", OFFICE): {LATE: (D(1), "值班记录一次迟到")}})
    made.ballots()
    return made


@pytest.fixture(scope="module")
def submitted(reviewed, tmp_path_factory):
    """The same year with check copies, and then at 送审稿."""
    made = reviewed.copied(tmp_path_factory.mktemp("送审"))
    assert made.run("review").exit_code == 0
    made.sent()
    return made


@pytest.fixture(scope="module")
def sealed(submitted, tmp_path_factory):
    """The same year at 审定稿."""
    made = submitted.copied(tmp_path_factory.mktemp("审定"))
    made.decide("审定")
    assert made.run("summarize").data["stage"] == "审定稿"
    return made


@pytest.fixture
def mine(reviewed, tmp_path):
    """A copy of the year that is reviewed, to work in."""
    return reviewed.copied(tmp_path)


@pytest.fixture
def approved(sealed, tmp_path):
    """A copy of the approved year, to work in."""
    return sealed.copied(tmp_path / "审定")


def result(made):
    return json.loads(made.folder.result.read_text(encoding="utf-8"))


def text_of(path) -> str:
    found = docx.Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    heads = [p.text for section in found.sections for p in section.header.paragraphs]
    return "\n".join([*heads, *(p.text for p in found.paragraphs), *cells])


def test_check_copies_before_anything_is_final(mine):
    outcome = mine.run("review")
    assert outcome.exit_code == 0 and set(outcome.data["check_copies"]) == {s.name for s in mine.scheme.sections}
    copy = text_of(mine.folder.check_copies / "01-办公室.docx")
    assert "未审定" in copy and "值班记录一次迟到" in copy and SERVICE not in copy and "名次" not in copy.replace("不含名次和等次", "")
    assert not mine.folder.notice.exists()


def test_from_review_to_the_archive(approved):
    mine = approved
    found = result(mine)
    assert (found["stage"], found["approved"], found["provisional"], found["pending"]) == ("审定稿", True, False, [])
    item = found["items"][OFFICE]["业务/办公室/1"]
    assert item == {"self": 10, "review": 9, "final": 9}
    notice = text_of(mine.folder.notice)
    excellent = [row["section"] for row in found["standings"] if row["等次"] == "优秀"]
    assert len(excellent) == 3 and all(name in notice for name in excellent) and "未审定" not in notice
    total = next(row["总分"] for row in found["standings"] if row["section"] == OFFICE)
    assert str(total) not in notice
    letters = {path.name: text_of(path) for path in mine.folder.feedback.iterdir()}
    assert len(letters) == 10 and not any("公服科" in text for name, text in letters.items() if "公服科" not in name)
    assert mine.run("archive").exit_code == 0
    place = mine.folder.archive / "审定稿"
    lines = (place / "校验清单.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 20 and not any("测评录入表" in line or "测评票" in line for line in lines)
    for line in lines:
        sha, _, name = line.partition("  ")
        assert digest_of((place / name).read_bytes()) == sha


def test_a_correction_lists_what_moved_and_leaves_the_archive_alone(approved):
    mine = approved
    mine.run("archive")
    kept = mine.files("5归档")
    mine.decide("复核更正", "8", 科室=OFFICE, 对象="业务/办公室/1", 原为="9")
    found = mine.run("summarize").data
    assert (found["stage"], found["approved"]) == ("更正稿1", False)
    moved = {(row["section"], row["figure"]): (row["before"], row["now"]) for row in found["moved"]}
    assert moved[OFFICE, "业务/办公室/1"] == (9, 8) or moved[OFFICE, "业务/办公室/1"] == ("9", "8")
    assert {section for section, figure in moved if figure == "总分"} == {OFFICE}
    assert mine.run("archive").misuse
    mine.decide("审定")
    assert (mine.run("summarize").data["stage"], mine.run("archive").exit_code) == ("更正稿1", 0)
    now = mine.files("5归档")
    assert {name: now[name] for name in kept} == kept
    assert (mine.folder.archive / "更正稿1" / "校验清单.txt").exists()


def test_nothing_is_archived_before_approval_or_from_an_old_summary(mine, approved):
    assert codes(mine.run("archive")) == ["NOT_APPROVED"]
    (approved.folder.returned / "补交说明.txt").write_text("补交", encoding="utf-8")
    assert codes(approved.run("archive"), "error") == ["SUMMARY_OLD"]
    assert not (approved.folder.archive / "审定稿").exists()


def test_a_tampered_archive_is_told(approved):
    approved.run("archive")
    victim = approved.folder.archive / "审定稿" / "4汇总" / "结果.json"
    victim.write_bytes(victim.read_bytes() + b" ")
    outcome = approved.run("archive")
    (found,) = [p for p in outcome.problems if p.code == "ARCHIVED_DIFFERS"]
    assert found.where.file == "5归档/审定稿/4汇总/结果.json" and outcome.exit_code == 1


def test_a_damaged_snapshot_is_told_and_the_result_is_no_longer_approved_quietly(approved):
    path = approved.folder.approved_result(0)
    path.write_bytes(path.read_bytes().replace(b'"10"', b'"11"', 1))
    outcome = approved.run("summarize")
    assert "APPROVED_DAMAGED" in codes(outcome)


def test_two_runs_give_the_same_outputs_and_order_does_not_matter(mine, tmp_path):
    mine.run("summarize", readings=True)
    first = mine.files(*OUTPUTS)
    for name in ("collect", "review", "summarize"):
        mine.run(name, readings=True)
    again = mine.files(*OUTPUTS)
    assert {name: again[name] for name in first} == first


def test_two_different_returns_wait_for_a_decision(mine):
    mine.returns(OFFICE, {LATE: 3}, file="办公室（改）.xlsx")
    outcome = mine.run("collect")
    assert outcome.data["undecided"] == [OFFICE]
    listing = openpyxl.load_workbook(mine.folder.problem_list)
    assert "不同版本对照" in listing.sheetnames
    mine.decide("采用哪份", "办公室（改）.xlsx")
    decided = mine.run("collect")
    assert decided.data["undecided"] == [] and OFFICE in decided.data["returned"]
    assert "CHOSEN_BY_DECISION" in codes(decided)
    prepared, _ = mine.year()
    assert prepared.collected.adopted.returns[OFFICE].file == "2回收/办公室（改）.xlsx"
    # What was reviewed has changed: the reviewer of that clause is asked again, and of no other.
    reopened = {name for review in prepared.reviews.values() for name in review.reopened}
    assert reopened == {LATE, "特色工作#自评分"}


def test_two_review_books_of_one_reviewer_wait_for_a_decision(mine):
    book = mine.folder.review / "核定表-律公科.xlsx"
    shutil.copy(book, mine.folder.review / "律公科核定表（补）.xlsx")
    mine.everyone_reviews({("律公科", SERVICE): {"底线/律公科/4/1": ("有", "")}})
    shutil.move(mine.folder.review / "律公科核定表（补）.xlsx", mine.folder.review / "律公科原.xlsx")
    outcome = mine.run("review")
    assert "REVIEW_CONFLICT" in codes(outcome) and "REVIEW_BOOK_KEPT" in codes(outcome)
    mine.decide("采用哪份", "律公科原.xlsx")
    decided = codes(mine.run("summarize"))
    assert "REVIEW_CONFLICT" not in decided and "CHOSEN_BY_DECISION" in decided and "BOTTOM_NO_AMOUNT" not in decided


def test_a_faulty_letter_template_of_the_office_is_told(submitted, tmp_path):
    mine = submitted.copied(tmp_path)
    (mine.root / "通报模板.docx").write_bytes(b"no document")
    mine.decide("审定")
    outcome = mine.run("summarize")
    assert "LETTER_FAILED" in codes(outcome) and not mine.folder.notice.exists()
    assert len(list(mine.folder.feedback.iterdir())) == 10


def test_a_letter_that_was_edited_stays(approved):
    mine = approved
    letter = docx.Document(mine.folder.notice)
    letter.add_paragraph("经办人加的一段。")
    letter.core_properties.author = "word"
    letter.save(mine.folder.notice)
    kept = mine.folder.notice.read_bytes()
    mine.decide("复核更正", "8", 科室=OFFICE, 对象="业务/办公室/1", 原为="9")
    mine.run("summarize")
    mine.decide("审定")
    outcome = mine.run("summarize")
    assert mine.folder.notice.read_bytes() == kept and "KEPT_FILLED" in codes(outcome)
    assert (mine.folder.summary / "通报（新表1）.docx").exists()


def test_the_printed_first_page_is_of_every_stage_and_stays_where_it_was_edited(mine):
    page, beside = mine.folder.printed_summary, mine.folder.summary / "汇总首页（新表1）.docx"
    assert "4汇总/汇总首页.docx" in mine.run("summarize").outputs
    assert "未审定" in text_of(page)
    edited = docx.Document(page)
    edited.add_paragraph("经办人加的一段。")
    edited.core_properties.author = "word"
    edited.save(page)
    kept = page.read_bytes()
    mine.approved()
    assert page.read_bytes() == kept and "审定稿" in text_of(beside) and "未审定" not in text_of(beside)
    (told,) = [p for p in mine.run("summarize").problems if p.code == "KEPT_FILLED"]
    assert told.where.file == "4汇总/汇总首页.docx" and "汇总首页（新表1）.docx" in told.message + told.fix


def test_a_policy_changed_by_decision_is_in_force_everywhere(mine):
    mine.run("summarize")
    mine.decide("口径变更", "1", 对象="小数位数", 原为="2")
    mine.run("summarize")
    policies = {row["name"]: row["value"] for row in result(mine)["policies"]}
    assert policies["小数位数"] == "1" and mine.scheme.policy("小数位数") == "1"
    refused = dict(科室=None, 对象="小数位数", 原为="4")
    mine.decide("口径变更", "3", **{k: v for k, v in refused.items() if v})
    assert "DECISION_STALE" in codes(mine.run("summarize")) and mine.scheme.policy("小数位数") == "1"


def test_what_the_city_says_otherwise_is_told(mine):
    figure = rec.CityFigure(Where(), OFFICE, LATE, D(2), document="沪司〔2022〕3号", bearer=OFFICE)
    mine.folder.city_feedback.write_bytes(city_workbook(mine.scheme, [figure]))
    (found,) = [p for p in mine.run("summarize").problems if p.code == "CITY_AND_SELF_DIFFER"]
    assert found.where.file == "市局反馈.xlsx" and found.where.cell and "自报“0”，市局反馈“2”" in found.message


def test_templates_are_copied_once_and_travel_to_the_next_year(mine, tmp_path):
    first = mine.run("templates")
    letters = {"核对稿模板.docx", "通报模板.docx", "反馈模板.docx", "汇总首页模板.docx"}
    assert first.exit_code == 0 and set(first.outputs) == {"考评表模板.xlsx", *letters}
    letter = docx.Document(mine.root / "通报模板.docx")
    letter.add_paragraph("附：各科室可在五个工作日内提出意见。")
    letter.save(mine.root / "通报模板.docx")
    kept = (mine.root / "通报模板.docx").read_bytes()
    again = mine.run("templates")
    assert again.outputs == () and len(again.data["kept"]) == 5 and (mine.root / "通报模板.docx").read_bytes() == kept
    assert mine.run("review").exit_code == 0
    following = commands.new(tmp_path / "2022考评", from_dir=mine.root)
    assert (following.folder.root / "通报模板.docx").read_bytes() == kept
