"""台账.xlsx: the daily inspection ledger, an event per row; several ledgers become one.

Comes in: a scheme; the bytes of ledgers. Goes out: bytes, or `LedgerEntry`s with problems. An event that is not
understood whole is kept without what was not understood, so that it is seen, and counts for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.intake import Cell
from workbook_builder.problems import Problem, problem
from workbook_builder.records import LedgerEntry
from workbook_builder.registers import guide
from workbook_builder.registers.offers import clause_choices, section_choices, section_clauses
from workbook_builder.registers.reading import Row, key_of, plain_text, read_date, read_rows, read_section
from workbook_builder.registers.spec import DATE, LEDGER, NUMBER, Column, Record, Register, marked
from workbook_builder.scheme.names import similar
from workbook_builder.validate.text import clean, meant_number
from workbook_builder.validate.values import is_blank, shown

_WHOLE_KINDS = (m.PER_OCCURRENCE, m.DOUBLING, m.ONE_OFF, m.ZERO_ITEM)


def ledger_register(scheme: m.Scheme) -> Register:
    """The register of one year's inspections."""
    start, end = scheme.period_start, scheme.period_end
    period = f"考评周期 {start} 至 {end}。写成 2021-12-31 的样子。"
    columns = (
        Column("日期", 13, DATE, period, wanted=True, low=start, high=end),
        Column("科室", 18, prompt="从下拉列表选。", choices=section_choices(scheme), wanted=True),
        Column("细则", 36, prompt="先选科室，再从下拉列表选；也可以只写编号，如 业务/办公室/1/2。还不确定的可以先空着。",
               choices=clause_choices(scheme, award=False), free=True),
        Column("次数或分值", 12, NUMBER, "按次数计的填次数；视情计分的填分值。不清楚的先空着，不要填 0。", wanted=True),
        Column("事实", 44, prompt="何时、何地、何事。", wanted=True),
        Column("佐证", 24, prompt="照片、通报、记录等的名称或编号。", must=False),
        Column("登记人（职务）", 18, prompt="写职务，不写姓名。", must=False),
        Column("备注", 18, must=False),
    )  # fmt: skip
    title = f"{marked(scheme)}{scheme.unit}{scheme.year}年度日常检查台账"
    hint = "一事一行，从上往下接着填；黄色的格子是这一行还没有填的。怎么填见“说明”页。"
    lines = guide.ledger_guide(scheme)
    return Register(LEDGER, "Ledger", title, hint, columns, lines, scheme.id, scheme.year, scheme.version)


def ledger_workbook(scheme: m.Scheme, entries: Sequence[LedgerEntry] = ()) -> bytes:
    """A new ledger holding `entries`."""
    from workbook_builder.registers.book import new_book

    labels = {text.split(" ")[0]: text for _, texts in clause_choices(scheme, False).groups for text in texts}
    return new_book(ledger_register(scheme), [_record(entry, labels) for entry in entries])


def refreshed_ledger(scheme: m.Scheme, data: bytes, name: str) -> bytes | None:
    """The ledger with the drop-downs of the present scheme; None if it has them, or cannot be rewritten without loss."""
    from workbook_builder.registers.editing import refreshed

    return refreshed(ledger_register(scheme), data, name)


def _record(entry: LedgerEntry, labels: dict[str, str]) -> Record:
    return {
        "日期": entry.date,
        "科室": entry.section,
        "细则": labels.get(entry.clause, entry.clause),
        "次数或分值": entry.amount,
        "事实": entry.facts,
        "佐证": entry.evidence,
        "登记人（职务）": entry.recorder,
    }


# --- reading -----------------------------------------------------------------------------------------------------------------


def read_ledger(scheme: m.Scheme, data: bytes, name: str) -> tuple[tuple[LedgerEntry, ...], list[Problem]]:
    """Every event of one ledger, in the order of its rows."""
    register = ledger_register(scheme)
    sheet, problems = read_rows(register, data, name)
    if sheet is None:
        return (), problems
    found = [(row, _entry(scheme, row, problems)) for row in sheet.rows]
    problems += _same_rows(register.heads, found)
    return tuple(entry for _, entry in found), problems


def _same_rows(heads: Sequence[str], found: Iterable[tuple[Row, LedgerEntry]]) -> Iterator[Problem]:
    """Events that stand twice, word for word. They may well be two, so both count."""
    first: dict[tuple, Row] = {}
    for row, entry in found:
        read = {"日期": entry.date, "科室": entry.section, "细则": entry.clause, "次数或分值": entry.amount}
        texts = ((head, "" if row.blank(head) else plain_text(row.cell(head))) for head in heads)
        earlier = first.setdefault(tuple(read.get(head) or text for head, text in texts), row)
        if earlier is not row and entry.clause:
            yield problem("LEDGER_SAME_ROW", entry.where, entry.facts, row=earlier.number)


def _entry(scheme: m.Scheme, row: Row, problems: list[Problem]) -> LedgerEntry:
    section, clause = _assigned(scheme, row, problems)
    facts = row.text("事实", problems)
    if row.blank("事实"):
        problems.append(problem("LEDGER_NO_FACTS", row.where("事实")))
    return LedgerEntry(
        where=row.where("事实"),
        date=_date(scheme, row, problems),
        section=section.name if section else "",
        clause=clause.id if clause else "",
        amount=_amount(row, clause, problems),
        facts=facts,
        evidence=row.text("佐证", problems),
        recorder=row.text("登记人（职务）", problems),
    )


