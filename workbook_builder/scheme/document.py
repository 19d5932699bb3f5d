"""A scheme as it stands on paper: tables of texts, free of meaning, the same for 方案.xlsx and 方案.yaml.

Comes in: texts. Goes out: `Document`, a dict of table name → list of `Row`, and the few helpers both file forms
share. Nothing here knows what a column is for; that starts in `rows`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder.intake.refs import a1
from workbook_builder.scheme.tables import TABLES, Table

#: Sheet of explanations, key and hidden sheet of the format version.
GUIDE_SHEET = "说明"
VERSION_KEY = "格式"
VERSION_SHEET = "_方案"
#: Where a table's heading stands in a sheet that we wrote; data follows.
TITLE_ROW, HINT_ROW, HEADING_ROW, FIRST_ROW = 1, 2, 3, 4
#: Longest text a cell can hold.
CELL_LIMIT = 32_767
#: Digits Excel keeps of a number.
DIGITS = 15

# What XML 1.0 cannot carry, half surrogate pairs, and the byte order mark that pasting brings along.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ufeff\ud800-\udfff]")
# YAML takes all of these for line ends, Excel only one.
_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SHORTEST = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?", re.ASCII)
_EPOCH = datetime.datetime(1899, 12, 30)
_LAST_SERIAL = 2_958_465


@dataclass(frozen=True, slots=True)
class Row:
    """One row: column name → text as typed, blanks left out. Equal if the texts are; the place does not count.

    `row` is its number in the sheet; `columns` says where each column stands there, None: in the usual order.
    """

    values: dict[str, str]
    row: int = field(default=FIRST_ROW, compare=False)
    columns: Mapping[str, int] | None = field(default=None, compare=False, repr=False)

    def cell(self, table: Table, column: str) -> str:
        """A1 address of `column` in this row; "" if the sheet has no such column."""
        places = column_places(table) if self.columns is None else self.columns
        return a1(self.row, places[column]) if column in places else ""

    def lacks(self, column: str) -> bool:
        """Whether the sheet this row was read from has no such column at all."""
        return self.columns is not None and column not in self.columns


#: Table name → rows. A table whose sheet or key is missing has no entry.
Document = dict[str, list[Row]]


def column_places(table: Table) -> dict[str, int]:
    """Column name → 1-based position in a sheet that we wrote."""
    return {column.name: number for number, column in enumerate(table.columns, start=1)}


def document_of(tables: Mapping[str, Iterable[Mapping[str, str]]]) -> Document:
    """A document from plain mappings: texts cleaned, blanks dropped, absent tables empty, rows counted from the first."""
    document: Document = {}
    for table in TABLES:
        rows = [clean_row(table, values) for values in tables.get(table.name, ())]
        document[table.name] = number_rows([row for row in rows if row])
    return document


def clean_row(table: Table, values: Mapping[str, str]) -> dict[str, str]:
    """`values` cleaned and in the order of the table's columns."""
    cleaned = {column.name: clean_text(values.get(column.name, "")) for column in table.columns}
    return {name: text for name, text in cleaned.items() if text}


def number_rows(rows: list[dict[str, str]]) -> list[Row]:
    return [Row(values, number) for number, values in enumerate(rows, start=FIRST_ROW)]


def clean_text(text: str) -> str:
    """`text` as both file forms can carry it: one kind of newline, nothing that XML cannot carry, no blanks around."""
    return _UNWRITABLE.sub("", _NEWLINES.sub("\n", text)).strip()


def is_shortest_number(text: str) -> bool:
    """Whether `text` is exactly what `number_text` makes of a number Excel can hold."""
    return (
        _SHORTEST.fullmatch(text) is not None
        and text != "-0"
        and len(text.lstrip("-0.").replace(".", "")) <= DIGITS
        and len(text) <= DIGITS + 6
    )


def number_text(number: Decimal) -> str:
    """The shortest plain text of a number, to the 15 digits Excel shows: 2.0 → 2, 9.949999999999999 → 9.95."""
    short = Decimal(format(float(number), f".{DIGITS}g"))
    if short == 0:
        return "0"
    text = format(short, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_text(fraction: Decimal) -> str:
    """A number shown as a percentage, as it was typed: 0.95 → 95%."""
    return number_text(fraction * 100) + "%"


def date_text(value: Decimal | str) -> str:
    """An Excel date (serial in the 1900 system, or ISO text) as ISO text; a serial beyond the calendar as its number."""
    if isinstance(value, str):
        return value.removesuffix("T00:00:00")
    if not 0 <= value <= _LAST_SERIAL:
        return number_text(value)
    moment = _EPOCH + datetime.timedelta(seconds=round(float(value) * 86_400))
    return moment.strftime("%H:%M") if value < 1 else moment.isoformat(" ").removesuffix(" 00:00:00")


def text_hash(document: Document) -> str:
    """SHA-256 over the canonical JSON of the tables that hold anything."""
    tables = {name: [row.values for row in rows] for name, rows in document.items() if rows}
    text = json.dumps(tables, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
