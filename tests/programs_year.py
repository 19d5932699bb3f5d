"""A small year whose every workbook is filled in by hand: what is typed into which cell, and what must be read of it.

Comes in: an empty folder. Goes out: a working folder filled in by openpyxl up to 送审稿, a `Book` for every kind of workbook a
person fills (the blank, and the cells typed into it), and what a folder says once other programs' files lie in it.
"""

from __future__ import annotations

import datetime
import io
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest
import small_year
import yearhands as hands
from story import neutral

from workbook_builder import commands
from workbook_builder import records as rec
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.commands import tally
from workbook_builder.commands.altering import keep_altered
from workbook_builder.commands.placing import Placing
from workbook_builder.commands.session import open_scheme
from workbook_builder.folder import Folder, Outputs
from workbook_builder.intake import read_book
from workbook_builder.layout.plan import address
from workbook_builder.pipeline import collect, year
from workbook_builder.problems import Problem
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme, read_document, read_scheme, write_text
from workbook_builder.summary.workbook import TRIAL

OFFICE, APPEALS, AID = small_year.SECTIONS
LEADERS, EVERYBODY = "局领导", "局属各单位、各部门"
DAY = datetime.date(2021, 12, 20)
BODY = "考评工作领导小组"
#: Kinds of workbooks people fill in, in the order of the year.
SCHEME, SECTION, WHOLE, BACK, LEDGER, CITY = "方案", "科室考评表", "整本考评表", "退回修改的表", "台账", "市局反馈"
REVIEW, CHIEF, BALLOT, ENTRY, DECISIONS, SUMMARY = "核定表", "审定表", "测评票", "测评录入表", "决定", "汇总表（试算）"
KINDS = (SCHEME, SECTION, WHOLE, BACK, LEDGER, CITY, REVIEW, CHIEF, BALLOT, ENTRY, DECISIONS, SUMMARY)
#: Kinds that the program finds by their name and therefore reads as .xlsx alone.
NAMED = (SCHEME, LEDGER, CITY, DECISIONS, SUMMARY)
WHOLE_RETURN = "2回收/整本 考评表.xlsx"


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook to be filled in: its kind, where the filled one goes, the blank, and what is typed."""

    kind: str
    place: str
    blank: bytes
    cells: hands.Cells


@dataclass
class Baseline:
    """The year as openpyxl fills it in. `typed`: field by field what people have entered, worked out from no file."""

    root: Path
    books: dict[str, Book] = field(default_factory=dict)
    typed: dict[str, object] = field(default_factory=dict)


# --- what is typed ------------------------------------------------------------------------------------------------

#: Table of the scheme → key column, key, column to change → typed.
SCHEME_TYPED = {
    "基本信息": (("项目", "报送截止", "内容", "2022年1月10日（星期一）前"), ("项目", "联系方式", "内容", "政治处 021-00000000"), ("项目", "保护密码", "内容", "kp2021")),
    "口径": (
        ("口径", "测评细节最少票数", "取值", Decimal(5)),
        ("口径", "测评细节最少票数", "其他读法", Decimal(3)),
        ("口径", "述职测评权重", "取值", Decimal("0.1")),
        ("口径", "述职测评权重", "其他读法", Decimal(0)),
    ),
}
LONG = "全年开展法治宣传，覆盖 12 个街镇；" * 40
NOTES = {
    "业务/政治处/2/2#说明": "3月5日、6月1日各一次\n见附件1",
    "业务/政治处/3/4@1#说明": "“抽查”通报：<1> & 'A' \\ ¥ — … 𠮷🙂",
    "队伍/各科室/1/1#说明": LONG,
    "建议": "第一行\n第二行",
    "填表人": "综合岗",
    "电话": "021-00000000",
}
OFFICE_TYPED = {
    "业务/政治处/2/2": Decimal(2),
    "业务/政治处/3/1": Decimal("95.5"),
    "业务/政治处/3/2": Decimal("59.7"),
    "业务/政治处/3/4@1": Decimal("1.3"),
    "队伍/各科室/1/1": Decimal("1.1"),
    "队伍/各科室/4/2": Decimal("0.5"),
    "业务/政治处/6/2": Decimal(0),
    "特色/政治处/19/1@1": Decimal("1.7"),
    "特色/政治处/19/1@1#说明": "12月在全系统会议推广",
    "特色/政治处/19/3": "待市局反馈",
    **NOTES,
}
FORM_TYPED = {
    "申报/1#特色工作名称": "先调后裁",
    "申报/1#主要创新点": "一站受理，一次办结。",
    "申报/1#主要内容": "做" * 300,
    "申报/1#进展情况和主要成效": "第一阶段：\n第二阶段：",
    "申报/1#联系人": "综合岗",
    "申报/1#联系电话": "021-00000001",
}
LEDGER_TYPED = (
    {"日期": datetime.date(2021, 3, 1), "科室": OFFICE, "细则": "业务/政治处/2/2", "次数或分值": Decimal(1), "事实": "迟报一次\n已整改",
     "佐证": "通报1号", "登记人（职务）": "政治处经办人"},
    {"日期": datetime.date(2021, 11, 30), "科室": APPEALS, "细则": "队伍/各科室/4/2", "次数或分值": Decimal("0.5"), "事实": "会风抽查"},
)  # fmt: skip
CITY_TYPED = (
    {"科室": OFFICE, "细则": "特色/政治处/19/3", "市局数据": Decimal(2), "文号（来源）": "沪司通〔2021〕1号"},
    {"科室": AID, "细则": "业务/法律援助中心/1/1", "市局数据": "否", "文号（来源）": "沪司通〔2021〕2号", "备注": "电话核实"},
    {"科室": OFFICE, "细则": "业务/政治处/3/1", "市局数据": Decimal("94.5"), "文号（来源）": "2021年第12期"},
)
#: Section → field → (answer, reason) or, of 突破底线, ("有", points, facts).
REVIEW_TYPED = {
    APPEALS: {"业务/复议应诉科/2/2": (Decimal(1), "查实一起"), "业务/复议应诉科/2/4": ("不适用", "全年无此类案件")},
    AID: {"底线/政治处/1/1": ("有", Decimal("5.5"), "2021年5月6日，一起")},
}
CHIEF_TYPED = {
    OFFICE: {"业务/政治处/3/1": (Decimal("96.5"), "以复核数为准"), "业务/政治处/1/1": ("是", "漏报一次"),
             "特色工作#市局加分": ("否", "市局未加分"), "特色工作#自评分": (Decimal("2.5"), "两项\n合计")},
    APPEALS: {"特色工作#自评分": (Decimal("1.5"), "略有提高")},
}  # fmt: skip
#: Marks of a ballot, one per section; "-" is none. Paper ballots by group, and one ballot filled as a file.
PAPER = {LEADERS: ["90 85.5 -", "88 86 91"], EVERYBODY: ["95 60.5 70", "80 0 100", "92.5 88 87.5"]}
FILE_BALLOT = "99.5 98 97.3"
ADJUSTED = {
    "种类": rec.ADJUST, "科室": AID, "对象": "业务/法律援助中心/4", "原为": "10", "改为": Decimal("9.5"), "理由": "会议决定",
    "依据": "会议纪要〔2021〕3号", "决定日期": DAY, "决定者（职务或机构）": BODY,
}  # fmt: skip
SUBMITTED = {"种类": rec.SUBMIT, "改为": rec.AGREED, "理由": "同意送审", "决定日期": DAY, "决定者（职务或机构）": BODY}


def section_typed(rules: Rulebook, name: str) -> dict[str, object]:
    """Every answer of a section."""
    found = neutral(rules, rules.scheme.section(name))
    if name == APPEALS:
        found |= {sh.PROPOSED: Decimal(1), "业务/复议应诉科/2/3": "不适用", "业务/复议应诉科/2/4": Decimal(100)}
    return found | (OFFICE_TYPED if name == OFFICE else {})


# --- the year by openpyxl -------------------------------------------------------------------------------------------


class Maker:
    """Takes an empty folder through the year, keeping every workbook as it was before anything was typed."""

    def __init__(self, root: Path) -> None:
        self.made = Baseline(root)
        self.root = root

    def fill(self, kind: str, place: str, blank: bytes, cells: hands.Cells) -> None:
        self.made.books[kind] = Book(kind, place, blank, cells)
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hands.saved(blank, cells))

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def begin(self) -> None:
        """方案, filled in and in force; what is issued under it."""
        assert commands.new(self.root).exit_code == 0
        blank = small_year.scheme_book()
        self.fill(SCHEME, "方案.xlsx", blank, scheme_cells(blank))
        assert commands.build(self.root).exit_code == 0
        self.scheme = load_scheme(self.root / "方案.xlsx")
        self.rules = Rulebook(self.scheme)

    def registers(self) -> None:
        for kind, name, rows in ((LEDGER, hands.LEDGER, LEDGER_TYPED), (CITY, hands.CITY, CITY_TYPED)):
            blank = self.read(f"{name}.xlsx")
            self.fill(kind, f"{name}.xlsx", blank, hands.register_cells(self.scheme, name, blank, list(rows)))

    def returns(self) -> None:
        """One section by its own workbook, one by the workbook that went back to it, one by its own as before."""
        typed = {name: section_typed(self.rules, name) for name in small_year.SECTIONS}
        whole = self.read("1下发/考评表.xlsx")
        everything = hands.together(section_cells(whole, {OFFICE: typed[OFFICE], APPEALS: typed[APPEALS]}), section_cells(whole, {AID: typed[AID]}))
        self.made.books[WHOLE] = Book(WHOLE, WHOLE_RETURN, whole, everything)
        issued = {path.stem.partition("-")[2]: path.read_bytes() for path in (self.root / "1下发" / "分科室").iterdir()}
        for name in (APPEALS, AID):
            (self.root / "2回收" / f"{name}.xlsx").write_bytes(hands.saved(issued[name], section_cells(issued[name], {name: typed[name]})))
        self.fill(SECTION, f"2回收/{OFFICE}.xlsx", issued[OFFICE], section_cells(issued[OFFICE], {OFFICE: typed[OFFICE]}))
        for name in small_year.SECTIONS:
            (self.root / "2回收" / f"{name} 全年工作总结报告.pdf").write_bytes(b"%PDF-1.4\n" + name.encode())
        commands.collect(self.root)
        back = next((self.root / "4汇总" / "退回修改").glob(f"*{APPEALS}.xlsx")).read_bytes()
        again = {**FORM_TYPED, sh.CONFIRM: "是"}
        self.fill(BACK, f"2回收/{APPEALS}（改）.xlsx", back, section_cells(back, {APPEALS: again}))
        self.made.typed["before"] = dict(typed)
        typed[APPEALS] = typed[APPEALS] | again
        self.made.typed["returns"] = typed

    def reviews(self) -> None:
        assert commands.review(self.root).exit_code == 0
        for kind, reviewer, told in ((REVIEW, OFFICE, REVIEW_TYPED), (CHIEF, BODY, CHIEF_TYPED)):
            path = hands.review_path(self.root, self.scheme, reviewer)
            blank = path.read_bytes()
            place = path.relative_to(self.root).as_posix()
            self.fill(kind, place, blank, hands.review_cells(self.scheme, reviewer, blank, told))

    def ballots(self) -> None:
        form = self.read(f"测评/测评票-{LEADERS}.xlsx")
        self.fill(BALLOT, "测评/收到的票.xlsx", form, hands.ballot_file_cells(form, FILE_BALLOT))
        blank = self.read("测评/测评录入表.xlsx")
        self.fill(ENTRY, "测评/测评录入表.xlsx", blank, hands.ballot_cells(self.scheme, blank, PAPER))

    def decide(self) -> None:
        """An adjustment, then the result submitted: people type both into 决定.xlsx."""
        blank = self.read("决定.xlsx")
        hands.save(self.root / "决定.xlsx", hands.decision_cells(self.scheme, blank, ADJUSTED))
        outcome = commands.summarize(self.root)
        assert outcome.data["stage"] == "核定稿", outcome.problems
        asked = self.read("决定.xlsx")
        cells = hands.decision_cells(self.scheme, asked, {**SUBMITTED, "科室": "", "对象": rec.WHOLE_YEAR})
        adjusted = hands.change_row(asked, hands.DECISIONS, {"种类": rec.ADJUST}, {"改为": Decimal("9.5"), "决定日期": DAY})
        self.fill(DECISIONS, "决定.xlsx", asked, hands.together(cells, adjusted))
        self.made.typed["code"] = _code(asked)

    def summary(self) -> None:
        outcome = commands.summarize(self.root)
        assert outcome.data["stage"] == "送审稿", outcome.problems
        blank = self.read("4汇总/汇总表.xlsx")
        self.made.books[SUMMARY] = Book(SUMMARY, "4汇总/汇总表.xlsx", blank, {TRIAL: trial_cells(blank)})


def baseline(root: Path) -> Baseline:
    """The year in `root`, which is made. What other readings of the policies would do takes longest and is not asked for."""
    maker = Maker(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "_other_readings", lambda *_: {})
        maker.begin()
        maker.registers()
        maker.returns()
        maker.reviews()
        maker.ballots()
        maker.decide()
        maker.summary()
    return maker.made


def _code(asked: bytes) -> str:
    rows = hands.Register(asked, hands.DECISIONS).rows()
    return next(str(row["原为"]) for _, row in rows if row["种类"] == rec.SUBMIT)


def section_cells(data: bytes, typed: Mapping[str, Mapping[str, object]]) -> hands.Cells:
    """Answers by section → cells, where the workbook's own list of fields has them."""
    places = read_manifest(read_book(data, "考评表.xlsx")[0]).places
    cells: hands.Cells = {}
    for section, answers in typed.items():
        for name, value in answers.items():
            sheet, row, col = places[section][name]
            cells.setdefault(sheet, {})[address(row, col)] = value
    return cells


