"""述职测评 (notice 三（二）): ballots on paper or as files, typed twice, never traceable.

Comes in: a scheme; what lies in the folder 测评. Goes out: the forms to issue; per section an `Evaluation`, and problems
that carry counts only. Nothing of a single ballot leaves this room.
"""

from __future__ import annotations

from workbook_builder.ballots.entry import EntryReading, entry_book
from workbook_builder.ballots.entry_reading import read_entries, read_entry_book
from workbook_builder.ballots.figures import evaluate
from workbook_builder.ballots.file_reading import read_file_ballots
from workbook_builder.ballots.forms import ENTRY_FILE
from workbook_builder.ballots.paper import ballot_books
from workbook_builder.ballots.reading import read_evaluations
from workbook_builder.ballots.renewing import renewed_entries

__all__ = [
    "ENTRY_FILE",
    "EntryReading",
    "ballot_books",
    "entry_book",
    "evaluate",
    "read_entries",
    "read_entry_book",
    "read_evaluations",
    "read_file_ballots",
    "renewed_entries",
]
