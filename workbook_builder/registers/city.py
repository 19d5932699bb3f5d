"""市局反馈.xlsx: the city's figures, one per row, each the answer to a clause as the city sees it.

Comes in: a scheme; the bytes of the workbook. Goes out: bytes, or the accepted `CityFigure`s with problems. A figure is
read by the very rules of the clause's own input; two that contradict each other are both left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.records import CityFigure
from workbook_builder.registers import guide
from workbook_builder.registers.ledger import read_clause
from workbook_builder.registers.offers import clause_choices, section_choices
from workbook_builder.registers.reading import Row, key_of, read_rows, read_section
from workbook_builder.registers.spec import CITY, NUMBER, Column, Record, Register, marked
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot
from workbook_builder.validate.text import clean
from workbook_builder.validate.values import Reading, read_value

_AWARD_LABEL = f"{sh.AWARD} 特色工作是否获市局加分"


def city_register(scheme: m.Scheme) -> Register:
    """The register of one year's figures from the city."""
    sections = section_choices(scheme)
    columns = (
        Column("科室", 18, prompt="细则写在哪个科室的考评表上，从下拉列表选。", choices=sections, wanted=True),
        Column("细则", 38, prompt="先选科室，再从下拉列表选；也可以只写编号，如 业务/促进法治科/1/2。",
               choices=clause_choices(scheme, award=True), free=True, wanted=True),
        Column("市局数据", 14, NUMBER, "照市局的数据填，用这条细则自己的单位：次数、名次、百分比（95 表示 95%）、是或否、折算得分、档名。",
               wanted=True),
        Column("参照数据", 14, NUMBER, "细则要与全市平均值等比较的，在这里填；其他细则空着。", must=False),
        Column("文号（来源）", 28, prompt="市局文件的文号，或数据从哪里来。", wanted=True),
        Column("承担科室", 18, prompt="由别的科室承担扣分的，选那个科室；空着就是科室自己承担。", choices=sections, must=False),
        Column("备注", 24, must=False),
    )  # fmt: skip
    title = f"{marked(scheme)}{scheme.unit}{scheme.year}年度市局反馈数据"
    hint = "一条细则一行，从上往下接着填；黄色的格子是这一行还没有填的。怎么填见“说明”页。"
    lines = guide.city_guide(scheme)
    return Register(CITY, "CityFigures", title, hint, columns, lines, scheme.id, scheme.year, scheme.version)


def city_workbook(scheme: m.Scheme, figures: Sequence[CityFigure] = ()) -> bytes:
    """A new workbook holding `figures`."""
    from workbook_builder.registers.book import new_book

    labels = {text.split(" ")[0]: text for _, texts in clause_choices(scheme, True).groups for text in texts}
    return new_book(city_register(scheme), [_record(figure, labels) for figure in figures])


def refreshed_city(scheme: m.Scheme, data: bytes, name: str) -> bytes | None:
    """The workbook with the drop-downs of the present scheme; None if it has them, or would lose something."""
    from workbook_builder.registers.editing import refreshed

    return refreshed(city_register(scheme), data, name)


def _record(figure: CityFigure, labels: dict[str, str]) -> Record:
    return {
        "科室": figure.section,
        "细则": labels.get(figure.clause, figure.clause),
        "市局数据": figure.value,
        "参照数据": figure.reference,
        "文号（来源）": figure.document,
        "承担科室": figure.bearer,
        "备注": figure.note,
    }


# --- reading -----------------------------------------------------------------------------------------------------------------


def read_city(scheme: m.Scheme, data: bytes, name: str) -> tuple[tuple[CityFigure, ...], list[Problem]]:
    """The figures that are accepted, in the order of their rows."""
    sheet, problems = read_rows(city_register(scheme), data, name)
    if sheet is None:
        return (), problems
    rules = Rulebook(scheme)
    found = [(row, figure) for row in sheet.rows if (figure := _figure(rules, row, problems)) is not None]
    return _without_doubles(rules, found, problems), problems


def _figure(rules: Rulebook, row: Row, problems: list[Problem]) -> CityFigure | None:
    scheme = rules.scheme
    before = len(problems)
    section = _section(scheme, row, "科室", problems)
    bearer = None if row.blank("承担科室") else read_section(row, "承担科室", scheme, problems)
    clause_id, clause = _clause(scheme, section, row, problems)
    document, note = row.text("文号（来源）", problems), row.text("备注", problems)
    if len(problems) > before or section is None or not clause_id:
        return None
    reading = _value(rules, clause, row, clause_id)
    problems.extend(reading.problems)
    if reading.value is None:
        return None
    accepted, reference = _reference(rules, clause, row, reading, problems)
    if not accepted:
        return None
    if not document:
        problems.append(problem("CITY_NO_DOCUMENT", row.where("文号（来源）", clause_id)))
    where, beside = row.where("市局数据", clause_id), row.where("参照数据", clause_id) if reference is not None else Where()
    bears = bearer.name if bearer else ""
    return CityFigure(where, section.name, clause_id, reading.value, reference, document, bears, note, beside)


def _section(scheme: m.Scheme, row: Row, head: str, problems: list[Problem]) -> m.Section | None:
    if row.blank(head):
        problems.append(problem("REGISTER_BLANK", row.where(head), head))
        return None
    return read_section(row, head, scheme, problems)


