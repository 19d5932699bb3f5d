"""决定.xlsx, extended: rows that the program needs answered come and go, what people wrote stays.

Comes in: the workbook as it stands (or none) and the decisions that are needed now. Goes out: new bytes, or None where
nothing changes or nothing may be touched, and problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook_builder import model as m
from workbook_builder import records as r
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.records import Decision
from workbook_builder.registers.decisions import (
    SOURCE,
    decisions_register,
    decisions_workbook,
    record,
    source_mark,
)
from workbook_builder.registers.offers import objects
from workbook_builder.registers.reading import Row, Sheet, key_of, read_rows, read_section
from workbook_builder.validate.text import clean

#: A new row is needed whenever the matter itself (原为) is another, however often it was decided before.
_BY_BEFORE = (r.ADOPT, r.TRANSFER, r.RULING, r.SUBMIT, r.APPROVE)
_FILLED_BY_PEOPLE = ("改为", "决定日期", "决定者（职务或机构）", "备注")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Present:
    """A row that stands in the file.

    asking   the program wrote it, it is not answered, and what it asks still stands as written
    waiting  besides, nobody has begun to answer it: only such a row may be taken out again
    """

    row: Row
    key: Key
    before: str
    answered: bool
    asking: bool
    waiting: bool


@dataclass(frozen=True, slots=True)
class _Changes:
    drop: tuple[int, ...]
    update: tuple[tuple[int, Decision], ...]
    append: tuple[Decision, ...]

    def __bool__(self) -> bool:
        return bool(self.drop or self.update or self.append)


def extend_decisions(
    scheme: m.Scheme, data: bytes | None, name: str, needed: Sequence[Decision]
) -> tuple[bytes | None, list[Problem]]:
    """The workbook with exactly the waiting rows that are needed; None if it stays as it is."""
    if data is None:
        return decisions_workbook(scheme, needed, frozenset(decision.key for decision in needed)), []
    register = decisions_register(scheme)
    sheet, problems = read_rows(register, data, name)
    if sheet is None:
        return None, problems
    from workbook_builder.registers.editing import is_current, opened

    changes = _changes(scheme, sheet, needed)
    current = is_current(register, sheet.meta)
    if current and not changes:
        return None, []
    editing, lost = opened(register, data, sheet)
    if editing is None:
        # Older drop-downs alone are no reason to trouble anybody.
        return None, [_kept(name, sheet, lost, changes)] if changes else []
    for number, decision in changes.update:
        label = record(scheme, decision, True)
        editing.put(number, "原为", decision.before)
        editing.put(number, SOURCE, label[SOURCE])
    last = _remove(editing, changes, sheet)
    for decision in changes.append:
        last += 1
        editing.write(last, record(scheme, decision, True))
    return editing.bytes(last), []


def _remove(editing, changes: _Changes, sheet: Sheet) -> int:
    """Rows no longer needed are taken out from the bottom up; the last row that then holds anything."""
    last = max((row.number for row in sheet.rows if row.number not in changes.drop), default=sheet.head_row)
    for number in sorted(changes.drop, reverse=True):
        if editing.remove(number) and number < last:
            last -= 1
    return last


def _kept(name: str, sheet: Sheet, lost: str, changes: _Changes) -> Problem:
    rows = [" ".join(part for part in decision.key if part) for decision in changes.append]
    own = "；或自行在表中补填：" + "、".join(rows) if rows else ""
    return problem("REGISTER_KEPT", Where(name, sheet.name), lost, rows=own)


# --- what is there, what is needed ---------------------------------------------------------------------------------------------


def _changes(scheme: m.Scheme, sheet: Sheet, needed: Sequence[Decision]) -> _Changes:
    rows = [_present(scheme, row) for row in sheet.rows]
    asking: dict[Key, _Present] = {}
    for present in rows:
        if present.asking:
            asking.setdefault(present.key, present)
    update, append, wanted = [], [], set()
    for decision in needed:
        mine = asking.get(_identity(decision.key, decision.before))
        if any(_settles(present, decision) for present in _last_answers(rows)):
            continue
        if mine is None:
            append.append(decision)
            continue
        wanted.add(mine.row.number)
        if mine.before != decision.before:
            update.append((mine.row.number, decision))
    drop = tuple(p.row.number for p in rows if p.waiting and p.row.number not in wanted)
    return _Changes(drop, tuple(update), tuple(dict.fromkeys(append)))


def _last_answers(rows: list[_Present]) -> list[_Present]:
    """Of 送审 and 审定 only the last answer speaks: figures may return to what was approved before."""
    last = {present.key[0]: present for present in rows if present.answered}
    return [p for p in rows if p.key[0] not in (r.SUBMIT, r.APPROVE) or not p.answered or last[p.key[0]] is p]


def _identity(key: tuple[str, str, str], before: str) -> Key:
    """What makes a row that row. One deduction may be shared by several bearers: a transfer is one of them by its 原为."""
    return (*key, before) if key[0] == r.TRANSFER else key


def _settles(present: _Present, decision: Decision) -> bool:
    """Whether a row of a person's own already speaks of what is needed."""
    if present.asking or present.key != _identity(decision.key, decision.before):
        return False
    return decision.kind not in _BY_BEFORE or not present.answered or present.before == decision.before


def _present(scheme: m.Scheme, row: Row) -> _Present:
    kind = next((kind for kind in r.KINDS if clean(kind) == clean(row.text("种类", []))), row.text("种类", []))
    section = read_section(row, "科室", scheme, [])
    text = row.text("对象", [])
    thing = (key_of(text, objects(scheme, kind, section)) if kind in r.KINDS else "") or text
    key = (kind, section.name if section else row.text("科室", []), thing)
    asking, begun = _program_row(row)
    answered = not row.blank("改为")
    before = row.text("原为", [])
    return _Present(row, _identity(key, before), before, answered, asking and not answered, asking and not begun)


def _program_row(row: Row) -> tuple[bool, bool]:
    """Whether the row asks what the program wrote, and whether a person has put anything else into it."""
    heads = ("种类", "科室", "对象", "原为", "理由", "依据")
    found = row.text(SOURCE, []).split()
    written = source_mark({head: row.text(head, []) for head in heads}).split()
    begun = row.extra or found != written or any(not row.blank(head) for head in _FILLED_BY_PEOPLE)
    return found[:2] == written[:2], begun
