"""The sheet of one section: which row holds what, with every formula and the value it has now.

Comes in: a `Rulebook`, a section and the entries to show (none for a blank form). Goes out: a `Sheet` in plan and the
places of its fields. Rows and columns are those of `layout.skeleton`.
"""

from __future__ import annotations

from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout import checksum, words
from workbook_builder.layout.figures import sheet_checksum
from workbook_builder.layout.plan import (
    INPUT,
    NOTE,
    SCORE,
    STATUS,
    TOTAL_ROLE,
    Cell,
    Face,
    FieldPlace,
    Row,
    Sheet,
    StateRule,
    Validation,
    address,
)
from workbook_builder.layout.skeleton import (
    ANSWER,
    CODE,
    CODE_KEY,
    COUNTING,
    FREE_TEXTS,
    HEADING_KEY,
    ITEM_SCORE,
    KEY,
    LAST_VISIBLE,
    LEAD_KEY,
    POINTS,
    PROTO_SHEET,
    REMARK,
    REMARK_KEY,
    SHEET_KEY,
    STATE,
    TEXT,
    Spec,
    skeleton,
)
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.clauses import points_formulas
from workbook_builder.rules.excel import block, number, quoted
from workbook_builder.rules.items import Rulebook, item_formula, part_formula, sum_formula
from workbook_builder.rules.slots import Slot
from workbook_builder.rules.states import Refs, state_formulas

#: A row without an input of its own must not look as if it had one.
_FACE = Face(
    hidden=(KEY, CODE),
    last=LAST_VISIBLE,
    sample=ANSWER,
    locked={(proto, col): COUNTING for proto in ("细则", "分行", "自评") for col in (ANSWER, REMARK)},
)