def _clause(
    scheme: m.Scheme, section: m.Section | None, row: Row, problems: list[Problem]
) -> tuple[str, m.Clause | None]:
    """The field that the row answers, and its clause (None for the city's award)."""
    if row.blank("细则"):
        problems.append(problem("REGISTER_BLANK", row.where("细则"), "细则"))
        return "", None
    text = row.text("细则", problems)
    if key_of(text, (sh.AWARD,)) or clean(text) == clean(_AWARD_LABEL):
        return sh.AWARD, None
    clause = read_clause(scheme, section, row, text, problems) if section is not None else None
    return (clause.id, clause) if clause is not None else ("", None)


def _value(rules: Rulebook, clause: m.Clause | None, row: Row, name: str) -> Reading:
    where = row.where("市局数据", name)
    reading = read_value(_slot(rules, clause), row.cell("市局数据"), where, clause)
    waits = reading.value == m.PENDING_CITY
    if waits or (reading.value is None and not reading.refused):
        return Reading(None, None, (problem("CITY_NO_VALUE", where, reading.value or ""),))
    return reading


def _slot(rules: Rulebook, clause: m.Clause | None) -> Slot:
    """The input by which the city's figure is read."""
    if clause is None:
        return special.AWARD_SLOT
    slots = rules.slots[clause.id]
    if clause.kind == m.OPTIONS and clause.several:
        return replace(slots[0], suffix="", type=sl.CHOICE, choices=tuple(o.label for o in clause.options), zero=False)
    return slots[0]


def _reference(
    rules: Rulebook, clause: m.Clause | None, row: Row, reading: Reading, problems: list[Problem]
) -> tuple[bool, sl.SlotValue]:
    """Whether the row stands, and the reference figure it compares with."""
    slots = rules.slots[clause.id] if clause is not None else ()
    slot = next((s for s in slots if s.suffix == sl.REFERENCE), None)
    where = row.where("参照数据", clause.id + sl.REFERENCE if clause else sh.AWARD)
    if slot is None or isinstance(reading.value, str):
        if not row.blank("参照数据"):
            problems.append(problem("CITY_REFERENCE_UNUSED", where, row.text("参照数据", [])))
        return True, None
    # 待市局反馈 is no figure of the city's.
    found = read_value(replace(slot, words=()), row.cell("参照数据"), where, clause)
    problems.extend(found.problems)
    if found.value is None and not found.refused:
        problems.append(problem("CITY_NO_REFERENCE", where, slot.label))
    return isinstance(found.value, Decimal), found.value


# --- two rows for one clause -------------------------------------------------------------------------------------------------


def _adds_up(rules: Rulebook, figure: CityFigure) -> bool:
    clause = rules.scheme.clause_by_id.get(figure.clause)
    if clause is None:
        return False
    if clause.kind == m.OPTIONS:
        return clause.several
    return clause.kind in (m.PER_OCCURRENCE, m.DOUBLING, m.DISCRETIONARY, m.DISCRETIONARY_EACH)


def _without_doubles(
    rules: Rulebook, found: list[tuple[Row, CityFigure]], problems: list[Problem]
) -> tuple[CityFigure, ...]:
    """All figures, save those that contradict each other (both go) or merely stand twice (one goes)."""
    first: dict[tuple, tuple[Row, CityFigure]] = {}
    alike: dict[tuple, Row] = {}
    dropped: set[int] = set()
    for row, figure in found:
        about, content = _about(figure), _content(figure)
        adds = _adds_up(rules, figure)
        earlier_row, earlier = first.setdefault(about, (row, figure))
        same = alike.setdefault(content, row)
        if same is not row:
            counted = "两行都已计入" if adds else "只计一次"
            problems.append(problem("CITY_SAME_ROW", figure.where, row=same.number, counted=counted))
            dropped |= set() if adds else {id(figure)}
        elif earlier_row is not row and not adds:
            problems.append(problem("CITY_TWICE", figure.where, figure.clause, row=earlier_row.number))
            dropped |= {id(figure), id(earlier)}
    # A copy of a figure that was contradicted is no better than the figure.
    return tuple(figure for _, figure in found if id(figure) not in dropped)


def _about(figure: CityFigure) -> tuple:
    """Of what only one figure may stand, where figures of the clause do not add up."""
    return (figure.section, figure.clause, figure.bearer or figure.section)


def _content(figure: CityFigure) -> tuple:
    return (*_about(figure), figure.value, figure.reference, figure.document)


# --- several files -----------------------------------------------------------------------------------------------------------


def merge_city(
    scheme: m.Scheme, readings: Sequence[Sequence[CityFigure]]
) -> tuple[tuple[CityFigure, ...], list[Problem]]:
    """All files as one, in the order given: what stands alike in two files counts once, what contradicts not at all."""
    rules = Rulebook(scheme)
    kept: list[CityFigure] = []
    problems: list[Problem] = []
    dropped: set[int] = set()
    for figures in readings:
        before = list(kept)
        known: dict[tuple, list[CityFigure]] = {}
        for figure in before:
            known.setdefault(_content(figure), []).append(figure)
        seen: Counter = Counter()
        for figure in figures:
            seen[_content(figure)] += 1
            alike = known.get(_content(figure), [])
            rival = next((f for f in before if _about(f) == _about(figure)), None)
            # Twice in one file are two events; the second copy of a file has each of them again.
            if seen[_content(figure)] <= len(alike):
                other = alike[seen[_content(figure)] - 1].where.text()
                problems.append(problem("CITY_IN_TWO_FILES", figure.where, other=other))
            elif rival is not None and not _adds_up(rules, figure):
                problems.append(problem("CITY_FILES_DIFFER", figure.where, figure.clause, other=rival.where.text()))
                dropped |= {id(rival)}
            else:
                kept.append(figure)
    return tuple(figure for figure in kept if id(figure) not in dropped), problems
