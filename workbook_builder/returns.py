"""The nouns of what came back: files received, sheets read, answers with their cells.

Comes in: nothing. Goes out: frozen dataclasses shared by collect, validate, score and summarize. They are small and
travel between worker processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbook_builder.intake import Cell
from workbook_builder.problems import Problem, Where
from workbook_builder.rules.slots import NOT_ACCEPTED, SlotValue

# --- outcomes of a file, as people read them ---------------------------------------------------------

ADOPTED = "采用"
IDENTICAL = "与已收文件相同"
REPLACED = "被修改稿替代"
CONFLICT = "待裁定采用哪份"
ATTACHMENT = "附件"
IGNORED = "忽略"
REFUSED = "未采用"
UNTOUCHED = "空白表"
NOT_CHOSEN = "裁定不采用"
ARCHIVE = "压缩包"


@dataclass(frozen=True, slots=True)
class Received:
    """One file found in 2回收 (or one member of an archive there) and what became of it."""

    file: str
    sha256: str
    section: str
    outcome: str
    kind: str = ""
    material: str = ""

    def to_json(self) -> dict[str, str]:
        return {"file": self.file, "sha256": self.sha256, "section": self.section, "outcome": self.outcome}


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One section's sheets as they stand in a file: every field's cell, nothing interpreted.

    cells   field → cell; a field of the form that is not in the file is absent here
    places  field → A1 address; `sheets` field → sheet name where that is not the section's own sheet
    prints  clause id → fingerprint it was issued with
    totals  field → what the sheet shows in its computed cells
    broken  fields whose place in the file cannot be trusted (key missing or twice)
    """

    section: str
    file: str
    sheet: str
    cells: Mapping[str, Cell]
    places: Mapping[str, str]
    sheets: Mapping[str, str]
    prints: Mapping[str, str]
    totals: Mapping[str, Cell]
    broken: frozenset[str] = frozenset()
    fingerprint: str = ""
    policies: str = ""
    round_no: int = 0
    parent: str = ""

    def where(self, name: str) -> Where:
        """The place of a field."""
        return Where(self.file, self.sheets.get(name, self.sheet), self.places.get(name, ""), name)

    @property
    def touched(self) -> bool:
        """Whether a person has entered anything."""
        return any(cell.value not in (None, "") or cell.formula is not None for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class SectionReturn:
    """One section's answers from one file, interpreted and checked.

    `refused` maps answer fields that do not count → what stands there: entries not accepted, rows that are gone or
    stand twice, clauses that have changed since the form was issued. `sheets` maps fields that do not stand on `sheet`
    → the sheet where they do.
    """

    section: str
    file: str
    sha256: str
    sheet: str
    entries: Mapping[str, SlotValue]
    places: Mapping[str, str]
    problems: tuple[Problem, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    round_no: int = 0
    parent: str = ""
    checksum: str = ""
    sheets: Mapping[str, str] = field(default_factory=dict)

    def where(self, name: str) -> Where:
        """The place of a field."""
        return Where(self.file, self.sheets.get(name, self.sheet), self.places.get(name, ""), name)

    @property
    def scored(self) -> dict[str, SlotValue]:
        """What scoring sees: a refused answer is never taken for a blank that "did not happen"."""
        return {**self.entries, **dict.fromkeys(self.refused, NOT_ACCEPTED)}

    def same_answers(self, other: SectionReturn) -> bool:
        return dict(self.entries) == dict(other.entries) and dict(self.refused) == dict(other.refused)


@dataclass(frozen=True, slots=True)
class FileReading:
    """Everything one file (or archive member) yielded."""

    received: Received
    returns: tuple[SectionReturn, ...] = ()
    problems: tuple[Problem, ...] = ()


