"""What hands may do to the tables of the clerk and of the reviewers: each deed with the one outcome it must have.

`GROUPS` is run by test_any_hand and printed in docs/可靠性.md. Every deed starts from an honest table of its kind.
"""

import datetime
import functools
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal as D

from appraisals import small_scheme
from hands import REFUSED, result_of
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from reviewing_samples import OFFICE, SEAT, bases, books, filled, places, returned, review_rules
from reviewing_samples import put as put_fields

from workbook_builder import records as rec
from workbook_builder.ballots import EntryReading, entry_book, read_entry_book
from workbook_builder.layout.plan import MANIFEST_SHEET
from workbook_builder.problems import Problem, Where
from workbook_builder.registers import (
    city_workbook,
    decisions_workbook,
    ledger_workbook,
    read_city,
    read_decisions,
    read_ledger,
)
from workbook_builder.reviewing import read_review_file
from workbook_builder.rules import review as rv

NOWHERE = Where()
SMALL = small_scheme()
FIRST, SECOND, YES_NO, RANK = "业务/甲科/1/1", "业务/甲科/1/3", "业务/甲科/1/4", "业务/甲科/2/5"
DAY = datetime.date(2021, 3, 4)

Values = dict[object, object]
Change = Callable[[Workbook], None]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that hands do to a table; see `hands.Act`. `changed`: what was read → what is read then."""

    what: str
    do: Change
    told: tuple[str, ...] = ()
    changed: Mapping[object, object] = field(default_factory=dict)

    @property
    def result(self) -> str:
        if len(self.changed) > 1 and set(self.changed.values()) <= {None, REFUSED}:
            return "整份未采用"
        return result_of(self.changed, self.codes)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(told.partition(" ")[0] for told in self.told))


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its name, an honest one, how it is read: what counts of it, and the problems."""

    name: str
    honest: Callable[[], bytes]
    read: Callable[[bytes], tuple[Values, list[Problem]]]


def done(table: Table, deed: Deed) -> tuple[Values, list[Problem]]:
    """What is read after the deed."""
    book = load_workbook(io.BytesIO(table.honest()))
    deed.do(book)
    stream = io.BytesIO()
    book.save(stream)
    return table.read(stream.getvalue())


def said(p: Problem) -> str:
    """A problem as a deed names it: its code, its sheet if that is not the only one that is filled in, its cell."""
    sheet = f"{p.where.sheet}!" if "·" in p.where.sheet or p.where.sheet == "突破底线" else ""
    return f"{p.code} {sheet}{p.where.cell}".rstrip()


# --- the tables --------------------------------------------------------------------------------------------------------


@functools.cache
def ledger() -> bytes:
    events = ((FIRST, 1, "迟到"), (SECOND, 2, "早退"), ("业务/甲科/3/4", 3, "漏报"))
    return ledger_workbook(SMALL, [rec.LedgerEntry(NOWHERE, DAY, "甲科", c, D(n), facts, "登记簿", "某岗") for c, n, facts in events])


def ledger_read(data: bytes) -> tuple[Values, list[Problem]]:
    entries, problems = read_ledger(SMALL, data, "台账.xlsx")
    found: Values = {}
    for entry in entries:
        key = (entry.facts, sum(one[0] == entry.facts for one in found))
        found[key] = (entry.date, entry.section, entry.clause, entry.amount)
    return found, problems


@functools.cache
def city() -> bytes:
    figures = ((FIRST, D(2)), (RANK, D(13)), (YES_NO, "是"))
    return city_workbook(SMALL, [rec.CityFigure(NOWHERE, "甲科", c, v, None, "市局〔2022〕1号") for c, v in figures])


def city_read(data: bytes) -> tuple[Values, list[Problem]]:
    figures, problems = read_city(SMALL, data, "市局反馈.xlsx")
    return {(f.section, f.clause): (f.value, f.bearer) for f in figures}, problems


@functools.cache
def decided() -> bytes:
    given = {"reason": "会议决定", "basis": "会议纪要", "date": datetime.date(2021, 12, 31), "role": "领导小组"}
    rows = [
        rec.Decision(rec.ADJUST, "甲科", "业务/甲科/1", "9", "8", **given),
        rec.Decision(rec.RELEASE, "甲科", FIRST, "", rec.RELEASED, **given),
        rec.Decision(rec.SUBMIT, "", rec.WHOLE_YEAR, "ABCD1234", rec.AGREED, **given),
    ]
    return decisions_workbook(SMALL, rows)


