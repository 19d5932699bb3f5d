"""The review sheet of one section: what was reported, what the ledger and the city say, the 核定 and what it makes.

Comes in: a `Rulebook` and a `Desk`. Goes out: a `Sheet` in plan and the places of its fields. Scores run over the
hidden column 有效: the basis, or the 核定 where it counts. Inputs are read through blocks only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout import review_rows as rows
from workbook_builder.layout import words
from workbook_builder.layout.book import clause_of
from workbook_builder.layout.plan import (
    INPUT,
    NOTE,
    SCORE,
    STATUS,
    TOTAL_ROLE,
    Cell,
    FieldPlace,
    Row,
    Sheet,
    StateRule,
    Validation,
    address,
)
from workbook_builder.layout.review_rows import (
    AGAIN,
    BASE,
    CHANGE,
    CHECK,
    CITY,
    DECIDED,
    EFFECTIVE,
    ITEM_SCORE,
    LEDGER,
    OWN,
    OWN_NOTE,
    OWN_POINTS,
    POINTS,
    REASON,
    REASON_SUFFIX,
    REVIEW_SUFFIX,
    RULE_STATE,
    SEAL,
    STATE,
    TEXT,
    Work,
    review_specs,
)
from workbook_builder.layout.skeleton import HEADING_KEY, LEAD_KEY, REMARK_KEY, Spec
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.clauses import points_formulas, round4
from workbook_builder.rules.excel import block, number, quoted
from workbook_builder.rules.items import Rulebook, item_formula, part_formula
from workbook_builder.rules.slots import Slot, SlotValue
from workbook_builder.rules.states import Refs, state_formulas

_STATES = (sl.INVALID, sl.GROUP_INVALID, rv.NO_REASON, rv.AGAIN, sl.MISSING, rv.TO_REVIEW, sl.PENDING, sl.FILLED)
_STATES = (*_STATES, sl.NOT_HAPPENED, rv.FINISHED)
#: What a row of the greatest height shows of a note.
_MOST_NOTE, _MOST_BREAKS = 240, 12


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one review sheet shows.

    own      the section's answers and notes; `raw` field → what stands there and was refused
    returned whether the section has returned anything that counts
    ledger, city   clause id or 特色工作 field → text
    seals    clause id, 特色工作 field, 自评确认 → fingerprint of what the reviewer sees of it
    prints   clause id → fingerprint of its form
    signature  the words of the signature block; `title` 核定表 or 审定表
    """

    subject: rv.Subject
    reviewer: str
    title: str
    signature: str
    own: sh.Entries = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    returned: bool = False
    ledger: Mapping[str, str] = field(default_factory=dict)
    city: Mapping[str, str] = field(default_factory=dict)
    works: tuple[Work, ...] = ()
    seals: Mapping[str, str] = field(default_factory=dict)
    prints: Mapping[str, str] = field(default_factory=dict)
    inputs: rv.Inputs = field(default_factory=rv.Inputs)