def _date(scheme: m.Scheme, row: Row, problems: list[Problem]):
    if row.blank("日期"):
        problems.append(problem("LEDGER_NO_DATE", row.where("日期")))
        return None
    day = read_date(row, "日期", problems)
    if day is not None and not scheme.period_start <= day <= scheme.period_end:
        facts = {"start": scheme.period_start, "end": scheme.period_end}
        problems.append(problem("LEDGER_OUTSIDE_PERIOD", row.where("日期"), day, **facts))
    return day


def _assigned(scheme: m.Scheme, row: Row, problems: list[Problem]) -> tuple[m.Section | None, m.Clause | None]:
    section = read_section(row, "科室", scheme, problems)
    text = row.text("细则", problems)
    if section is None:
        if text and row.blank("科室"):
            problems.append(problem("LEDGER_NO_SECTION", row.where("科室"), text))
        elif row.blank("科室"):
            problems.append(problem("LEDGER_UNASSIGNED", row.where("科室"), "科室"))
        return None, None
    if row.blank("细则"):
        problems.append(problem("LEDGER_UNASSIGNED", row.where("细则"), "细则"))
    return section, read_clause(scheme, section, row, text, problems)


def read_clause(
    scheme: m.Scheme, section: m.Section, row: Row, text: str, problems: list[Problem]
) -> m.Clause | None:
    """The clause of `section` that `text` names; None if blank or refused."""
    if not text:
        return None
    clauses = {clause.id: clause for clause in section_clauses(scheme, section)}
    found = clauses.get(key_of(text, clauses))
    if found is None:
        facts = {"section": section.name, "hint": similar(text.split()[0], clauses)}
        problems.append(problem("REGISTER_CLAUSE", row.where("细则"), text, **facts))
    return found


def _amount(row: Row, clause: m.Clause | None, problems: list[Problem]) -> Decimal | None:
    cell = row.cell("次数或分值")
    where = row.where("次数或分值")
    if is_blank(cell):
        problems.append(problem("LEDGER_NO_AMOUNT", where))
        return None
    number = plain_amount(cell)
    whole = clause is None or clause.kind not in _WHOLE_KINDS or number is None or number == int(number)
    if number is None or number < 0 or not whole:
        problems.append(problem("LEDGER_AMOUNT", where, shown(cell)))
        return None
    if isinstance(cell.value, str) and clean(cell.value) != str(number):
        problems.append(problem("READ_AS", where, cell.value, meant=f"数字 {number:f}"))
    return number


def plain_amount(cell: Cell) -> Decimal | None:
    """The number in a cell that is neither a date nor a percentage, in at most 4 decimals; None if there is none."""
    if cell.formula is not None or cell.kind in ("d", "e") or cell.percent or isinstance(cell.value, bool):
        return None
    if isinstance(cell.value, Decimal):
        number = cell.value
    else:
        meant = meant_number(str(cell.value or ""))
        number = None if meant is None or meant.unit == "%" else meant.number
    if number is None or not number.is_finite() or abs(number) > 10**9:
        return None
    rounded = round(number, 9)
    if rounded != round(number, 4):
        return None
    return round(number, 4).normalize() + 0 if rounded != int(rounded) else Decimal(int(rounded))


# --- several ledgers --------------------------------------------------------------------------------------------------------


def merge_ledgers(readings: Sequence[Iterable[LedgerEntry]]) -> tuple[tuple[LedgerEntry, ...], list[Problem]]:
    """All ledgers as one, by date, file and row; an entry that stands alike in two files counts once and is noted."""
    files: dict[str, list[LedgerEntry]] = {}
    for reading in readings:
        for entry in reading:
            files.setdefault(entry.where.file, []).append(entry)
    kept: list[LedgerEntry] = []
    problems: list[Problem] = []
    for name in sorted(files):
        known = _by_content(kept)
        seen: Counter = Counter()
        for entry in files[name]:
            key = _content(entry)
            seen[key] += 1
            # Twice in one file are two events; the second copy of a file has each of them again.
            alike = known.get(key, [])
            if seen[key] <= len(alike):
                problems.append(problem("LEDGER_SAME_ENTRY", entry.where, entry.facts, other=alike[seen[key] - 1].where.text()))
            else:
                kept.append(entry)
    return tuple(sorted(kept, key=_order)), problems


def _by_content(entries: list[LedgerEntry]) -> dict[tuple, list[LedgerEntry]]:
    found: dict[tuple, list[LedgerEntry]] = {}
    for entry in entries:
        found.setdefault(_content(entry), []).append(entry)
    return found


def _content(entry: LedgerEntry) -> tuple:
    return (entry.date, entry.section, entry.clause, entry.amount, entry.facts)


def _order(entry: LedgerEntry) -> tuple:
    dated = (entry.date is None, entry.date.isoformat() if entry.date else "")
    digits = "".join(sign for sign in entry.where.cell if sign.isdigit())
    return (*dated, entry.where.file, int(digits or 0))
