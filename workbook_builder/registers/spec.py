"""The nouns of a register: its columns, the choices its drop-downs offer, the words around them.

Comes in: nothing. Goes out: frozen descriptions that writing, reading and extending share.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m

LEDGER, CITY, DECISIONS = "台账", "市局反馈", "决定"
GUIDE_SHEET = "说明"
TITLE_ROW, HINT_ROW, HEAD_ROW, FIRST_ROW = 1, 2, 3, 4

#: Styles of lines of the page 说明.
GUIDE_TITLE, GUIDE_HEAD, GUIDE_LINE, GUIDE_HEADS, GUIDE_ROW = "title", "head", "line", "heads", "row"

TEXT, DATE, NUMBER = "text", "date", "number"

Value = str | Decimal | datetime.date | None
#: head → what stands in the cell
Record = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a drop-down offers.

    name    ASCII stem of the defined names the drop-down reads
    values  a plain list; or else
    groups  key → its list, where the heads `on`, joined by "/", make the key. A key that has no list falls back to
            the one of the first head alone.
    """

    name: str
    values: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column, found by its `head`.

    wanted  its cell is shown in yellow while the row has begun and the cell is still blank
    must    without this head the sheet cannot be read
    free    what is typed need not be one of the choices
    """

    head: str
    width: float
    type: str = TEXT
    prompt: str = ""
    choices: Choices | None = None
    wanted: bool = False
    must: bool = True
    free: bool = False
    hidden: bool = False
    low: datetime.date | None = None
    high: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """One kind of register for one scheme. `guide` lines are (style, text, …); `table` the ASCII name of its table."""

    kind: str
    table: str
    title: str
    hint: str
    columns: tuple[Column, ...]
    guide: tuple[tuple[str, ...], ...]
    scheme_id: str
    year: int
    version: str

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(column.head for column in self.columns)

    @property
    def meta(self) -> tuple[tuple[str, str], ...]:
        """What the manifest says of the workbook; `@lists` changes with anything a drop-down offers."""
        return (
            ("@scheme", self.scheme_id),
            ("@year", str(self.year)),
            ("@version", self.version),
            ("@kind", self.kind),
            ("@lists", self._lists_print()),
        )

    def _lists_print(self) -> str:
        lists = [[c.head, c.choices.values, c.choices.groups] for c in self.columns if c.choices]
        bounds = [[c.head, c.low.isoformat(), c.high.isoformat()] for c in self.columns if c.low and c.high]
        text = json.dumps([lists, bounds], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def marked(scheme: m.Scheme) -> str:
    """What stands before the title where the scheme marks its papers: 【演示数据】."""
    return f"【{scheme.mark}】" if scheme.mark else ""