def scheme_cells(data: bytes) -> hands.Cells:
    """`SCHEME_TYPED` → cells of 方案.xlsx, by its heads."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=False)
    cells: hands.Cells = {}
    for table, changes in SCHEME_TYPED.items():
        for key_head, key, head, value in changes:
            cells.setdefault(table, {})[_cell_of(book[table], key_head, key, head)] = value
    return cells


def _cell_of(sheet, key_head: str, key: str, head: str) -> str:
    heads = next(row for row in sheet.iter_rows() if any(cell.value == key_head for cell in row))
    columns = {cell.value: cell.column for cell in heads}
    row = next(r for r in range(heads[0].row + 1, sheet.max_row + 1) if sheet.cell(r, columns[key_head]).value == key)
    return address(row, columns[head])


def scheme_of_text() -> object:
    """The scheme that 方案.xlsx must be: changed as rows of text, never in a workbook."""
    document, _ = read_document(small_year.scheme_book(), "方案.xlsx")
    for table, changes in SCHEME_TYPED.items():
        for key_head, key, head, value in changes:
            row = next(row for row in document[table] if row.values[key_head] == key)
            row.values[head] = format(value, "f") if isinstance(value, Decimal) else value
    return read_scheme(write_text(document).encode("utf-8"), "方案.yaml")[0]


def trial_cells(data: bytes) -> dict[str, object]:
    """One point more for the section in the first line of 试算."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))[TRIAL]
    free = next(c for row in sheet.iter_rows() for c in row if not c.protection.locked and c.value is None)
    return {free.coordinate: Decimal(1)}


