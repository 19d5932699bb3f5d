"""samples/全年: a whole year with the real commands, from the first ledger entry to the archive and one later correction.

Every step must say exactly what expected.txt says (`python tests/yearstory.py` writes it anew; then read it).
"""

import json
import re
import zipfile

import pytest
import yearstory
from openpyxl import load_workbook

from workbook_builder.problems import ERROR

BLOCKS = yearstory.EXPECTED.read_text(encoding="utf-8").split("== ")[1:]
STEPS = yearstory.told()
FIRST, SECOND = "5归档/审定稿", "5归档/更正稿1"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The year, and of every step its block, its outcomes, whatever of a ballot got out, and what is archived."""
    year = yearstory.Year(tmp_path_factory.mktemp("year") / "2021考评")
    words = yearstory.markers(STEPS)
    after, known = [], {}
    for step, outcomes in yearstory.live(year, STEPS):
        voted = any("测评" in done for done in STEPS[: STEPS.index(step) + 1])
        got_out = yearstory.leaks(year.root, words, known) if voted else []
        said = [word for outcome in outcomes for word in words if word in json.dumps(outcome.to_json(), ensure_ascii=False)]
        after.append((yearstory.block(year, step, outcomes), outcomes, got_out + said, year.sums(FIRST)))
    return year, after


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step["时间"] for step in STEPS])
def test_every_step_says_exactly_this(lived, number):
    assert len(BLOCKS) == len(STEPS)
    assert lived[1][number][0].removeprefix("== ").strip() == BLOCKS[number].strip()


def test_the_year_passes_every_stage():
    stages = [line.split("，")[0] for block in BLOCKS for line in block.splitlines() if line.startswith("稿次：")]
    assert list(dict.fromkeys(stages)) == ["稿次：自评汇总", "稿次：核定稿", "稿次：送审稿", "稿次：审定稿", "稿次：更正稿1"]


def test_nothing_of_a_single_ballot_gets_out(lived):
    """Not in any file outside 测评, nor in what a command says; and the search finds them where they are."""
    year, after = lived
    words = yearstory.markers(STEPS)
    assert len(words) == 6
    assert [got_out for _, _, got_out, _ in after if got_out] == []
    ballots = yearstory.leaks(year.root / yearstory.BALLOTS, words)
    assert {word for _, word in ballots} == set(words) - {"78.37"}


def test_the_first_archive_is_never_touched_again(lived):
    year, after = lived
    approved = next(n for n, step in enumerate(STEPS) if "archive" in step["命令"])
    first = after[approved][3]
    assert len(first) > 50
    assert all(sums == first for _, _, _, sums in after[approved:])
    listed = dict(reversed(line.split("  ", 1)) for line in year.read(f"{FIRST}/校验清单.txt").decode().splitlines())
    assert listed == {name.removeprefix(f"{FIRST}/"): sha for name, sha in first.items() if not name.endswith("校验清单.txt")}
    assert year.sums(SECOND).keys() == {name.replace(FIRST, SECOND) for name in first}


def test_both_approved_results_are_kept(lived):
    """The correction is told against the first approval: the same that both archives hold."""
    year, _ = lived
    old, new = (json.loads(year.read(f"{place}/4汇总/结果.json")) for place in (FIRST, SECOND))
    moved = {(row["section"], row["figure"]): (row["before"], row["now"]) for row in new["moved"]}
    before, after = ({s["section"]: s for s in found["standings"]} for found in (old, new))
    for name, standing in after.items():
        for figure in ("业务工作", "队伍建设", "特色工作", "突破底线", "述职测评", "总分", "名次", "等次"):
            told = moved.get((name, figure))
            was, now = before[name][figure], standing[figure]
            assert (was != now) == (told is not None), (name, figure)
    assert old["stage"] == "审定稿" and new["stage"] == "更正稿1" and old["approved"] and new["approved"]


def test_letters_say_what_happened(lived):
    """The corrected notice names the approval that it corrects; nobody reads our field names."""
    root = lived[0].root
    notice = _text(root / "4汇总" / "通报.docx")
    assert "优秀等次（2个）：秘书科、普法科；法律援助中心。" in notice
    assert "对2022年1月10日审定的结果作如下更正" in notice
    assert "公服科：等次由“优秀”更正为“未定”。" in notice and "法律援助中心：等次由“未定”更正为“优秀”。" in notice
    first = _text(root / FIRST / "4汇总" / "通报.docx")
    assert "优秀等次（2个）：秘书科、普法科；公服科。" in first and "更正" not in first
    for path in (*(root / "4汇总" / "核对稿").iterdir(), *(root / "4汇总" / "反馈").iterdir()):
        assert not re.search("#|@|业务/|队伍/|特色/|底线/", _text(path)), path.name


def _text(path):
    with zipfile.ZipFile(path) as package:
        return re.sub("<[^>]*>", "", package.read("word/document.xml").decode("utf-8"))


def test_the_program_leaves_no_error_at_the_end(lived):
    year, after = lived
    assert not [p for outcome in after[-1][1] for p in outcome.problems if p.severity == ERROR]
    ranking = load_workbook(year.root / "4汇总" / "汇总表.xlsx", read_only=True)
    assert any("更正稿1" in str(cell.value) for row in ranking.worksheets[0].iter_rows(max_row=4) for cell in row)
