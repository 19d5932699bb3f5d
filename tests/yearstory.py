"""samples/全年/故事.yaml, done step by step with the real commands, and what stands there after every step.

    python tests/yearstory.py            writes samples/全年/expected.txt
    python tests/yearstory.py FOLDER     does it in FOLDER, which is then the working folder at the end of the story
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import yearhands as hands  # noqa: E402
from make_demo import Maker, answers  # noqa: E402

from workbook_builder import commands  # noqa: E402
from workbook_builder.ballots.forms import pass_sheets, section_key  # noqa: E402
from workbook_builder.building import section_workbook  # noqa: E402
from workbook_builder.collecting.manifest import read_manifest  # noqa: E402
from workbook_builder.commands import tally  # noqa: E402
from workbook_builder.intake import read_book  # noqa: E402
from workbook_builder.layout.plan import address  # noqa: E402
from workbook_builder.rules.excel import number  # noqa: E402

STORY = ROOT / "samples" / "全年"
EXPECTED = STORY / "expected.txt"
DEMO = ROOT / "samples" / "demo" / "全年.yaml"
ENTRY = "测评/测评录入表.xlsx"
PARTS = ("业务工作", "队伍建设", "特色工作", "突破底线", "述职测评")
#: Where ballots lie; outside of it nothing of a single one may stand.
BALLOTS = "测评"


def told() -> list[dict]:
    """The steps of the story."""
    return yaml.safe_load((STORY / "故事.yaml").read_text(encoding="utf-8"))["步骤"]


class Year:
    """A working folder in the hands of the people of the story; every method of DOINGS is one line of a step."""

    def __init__(self, root: Path):
        self.root = root
        self.demo = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
        self.maker = Maker()
        self.scheme = self.maker.scheme

    # --- what people do -----------------------------------------------------------------------------------------

    def ledgers(self, books: dict) -> None:
        """Rows of the demonstration's ledger, by who keeps it; other books begin as copies of the blank one."""
        blank = self.read("台账.xlsx")
        for name, how in books.items():
            rows = [dict(row) for row in self.demo["台账"] if row["登记人（职务）"] in how["登记人"]]
            rows += [dict(row) for row in self.demo["台账"] if row["日期"] in how.get("照抄", ())]
            for row in rows:
                if row["日期"] in how.get("不写细则", ()):
                    del row["细则"]
            cells = hands.register_cells(self.scheme, hands.LEDGER, blank, rows)
            (self.root / name).write_bytes(hands.saved(blank, cells))

    def mend_ledger(self, how: dict) -> None:
        self.mend(how["文件"], hands.LEDGER, how)

    def attachments(self, _: str) -> None:
        for name, data in self.maker.attachments().items():
            self.put(name.replace(".zip/", "/"), data)

    def returns(self, files: list[dict]) -> None:
        """Sheets filled in by the sections, or mended on what went back to them."""
        for told in files:
            name, changes = told["科室"], {k: hands.plain(v) for k, v in told.get("改", {}).items()}
            if "退回修改" in told:
                data = self.read(f"4汇总/退回修改/{told['退回修改']}")
                places = read_manifest(read_book(data, "a.xlsx")[0]).places[name]
                cells: hands.Cells = {}
                for field, value in changes.items():
                    sheet, row, col = places[field]
                    cells.setdefault(sheet, {})[address(row, col)] = value
                self.put(told["文件"], hands.saved(data, cells))
            else:
                entries = answers(self.maker.source["科室"][name]) | changes
                section = self.scheme.section(name)
                self.put(told["文件"], section_workbook(self.maker.rules, section, self.maker.template, entries))

    def city(self, _: str) -> None:
        cells = hands.register_cells(self.scheme, hands.CITY, self.read("市局反馈.xlsx"), self.demo["市局反馈"])
        hands.save(self.root / "市局反馈.xlsx", cells)

    def mend_city(self, how: dict) -> None:
        self.mend("市局反馈.xlsx", hands.CITY, how)

    def decisions(self, rows: list) -> None:
        """Decisions; 演示/种类 is the demonstration's decision of that kind."""
        for row in rows:
            if isinstance(row, str):
                row = next(r for r in self.demo["决定"] if r["种类"] == row.partition("/")[2])
            cells = hands.decision_cells(self.scheme, self.read("决定.xlsx"), row)
            hands.save(self.root / "决定.xlsx", cells)

    def mend_decision(self, how: dict) -> None:
        self.mend("决定.xlsx", hands.DECISIONS, how)

    def mend(self, file: str, kind: str, how: dict) -> None:
        hands.save(self.root / file, hands.change_row(self.read(file), kind, how["行"], how["改"]))

    def reviews(self, books: dict) -> None:
        """演示: what the demonstration says about these sections, and 核定完成; 另填: single cells."""
        for reviewer, how in books.items():
            path = hands.review_path(self.root, self.scheme, reviewer)
            mine = self.demo["核定"].get(reviewer, {})
            only = None if how == "演示" else how.get("演示", [])
            cells = hands.review_cells(self.scheme, reviewer, path.read_bytes(), mine, only)
            other = {} if how == "演示" else how.get("另填", {})
            more = hands.review_cells(self.scheme, reviewer, path.read_bytes(), other, list(other), whole=False)
            hands.save(path, hands.together(cells, more))

    def ballots(self, how: dict) -> None:
        """Paper ballots typed twice, one cell of the second pass wrong; a ballot filled as a file."""
        data = self.read(ENTRY)
        wrong, file = how["第二遍录错"], how["电子票"]
        typed = hands.ballot_cells(self.scheme, data, how["票"])
        hands.save(self.root / ENTRY, hands.together(typed, self.one_vote(wrong, wrong["录成"])))
        form = (self.root / BALLOTS / f"测评票-{file['组']}.xlsx").read_bytes()
        cells = hands.ballot_file_cells(form, file["票"])
        (self.root / BALLOTS / file["文件"]).write_bytes(hands.saved(form, cells, file["作者"]))

    def mend_ballots(self, how: dict) -> None:
        hands.save(self.root / ENTRY, self.one_vote(how, how["改为"]))

    def one_vote(self, where: dict, value: float) -> hands.Cells:
        """The cell of one vote in the second pass."""
        sheets = pass_sheets(group.name for group in self.scheme.rater_groups)
        sheet = read_book(self.read(ENTRY), ENTRY)[0].sheet(sheets[where["组"], "第二遍"])
        col = next(c for (r, c), cell in sheet.cells.items() if r == 1 and cell.value == section_key(where["科室"]))
        row = next(r for (r, c), cell in sheet.cells.items() if c == 1 and cell.value == where["票号"])
        return {sheet.name: {address(row, col): value}}

    # --- the folder ---------------------------------------------------------------------------------------------

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def put(self, name: str, data: bytes) -> None:
        path = self.root / "2回收" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def run(self, name: str, readings: bool):
        """One command. `readings`: with what other readings of the policies would change, which takes half the time."""
        kept = tally._other_readings
        if not readings:
            tally._other_readings = lambda *_: {}
        try:
            return getattr(commands, name)(self.root)
        finally:
            tally._other_readings = kept

    def sums(self, below: str) -> dict[str, str]:
        """Path → SHA-256 of everything below a folder."""
        paths = sorted(path for path in (self.root / below).rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


DOINGS = {
    "台账": Year.ledgers,
    "改台账": Year.mend_ledger,
    "附件": Year.attachments,
    "发来": Year.returns,
    "市局反馈": Year.city,
    "改市局反馈": Year.mend_city,
    "决定": Year.decisions,
    "改决定": Year.mend_decision,
    "核定": Year.reviews,
    "测评": Year.ballots,
    "改测评": Year.mend_ballots,
}


# --- what is told of a step -----------------------------------------------------------------------------------------


def live(year: Year, steps: list[dict]) -> Iterator[tuple[dict, list]]:
    """Do the story; after every step the step and the outcomes of its commands."""
    for step in steps:
        unknown = set(step) - {"时间", "事", "命令", "口径另读", *DOINGS}
        assert not unknown, unknown
        for verb, do in DOINGS.items():
            if verb in step:
                do(year, step[verb])
        yield step, [year.run(name, "口径另读" in step) for name in step["命令"]]


def report(year: Year, step: dict, outcomes: list) -> Iterator[str]:
    """The lines of one step in expected.txt."""
    yield f"== {step['时间']}"
    yield step["事"]
    for outcome in outcomes:
        yield f"-- {outcome.command}，退出码 {outcome.exit_code}"
        yield from _problems(outcome)
        yield from _written(outcome)
        yield f"下一步：{outcome.next_step.replace(str(year.root), '工作文件夹')}"
        if outcome.command == "summarize":
            yield from _result(json.loads(year.read("4汇总/结果.json").decode("utf-8")), outcome)


def _problems(outcome) -> Iterator[str]:
    """Codes with their number; errors with their place."""
    counted = Counter((p.severity, p.code) for p in outcome.problems)
    words = {"error": "错误", "warning": "提醒", "info": "提示"}
    for severity, word in words.items():
        codes = [f"{code}×{count}" for (s, code), count in sorted(counted.items()) if s == severity]
        if codes:
            yield f"{word}：{' '.join(codes)}"
    for p in outcome.problems:
        if p.severity == "error":
            yield f"　{p.code} {p.where.text()}"


def _written(outcome) -> Iterator[str]:
    by_folder: dict[str, list[str]] = {}
    for name in outcome.outputs:
        folder, _, file = name.rpartition("/")
        by_folder.setdefault(folder, []).append(file)
    for folder, files in by_folder.items():
        yield f"写出 {folder + '/' if folder else ''}：{' '.join(files)}"


def _result(found: dict, outcome) -> Iterator[str]:
    yield f"稿次：{found['stage']}，{'已审定' if found['approved'] else '未审定'}，{'暂定' if found['provisional'] else '齐全'}"
    for row in found["standings"]:
        figures = " ".join(_shown(row[part]) for part in PARTS)
        open_ = "" if row["总分"] is not None else f"（{_shown(row['最低'])}至{_shown(row['最高'])}）"
        place = _shown(row["名次"]) if row["名次"] is not None else f"{row['名次最好']}至{row['名次最差']}"
        yield f"{row['section']}｜{figures}｜总分 {_shown(row['总分'])}{open_}｜名次 {place}｜{row['等次'] or '无等次'}"
    for row in found["pending"]:
        yield f"待定：{row['section']}｜{row['item']}｜{row['reason']}"
    for row in outcome.data["waiting"]:
        yield "待答复：" + "｜".join(row)
    for row in outcome.data["moved"]:
        yield "变动：" + "｜".join(_shown(value) for value in row.values())


def _shown(value: object) -> str:
    """A figure of 结果.json."""
    if value is None:
        return "未知"
    return number(Decimal(str(value))) if isinstance(value, int | float) else str(value)


# --- ballots stay hidden --------------------------------------------------------------------------------------------


def markers(steps: list[dict]) -> list[str]:
    """What would show that a single ballot got out: marks that occur once, the name of a file and its author."""
    step = next(step["测评"] for step in steps if "测评" in step)
    lines = [*(line for lines in step["票"].values() for line in lines), step["电子票"]["票"]]
    marks = sorted({mark for line in lines for mark in line.split() if "." in mark})
    return [*marks, str(step["第二遍录错"]["录成"]), step["电子票"]["文件"].removesuffix(".xlsx"), step["电子票"]["作者"]]


def leaks(root: Path, words: list[str], known: dict[str, list[str]] | None = None) -> list[tuple[str, str]]:
    """(file, marker) for every marker found in anything outside 测评, inside workbooks, letters and archives too.

    `known`: what was found before, by content, so that nothing is unpacked twice.
    """
    found, known = [], {} if known is None else known
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(f"{BALLOTS}/"):
            continue
        found += [(name, word) for word in words if word in path.name]
        if path.is_file():
            data = path.read_bytes()
            sha = hashlib.sha256(data).hexdigest()
            if sha not in known:
                known[sha] = [word for text in _texts(data) for word in words if word.encode() in text]
            found += [(name, word) for word in known[sha]]
    return found


def _texts(data: bytes) -> Iterator[bytes]:
    if not data.startswith(b"PK"):
        yield data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            yield from _texts(archive.read(member))


def text(root: Path) -> str:
    """expected.txt, by doing the story in `root`."""
    year = Year(root)
    return "\n".join(block(year, step, outcomes) for step, outcomes in live(year, told()))


def block(year: Year, step: dict, outcomes: list) -> str:
    """What expected.txt says of one step."""
    return "\n".join([*report(year, step, outcomes), ""])


def main() -> None:
    if len(sys.argv) > 1:
        sys.stdout.write(text(Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        EXPECTED.write_text(text(Path(folder) / "2021考评"), encoding="utf-8")


if __name__ == "__main__":
    main()