# --- what is read -----------------------------------------------------------------------------------------------------


def expected(made: Baseline) -> dict[str, object]:
    """Part of `Said.answers` → what must stand there: what was typed, and arithmetic of our own."""
    absent = {"底线/政治处/1/1": rec.ABSENT}
    reviews = {
        (OFFICE, APPEALS): _reviewed(REVIEW_TYPED[APPEALS], absent),
        (OFFICE, AID): _reviewed({"底线/政治处/1/1": (rec.PRESENT,), "底线/政治处/1/1@1": REVIEW_TYPED[AID]["底线/政治处/1/1"][1:]}),
        (BODY, OFFICE): _reviewed(CHIEF_TYPED[OFFICE], absent),
        (BODY, APPEALS): _reviewed(CHIEF_TYPED[APPEALS]),
        (BODY, AID): _reviewed({}),
    }
    return {
        SCHEME: scheme_of_text(),
        "returns": made.typed["returns"],
        LEDGER: _typed_records(LEDGER_TYPED, _LEDGER_HEADS),
        CITY: _typed_records(CITY_TYPED, _CITY_HEADS, reference=None),
        REVIEW: {key: review for key, review in reviews.items() if key[0] == OFFICE},
        CHIEF: {key: review for key, review in reviews.items() if key[0] == BODY},
        BALLOT: _means(),
        DECISIONS: _typed_records(
            (ADJUSTED | {"改为": "9.5"}, {**SUBMITTED, "对象": rec.WHOLE_YEAR, "原为": made.typed["code"]}), _DECISION_HEADS
        ),
        "result": ("送审稿", made.typed["code"]),
    }


