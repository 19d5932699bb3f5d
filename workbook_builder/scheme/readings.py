"""A scheme under another reading of one policy, made from the same document.

Comes in: the document of a scheme that is in force. Goes out: the `Scheme` as if the clerk had chosen that reading.
"""

from __future__ import annotations

from dataclasses import replace

from workbook_builder.model import Scheme
from workbook_builder.problems import has_errors
from workbook_builder.scheme.assemble import assemble
from workbook_builder.scheme.check import checked
from workbook_builder.scheme.document import Document, Row
from workbook_builder.scheme.tables import POLICIES


def with_reading(document: Document, name: str, policy: str, value: str) -> Scheme | None:
    """The scheme of `document` (file `name`) with `policy` set to `value`; None if that makes no valid scheme."""
    found = changed(document, name, policy, value)
    return None if found is None else found[0]


def changed(document: Document, name: str, policy: str, value: str) -> tuple[Scheme, Document] | None:
    """`with_reading`, and the document it was made from, for the next change."""
    rows = [_changed(row, value) if row.values.get("口径") == policy else row for row in document[POLICIES.name]]
    other = {**document, POLICIES.name: rows}
    tables, problems = checked(other, name)
    return None if has_errors(problems) else (assemble(tables), other)


def _changed(row: Row, value: str) -> Row:
    """The row with the values of 取值 and 其他读法 exchanged."""
    others = [text for text in row.values.get("其他读法", "").split("；") if text.strip() and text.strip() != value]
    others.append(row.values["取值"])
    return replace(row, values={**row.values, "取值": value, "其他读法": "；".join(others)})
