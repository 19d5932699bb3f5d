"""A whole small year at the terminal: every step by its number in the menu, what the archive refuses, what --json says."""

import json
import re
import shutil

import pytest
import small_year as year
from test_cli import CODES, PROMPT, at_terminal, run  # noqa: F401 (run is a fixture)

from workbook_builder import commands
from workbook_builder.cli import steps, words
from workbook_builder.commands.outcome import Outcome
from workbook_builder.folder import Folder

WALK = ("新建", "核对", "下发", "收集", "汇总", "核定", "看要填的", "核定稿", "录票", "看决定", "送审稿", "审定稿", "归档", "进度")


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """(folder after the archive, screens of the walk by name)."""
    place = tmp_path_factory.mktemp("walk")
    (place / "小方案.xlsx").write_bytes(year.scheme_book())
    root, seen = place / "2021考评", {}
    with at_terminal(place) as (talk, end):
        talk("", PROMPT)
        talk("10\n", "返回）：")
        talk("2021考评\n", "方案）：")
        seen["新建"] = talk("小方案.xlsx\n", PROMPT)
        seen["核对"] = talk("1\n", PROMPT)
        seen["下发"] = talk("2\n", PROMPT)
        year.send_in(root)
        seen["收集"] = talk("3\n", PROMPT)
        seen["汇总"] = talk("汇总\n", PROMPT)
        seen["核定"] = talk("5\n", PROMPT)
        seen["看要填的"] = talk("6\n", PROMPT)
        year.fill_reviews(root)
        seen["核定稿"] = talk("7\n", PROMPT)
        year.type_in_ballots(root)
        seen["录票"] = talk("再次汇总\n", PROMPT)
        seen["看决定"] = talk("6\n", PROMPT)
        year.decide(root, "送审")
        seen["送审稿"] = talk("7\n", PROMPT)
        year.decide(root, "审定")
        seen["审定稿"] = talk("7\n", PROMPT)
        seen["归档"] = talk("8\n", PROMPT)
        seen["进度"] = talk("9\n", PROMPT)
        talk("0\n", "再见")
        assert end() == 0
    return root, {name: [line.rstrip() for line in text.splitlines()] for name, text in seen.items()}


@pytest.fixture
def approved(walked, tmp_path):
    """A copy of the archived year."""
    shutil.copytree(walked[0], tmp_path / "年")
    return Folder(tmp_path / "年")


def marked(lines):
    """The key of the step the menu marks, "" if none."""
    return next((line[2] for line in lines if line.startswith("> ")), "")


def codes(outcome):
    return sorted({p.code for p in outcome.problems})


# --- the walk -------------------------------------------------------------------------------------------------------


def test_the_menu_marks_each_step_when_its_time_has_come(walked):
    screens = walked[1]
    assert tuple(screens) == WALK
    assert [marked(screens[name]) for name in WALK] == ["1", "2", "3", "4", "5", "6", "6", "6", "6", "6", "6", "8", "", ""]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("新建", ["年度文件夹已建好。", "  决定.xlsx　要由人决定的事，一行一件", "  台账.xlsx　日常检查发现的，随时登记"]),
        ("下发", ["下发表已生成。", "  测评/测评录入表.xlsx　测评会后录票，两人各录一遍", "  测评/测评票-局领导.xlsx"]),
        ("收集", ["收集校验完成。", "收到 6 个文件：附件 3、采用 3。", "  4汇总/催办文字.txt"]),
        ("汇总", ["自评汇总：自评排序（供核对）　未审定，尚有未定事项", "3     政治处              60        20         0    80"]),
        ("核定", ["核定表已生成。", "稿次：自评汇总", "  3核定/审定表.xlsx", "  3核定/核定表-政治处.xlsx"]),
        ("看要填的", ["  测评/测评录入表.xlsx：测评票，两人各录一遍", "打开要填的表，填好后保存、关闭，再选 7："]),
        ("核定稿", ["2     复议应诉科          60        20         1         0    81  优秀     1", "未定事项：未测评 3 个科室。"]),
        ("录票", ["决定.xlsx 有 1 行等待答复：", "  送审：全年 本年度考评"]),
        ("看决定", ["决定.xlsx 有 1 行等待答复：", "  送审：全年 本年度考评"]),
        ("送审稿", ["  审定：全年 本年度考评"]),
        ("审定稿", ["  4汇总/通报.docx", "  4汇总/反馈/02-政治处.docx"]),
        ("归档", ["已归档。", "  5归档/ 26 个：审定稿/1下发/分科室/02-政治处.xlsx …… 审定稿/校验清单.txt"]),
        ("进度", ["稿次：审定稿（已审定，已归档）。核定完成：2/2 个核定者。测评票：已录。"]),
    ],
)
def test_what_the_clerk_reads_at_each_step(walked, name, lines):
    shown = walked[1][name]
    assert [line for line in lines if line not in shown] == []