_LEDGER_HEADS = {"日期": "date", "科室": "section", "细则": "clause", "次数或分值": "amount", "事实": "facts", "佐证": "evidence", "登记人（职务）": "recorder"}
_CITY_HEADS = {"科室": "section", "细则": "clause", "市局数据": "value", "文号（来源）": "document", "承担科室": "bearer", "备注": "note"}
_DECISION_HEADS = {
    "种类": "kind", "科室": "section", "对象": "object", "原为": "before", "改为": "after", "理由": "reason", "依据": "basis",
    "决定日期": "date", "决定者（职务或机构）": "role",
}  # fmt: skip


def _typed_records(rows: Iterable[Mapping[str, object]], heads: Mapping[str, str], **more: object) -> dict[str, dict]:
    return {
        f"第{number}行": {name: row.get(head, "") for head, name in heads.items()} | more for number, row in enumerate(rows, 1)
    }


def _reviewed(told: Mapping[str, tuple], more: Mapping[str, object] | None = None) -> dict[str, object]:
    values = {name: said[0] for name, said in told.items()} | dict(more or {})
    reasons = {name: said[1] for name, said in told.items() if len(said) > 1}
    return {"done": True, "confirmed": False, "values": values, "reasons": reasons, "refused": {}, "reopened": frozenset()}


