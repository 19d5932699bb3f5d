"""The shape of a problem, without any of its texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ERROR = "error"
WARNING = "warning"
INFO = "info"

SEVERITY_LABELS = {ERROR: "错误", WARNING: "提醒", INFO: "提示"}
_SEVERITY_ORDER = {ERROR: 0, WARNING: 1, INFO: 2}

#: Longest piece of a foreign value that is quoted back; a cell may hold 32,767 characters.
QUOTE_LIMIT = 60

_CELL = re.compile(r"([A-Z]+)([0-9]+)")
#: What moves a cursor, colours a screen, turns the direction of writing or is not seen at all.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Where:
    """A place: file (relative to the working folder, with "/"), sheet, A1 cell, field name; each may be empty."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""

    def at(self, *, sheet: str | None = None, cell: str | None = None, field: str | None = None) -> Where:
        """The same place, narrowed."""
        return Where(
            self.file,
            self.sheet if sheet is None else sheet,
            self.cell if cell is None else cell,
            self.field if field is None else field,
        )

    def text(self) -> str:
        """The place as people read it: 文件 › 表 › 单元格."""
        return " › ".join(part for part in (self.file, self.sheet, self.cell) if part)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the catalogue: severity, message and remedy with {placeholders}."""

    severity: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know or mend. `value` is the value found, clipped for quoting."""

    code: str
    severity: str
    where: Where = field(default_factory=Where)
    value: str = ""
    message: str = ""
    fix: str = ""

    def sort_key(self) -> tuple:
        match = _CELL.fullmatch(self.where.cell)
        place = (int(match[2]), len(match[1]), match[1]) if match else (0, 0, self.where.cell)
        return (
            self.where.file,
            self.where.sheet,
            *place[:2],
            str(place[2]),
            _SEVERITY_ORDER[self.severity],
            self.code,
            self.where.field,
            self.value,
            self.message,
        )

    def to_json(self) -> dict[str, str]:
        """The problem as contract 4 prints it with --json."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.where.file,
            "sheet": self.where.sheet,
            "cell": self.where.cell,
            "field": self.where.field,
            "value": self.value,
            "message": self.message,
            "fix": self.fix,
        }


def clip(value: object) -> str:
    """A foreign value as short, printable, one-line text."""
    text = CONTROL.sub(" ", str(value)).strip()
    return text if len(text) <= QUOTE_LIMIT else text[: QUOTE_LIMIT - 1] + "…"