def decided_read(data: bytes) -> tuple[Values, list[Problem]]:
    decisions, problems = read_decisions(SMALL, data, "决定.xlsx")
    return {(d.kind, d.section, d.object): d.after for d in decisions}, problems


@functools.cache
def _basis():
    rules = review_rules()
    return bases(rules, returned(SEAT, filled(rules) | {FIRST: D(3), YES_NO: "否", RANK: D(2)}))


@functools.cache
def reviewed() -> bytes:
    rules = review_rules()
    decisions = {FIRST: (D(2), "台账"), YES_NO: ("是", "查实"), RANK: (D(1), "市局通报")}
    typed = {(SEAT, f"{name}#核定"): value for name, (value, _) in decisions.items()}
    typed |= {(SEAT, f"{name}#核定说明"): reason for name, (_, reason) in decisions.items()}
    return put_fields(books(rules, _basis())[OFFICE], places(rules, OFFICE, _basis()), typed)


def reviewed_read(data: bytes) -> tuple[Values, list[Problem]]:
    reviews, problems = read_review_file(review_rules(), _basis(), data, "核定表-乙科.xlsx")
    found: Values = {}
    for review in reviews:
        found |= {(review.section, name): value for name, value in review.values.items()}
        found |= {(review.section, name): REFUSED for name in (*review.refused, *review.reopened)}
        found[review.section, rv.DONE] = review.done
    return found, problems


LEADERS, UNITS = (group.name for group in SMALL.rater_groups)
_PASSES = ("第一遍", "第二遍")


@functools.cache
def typed_in() -> bytes:
    votes = {no: {"科室/甲科": D(90 - no), "科室/乙科": D(80 - no)} for no in range(1, 7)}
    rows = {(group, which): votes for group in (LEADERS, UNITS) for which in _PASSES}
    return entry_book(SMALL, EntryReading(D(100), rows))


def _votes(ballot) -> list[tuple[str, D]]:
    return sorted(ballot.votes.items())


def typed_in_read(data: bytes) -> tuple[Values, list[Problem]]:
    votes, problems = read_entry_book(SMALL, data, "测评录入表.xlsx")
    found: Values = {group: sorted(map(_votes, votes.ballots.get(group, ()))) for group in (LEADERS, UNITS)}
    return found | dict.fromkeys(votes.open, REFUSED), problems


# --- deeds -------------------------------------------------------------------------------------------------------------------


def put(cells: Mapping[str, object], sheet: int | str = 0) -> Change:
    def change(book: Workbook) -> None:
        found = book[sheet] if isinstance(sheet, str) else book.worksheets[sheet]
        for ref, value in cells.items():
            found[ref].value = value
            if isinstance(value, str) and not value.startswith("="):
                found[ref].data_type = "s"

    return change


def together(*changes: Change) -> Change:
    def change(book: Workbook) -> None:
        for one in changes:
            one(book)

    return change


def first(change: Callable) -> Change:
    """Done to the first sheet."""
    return lambda book: change(book.worksheets[0])


def percent(ref: str, sheet: int | str = 0) -> Change:
    def change(book: Workbook) -> None:
        found = book[sheet] if isinstance(sheet, str) else book.worksheets[sheet]
        found[ref].number_format = "0%"

    return change


def _row(source: int, target: int, columns: int) -> Change:
    """A row copied over another."""

    def change(sheet) -> None:
        for col in range(1, columns + 1):
            sheet.cell(target, col).value = sheet.cell(source, col).value

    return first(change)


def _exchanged(one: int, other: int, columns: int) -> Change:
    def change(sheet) -> None:
        for col in range(1, columns + 1):
            above, below = sheet.cell(one, col), sheet.cell(other, col)
            above.value, below.value = below.value, above.value

    return first(change)


def _moved_column(sheet) -> None:
    for row in range(3, 7):
        sheet.cell(row, 9).value, sheet.cell(row, 4).value = sheet.cell(row, 4).value, None


def _last_year(book: Workbook) -> None:
    for row in book[MANIFEST_SHEET].iter_rows():
        if row[0].value == "@year":
            row[5].value = "2020"


def _event(facts: str, clause: str, amount: object, number: int = 0, date: object = DAY, section: str = "甲科") -> Values:
    return {(facts, number): (date, section, clause, amount)}


def _quoted(typed: object) -> str:
    if isinstance(typed, datetime.date):
        return f"日期 {typed}"
    return "空白" if typed is None else f"“{typed}”"