class SectionPlan:
    """Works out one sheet: positions first, then each row's cells."""

    def __init__(self, rules: Rulebook, section: m.Section, entries: sh.Entries):
        self.rules, self.section, self.entries = rules, section, entries
        self.specs = skeleton(rules, section)
        self.row_of = {spec.key: number for number, spec in enumerate(self.specs, 1)}
        self.last = len(self.specs)
        self.score = sh.score_sheet(rules, section, entries)
        self.v = block(column_letters(ANSWER), 1, self.last)
        self.confirmed = f"{self._state(sh.CONFIRM)}={quoted(sl.FILLED)}"
        self.inputs = [spec for spec in self.specs if self._is_input(spec)]
        self._makers = {
            "状态": self._status_row,
            "表头": self._heading_row,
            "部分": self._part_row,
            "考评项": self._item_row,
            "引导": self._context_row,
            "细则": self._clause_row,
            "分行": self._sub_row,
            "小计": self._subtotal_row,
            "自评": self._declaration_row,
            "总分": self._total_row,
            "文字": self._text_row,
            "校验": self._check_row,
        }
        self._planned: Sheet | None = None
        self._made: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        self.code_position = {spec.key: position for position, spec in enumerate(self.inputs)}

    # --- addresses -------------------------------------------------------------------------------------

    def _cell(self, key: str, col: int) -> str:
        return address(self.row_of[key], col, absolute=True)

    def _state(self, key: str) -> str:
        return self._cell(key, STATE)

    def _input_from(self, key: str, seen_from: str) -> str:
        """The input of row `key` as a block expression for a formula standing in row `seen_from`."""
        return block(column_letters(ANSWER), 1, self.last, self.row_of[key] - self.row_of[seen_from])

    @staticmethod
    def _is_input(spec: Spec) -> bool:
        return spec.slot is not None or spec.key in (sh.AWARD, sh.PROPOSED, sh.CONFIRM)

    # --- the sheet -----------------------------------------------------------------------------------------

    def sheet(self) -> Sheet:
        """The sheet in plan, worked out once."""
        if self._planned is None:
            self._planned = self._plan()
        return self._planned

    def _plan(self) -> Sheet:
        rows = tuple(self._row(spec) for spec in self.specs)
        header = self.row_of["@表头"]
        ranges = " ".join(_runs([self.row_of[spec.key] for spec in self.inputs], column_letters(ANSWER)))
        state = block(column_letters(STATE), 1, self.last)
        conditions = tuple(
            (name, f"{state}={quoted(name)}")
            for name in (sl.INVALID, sl.GROUP_INVALID, sl.MISSING, sl.PENDING, sl.FILLED, sl.NOT_HAPPENED)
        )
        ready = address(self.row_of["@状态"], TEXT)
        is_ready = f"{address(self.row_of['@状态'], TEXT, True)}={quoted(sh.READY_TEXT)}"
        return Sheet(
            name=self.section.name,
            section=self.section.name,
            proto=PROTO_SHEET,
            rows=rows,
            freeze=header + 1,
            header_row=header,
            state_rules=(StateRule(ranges, conditions), StateRule(ready, ((sh.READY_TEXT, is_ready),))),
            key=f"{SHEET_KEY}/{self.section.name}",
            face=_FACE,
        )

    def fields(self) -> tuple[FieldPlace, ...]:
        """Every named cell of the sheet, in reading order."""
        return tuple(
            FieldPlace(cell.field, self.section.name, self.section.name, row, cell.col, cell.role)
            for row, planned in enumerate(self.sheet().rows, 1)
            for cell in planned.cells
            if cell.field
        )

    def _row(self, spec: Spec) -> Row:
        make = self._makers.get(spec.proto)
        if make is None:
            return Row(spec.key, spec.proto)
        return make(spec)

    def _status_row(self, spec: Spec) -> Row:
        states = f"{address(1, STATE, True)}:{address(self.last, STATE, True)}"
        missing = f"(COUNTIF({states},{quoted(sl.MISSING)})+COUNTIF({states},{quoted(sl.INVALID)}))"
        ready = f'IF({missing}=0,{quoted(sh.READY_TEXT)},"还缺"&{missing}&"项")'
        total = self._cell(sh.SELF_TOTAL, ITEM_SCORE)
        return Row(
            spec.key,
            spec.proto,
            cells=(
                Cell(TEXT, self.score.ready_text, ready, field=sh.READY, role=STATUS),
                Cell(ITEM_SCORE, self.score.total.shown, total, fmt="points"),
            ),
        )

    def _heading_row(self, spec: Spec) -> Row:
        return Row(spec.key, spec.proto, cells=(Cell(CODE, CODE_KEY),))

    def _part_row(self, spec: Spec) -> Row:
        full = self.rules.scheme.part(spec.part).full
        first, last = self.row_of[spec.key] + 1, self.row_of[f"{spec.part}#小计"] - 1
        states = f"{address(first, STATE, True)}:{address(last, STATE, True)}"
        missing = f"(COUNTIF({states},{quoted(sl.MISSING)})+COUNTIF({states},{quoted(sl.INVALID)}))"
        count = sum(i.missing for i in self.score.section.items.values() if i.item.part == spec.part)
        shown = f"还缺{count}项" if count else "已填齐"
        texts = {"部分": spec.part, "满分": f"{number(full)}分" if full is not None else ""}
        formula = f'IF({missing}=0,"已填齐","还缺"&{missing}&"项")'
        return Row(spec.key, spec.proto, texts, (Cell(STATE, shown, formula, role=STATUS),))

    def _item_row(self, spec: Spec) -> Row:
        item = spec.item
        first, last = self._item_span(item)
        cells = {clause.id: self._cell(clause.id, POINTS) for clause in item.clauses}
        formula = item_formula(item, first, last, cells, self.rules.floor)
        figure = self.score.section.items[item.key].figure
        full = "" if item.points is None else number(item.points)
        texts = {
            "序号": str(item.no),
            "考评内容": words.item_title(item),
            "分值": full,
            "计分方式": words.item_mode(item),
        }
        score = Cell(ITEM_SCORE, figure.shown, formula, field=f"{item.key}#得分", role=SCORE, fmt="points")
        return Row(spec.key, spec.proto, texts, (score,))

    def _item_span(self, item: m.Item) -> tuple[str, str]:
        first = self.row_of[item.clauses[0].id]
        final = item.clauses[-1]
        last_key = final.id + self.rules.slots[final.id][-1].suffix
        last = max(self.row_of[last_key], self.row_of[final.id])
        return address(first, POINTS, True), address(last, POINTS, True)

    def _context_row(self, spec: Spec) -> Row:
        """What the notice prints around a clause and does not score, in a row of its own."""
        clause = spec.clause
        kind = spec.key.split("/", 1)[0]
        text = {HEADING_KEY: clause.heading, LEAD_KEY: clause.lead, REMARK_KEY: clause.remark}[kind]
        return Row(spec.key, spec.proto, {"引导": text})

    def _refs(self, clause: m.Clause, seen_from: str) -> Refs:
        suffixes = _in_order(self.rules.slots[clause.id])
        return Refs(
            own=self.v,
            above=block(column_letters(ANSWER), 1, self.last, -1),
            v={s: self._input_from(clause.id + s, seen_from) for s in suffixes},
            state={s: self._state(clause.id + s) for s in suffixes},
            points={s: self._cell(clause.id + s, POINTS) for s in suffixes},
            confirmed=self.confirmed,
            base_v=self._input_from(clause.depends_on, seen_from) if clause.depends_on else "",
            base_state=self._state(clause.depends_on) if clause.depends_on else "",
        )

    def _formulas(self, clause: m.Clause) -> tuple[dict[str, str], dict[str, str]]:
        """State and points formulas of all rows of a clause, worked out once."""
        if clause.id not in self._made:
            self._made[clause.id] = self._make_formulas(clause)
        return self._made[clause.id]

    def _make_formulas(self, clause: m.Clause) -> tuple[dict[str, str], dict[str, str]]:
        slots = self.rules.slots[clause.id]
        refs = self._refs(clause, clause.id)
        base_points = Decimal(0)
        if clause.depends_on:
            base_points = self.rules.scheme.clause_by_id[clause.depends_on].points or base_points
        return (
            state_formulas(clause, slots, refs),
            points_formulas(clause, slots, refs, self.rules.unranked_deducts, base_points),
        )

    def _clause_row(self, spec: Spec) -> Row:
        clause, points = spec.clause, self.score.section.items[spec.item.key].clauses[spec.clause.id]
        states, formulas = self._formulas(clause)
        cells = [
            Cell(POINTS, points.shown, formulas[""], fmt="signed"),
            Cell(STATE, points.states[""], states[""], role=STATUS),
            self._note_cell(clause.id + sh.NOTE_SUFFIX),
        ]
        if spec.slot is not None:
            cells[:0] = self._input_cells(spec)
        texts = {
            "条号": f"{spec.item.no}.{clause.no}",
            "细则": clause.text,
            "计分办法": words.how_it_counts(clause),
            "单位": spec.slot.unit if spec.slot else "",
        }
        return Row(spec.key, spec.proto, texts, tuple(cells))

    def _sub_row(self, spec: Spec) -> Row:
        clause, slot = spec.clause, spec.slot
        points = self.score.section.items[spec.item.key].clauses[clause.id]
        states, formulas = self._formulas(clause)
        cells = [*self._input_cells(spec), Cell(STATE, points.states[slot.suffix], states[slot.suffix], role=STATUS)]
        if slot.suffix in formulas:
            shown = points.subs[slot.suffix]
            cells.append(Cell(POINTS, "" if shown is None else shown, formulas[slot.suffix], fmt="signed"))
        if clause.kind == m.DISCRETIONARY_EACH and slot.suffix.startswith("@"):
            cells.append(self._note_cell(clause.id + slot.suffix + sh.NOTE_SUFFIX))
        return Row(spec.key, spec.proto, {"分行": slot.label, "单位": slot.unit}, tuple(cells))

    def _input_cells(self, spec: Spec) -> list[Cell]:
        check = words.validation(spec.slot, self.v)
        return [
            self._answer_cell(spec.key, check),
            self._code_cell(spec.key, sl.all_words(spec.slot)),
        ]

    def _answer_cell(self, name: str, check: Validation) -> Cell:
        return Cell(ANSWER, self.entries.get(name), unlocked=True, field=name, role=INPUT, validation=check)

    def _code_cell(self, key: str, legal: tuple[str, ...]) -> Cell:
        position = self.code_position[key]
        value = checksum.code(self.entries.get(key), legal, position)
        return Cell(CODE, Decimal(value), checksum.code_formula(self.v, legal, position))

    def _note_cell(self, name: str) -> Cell:
        prompt = Validation("any", "说明及佐证", "写明时间、事实和佐证材料名称，可不填。", "")
        return Cell(REMARK, self.entries.get(name), unlocked=True, field=name, role=NOTE, validation=prompt)

    def _subtotal_row(self, spec: Spec) -> Row:
        part = self.rules.scheme.part(spec.part)
        first = address(self.row_of[f"@部分/{spec.part}"], ITEM_SCORE, True)
        last = address(self.row_of[spec.key] - 1, ITEM_SCORE, True)
        figure = self.score.section.parts[spec.part]
        evidence = spec.part == m.SPECIAL and f"{sh.PROPOSED}" in self.row_of
        caption = f"{spec.part}小计" + ("（附件2合计，供核定参考）" if evidence else "")
        cell = Cell(
            ITEM_SCORE, figure.shown, part_formula(part, first, last), field=spec.key, role=TOTAL_ROLE, fmt="points"
        )
        return Row(spec.key, spec.proto, {"小计": caption}, (cell,))

    def _declaration_row(self, spec: Spec) -> Row:
        make = {sh.AWARD: self._award_row, sh.PROPOSED: self._proposed_row, sh.CONFIRM: self._confirm_row}
        return make[spec.key](spec)

    def _award_row(self, spec: Spec) -> Row:
        slot = special.AWARD_SLOT
        state = sl.state_formula(slot, self.v, "TRUE")
        choices = (*slot.choices, *slot.words)
        check = Validation(
            "list",
            "市局加分",
            "特色工作被市局考核认可并获得加分的选“是”；没有的选“否”。",
            "这里选“是”“否”或“待市局反馈”",
            choices,
        )
        cells = (
            self._answer_cell(spec.key, check),
            self._code_cell(spec.key, sl.all_words(slot)),
            Cell(STATE, self.score.award_state, state, role=STATUS),
        )
        texts = {"自评": "特色工作是否被市局考核认可并获得市局加分", "自评说明": "自评分超过5分时必须选“是”"}
        return Row(spec.key, spec.proto, texts, cells)

    def _proposed_row(self, spec: Spec) -> Row:
        scheme = self.rules.scheme
        award = self._input_from(sh.AWARD, spec.key)
        state = special.special_state_formula(scheme, award, self.v)
        high, low = scheme.special_awarded, scheme.special_other
        rule = (
            f"获市局加分的填{number(high[0])}–{number(high[1])}分，"
            f"未获加分的填{number(low[0])}–{number(low[1])}分，没有申报填0"
        )
        slot = special.score_slot(scheme)
        check = words.validation(slot, self.v)
        check = Validation(check.kind, "特色工作自评分", rule, f"这里{rule}", condition=check.condition)
        cells = (
            self._answer_cell(spec.key, check),
            self._code_cell(spec.key, sl.all_words(slot)),
            Cell(STATE, self.score.special_state, state, role=STATUS),
            Cell(
                ITEM_SCORE,
                self.score.special.shown,
                special.special_points_formula(self._state(spec.key), self.v),
                fmt="points",
            ),
        )
        return Row(spec.key, spec.proto, {"自评": "特色工作自评分", "自评说明": rule}, cells)

    def _confirm_row(self, spec: Spec) -> Row:
        state = f"IF(ISERROR({self.v}),{quoted(sl.MISSING)},IF({self.v}={quoted(m.YES)},{quoted(sl.FILLED)},{quoted(sl.MISSING)}))"
        done = sl.FILLED if sh.confirmed(self.entries) else sl.MISSING
        check = Validation("list", "自评确认", "逐条核对后选“是”。选“是”之前，空白一律按没有填处理。", "这里选“是”", (m.YES,))
        cells = (
            self._answer_cell(spec.key, check),
            self._code_cell(spec.key, (m.YES,)),
            Cell(STATE, done, state, role=STATUS),
        )
        texts = {
            "自评": "自评确认：本科室已逐条核对，没有填写的扣分细则均为“没有发生”",
            "自评说明": "核对完毕选“是”",
        }
        return Row(spec.key, spec.proto, texts, cells)

    def _total_row(self, spec: Spec) -> Row:
        special_key = sh.PROPOSED if sh.PROPOSED in self.row_of else f"{m.SPECIAL}#小计"
        keys = [f"{m.BUSINESS}#小计", f"{m.TEAM}#小计", special_key]
        formula = sum_formula([self._cell(key, ITEM_SCORE) for key in keys])
        cell = Cell(ITEM_SCORE, self.score.total.shown, formula, field=spec.key, role=TOTAL_ROLE, fmt="points")
        return Row(spec.key, spec.proto, {"总分": "自评总分（业务工作＋队伍建设＋特色工作，未扣突破底线）"}, (cell,))

    def _text_row(self, spec: Spec) -> Row:
        value = self.entries.get(spec.key)
        prompt = Validation("any", FREE_TEXTS[spec.key], "可不填。" if spec.key == "建议" else "请填写。", "")
        cell = Cell(ANSWER, value, unlocked=True, field=spec.key, role=NOTE, validation=prompt)
        return Row(spec.key, spec.proto, {"文字": FREE_TEXTS[spec.key]}, (cell,))

    def _check_row(self, spec: Spec) -> Row:
        first, last = address(1, CODE, True), address(self.last, CODE, True)
        cell = Cell(
            ANSWER,
            sheet_checksum(self.entries, self.coded),
            checksum.total_formula(first, last),
            field=sh.CHECKSUM,
            role=STATUS,
        )
        return Row(spec.key, spec.proto, {"校验": "校验码（随填报内容变化，签字页与电子表应一致）"}, (cell,))

    @property
    def coded(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Every input in order with the words that may stand in it: what the 校验码 runs over."""
        return tuple((spec.key, self._legal(spec)) for spec in self.inputs)

    def _legal(self, spec: Spec) -> tuple[str, ...]:
        if spec.slot is not None:
            return sl.all_words(spec.slot)
        if spec.key == sh.AWARD:
            return sl.all_words(special.AWARD_SLOT)
        if spec.key == sh.PROPOSED:
            return sl.all_words(special.score_slot(self.rules.scheme))
        return (m.YES,)


def plan_section(rules: Rulebook, section: m.Section, entries: sh.Entries) -> SectionPlan:
    return SectionPlan(rules, section, entries)


def _in_order(slots: tuple[Slot, ...]) -> list[str]:
    suffixes = [slot.suffix for slot in slots]
    return suffixes if "" in suffixes else ["", *suffixes]


def _runs(rows: list[int], letter: str) -> list[str]:
    """Consecutive rows as ranges: [5, 6, 8] → F5:F6, F8."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return [f"{letter}{a}:{letter}{b}" if b > a else f"{letter}{a}" for a, b in runs]