class ReviewPlan:
    """Works out one review sheet: positions first, then each row's cells."""

    def __init__(self, rules: Rulebook, desk: Desk):
        self.rules, self.desk, self.subject, self.inputs = rules, desk, desk.subject, desk.inputs
        self.section = desk.subject.section
        self.specs = review_specs(rules, desk.subject, desk.works)
        self.row_of = {spec.key: number for number, spec in enumerate(self.specs, 1)}
        self.last = len(self.specs)
        self.score = rv.score_review(rules, desk.subject, desk.inputs)
        self.own = sh.score_sheet(rules, self.section, desk.own)
        self.v = block(column_letters(DECIDED), 1, self.last)
        self.k = block(column_letters(REASON), 1, self.last)
        self.done = f"{self._cell(rv.DONE, STATE)}={quoted(rv.FINISHED)}"
        self.confirmed = "TRUE" if desk.subject.confirmed else f"{self._cell(rv.CONFIRM, STATE)}={quoted(rv.FINISHED)}"
        self.works = dict(rows.work_rows(desk.works))
        self._makers = {
            "标题": lambda spec: Row(spec.key, spec.proto, {"表名": desk.title}),
            "副标题": lambda spec: Row(spec.key, spec.proto, {"核定人": desk.reviewer}),
            "状态": self._status_row,
            "表头": lambda spec: Row(spec.key, spec.proto, cells=(Cell(CHECK, rows.COLUMN_MARK),)),
            "部分": self._part_row,
            "考评项": self._item_row,
            "引导": self._context_row,
            "细则": self._clause_row,
            "分行": self._sub_row,
            "小计": self._subtotal_row,
            "申报": lambda spec: Row(spec.key, spec.proto, self.works[spec.key]),
            "特色": self._special_row,
            "核定": self._word_row,
            "签字": lambda spec: Row(spec.key, spec.proto, {"签字": desk.signature}),
            "表尾": lambda spec: Row(spec.key, spec.proto),
        }
        self._made: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        self._planned: Sheet | None = None

    def _cell(self, key: str, col: int) -> str:
        return address(self.row_of[key], col, absolute=True)

    # --- the sheet -----------------------------------------------------------------------------------------

    def sheet(self) -> Sheet:
        """The sheet in plan, worked out once."""
        if self._planned is None:
            self._planned = self._plan()
        return self._planned

    def _plan(self) -> Sheet:
        bonds = rows.bonds(self.specs)
        planned = tuple(replace(self._makers[spec.proto](spec), bond=bonds[spec.key]) for spec in self.specs)
        header = self.row_of[rows.HEADING]
        inputs = [address(n, DECIDED) for n, row in enumerate(planned, 1) if any(c.unlocked for c in row.cells)]
        state = block(column_letters(STATE), 1, self.last)
        ready = self._cell("@状态", TEXT)
        return Sheet(
            name=self.section.name,
            section=self.section.name,
            proto=rows.PROTO_SHEET,
            rows=planned,
            freeze=header + 1,
            header_row=header,
            state_rules=(
                StateRule(" ".join(inputs), tuple((name, f"{state}={quoted(name)}") for name in _STATES)),
                StateRule(address(self.row_of["@状态"], TEXT), ((rv.READY_TEXT, f"{ready}={quoted(rv.READY_TEXT)}"),)),
            ),
            key=f"{rows.SHEET_KEY}/{self.section.name}",
            face=rows.FACE,
        )

    def fields(self) -> tuple[FieldPlace, ...]:
        """Every named cell of the sheet, in reading order."""
        return tuple(
            FieldPlace(cell.field, self.section.name, self.section.name, number, cell.col, cell.role, self._print(cell))
            for number, planned in enumerate(self.sheet().rows, 1)
            for cell in planned.cells
            if cell.field
        )

    def _print(self, cell: Cell) -> str:
        stem = clause_of(cell.field)
        return self.desk.prints.get(stem, "") if cell.role == INPUT else ""

    # --- rows ------------------------------------------------------------------------------------------------

    def _status_row(self, spec: Spec) -> Row:
        states = f"{address(1, STATE, True)}:{address(self.last, STATE, True)}"
        formula = rv.ready_formula(states, self.done)
        cells = (Cell(TEXT, self.score.ready_text, formula, field=rows.READY, role=STATUS),)
        told = "已报送" if self.desk.returned else "没有报送（或没有采用）"
        if self.desk.returned and not self.subject.confirmed:
            told += "，没有作自评确认"
        return Row(spec.key, spec.proto, {"报送情况": f"该科室{told}。"}, cells)

    def _part_row(self, spec: Spec) -> Row:
        full = self.rules.scheme.part(spec.part).full
        return Row(spec.key, spec.proto, {"部分": spec.part, "满分": f"{number(full)}分" if full is not None else ""})

    def _item_row(self, spec: Spec) -> Row:
        item = spec.item
        first = self.row_of[item.clauses[0].id]
        final = item.clauses[-1]
        last = max(self.row_of[final.id], self.row_of.get(final.id + self.rules.slots[final.id][-1].suffix, 0))
        cells = {clause.id: self._cell(clause.id, POINTS) for clause in item.clauses}
        span = (address(first, POINTS, True), address(last, POINTS, True))
        formula = item_formula(item, *span, cells, self.rules.floor)
        shown = self.score.items[item.key].figure.shown
        hidden = self._cell(spec.key, ITEM_SCORE)
        texts = {
            "序号": str(item.no),
            "考评内容": words.item_title(item),
            "分值": "" if item.points is None else f"{number(item.points)}分，",
            "计分方式": words.item_mode(item),
        }
        mine = self.own.section.items[item.key].figure.shown
        cells_ = (
            Cell(ITEM_SCORE, shown, formula),
            *self._figures(spec.key, mine, shown, hidden, f"{item.key}#得分", SCORE, "points"),
        )
        return Row(spec.key, spec.proto, texts, cells_)

    def _figures(self, key: str, mine, shown, formula: str, name: str = "", role: str = "", fmt: str = "signed"):
        """自评得分, 核定得分 and their difference."""
        own, points = self._cell(key, OWN_POINTS), self._cell(key, POINTS)
        mine = mine if self.desk.returned else None
        known = isinstance(mine, Decimal) and isinstance(shown, Decimal)
        change = f'IF(ISNUMBER({own}),IF(ISNUMBER({points}),ROUND({points}-{own},4),""),"")'
        return (
            Cell(OWN_POINTS, mine, fmt=fmt),
            Cell(POINTS, shown, formula, field=name, role=role, fmt=fmt),
            Cell(CHANGE, round4(shown - mine) if known else "", change, fmt="signed"),
        )

    def _context_row(self, spec: Spec) -> Row:
        clause = spec.clause
        kind = spec.key.split("/", 1)[0]
        text = {HEADING_KEY: clause.heading, LEAD_KEY: clause.lead, REMARK_KEY: clause.remark}[kind]
        return Row(spec.key, spec.proto, {"引导": text})

    def _clause_row(self, spec: Spec) -> Row:
        clause = spec.clause
        states, formulas = self._formulas(clause)
        points = self.score.items[spec.item.key].clauses[clause.id]
        mine = self.own.section.items[spec.item.key].clauses[clause.id]
        cells = [*self._told(clause.id), *self._figures(spec.key, mine.shown, points.shown, formulas[""])]
        cells += self._sealed(clause.id)
        if spec.slot is not None:
            cells += self._input_cells(spec.key, spec.slot, clause.id, states[""], points.states[""])
        else:
            cells += self._group_cells(clause, states[""], points.states[""])
        texts = {"条号": f"{spec.item.no}.{clause.no}", "细则": clause.text, "计分办法": words.how_it_counts(clause)}
        return Row(spec.key, spec.proto, texts, tuple(cells))

    def _sub_row(self, spec: Spec) -> Row:
        clause, slot = spec.clause, spec.slot
        states, formulas = self._formulas(clause)
        points = self.score.items[spec.item.key].clauses[clause.id]
        cells = [*self._input_cells(spec.key, slot, clause.id, states[slot.suffix], points.states[slot.suffix])]
        if slot.suffix in formulas:
            shown = points.subs[slot.suffix]
            mine = self.own.section.items[spec.item.key].clauses[clause.id].subs[slot.suffix]
            cells += self._figures(spec.key, mine, "" if shown is None else shown, formulas[slot.suffix])
        return Row(spec.key, spec.proto, {"分行": slot.label}, tuple(cells))

    def _told(self, stem: str) -> list[Cell]:
        """What ledger and city say of a clause."""
        beside = ((LEDGER, self.desk.ledger.get(stem)), (CITY, self.desk.city.get(stem)))
        return [Cell(col, text) for col, text in beside if text]

    def _sealed(self, stem: str) -> list[Cell]:
        flag = rv.AGAIN_FLAG if stem in self.inputs.again else None
        return [Cell(SEAL, self.desk.seals.get(stem)), Cell(AGAIN, flag)]

    def _group_cells(self, clause: m.Clause, rule_formula: str, rule_state: str) -> list[Cell]:
        """The states of a clause that is answered in the rows below it."""
        slots = self.rules.slots[clause.id]
        checks = f"{self._cell(clause.id + slots[0].suffix, CHECK)}:{self._cell(clause.id + slots[-1].suffix, CHECK)}"
        formula = rv.group_state_formula(checks, self._cell(clause.id, RULE_STATE), self.done, self._waits(clause.id))
        note = self.desk.own.get(clause.id + sh.NOTE_SUFFIX)
        return [
            Cell(OWN_NOTE, _brief(note)),
            Cell(RULE_STATE, rule_state, rule_formula),
            Cell(STATE, self.score.states[clause.id], formula, role=STATUS),
        ]

    def _waits(self, stem: str) -> str:
        """Condition: the clause is flagged and its first input is still blank."""
        first = rv.first_field(self.rules, stem)
        v = self._input_at(first)
        return f'IF({self._cell(stem, AGAIN)}={quoted(rv.AGAIN_FLAG)},IF(ISERROR({v}),FALSE,{v}=""),FALSE)'

    def _input_at(self, key: str) -> str:
        """The 核定 of row `key`, wherever a formula stands: from a block between locked rows, by the row's number."""
        letter, row = column_letters(DECIDED), self.row_of[key]
        return f"INDEX(${letter}$1:${letter}${self.last},{row})"

    def _input_cells(self, key: str, slot: Slot, stem: str, rule_formula: str, rule_state: str) -> list[Cell]:
        """Basis, 核定, reason, and what they make: check, effective answer, both states."""
        b, checked, rule = (self._cell(key, col) for col in (BASE, CHECK, RULE_STATE))
        waits, main = self._waits(stem), slot.suffix == ""
        again = waits if key == rv.first_field(self.rules, stem) else ""
        state = self.score.states[key]
        return [
            Cell(OWN, self._own_answer(key)),
            Cell(OWN_NOTE, _brief(self.desk.own.get(key + sh.NOTE_SUFFIX))),
            self._decided(key, words.validation(slot, self.v)),
            self._reason(key),
            Cell(BASE, self.subject.base.get(key)),
            Cell(EFFECTIVE, _seen(self.score.effective[key]), rv.effective_formula(b, self.v, checked, waits)),
            Cell(RULE_STATE, rule_state, rule_formula),
            Cell(CHECK, self.score.checks[key], rv.check_formula(slot, b, self.v, self.k, again)),
            Cell(STATE, state, rv.row_state_formula(checked, rule, self.done, waits, main), role=STATUS),
        ]

    def _own_answer(self, key: str) -> SlotValue:
        if key in self.desk.raw:
            return f"{self.desk.raw[key]}（未采用）"
        return self.desk.own.get(key)

    def _decided(self, key: str, check: Validation) -> Cell:
        value = self.inputs.values.get(key)
        return Cell(DECIDED, value, unlocked=True, field=key + REVIEW_SUFFIX, role=INPUT, validation=check)

    def _reason(self, key: str) -> Cell:
        prompt = Validation("any", "核定说明", "核定与自评（或市局数据）不一致的，写明理由和依据。", "")
        text = self.inputs.reasons.get(key)
        return Cell(REASON, text, unlocked=True, field=key + REASON_SUFFIX, role=NOTE, validation=prompt)

    def _formulas(self, clause: m.Clause) -> tuple[dict[str, str], dict[str, str]]:
        """State and points formulas of all rows of a clause over their effective answers, worked out once."""
        if clause.id not in self._made:
            slots = self.rules.slots[clause.id]
            suffixes = list(dict.fromkeys(("", *(slot.suffix for slot in slots))))
            column = column_letters(EFFECTIVE)
            refs = Refs(
                own=block(column, 1, self.last),
                above=block(column, 1, self.last, -1),
                v={s: self._cell(clause.id + s, EFFECTIVE) for s in suffixes},
                state={s: self._cell(clause.id + s, RULE_STATE) for s in suffixes},
                points={s: self._cell(clause.id + s, POINTS) for s in suffixes},
                confirmed=self.confirmed,
                base_v=self._cell(clause.depends_on, EFFECTIVE) if clause.depends_on else "",
                base_state=self._cell(clause.depends_on, RULE_STATE) if clause.depends_on else "",
            )
            source = self.rules.scheme.clause_by_id.get(clause.depends_on)
            base_points = (source.points if source else None) or Decimal(0)
            points = points_formulas(clause, slots, refs, self.rules.unranked_deducts, base_points)
            self._made[clause.id] = (state_formulas(clause, slots, refs), points)
        return self._made[clause.id]

    def _subtotal_row(self, spec: Spec) -> Row:
        part = self.rules.scheme.part(spec.part)
        first = self._cell(f"@部分/{spec.part}", ITEM_SCORE)
        last = address(self.row_of[spec.key] - 1, ITEM_SCORE, True)
        evidence = spec.part == m.SPECIAL and sh.PROPOSED in self.row_of
        caption = f"{spec.part}小计" + ("（附件2合计，供核定参考）" if evidence else "")
        mine, shown = self.own.section.parts[spec.part].shown, self.score.parts[spec.part].shown
        cells = self._figures(spec.key, mine, shown, part_formula(part, first, last), spec.key, TOTAL_ROLE, "points")
        return Row(spec.key, spec.proto, {"小计": caption}, cells)

    def _special_row(self, spec: Spec) -> Row:
        scheme, key = self.rules.scheme, spec.key
        slot = rv.stem_slots(self.rules, key)[0]
        own = self._cell(key, EFFECTIVE)
        if key == sh.AWARD:
            texts = {"核定项": "特色工作是否被市局考核认可并获得市局加分", "核定说明": "核定分超过5分时必须为“是”"}
            return Row(key, spec.proto, texts, self._special_cells(key, slot, sl.state_formula(slot, own, "TRUE")))
        rule = special.special_state_formula(scheme, self._cell(sh.AWARD, EFFECTIVE), own)
        cells = self._special_cells(key, slot, rule)
        formula = special.special_points_formula(self._cell(key, RULE_STATE), own)
        mine = self.own.special.shown
        figures = self._figures(key, mine, self.score.special.shown, formula, "特色工作#得分", SCORE, "points")
        (high_low, high), (low_low, low) = special.bands(scheme)
        text = (
            f"获市局加分的{number(high_low)}–{number(high)}分，未获加分的{number(low_low)}–{number(low)}分，没有申报的0分"
        )
        return Row(key, spec.proto, {"核定项": "特色工作得分", "核定说明": text}, (*cells, *figures))

    def _special_cells(self, key: str, slot: Slot, rule: str) -> tuple[Cell, ...]:
        cells = self._input_cells(key, slot, key, rule, self.score.special_states[key])
        return (*self._told(key), *self._sealed(key), *cells)

    def _word_row(self, spec: Spec) -> Row:
        key = spec.key
        slot = rv.CONFIRM_SLOT if key == rv.CONFIRM else rv.DONE_SLOT
        texts = {
            rv.CONFIRM: {
                "核定项": "核定确认",
                "核定说明": "科室未报送或未作自评确认的，核定人已逐条核对：自评、市局、核定都空白的扣分细则均为没有发生"
                if not self.subject.confirmed
                else "（该科室已作自评确认，这里不必填）",
            },
            rv.DONE: {
                "核定项": "核定完成",
                "核定说明": "全部细则核对完毕后选“是”；空着的“核定”此后按自评（有市局反馈的按市局）计",
            },
        }[key]
        choices = (m.YES,) if key == rv.CONFIRM else (m.YES, m.NO)
        allowed = "、".join(f"“{word}”" for word in choices)
        check = Validation("list", key, texts["核定说明"], f"这里选{allowed}", choices)
        seal = [Cell(SEAL, self.desk.seals.get(sh.CONFIRM))] if key == rv.CONFIRM else []
        state = Cell(STATE, self.score.states[key], rv.word_state_formula(slot, self.v), role=STATUS)
        cell = Cell(
            DECIDED, self.inputs.values.get(key), unlocked=True, field=key, role=INPUT, validation=check
        )
        return Row(key, spec.proto, texts, (cell, state, *seal))


def plan_review(rules: Rulebook, desk: Desk) -> ReviewPlan:
    return ReviewPlan(rules, desk)


def _brief(note: SlotValue) -> SlotValue:
    """A note as far as a row can show it; where it goes on is said."""
    if isinstance(note, str) and (len(note) > _MOST_NOTE or note.count("\n") > _MOST_BREAKS):
        shown = "\n".join(note[:_MOST_NOTE].split("\n")[:_MOST_BREAKS])
        return f"{shown}……（全文见该科室考评表）"
    return note


def _seen(value: SlotValue) -> SlotValue:
    """What a formula shows for an answer: blank is the empty text."""
    return "" if value is None else value