def _ledger_deeds() -> list[Deed]:
    one, gone = ("迟到", 0), D(1)
    other = "业务/甲科/3/5"

    def amount(typed: object, read: object, *told: str) -> Deed:
        changed = {} if read == gone else _event("迟到", FIRST, read)
        return Deed(f"次数写成{_quoted(typed)}", put({"D4": typed}), told, changed)

    return [
        Deed("另存，什么也没改", put({})),
        amount("2 次", D(2), "READ_AS D4"),
        amount("２", D(2)),
        amount("若干", None, "LEDGER_AMOUNT D4"),
        amount(-1, None, "LEDGER_AMOUNT D4"),
        amount(1.5, None, "LEDGER_AMOUNT D4"),
        amount("=1+1", None, "LEDGER_AMOUNT D4"),
        Deed("次数的格子设成百分比", together(put({"D4": 0.01}), percent("D4")), ("LEDGER_AMOUNT D4",), _event("迟到", FIRST, None)),
        Deed("次数处是日期", put({"D4": DAY}), ("LEDGER_AMOUNT D4",), _event("迟到", FIRST, None)),
        Deed("次数没有填", put({"D4": None}), ("LEDGER_NO_AMOUNT D4",), _event("迟到", FIRST, None)),
        Deed("日期写成“2021.3.5”", put({"A4": "2021.3.5"}), (), _event("迟到", FIRST, gone, 0, datetime.date(2021, 3, 5))),
        Deed("日期写成“三月初”", put({"A4": "三月初"}), ("REGISTER_DATE A4",), _event("迟到", FIRST, gone, 0, None)),
        Deed("日期不在考评周期", put({"A4": datetime.date(2020, 3, 4)}), ("LEDGER_OUTSIDE_PERIOD A4",), _event("迟到", FIRST, gone, 0, datetime.date(2020, 3, 4))),
        Deed("科室写错", put({"B4": "丙科"}), ("REGISTER_SECTION B4",), _event("迟到", "", gone, 0, DAY, "")),
        Deed("细则换成同科室的另一条", put({"C4": other}), (), _event("迟到", other, gone)),
        Deed("细则是另一科室的", put({"C4": "业务/乙科/1/1"}), ("REGISTER_CLAUSE C4",), _event("迟到", "", gone)),
        Deed("事实删空", put({"E4": None}), ("LEDGER_NO_FACTS E4",), {one: None, ("", 0): (DAY, "甲科", FIRST, gone)}),
        Deed("上下单元格合并（科室）", lambda book: book.worksheets[0].merge_cells("B4:B5"), ("LEDGER_NO_SECTION B5",), _event("早退", "", D(2), 0, DAY, "")),
        Deed("中间插入空行", first(lambda sheet: sheet.insert_rows(5, 2))),
        Deed("插入一列", first(lambda sheet: sheet.insert_cols(3))),
        Deed("列调了位置", first(_moved_column)),
        Deed("行排了序", _exchanged(4, 6, 8)),
        Deed("行被筛选隐藏", first(lambda sheet: setattr(sheet.row_dimensions[5], "hidden", True))),
        Deed("表头改名", put({"E3": "情况"}), ("REGISTER_HEAD_MISSING A3",), dict.fromkeys([one, ("早退", 0), ("漏报", 0)])),
        Deed("表头写了两个", put({"I3": "事实"}), ("REGISTER_HEAD_TWICE I3",), dict.fromkeys([one, ("早退", 0), ("漏报", 0)])),
        Deed("工作表改名", first(lambda sheet: setattr(sheet, "title", "检查"))),
        Deed("表下面写了“合计”一行", put({"A9": "合计", "D9": 6}), ("REGISTER_DATE A9", "LEDGER_UNASSIGNED B9", "LEDGER_NO_FACTS E9"), {("", 0): (None, "", "", D(6))}),
        Deed("同一行抄了两遍", _row(4, 7, 8), ("LEDGER_SAME_ROW E7",), _event("迟到", FIRST, gone, 1)),
        Deed(
            "同一事记了两行，备注不同",
            together(_row(4, 7, 8), put({"H7": "另一件"})),
            (),
            _event("迟到", FIRST, gone, 1),
        ),
        Deed("批注里写了另一个数", lambda book: setattr(book.worksheets[0]["D4"], "comment", Comment("2次", "")), ("COMMENTS_UNREAD",)),
        Deed("去年的台账", _last_year, ("REGISTER_OTHER_YEAR",), dict.fromkeys([one, ("早退", 0), ("漏报", 0)])),
    ]