def test_stages_and_codes_are_told_from_review_to_archive(walked):
    screens = walked[1]
    found = {}
    for name in ("核定稿", "录票", "送审稿", "审定稿"):
        line = next(line for line in screens[name] if "考评结果" in line)
        found[name] = re.fullmatch(r"(.+)：考评结果　(.+)　结果码 ([0-9A-F]{8})", line).groups()
    assert [found[name][:2] for name in found] == [
        ("核定稿", "未审定，尚有未定事项"),
        ("核定稿", "未审定"),
        ("送审稿", "未审定"),
        ("审定稿", "已审定"),
    ]
    assert found["录票"][2] == found["送审稿"][2] == found["审定稿"][2] != found["核定稿"][2]
    assert f"审定稿（结果码 {found['审定稿'][2]}）共 26 个文件，在 5归档/审定稿。" in screens["归档"]


def test_every_screen_of_the_walk_fits_a_terminal(walked):
    place = str(walked[0])
    for name, lines in walked[1].items():
        ours = [line for line in lines if place not in line]
        assert max(map(words.width_of, ours)) <= 80, name


# --- archive, and review of what is not ours ------------------------------------------------------------------------


def test_only_an_approved_and_current_result_is_archived(approved):
    assert commands.archive(approved.root).exit_code == 0
    (approved.returned / "补交.pdf").write_bytes(b"%PDF-1.4\n")
    refused = commands.archive(approved.root)
    assert (refused.exit_code, codes(refused), refused.outputs) == (2, ["SUMMARY_OLD"], ())
    (approved.decisions).unlink()
    refused = commands.archive(approved.root)
    assert (refused.exit_code, codes(refused)) == (2, ["NOT_APPROVED"])


def test_an_archived_file_that_was_changed_is_found_and_nothing_is_archived(approved):
    damaged = approved.archive / "审定稿" / "4汇总" / "汇总表.xlsx"
    damaged.write_bytes(b"changed")
    outcome = commands.archive(approved.root)
    assert (outcome.exit_code, outcome.outputs) == (1, ())
    assert [(p.code, p.where.file) for p in outcome.problems] == [("ARCHIVED_DIFFERS", "5归档/审定稿/4汇总/汇总表.xlsx")]
    assert damaged.read_bytes() == b"changed"


def test_a_review_book_that_cannot_be_read_is_left_alone(approved):
    name = "3核定/核定表-政治处.xlsx"
    (approved.root / name).write_bytes(b"scrap")
    outcome = commands.review(approved.root)
    assert ("REVIEW_BOOK_KEPT", name) in [(p.code, p.where.file) for p in outcome.problems]
    assert (approved.root / name).read_bytes() == b"scrap"
    assert name not in outcome.outputs


def test_a_faulty_template_of_a_letter_is_told_by_summarize_and_by_check(approved):
    (approved.root / "通报模板.docx").write_bytes(b"no document")
    outcome = commands.summarize(approved.root)
    assert {"LETTER_FAILED", "LETTER_TEMPLATE_UNREADABLE"} <= set(codes(outcome))
    assert {p.where.file for p in outcome.problems if p.code.startswith("LETTER")} == {"通报模板.docx"}
    assert "4汇总/通报.docx" not in outcome.outputs
    checked = commands.check(approved.root)
    assert (checked.exit_code, codes(checked)) == (1, ["LETTER_TEMPLATE_UNREADABLE"])


# --- a correction ---------------------------------------------------------------------------------------------------


