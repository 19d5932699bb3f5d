"""测评录入表.xlsx renewed: other sections, more ballots. What has been typed is carried over.

Comes in: the workbook as it stands. Goes out: new bytes, or None where it can stay, and problems where it must.
"""

from __future__ import annotations

from workbook_builder import model as m
from workbook_builder.ballots.entry import entry_book
from workbook_builder.ballots.entry_reading import read_entries
from workbook_builder.ballots.grid import grids
from workbook_builder.intake import read_book
from workbook_builder.problems import Problem


def renewed_entries(scheme: m.Scheme, data: bytes, name: str) -> tuple[bytes | None, list[Problem]]:
    """The workbook with the present sections and enough rows; None if it has them, or nothing may be touched."""
    kept, problems = read_entries(scheme, data, name)
    if kept is None:
        return None, problems
    new = entry_book(scheme, kept)
    return (None if _drawn(data) == _drawn(new) else new), []


def _drawn(data: bytes) -> list[tuple[str, str, frozenset[str], int]]:
    """Per sheet the group, the pass, what its columns ask and how many ballots it has room for."""
    book, _ = read_book(data, "")
    found = [] if book is None else grids(book)
    return sorted((g.group, g.which, frozenset(g.columns), len(g.rows)) for g in found)
