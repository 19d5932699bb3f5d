"""The sheet of one section: which row holds what, with every formula and the value it has now.

Comes in: a `Rulebook`, a section and the entries to show (none for a blank form). Goes out: a `Sheet` in plan and the
places of its fields. Rows and columns are those of `layout.skeleton`.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout import checksum, declarations, progress, words
from workbook_builder.layout.figures import sheet_checksum
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
    runs,
)
from workbook_builder.layout.skeleton import (
    ANSWER,
    CODE,
    CODE_KEY,
    FACE,
    FREE_TEXTS,
    HEADING_KEY,
    ITEM_SCORE,
    LEAD_KEY,
    POINTS,
    PROGRESS,
    PROTO_SHEET,
    REMARK,
    REMARK_KEY,
    SHEET_KEY,
    STATE,
    TEXT,
    Spec,
    bonds,
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

#: Prototypes of rows whose state speaks of an answer.
_JUDGED = ("细则", "分行", "自评")


class SectionPlan:
    """Works out one sheet: positions first, then each row's cells."""

    def __init__(self, rules: Rulebook, section: m.Section, entries: sh.Entries):
        self.rules, self.section, self.entries = rules, section, entries
        self.specs = skeleton(rules, section)
        self.bonds = bonds(self.specs)
        self.row_of = {spec.key: number for number, spec in enumerate(self.specs, 1)}
        self.last = len(self.specs)
        self.score = sh.score_sheet(rules, section, entries)
        self.v = block(column_letters(ANSWER), 1, self.last)
        self.confirmed = f"{self._state(sh.CONFIRM)}={quoted(sl.FILLED)}"
        self.inputs = [spec for spec in self.specs if self._is_input(spec)]
        self._makers = {
            "副标题": self._subtitle_row,
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
        return Sheet(
            name=self.section.name,
            section=self.section.name,
            proto=PROTO_SHEET,
            rows=rows,
            freeze=header + 1,
            header_row=header,
            state_rules=self._state_rules(),
            key=f"{SHEET_KEY}/{self.section.name}",
            face=FACE,
        )

    def _state_rules(self) -> tuple[StateRule, ...]:
        """Looks of the inputs, of states that say something is wrong, and of what the line of progress says."""
        state = block(column_letters(STATE), 1, self.last)
        names = (sl.INVALID, sl.GROUP_INVALID, sl.MISSING, sl.PENDING, sl.FILLED, sl.NOT_HAPPENED)
        conditions = tuple((name, f"{state}={quoted(name)}") for name in names)
        inputs = [self.row_of[spec.key] for spec in self.inputs]
        judged = [number for number, spec in enumerate(self.specs, 1) if spec.proto in _JUDGED]
        ready = self._cell("@状态", TEXT)
        rules = [
            StateRule(runs(inputs, column_letters(ANSWER)), conditions),
            StateRule(runs(judged, column_letters(STATE)), conditions[:2]),
            StateRule(address(self.row_of["@状态"], TEXT), ((sh.READY_TEXT, f"{ready}={quoted(sh.READY_TEXT)}"),)),
        ]
        for col, part in zip(PROGRESS, sh.SHEET_PARTS, strict=False):
            key = f"@部分/{part}"
            places = f"{address(self.row_of['@状态'], col)} {address(self.row_of[key], STATE)}"
            rules.append(progress.done_rule(places, f"${column_letters(STATE)}${self.row_of[key]}", progress.DONE))
        last = address(self.row_of["@状态"], PROGRESS[-1])
        return (*rules, progress.done_rule(last, self._state(sh.CONFIRM), sl.FILLED))

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
        row = Row(spec.key, spec.proto) if make is None else make(spec)
        return replace(row, bond=self.bonds[spec.key])

    def _subtitle_row(self, spec: Spec) -> Row:
        total = Cell(REMARK, self.score.total.shown, self._cell(sh.SELF_TOTAL, ITEM_SCORE), fmt="points")
        return Row(spec.key, spec.proto, cells=(total,))

    def _status_row(self, spec: Spec) -> Row:
        """How many rows are missing, then the same part by part, and the confirmation."""
        states = f"{address(1, STATE, True)}:{address(self.last, STATE, True)}"
        ready = progress.lacking_formula(states, sh.READY_TEXT)
        said = [(part, progress.lacking(self._missing(part)), f"@部分/{part}") for part in sh.SHEET_PARTS]
        said.append((sh.CONFIRM, sl.FILLED if sh.confirmed(self.entries) else sl.MISSING, sh.CONFIRM))
        cells = [
            Cell(col, progress.said_of(name, shown), progress.said_formula(name, self._state(key)))
            for col, (name, shown, key) in zip(PROGRESS, said, strict=True)
        ]
        return Row(
            spec.key,
            spec.proto,
            cells=(Cell(TEXT, self.score.ready_text, ready, field=sh.READY, role=STATUS), *cells),
        )

    def _heading_row(self, spec: Spec) -> Row:
        return Row(spec.key, spec.proto, cells=(Cell(CODE, CODE_KEY),))

    def _part_row(self, spec: Spec) -> Row:
        full = self.rules.scheme.part(spec.part).full
        last = max(number for number, other in enumerate(self.specs, 1) if other.part == spec.part)
        states = f"{address(self.row_of[spec.key] + 1, STATE, True)}:{address(last, STATE, True)}"
        shown = progress.lacking(self._missing(spec.part))
        texts = {"部分": spec.part, "满分": f"{number(full)}分" if full is not None else ""}
        return Row(spec.key, spec.proto, texts, (Cell(STATE, shown, progress.lacking_formula(states), role=STATUS),))

    def _missing(self, part: str) -> int:
        """Rows of a part that still want something; its own score stands below its items."""
        count = sum(item.missing for item in self.score.section.items.values() if item.item.part == part)
        if part == m.SPECIAL and sh.PROPOSED in self.row_of:
            count += sum(s in (sl.MISSING, sl.INVALID) for s in (self.score.special_state, self.score.award_state))
        return count

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
        """What a section declares at the end of its sheet: the words are those of `layout.declarations`."""
        if spec.key == sh.AWARD:
            asked, state = declarations.award(), sl.state_formula(special.AWARD_SLOT, self.v, "TRUE")
            shown, more = self.score.award_state, ()
        elif spec.key == sh.PROPOSED:
            asked = declarations.proposed(self.rules.scheme, self.v)
            state = special.special_state_formula(self.rules.scheme, self._input_from(sh.AWARD, spec.key), self.v)
            points = special.special_points_formula(self._state(spec.key), self.v)
            shown, more = self.score.special_state, (Cell(ITEM_SCORE, self.score.special.shown, points, fmt="points"),)
        else:
            asked, state = declarations.confirmation(), declarations.confirmation_state(self.v)
            shown, more = sl.FILLED if sh.confirmed(self.entries) else sl.MISSING, ()
        cells = (
            self._answer_cell(spec.key, asked.check),
            self._code_cell(spec.key, self._legal(spec)),
            Cell(STATE, shown, state, role=STATUS),
            *more,
        )
        return Row(spec.key, spec.proto, {"自评": asked.caption, "自评说明": asked.hint}, cells)

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