def test_a_correction_shows_what_moved_and_the_menu_goes_back_to_the_decisions(approved, run, monkeypatch):  # noqa: F811
    year.decide(approved.root, "复核更正", "12", 科室="复议应诉科", 对象="业务/复议应诉科/3", 原为="15")
    monkeypatch.chdir(approved.root)
    code, out, _ = run("summarize")
    lines = [line.rstrip() for line in out.splitlines()]
    at = lines.index("与审定的结果相比变动 5 处，涉及政治处、复议应诉科：")
    assert code == 0
    assert lines[at + 1 : at + 6] == [
        "  政治处 名次 3 → 2",
        "  复议应诉科 总分 81 → 78",
        "  复议应诉科 名次 2 → 3",
        "  复议应诉科 业务/复议应诉科/3 15 → 12",
        "  复议应诉科 业务工作 60 → 57",
    ]
    assert any(line.startswith("更正稿1：考评结果　未审定") for line in lines)
    assert steps.next_step(commands.status(approved.root)) == steps.ENTRIES


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_of_the_commands_of_the_year(approved, run, monkeypatch):  # noqa: F811
    monkeypatch.chdir(approved.root)
    found = {}
    for name in ("archive", "status", "review"):  # review writes its books anew
        code, out, err = run(name, "--json")
        found[name] = json.loads(out)
        assert (code, found[name]["command"]) == (0, name)
        assert all(set(p) == CODES for p in found[name]["problems"])
        assert "下一步" in err
    rows = found["review"]["reviewers"]
    assert [(row["reviewer"], row["file"]) for row in rows] == [
        ("政治处", "3核定/核定表-政治处.xlsx"),
        (year.GROUP, "3核定/审定表.xlsx"),
    ]
    assert all(set(row) == {"reviewer", "sections", "done", "file"} and row["done"] == row["sections"] for row in rows)
    assert found["review"]["check_copies"] == []
    assert found["review"]["stage"] == "审定稿"
    told = found["status"]
    assert (told["stage"], told["approved"], told["archived"], told["ballots"]) == ("审定稿", True, True, True)
    assert (told["waiting"], told["reviewers"]) == ([], rows)
    kept = found["archive"]
    assert (kept["stage"], kept["place"], kept["files"]) == ("审定稿", "5归档/审定稿", len(kept["outputs"]))
    assert re.fullmatch("[0-9A-F]{8}", kept["code"])


# --- which step is next ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        (None, ""),
        (Outcome("check", data={"next": "运行 kaoping build 生成下发表"}), "2"),
        (Outcome("summarize", data={"stage": "自评汇总", "next": "催报办公室；收到后放进 2回收，再运行 kaoping summarize"}), "4"),
        (Outcome("status", data={"stage": "核定稿", "next": "运行 kaoping summarize 生成汇总"}), "7"),
        (
            Outcome(
                "status",
                data={"stage": "自评汇总", "reviewers": [{"file": "3核定/审定表.xlsx"}], "next": "运行 kaoping summarize 生成汇总"},
            ),
            "7",
        ),
        (Outcome("summarize", data={"stage": "审定稿", "next": "印发，再运行 kaoping archive 归档"}), "8"),
        (Outcome("archive", ("5归档/审定稿/方案.xlsx",), data={"next": "以后有更正，再运行 kaoping summarize"}), ""),
        (Outcome("archive", data={"next": "先处理上面的错误，再运行 kaoping archive"}), "8"),
        (Outcome("dump", data={"next": "用 kaoping load 变回工作簿"}), ""),
    ],
)
def test_the_next_step_is_the_one_the_advice_names(outcome, key):
    assert steps.next_step(outcome) == key


@pytest.mark.parametrize("width", [60, 80])
def test_the_steps_fit_and_only_the_next_is_marked(width):
    shown = [str(line) for line in steps.lines("5", width)]
    assert [text[:3] for text in shown] == [f"{'>' if n == 5 else ' '} {n}" for n in range(1, 9)]
    assert max(words.width_of(line) for text in shown for line in text.splitlines()) <= width


def test_entry_hints_say_what_is_not_there_yet(tmp_path):
    shown = [str(line) for line in steps.entry_hints(Folder(tmp_path), None, 80)]
    assert shown[2] == "  测评/测评录入表.xlsx：测评票，两人各录一遍（还没有，先选 2 生成）"