def _city_deeds() -> list[Deed]:
    key, rank = ("甲科", FIRST), ("甲科", RANK)

    def figure(typed: object, read: object, *told: str) -> Deed:
        return Deed(f"市局数据写成{_quoted(typed)}", put({"C4": typed}), told, {key: None if read is None else (read, "")})

    return [
        figure("三次", D(3), "READ_AS C4"),
        figure("约三次", None, "VALUE_NOT_ALLOWED C4"),
        figure(-2, None, "VALUE_OUT_OF_RANGE C4"),
        figure("=1+1", None, "FORMULA_IN_INPUT C4"),
        figure(datetime.date(2021, 1, 2), None, "DATE_IN_NUMBER C4"),
        figure(None, None, "CITY_NO_VALUE C4"),
        Deed("名次写成 17（共 16 名）", put({"C5": 17}), ("VALUE_OUT_OF_RANGE C5",), {rank: None}),
        Deed("名次写成“第3名”", put({"C5": "第3名"}), ("READ_AS C5",), {rank: (D(3), "")}),
        Deed("文号删空", put({"E4": None}), ("CITY_NO_DOCUMENT E4",)),
        Deed("承担科室写错", put({"F4": "丙科"}), ("REGISTER_SECTION F4",), {key: None}),
        Deed("承担科室改成另一科室", put({"F4": "乙科"}), (), {key: (D(2), "乙科")}),
        Deed("细则改成另一科室的", put({"B4": "业务/乙科/1/1"}), ("REGISTER_CLAUSE B4",), {key: None}),
        Deed("同一行抄了两遍", _row(4, 7, 7), ("CITY_SAME_ROW C7",)),
        Deed("一条名次写了两行，数不同", together(_row(5, 7, 7), put({"C7": 3})), ("CITY_TWICE C7",), {rank: None}),
        Deed("行排了序", _exchanged(4, 6, 7)),
    ]


def _decision_deeds() -> list[Deed]:
    adjust, release, submit = (rec.ADJUST, "甲科", "业务/甲科/1"), (rec.RELEASE, "甲科", FIRST), (rec.SUBMIT, "", rec.WHOLE_YEAR)
    return [
        Deed("改成的分写成文字“八分”", put({"E4": "八分"}), ()),
        Deed("改成的分超过分值", put({"E4": 11}), ("DECISION_AMOUNT E4",), {adjust: None}),
        Deed("改成的分写成“酌情”", put({"E4": "酌情"}), ("DECISION_AMOUNT E4",), {adjust: None}),
        Deed("改成的分是公式", put({"E4": "=9-1"}), ("FORMULA_IN_TEXT E4",), {adjust: None}),
        Deed("改成的分是日期", put({"E4": DAY}), ("DECISION_AMOUNT E4",), {adjust: None}),
        Deed("理由删空", put({"F4": None}), ("DECISION_NO_REASON F4",), {adjust: None}),
        Deed("决定日期删空", put({"H4": None}), ("DECISION_NO_DATE H4",), {adjust: None}),
        Deed("决定者删空", put({"I4": None}), ("DECISION_NO_ROLE I4",), {adjust: None}),
        Deed("种类写错一个字", put({"A4": "调正"}), ("DECISION_KIND A4",), {adjust: None}),
        Deed("对象换成另一科室的", put({"C4": "业务/乙科/1"}), ("DECISION_OBJECT C4",), {adjust: None}),
        Deed("答复写成“同意”而应写“采用”", put({"E5": "同意"}), ("DECISION_CHOICE E5",), {release: None}),
        Deed("答复写成“通过”而应写“同意”", put({"E6": "通过"}), ("DECISION_CHOICE E6",), {submit: None}),
        Deed("行排了序", _exchanged(4, 6, 11)),
        Deed("工作表改名、插入空行", together(first(lambda sheet: setattr(sheet, "title", "x")), first(lambda sheet: sheet.insert_rows(5)))),
        Deed("表头改名", put({"E3": "现为"}), ("REGISTER_HEAD_MISSING A3",), dict.fromkeys((adjust, release, submit))),
    ]


