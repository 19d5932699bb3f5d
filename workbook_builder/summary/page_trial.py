"""Sheet 试算: what would become of totals, ranks and grades if a section got so much more or less.

Comes in: where the figures stand on the first sheet. Goes out: a sheet of formulas over them; the only cells of the
workbook that are not locked are its "±" columns. Nothing of it is read back. The rules are those of `rank`, written as
formulas and proven equal to it. It says 试算 wherever it may be seen, in print too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder.excel.palette import RED
from workbook_builder.excel.report import Formula, Page, Value
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.rank import UNDECIDED, UNDETERMINED, final_standings
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number, quoted
from workbook_builder.summary import formulas as fm
from workbook_builder.summary.board import BASIS, GRADE, NONE, RANK, SECTION, Row
from workbook_builder.summary.page_first import Placed

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

MARK = "试算　不作为考评结果"
TRIAL_TOTAL, TRIAL_BASIS, CHANGE, TRIAL_RANK, TRIAL_GRADE = (
    "试算总分",
    "试算名次依据",
    "与现总分差",
    "试算名次",
    "试算等次",
)
NOT_A_NUMBER = "请填数字"
_MOST = 100
_ROW = 22.0


@dataclass(frozen=True, slots=True)
class _Column:
    """`source`: what of the first sheet is shown; `adds`: the "±" cell of which figure this is."""

    key: str
    head: str
    width: float
    source: str = ""
    adds: str = ""


def trial_page(parts: Parts, name: str, placed: Placed) -> None:
    """试算."""
    columns = list(_columns(placed))
    widths = [column.width for column in columns]
    page = parts.report.page(name, widths, one_page=True, tab=f"#{RED}", margin=f"{parts.report.margin}　{MARK}")
    page.wide("试算（不作为考评结果）", "stage+bad", least=36)
    page.wide(parts.facts.label, "facts")
    parts.marked(page)
    for text in _notes(parts):
        page.wide(text, "note")
    header = page.line([column.head for column in columns], "head", least=36)
    page.header(header)
    trial = _Trial(parts, placed, page, columns, header + 1)
    for row in placed.board.rows:
        values = [trial.value(row, column) for column in columns]
        page.line(values, [trial.look(column) for column in columns], least=_ROW)
    trial.limit_inputs()
    trial.mark_changes()


def _notes(parts: Parts) -> Iterator[str]:
    yield "在黄色的“±”格里填要加（如 0.5）或要减（如 -1）的分数，右边立即显示试算的总分、名次和等次。突破底线扣分填正数表示多扣。"
    yield "试算只供讨论：不改变其他各页，也不会被系统读取；要使结果改变，在“决定.xlsx”中登记。各部分超过满分的按满分、低于0的按0计。"
    if parts.facts.in_force(rec.RULING):
        yield "并列名次的裁定不带入试算：试算中并列跨线的仍显示“待裁定”。"


def _columns(placed: Placed) -> Iterator[_Column]:
    board = placed.board
    yield _Column(SECTION, SECTION, 26, source=SECTION)
    counted = [*board.parts]
    if fm.weight_of_evaluation(board.scheme):
        counted.append(m.EVALUATION)
    for name in counted:
        yield _Column(name, f"{name}\n扣分" if name == m.BOTTOM_LINE else name, 11, source=name)
        yield _Column(f"±{name}", "±", 8, adds=name)
    yield _Column(TRIAL_TOTAL, TRIAL_TOTAL, 12)
    if BASIS in placed.columns:
        yield _Column(TRIAL_BASIS, "试算\n名次依据", 11)
    yield _Column(CHANGE, CHANGE, 11)
    yield _Column(TRIAL_RANK, TRIAL_RANK, 9)
    yield _Column(RANK, "现名次", 9, source=RANK)
    yield _Column(TRIAL_GRADE, TRIAL_GRADE, 10)
    yield _Column(GRADE, "现等次", 10, source=GRADE)


class _Trial:
    """Formulas of one sheet 试算; rows `first`..`last`, in the order of the first sheet."""

    def __init__(self, parts: Parts, placed: Placed, page: Page, columns: list[_Column], first: int) -> None:
        self.scheme, self.placed, self.page, self.first = placed.board.scheme, placed, page, first
        self.last = first + len(placed.board.rows) - 1
        self.at = {column.key: place for place, column in enumerate(columns, 1)}
        self.added = [column.adds for column in columns if column.adds]
        self.digits = fm.digits_look(self.scheme, placed.board.figures())
        self.ranked_by = TRIAL_BASIS if TRIAL_BASIS in self.at else TRIAL_TOTAL
        self.source = f"{fm.sheet_name(placed.page.name)}!"
        self.known = placed.board.settled and placed.board.totals_known
        # 等次 without any 裁定: what the formulas give while nothing is added.
        unruled = final_standings(self.scheme, parts.facts.results.finals, {})
        self.grade_now = {standing.section.name: standing.grade for standing in unruled}
        self._formulas: dict[str, Callable[[Row, int], tuple[str, Decimal | str]]] = {
            TRIAL_TOTAL: self._total,
            TRIAL_BASIS: self._basis,
            CHANGE: self._change,
            TRIAL_RANK: self._rank,
            TRIAL_GRADE: self._grade,
        }

    # --- cells --------------------------------------------------------------------------------------------------

    def value(self, row: Row, column: _Column) -> Value:
        if column.adds:
            return None
        now = row.values
        if column.source:
            value = now[column.source]
            cell = a1(self._row_there(), self.placed.columns[column.source])
            return Formula(f"{self.source}{cell}", Decimal(value) if isinstance(value, int) else value)
        return Formula(*self._formulas[column.key](row, self.page.row))

    def _row_there(self) -> int:
        return self.placed.first + self.page.row - self.first

    def _total(self, row: Row, at: int) -> tuple[str, Decimal | str]:
        plus = [self._part(part.name, at) for part in self.scheme.parts if part.sign == 1]
        minus = [self._part(part.name, at) for part in self.scheme.parts if part.sign == -1]
        exact = fm.exact_total(self.scheme, plus, minus, self._part(m.EVALUATION, at))
        return self._unless_open(at, fm.rounded(self.scheme, exact)), row.values[m.TOTAL]

    def _basis(self, row: Row, at: int) -> tuple[str, Decimal | str]:
        plus = [self._part(part.name, at) for part in self.scheme.parts if part.sign == 1]
        exact = fm.exact_sum(self.scheme, plus, (), self._part(m.EVALUATION, at))
        return self._unless_open(at, fm.rounded(self.scheme, exact)), row.values[BASIS]

    def _part(self, name: str, at: int) -> str:
        """A part with what is added, within what it may be."""
        if name not in self.at:
            return "0"
        together = f"ROUND({self._cell(name, at)}+{self._cell(f'±{name}', at)},4)"
        full = (
            self.scheme.part(name).full if name != m.EVALUATION else Decimal(self.scheme.policy(m.P_EVALUATION_SCALE))
        )
        least = f"MAX(0,{together})"
        return least if full is None else f"MIN({number(full)},{least})"

    def _cell(self, key: str, row: int) -> str:
        return a1(row, self.at[key])

    def _unless_open(self, row: int, formula: str) -> str:
        """`formula`; 请填数字 if a text is added, 待定 while a figure is open."""
        added = ",".join(self._cell(f"±{name}", row) for name in self.added)
        figures = ",".join(self._cell(name, row) for name in self.added)
        known = f"COUNT({figures})={len(self.added)}"
        return f"IF(COUNTA({added})>COUNT({added}),{quoted(NOT_A_NUMBER)},IF({known},{formula},{quoted(OPEN_TEXT)}))"

    def _change(self, row: Row, at: int) -> tuple[str, Decimal | str]:
        here = self._cell(TRIAL_TOTAL, at)
        there = f"{self.source}{a1(self._row_there(), self.placed.columns[m.TOTAL])}"
        formula = f"IF(AND(ISNUMBER({here}),ISNUMBER({there})),ROUND({here}-{there},4),{quoted(NONE)})"
        return formula, Decimal(0) if isinstance(row.values[m.TOTAL], Decimal) else NONE

    def _rank(self, row: Row, at: int) -> tuple[str, Decimal | str]:
        formula = f"RANK({self._cell(self.ranked_by, at)},{self._span(self.ranked_by)})"
        now = row.values[RANK]
        return self._when_all_known(formula), Decimal(now) if self.known else OPEN_TEXT

    def _grade(self, row: Row, at: int) -> tuple[str, str]:
        top = self.placed.board.best_grade
        total = self._cell(TRIAL_TOTAL, at)
        formula = quoted(UNDETERMINED)
        for grade in reversed([g for g in self.scheme.grades if g.cutoff is not None and not g.top]):
            formula = f"IF({total}>={number(grade.cutoff)},{quoted(grade.name)},{formula})"
        if top is not None:
            place, tied = self._places(at)
            within = f"IF({place}+{tied}-1<={top.top},{quoted(top.name)},{quoted(UNDECIDED)})"
            test = f"{place}<={top.top}"
            if top.barred:
                test = f"AND({test},{self._deducted(at)}=0)"
            formula = f"IF({test},{within},{formula})"
        return self._when_all_known(formula), self.grade_now[row.standing.section.name] if self.known else OPEN_TEXT

    def _places(self, at: int) -> tuple[str, str]:
        """The place among those who compete for the best grade, and how many hold the same figure."""
        mine, span = self._cell(self.ranked_by, at), self._span(self.ranked_by)
        if not (self.scheme.policy(m.P_PROMOTION) == "递补" and self.placed.board.best_grade.barred):
            return f"RANK({mine},{span})", f"COUNTIF({span},{mine})"
        bottom, added = self._span(m.BOTTOM_LINE), self._span(f"±{m.BOTTOM_LINE}")
        free = f"({bottom}+{added}<=0)"
        return f"(1+SUMPRODUCT(({span}>{mine})*{free}))", f"SUMPRODUCT(({span}={mine})*{free})"

    def _deducted(self, at: int) -> str:
        return self._part(m.BOTTOM_LINE, at)

    def _when_all_known(self, formula: str) -> str:
        count = self.last - self.first + 1
        known = ",".join(f"COUNT({self._span(key)})={count}" for key in dict.fromkeys((TRIAL_TOTAL, self.ranked_by)))
        return f"IF(AND({known}),{formula},{quoted(OPEN_TEXT)})"

    def _span(self, key: str) -> str:
        letter = column_letters(self.at[key])
        return f"${letter}${self.first}:${letter}${self.last}"

    # --- looks --------------------------------------------------------------------------------------------------

    def look(self, column: _Column) -> str:
        if column.adds:
            return "input"
        if column.key == SECTION:
            return "cell"
        if column.key in (RANK, GRADE, TRIAL_RANK, TRIAL_GRADE):
            return "center+key" if column.key.startswith("试算") else "center"
        if column.key == CHANGE:
            return f"number+{self.digits.replace('digits', 'signed')}"
        return f"number+{self.digits}" + ("+key" if column.key == TRIAL_TOTAL else "")

    def limit_inputs(self) -> None:
        """Only numbers may be added."""
        for name in self.added:
            col = self.at[f"±{name}"] - 1
            self.page.ws.data_validation(
                self.first - 1,
                col,
                self.last - 1,
                col,
                {
                    "validate": "decimal",
                    "criteria": "between",
                    "minimum": -_MOST,
                    "maximum": _MOST,
                    "input_title": "试算",
                    "input_message": "填要加或要减的分数，如 0.5、-1；空着表示不变。",
                    "error_title": NOT_A_NUMBER,
                    "error_message": f"请填 -{_MOST} 到 {_MOST} 之间的数字。",
                },
            )

    def mark_changes(self) -> None:
        """A rank or grade that would change stands out."""
        look = self.page.report.look("open")
        for trial, now in ((TRIAL_RANK, RANK), (TRIAL_GRADE, GRADE)):
            col = self.at[trial] - 1
            here, there = f"${column_letters(col + 1)}{self.first}", f"${column_letters(self.at[now])}{self.first}"
            rule = {"type": "formula", "criteria": f"={here}<>{there}", "format": look}
            self.page.ws.conditional_format(self.first - 1, col, self.last - 1, col, rule)
