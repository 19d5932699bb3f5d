"""The sheet 突破底线 of a review workbook: per clause a row per section, 有 or 无, an amount and its facts per event.

Comes in: a `Rulebook` and the rows to show. Goes out: a `Sheet` in plan and the places of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout import review_rows as rows
from workbook_builder.layout import words
from workbook_builder.layout.plan import (
    INPUT,
    JOINED,
    NOTE,
    SCORE,
    STATUS,
    Cell,
    FieldPlace,
    Row,
    Sheet,
    StateRule,
    Validation,
    address,
)
from workbook_builder.layout.review_rows import REASON_SUFFIX, REVIEW_SUFFIX, BottomColumns
from workbook_builder.rules import bottom as bt
from workbook_builder.rules import review as rv
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import block, number, quoted
from workbook_builder.rules.items import Figure, Rulebook
from workbook_builder.rules.slots import Slot, SlotValue

_STATES = (sl.INVALID, bt.NO_FACTS, bt.REGISTERED, rv.TO_REVIEW, sl.FILLED, sl.NOT_HAPPENED)
_READY = "全部已核"


@dataclass(frozen=True, slots=True)
class BottomLine:
    """One clause to be confirmed for one section. `values` and `reasons` by answer field, as in a `Review`."""

    section: m.Section
    clause: m.Clause
    values: Mapping[str, SlotValue] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""

    @property
    def key(self) -> str:
        return rows.bottom_key(self.section.name, self.clause.id)

    def events(self) -> list[str]:
        return [f"{self.clause.id}@{k}" for k in range(1, self.clause.events + 1)]

    def judged(self, rules: Rulebook) -> tuple[str, Figure]:
        """State and deduction of the row."""
        events = self.events()
        return bt.bottom_clause(
            event_slots(rules, self.clause),
            self.values.get(self.clause.id),
            tuple(self.values.get(name) for name in events),
            tuple(self.reasons.get(name) for name in events),
            self.values.get(self.clause.id + sl.MORE),
        )


def event_slots(rules: Rulebook, clause: m.Clause) -> tuple[Slot, ...]:
    """The amounts of the clause, one slot per event; of a clause that names no bounds, any amount up to 100."""
    if clause.kind == m.DISCRETIONARY_EACH:
        return tuple(slot for slot in rules.slots[clause.id] if slot.suffix.startswith("@"))
    return tuple(Slot(f"@{k}", sl.AMOUNT, high=Decimal(100), zero=True, blank=sl.EMPTY) for k in range(1, clause.events + 1))


class BottomPlan:
    """Works out the sheet: clauses in the scheme's order, under each its sections."""

    def __init__(self, rules: Rulebook, lines: tuple[BottomLine, ...], reviewer: str, title: str, signature: str):
        self.rules, self.lines = rules, lines
        self.reviewer, self.title, self.signature = reviewer, title, signature
        self.columns = BottomColumns(max(line.clause.events for line in lines))
        self.keys = ["@标题", "@副标题", "@状态", rows.HEADING]
        clause_id = ""
        for line in lines:
            if line.clause.id != clause_id:
                self.keys.append(line.clause.id)
            clause_id = line.clause.id
            self.keys.append(line.key)
        self.keys += ["@签字", "@表尾"]
        self.keys[0] = rows.BOTTOM_KEY
        self.row_of = {key: number for number, key in enumerate(self.keys, 1)}
        self.last = len(self.keys)
        self._planned: Sheet | None = None

    def _v(self, col: int) -> str:
        return block(column_letters(col), 1, self.last)

    def sheet(self) -> Sheet:
        """The sheet in plan, worked out once."""
        if self._planned is None:
            self._planned = self._plan()
        return self._planned

    def _plan(self) -> Sheet:
        by_key = {line.key: line for line in self.lines}
        clauses = {line.clause.id: line.clause for line in self.lines}
        planned = []
        for key in self.keys:
            if key in by_key:
                planned.append(self._line_row(by_key[key]))
            elif key in clauses:
                planned.append(self._clause_row(clauses[key]))
            else:
                planned.append(self._frame_row(key))
        inputs = [address(self.row_of[line.key], rows.PRESENT) for line in self.lines]
        state = block(column_letters(self.columns.state), 1, self.last)
        ready = address(self.row_of["@状态"], rows.BOTTOM_SECTION)
        is_ready = f"{address(self.row_of['@状态'], rows.BOTTOM_SECTION, True)}={quoted(_READY)}"
        header = self.row_of[rows.HEADING]
        return Sheet(
            name=rows.BOTTOM_NAME,
            section="",
            proto=rows.BOTTOM_PROTO,
            rows=tuple(planned),
            freeze=header + 1,
            header_row=header,
            state_rules=(
                StateRule(" ".join(inputs), tuple((name, f"{state}={quoted(name)}") for name in _STATES)),
                StateRule(ready, ((rv.READY_TEXT, is_ready),)),
            ),
            key=rows.BOTTOM_KEY,
            face=self.columns.face,
        )

    def fields(self) -> tuple[FieldPlace, ...]:
        """Every named cell; the section of each is that of its row."""
        section_of = {line.key: line.section.name for line in self.lines}
        return tuple(
            FieldPlace(cell.field, section_of.get(row.key, ""), rows.BOTTOM_NAME, number, cell.col, cell.role)
            for number, row in enumerate(self.sheet().rows, 1)
            for cell in row.cells
            if cell.field
        )

    # --- rows ------------------------------------------------------------------------------------------------

    def _frame_row(self, key: str) -> Row:
        if key == rows.BOTTOM_KEY:
            return Row(key, "标题", {"表名": self.title})
        if key == "@副标题":
            return Row(key, "副标题", {"核定人": self.reviewer})
        if key == "@状态":
            return self._status_row(key)
        if key == rows.HEADING:
            heads = [
                Cell(col, text)
                for k in range(1, self.columns.events + 1)
                for col, text in ((self.columns.amount(k), f"第{k}起\n扣分"), (self.columns.facts(k), f"第{k}起日期和事实"))
            ]
            return Row(key, "表头", cells=(*heads, Cell(self.columns.mark, rows.COLUMN_MARK)))
        return Row(key, key[1:], {"签字": self.signature}, bond=JOINED)

    def _status_row(self, key: str) -> Row:
        col = self.columns.state
        states = f"{address(1, col, True)}:{address(self.last, col, True)}"
        wrong = "+".join(f"COUNTIF({states},{quoted(s)})" for s in (sl.INVALID, bt.NO_FACTS))
        waiting = f"COUNTIF({states},{quoted(rv.TO_REVIEW)})"
        rest = f'IF({waiting}>0,"还有"&{waiting}&"处待核",{quoted(_READY)})'
        formula = f'IF({wrong}>0,"有"&({wrong})&"处有误或缺事实",{rest})'
        found = [line.judged(self.rules)[0] for line in self.lines]
        bad = sum(state in (sl.INVALID, bt.NO_FACTS) for state in found)
        left = found.count(rv.TO_REVIEW)
        shown = f"有{bad}处有误或缺事实" if bad else f"还有{left}处待核" if left else _READY
        return Row(key, "状态", cells=(Cell(rows.BOTTOM_SECTION, shown, formula, field=rows.READY, role=STATUS),))

    def _clause_row(self, clause: m.Clause) -> Row:
        return Row(clause.id, "条款", {"细则": clause.text, "计分办法": words.how_it_counts(clause)})

    def _line_row(self, line: BottomLine) -> Row:
        clause, columns, name = line.clause, self.columns, line.clause.id
        slots = event_slots(self.rules, clause)
        state, figure = line.judged(self.rules)
        count = range(1, clause.events + 1)
        amounts, facts = [self._v(columns.amount(k)) for k in count], [self._v(columns.facts(k)) for k in count]
        formula = bt.bottom_state_formula(slots, self._v(rows.PRESENT), amounts, facts, self._v(columns.more))
        points = bt.bottom_points_formula(address(self.row_of[line.key], columns.state, True), amounts)
        cells = [_choice(rows.PRESENT, line, name, "有/无", "发生过的选“有”，没有发生的选“无”", (bt.PRESENT, bt.ABSENT))]
        for k, slot in zip(count, slots, strict=True):
            cells += self._event_cells(line, k, slot)
        more = "事项多于本表栏数的选“是”，并联系政治处；平时不填"
        cells += [
            _choice(columns.more, line, name + sl.MORE, "还有更多", more, (m.YES, m.NO)),
            Cell(columns.beside, line.beside or None),
            Cell(columns.points, figure.shown, points, field=f"{name}#得分", role=SCORE, fmt="points"),
            Cell(columns.state, state, formula, role=STATUS),
        ]
        # A clause and its sections are one table: no page ends within it.
        return Row(line.key, "科室", {"被核科室": line.section.name}, tuple(cells), bond=JOINED)

    def _event_cells(self, line: BottomLine, k: int, slot: Slot) -> tuple[Cell, Cell]:
        name = f"{line.clause.id}@{k}"
        col, facts = self.columns.amount(k), self.columns.facts(k)
        check = words.validation(slot, self._v(col))
        bounds = f"填{number(slot.low)}至{number(slot.high)}分；没有的空着"
        check = Validation(check.kind, f"第{k}起扣分", bounds, check.error, (), check.condition, check.low, check.high)
        prompt = Validation("any", f"第{k}起日期和事实", "写明日期、事实和依据。", "")
        return (
            Cell(col, line.values.get(name), unlocked=True, field=name + REVIEW_SUFFIX, role=INPUT, validation=check),
            Cell(facts, line.reasons.get(name), unlocked=True, field=name + REASON_SUFFIX, role=NOTE, validation=prompt),
        )


def _choice(col: int, line: BottomLine, name: str, title: str, prompt: str, choices: tuple[str, ...]) -> Cell:
    check = Validation("list", title, prompt, "这里选" + "、".join(f"“{c}”" for c in choices), choices)
    return Cell(col, line.values.get(name), unlocked=True, field=name + REVIEW_SUFFIX, role=INPUT, validation=check)