def _review_deeds() -> list[Deed]:
    one = (SEAT, FIRST)
    gone = {one: REFUSED}
    everything = [(SEAT, name) for name in (FIRST, YES_NO, RANK)]

    def typed(what: str, value: object, read: object, *told: str) -> Deed:
        return Deed(what, put({"J7": value}, SEAT), told, {one: read})

    return [
        typed("核定写成“４起”", "４起", D(4), "READ_AS J7"),
        typed("核定写成“酌情”", "酌情", REFUSED, "VALUE_NOT_ALLOWED J7"),
        typed("核定是公式", "=1+1", REFUSED, "FORMULA_IN_INPUT J7"),
        typed("核定是负数", -1, REFUSED, "VALUE_OUT_OF_RANGE J7"),
        typed("核定处是日期", DAY, REFUSED, "DATE_IN_NUMBER J7"),
        Deed("改了数没有写理由", put({"K7": None}, SEAT), ("REVIEW_REASON_MISSING J7",), gone),
        Deed("理由是公式", put({"K7": "=A1"}, SEAT), ("FORMULA_IN_TEXT K7", "REVIEW_REASON_MISSING J7"), gone),
        Deed("改了表上的自评数", put({"E7": 0, "G7": 0}, SEAT), ()),
        Deed("改了表上的细则文字", put({"C7": "每次扣0.1分"}, SEAT), ("RUBRIC_CHANGED C7",)),
        Deed("核定格与上一格合并", lambda book: book[SEAT].merge_cells("J6:J7"), ("CELLS_MERGED J7",), gone),
        Deed("插入一列", lambda book: book[SEAT].insert_cols(3), ("COLUMNS_MOVED U4",), dict.fromkeys(everything)),
        Deed("行标识删去", put({"A7": None}, SEAT), ("KEY_MISSING", "ANSWER_ASTRAY J7"), gone),
        Deed("工作表复制一张", lambda book: book.copy_worksheet(book[SEAT]), ("SHEET_COPIED",)),
        Deed("删去识别页", lambda book: book.remove(book[MANIFEST_SHEET]), ("REVIEW_NOT_OURS",), dict.fromkeys([*everything, (SEAT, rv.DONE)])),
        Deed("核定写在表外", put({"J7": None, "K7": None, "Z7": 2}, SEAT), ("ANSWER_ASTRAY Z7",), {one: None}),
        Deed("突破底线处写“2次”", put({"C6": "2次"}, "突破底线"), ("VALUE_NOT_ALLOWED 突破底线!C6",), {(SEAT, "底线/乙科/1/1"): REFUSED}),
    ]


def _ballot_deeds() -> list[Deed]:
    one, two = (f"{LEADERS}·{which}" for which in _PASSES)
    open_ = {LEADERS: REFUSED}

    def both(value: object) -> Change:
        return together(put({"C5": value}, one), put({"C5": value}, two))

    refused = (f"BALLOT_ENTRY_REFUSED {one}!", f"BALLOT_ENTRY_REFUSED {two}!")
    return [
        Deed("一遍录错一个分", put({"C5": 98}, two), (f"BALLOT_PASSES_DIFFER {two}!",), open_),
        Deed("一遍漏录一个分", put({"C5": None}, two), (f"BALLOT_PASSES_DIFFER {two}!",), open_),
        Deed("两遍都写“89分”", both("89分")),
        Deed("两遍都写“优”", both("优"), refused, open_),
        Deed("两遍都写 120（满分 100）", both(120), refused, open_),
        Deed("两遍都是公式", both("=80+9"), refused, open_),
        Deed("两遍都是日期", both(DAY), refused, open_),
        Deed("一遍的行排了序", lambda book: _sorted(book[two]), (f"BALLOT_PASSES_DIFFER {two}!",), open_),
        Deed("票号改了", put({"A6": 1}, two), (f"BALLOT_ENTRY_CHANGED {two}!",), open_),
        Deed("两列科室的标识对调", put({"C1": "科室/乙科", "D1": "科室/甲科"}, two), (f"BALLOT_ENTRY_CHANGED {two}!",), open_),
        Deed(
            "两遍都把两列的科室名对调",
            together(*(put({"C4": "乙科", "D4": "甲科"}, sheet) for sheet in (one, two))),
            (f"BALLOT_ENTRY_CHANGED {one}!", f"BALLOT_ENTRY_CHANGED {two}!"),
            open_,
        ),
        Deed("插入一列", lambda book: book[one].insert_cols(3)),
        Deed("删去识别页", lambda book: book.remove(book[MANIFEST_SHEET]), ("BALLOT_ENTRY_CHANGED",), open_ | {UNITS: REFUSED}),
    ]


def _sorted(sheet) -> None:
    for col in (3, 4):
        sheet.cell(5, col).value, sheet.cell(6, col).value = sheet.cell(6, col).value, sheet.cell(5, col).value


GROUPS: tuple[tuple[Table, Callable[[], list[Deed]]], ...] = (
    (Table("台账", ledger, ledger_read), _ledger_deeds),
    (Table("市局反馈", city, city_read), _city_deeds),
    (Table("决定", decided, decided_read), _decision_deeds),
    (Table("核定表", reviewed, reviewed_read), _review_deeds),
    (Table("测评录入表", typed_in, typed_in_read), _ballot_deeds),
)
