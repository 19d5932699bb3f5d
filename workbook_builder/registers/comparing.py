"""The ledger beside a section's own answers: deductions that the section reports lower than the ledger records.

Comes in: ledger entries and the answers of a sheet. Goes out: sums per clause, and a warning at each answer that is
lower. Only deductions are compared, and only where counts or points can be: a ledger knows nothing of ranks and rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.records import LedgerEntry
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.sheet import sheet_items
from workbook_builder.rules.slots import SlotValue

_COUNTED = (m.PER_OCCURRENCE, m.DOUBLING)
_YES_OR_NO = (m.ONE_OFF, m.ZERO_ITEM)
_AMOUNTS = (m.DISCRETIONARY, m.DISCRETIONARY_EACH)
_COMPARED = (*_COUNTED, *_YES_OR_NO, *_AMOUNTS)
#: Places that a message names before it says that there are more.
_NAMED = 3


def ledger_amounts(rules: Rulebook, entries: Iterable[LedgerEntry]) -> dict[tuple[str, str], Decimal | None]:
    """(section, clause) → how much the ledger records; None while any amount of it is unknown."""
    found: dict[tuple[str, str], Decimal | None] = {}
    for entry in entries:
        if not entry.section or entry.clause not in rules.slots:
            continue
        key = (entry.section, entry.clause)
        before = found.get(key, Decimal(0))
        found[key] = None if before is None or entry.amount is None else before + entry.amount
    return found


def below_ledger(
    rules: Rulebook,
    section: m.Section,
    answers: Mapping[str, SlotValue],
    entries: Iterable[LedgerEntry],
    where: Callable[[str], Where],
) -> Iterator[Problem]:
    """A warning at each answer of `section` that reports less than the ledger. `answers`: field → value."""
    by_clause: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        if entry.section == section.name and entry.amount != 0:
            by_clause.setdefault(entry.clause, []).append(entry)
    for item in sheet_items(rules.scheme, section):
        for clause in item.clauses:
            events = by_clause.get(clause.id, [])
            if events and clause.direction == m.DEDUCT and clause.kind in _COMPARED:
                yield from _compared(clause, rules, answers, events, where)


def _compared(
    clause: m.Clause,
    rules: Rulebook,
    answers: Mapping[str, SlotValue],
    events: list[LedgerEntry],
    where: Callable[[str], Where],
) -> Iterator[Problem]:
    fields = [clause.id + slot.suffix for slot in _inputs(rules, clause)]
    values = [answers.get(name) for name in fields]
    reported = _reported(clause, values)
    # What is known of the ledger is the least it records; an event whose amount nobody wrote down is still an event.
    least = sum((entry.amount for entry in events if entry.amount is not None), Decimal(0))
    if reported is None or (reported > 0 and reported >= least):
        return
    facts = {"ledger": _ledger(clause, events, least), "places": _places(events)}
    yield problem("SELF_BELOW_LEDGER", where(fields[0]), _answer(values), **facts)


def _inputs(rules: Rulebook, clause: m.Clause) -> list[sl.Slot]:
    """The inputs that say how often or how much: not 还有更多, not the exclusion."""
    slots = rules.slots[clause.id]
    return [slot for slot in slots if slot.type == sl.AMOUNT] if clause.kind in _AMOUNTS else [slots[0]]


def _reported(clause: m.Clause, values: list[SlotValue]) -> Decimal | None:
    """What the section reports, infinite for 是; None if it cannot be compared (待市局反馈, not accepted)."""
    if any(value in (m.PENDING_CITY, sl.NOT_ACCEPTED) for value in values):
        return None
    if clause.kind in _YES_OR_NO:
        return Decimal("Infinity") if values[0] == m.YES else Decimal(0)
    return sum((sl.number_of(value) for value in values), Decimal(0))


def _answer(values: list[SlotValue]) -> str:
    given = [number(v) if isinstance(v, Decimal) else v for v in values if v is not None]
    return "＋".join(given) or "（空白）"


def _ledger(clause: m.Clause, events: list[LedgerEntry], least: Decimal) -> str:
    unit = "分" if clause.kind in _AMOUNTS else (clause.unit or "次")
    unknown = sum(entry.amount is None for entry in events)
    parts = [f"{number(least)}{unit}"] if least else []
    parts += [f"{unknown} 条没有写次数或分值的"] if unknown else []
    return "，另有 ".join(parts)


def _places(events: list[LedgerEntry]) -> str:
    named = "、".join(f"{e.where.file or e.where.sheet} {e.where.cell}".strip() for e in events[:_NAMED])
    return named + (f" 等 {len(events)} 条" if len(events) > _NAMED else "")
