"""台账, 市局反馈, 决定: workbooks that people fill in row by row, written, read and extended.

Comes in: a scheme, the bytes of a workbook, records. Goes out: bytes, or records with problems. What a person has
entered is never changed: rows are found by their texts, columns by their heads, and what cannot be kept is left alone.
"""

from __future__ import annotations

from workbook_builder.registers.city import city_workbook, merge_city, read_city, refreshed_city
from workbook_builder.registers.comparing import below_ledger, ledger_amounts
from workbook_builder.registers.decisions import decisions_workbook, read_decisions
from workbook_builder.registers.extending import extend_decisions
from workbook_builder.registers.ledger import ledger_workbook, merge_ledgers, read_ledger, refreshed_ledger

__all__ = [
    "below_ledger",
    "city_workbook",
    "decisions_workbook",
    "extend_decisions",
    "ledger_amounts",
    "ledger_workbook",
    "merge_city",
    "merge_ledgers",
    "read_city",
    "read_decisions",
    "read_ledger",
    "refreshed_city",
    "refreshed_ledger",
]