def _means() -> dict[str, dict[str, Decimal]]:
    """Section → group → mean of its marks, to two decimals."""
    ballots = {LEADERS: [*PAPER[LEADERS], FILE_BALLOT], EVERYBODY: PAPER[EVERYBODY]}
    found: dict[str, dict[str, Decimal]] = {}
    for group, lines in ballots.items():
        for place, name in enumerate(small_year.SECTIONS):
            marks = [Decimal(line.split()[place]) for line in lines if line.split()[place] != hands.ABSTAINED]
            mean = (sum(marks) / len(marks)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            found.setdefault(name, {})[group] = mean
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What the program makes of a folder: kind → answers, and everything it reports."""

    answers: Mapping[str, object]
    problems: tuple[Problem, ...]


def said(root: Path) -> Said:
    """The folder through the pipeline, 汇总表 as the next run finds it, nothing written."""
    folder = Folder(root)
    source, found = open_scheme(folder)
    prepared, outcome = year(folder, source)
    placing = Placing(folder, Outputs(folder))
    keep_altered(placing, b"")
    reviews = {key: _review(review) for key, review in prepared.reviews.items()}
    inputs = prepared.inputs
    answers = {
        SCHEME: source.scheme,
        "returns": {name: dict(x.entries) for name, x in prepared.collected.adopted.returns.items()},
        LEDGER: records(inputs.ledger),
        CITY: records(inputs.city),
        REVIEW: {key: review for key, review in reviews.items() if key[0] == OFFICE},
        CHIEF: {key: review for key, review in reviews.items() if key[0] == BODY},
        BALLOT: {name: {g.group: g.mean for g in x.groups} for name, x in prepared.evaluations.items()},
        DECISIONS: records(inputs.decisions[: len((ADJUSTED, SUBMITTED))]),
        "result": (outcome.reached.stage.name, outcome.reached.stage.code),
        "totals": {x.section.name: (x.total.value, x.rank, x.grade) for x in outcome.results.standings},
    }
    return Said(answers, (*found, *outcome.results.problems, *placing.problems))


def _review(review: rec.Review) -> dict[str, object]:
    return {name: getattr(review, name) for name in ("done", "confirmed", "values", "reasons", "refused", "reopened")}


def records(found: Iterable[object]) -> dict[str, dict[str, object]]:
    """Row by row what records say, wherever it stands."""
    return {
        f"第{number}行": {name: getattr(record, name) for name in record.__dataclass_fields__ if not name.endswith("where")}
        for number, record in enumerate(found, 1)
    }


def lay_out(made: Baseline, root: Path, saved: Mapping[str, bytes], ext: str) -> None:
    """A copy of the year in `root` in which every file of `saved` (kind → bytes) stands where a person puts it.

    A kind that is found by its name keeps the file that openpyxl filled: one of another format lies beside it.
    """
    shutil.copytree(made.root, root)
    for kind, data in saved.items():
        place = root / made.books[kind].place
        if kind not in NAMED:
            place.unlink()
        place.with_suffix(f".{ext}").write_bytes(data)


def returned_whole(made: Baseline, root: Path, data: bytes, ext: str, scheme) -> tuple[dict, tuple[Problem, ...]]:
    """What every section has answered, and what is reported, where all have returned this one workbook together."""
    place = (root / WHOLE_RETURN).with_suffix(f".{ext}")
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    shutil.copy(made.root / "方案.xlsx", root)
    found = collect(Folder(root), scheme)
    return {name: dict(x.entries) for name, x in found.adopted.returns.items()}, found.problems
