"""What lies in the folder 测评: the entry workbook, ballots filled as files, and everything else.

Comes in: names and bytes of files. Goes out: `Votes` and problems that stand at the folder and count; no file name of a
ballot is kept beyond this module.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbook_builder import model as m
from workbook_builder.ballots import forms
from workbook_builder.ballots.grid import Grid, grids, names_another
from workbook_builder.ballots.votes import (
    FOLDER,
    Ballot,
    Refused,
    Votes,
    read_own,
    read_vote,
    scale_of,
    vote_slot,
)
from workbook_builder.collecting.manifest import Manifest, read_manifest
from workbook_builder.intake import WORKBOOKS, Book, Cell, iter_zip, read_book, sniff
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rules.excel import number
from workbook_builder.validate.values import is_blank

#: What may hold a ballot that cannot be seen.
_CLOSED = (*WORKBOOKS, "xlsb", "encrypted", "rar", "7z", "gz")
#: What somebody took for a workbook, and what no program makes on its own.
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".et", ".zip")
_TEMPORARY = ("~$", ".~", "._")
#: Said on every ballot: a workbook without manifest that says so was one.
_TITLE_WORDS = "述职测评票"


@dataclass
class SortedFiles:
    """The files of the folder by what they are; what only counts is counted."""

    entries: list[tuple[str, bytes]] = field(default_factory=list)
    ballots: list[tuple[bytes, Book, Manifest]] = field(default_factory=list)
    lost_entries: list[str] = field(default_factory=list)
    unreadable: int = 0
    unknown: int = 0
    other: int = 0


def entry_books(found: SortedFiles) -> list[tuple[str, bytes]]:
    """The entry workbooks, each content once, sorted by name."""
    by_content: dict[bytes, str] = {}
    for name, data in sorted(found.entries):
        by_content.setdefault(data, name)
    return sorted((name, data) for data, name in by_content.items())


def read_file_ballots(scheme: m.Scheme, files: Sequence[tuple[str, bytes]]) -> tuple[Votes, list[Problem]]:
    """The ballots that were filled as files. Blank ones and entry workbooks count for nothing here."""
    return count_files(scheme, sort_files(files))


def count_files(scheme: m.Scheme, found: SortedFiles) -> tuple[Votes, list[Problem]]:
    """The ballots among files that have been sorted."""
    everyone = frozenset(group.name for group in scheme.rater_groups)
    reading = _Reading(scheme)
    for data, book, manifest in found.ballots:
        reading.take(data, book, manifest)
    problems = [problem("BALLOT_UNREADABLE", Where(name), count=1) for name in sorted(set(found.lost_entries))]
    place, scale = Where(FOLDER), number(scale_of(scheme))
    counts = (
        ("BALLOT_UNREADABLE", found.unreadable),
        ("BALLOT_FILE_OTHER", found.other + reading.other),
        ("BALLOT_FILE_UNKNOWN", found.unknown),
        ("BALLOT_VOTE_REFUSED", reading.wrong),
        ("BALLOT_COPIES", reading.copies),
    )
    problems += [problem(code, place, count=count, scale=scale) for code, count in counts if count]
    lost = found.unreadable or found.other or found.lost_entries
    return Votes(reading.ballots, everyone if lost else frozenset(reading.open)), problems


class _Reading:
    """Ballots being read, one after the other."""

    def __init__(self, scheme: m.Scheme) -> None:
        self.scheme = scheme
        self.ballots: dict[str, tuple[Ballot, ...]] = {}
        self.open: set[str] = set()
        self.other = self.wrong = self.copies = 0
        self._seen: set[bytes] = set()
        self._groups = {group.name for group in scheme.rater_groups}

    def take(self, data: bytes, book: Book, manifest: Manifest) -> None:
        group = manifest.get("@recipient")
        found = [grid for grid in grids(book) if grid.which == forms.BALLOT_KIND]
        if all(_untouched(grid) for grid in found) and found:
            return
        digest = hashlib.sha256(data).digest()
        if digest in self._seen:
            self.copies += 1
            return
        self._seen.add(digest)
        cells = _inputs(self.scheme, found[0]) if len(found) == 1 else None
        if cells is None or not self._ours(manifest, group):
            self.other += 1
            self.open |= {group} if group in self._groups else self._groups
            return
        self._count(group, *cells)

    def _ours(self, manifest: Manifest, group: str) -> bool:
        return group in self._groups and manifest.get("@fingerprint") == forms.fingerprint(self.scheme, group)

    def _count(self, group: str, votes: dict[str, Cell], own: Cell) -> None:
        slot, wrong, cast, section = vote_slot(scale_of(self.scheme)), 0, {}, ""
        for name, cell in votes.items():
            try:
                cast[name] = read_vote(slot, cell)
            except Refused:
                wrong += 1
        try:
            section = read_own(self.scheme, own)
        except Refused:
            wrong += 1
        if wrong:
            self.wrong += wrong
            self.open.add(group)
            return
        ballot = Ballot({name: vote for name, vote in cast.items() if vote is not None}, section)
        self.ballots[group] = (*self.ballots.get(group, ()), ballot)


def _inputs(scheme: m.Scheme, grid: Grid) -> tuple[dict[str, Cell], Cell] | None:
    """Section → cell of its vote, and the cell of the rater's section; None unless every line is there once."""
    if forms.VOTE_KEY not in grid.columns or forms.EXTRA_KEY not in grid.columns or grid.doubled:
        return None
    rows = [(forms.section_of(scheme, key), row) for row, key in grid.rows]
    lines = [(name, row) for name, row in rows if name is not None]
    if sorted(name for name, _ in lines) != sorted(section.name for section in scheme.sections):
        return None
    if any(names_another(scheme, key, grid.sheet.cell(row, col)) for row, key in grid.rows for col in _left_of_votes(grid)):
        return None
    own = next((row for row, key in grid.rows if key == forms.OWN_KEY), None)
    blank = Cell(None, "")
    own_cell = blank if own is None else grid.cell(own, forms.EXTRA_KEY)
    return {name: grid.cell(row, forms.VOTE_KEY) for name, row in lines}, own_cell


def _left_of_votes(grid: Grid) -> range:
    """The columns in which the name of a line stands."""
    return range(1, grid.columns[forms.VOTE_KEY])


def _untouched(grid: Grid) -> bool:
    """Nothing stands in any line: a form that was issued, or a ballot of somebody who abstained throughout."""
    if forms.VOTE_KEY not in grid.columns:
        return False
    lines = [row for row, key in grid.rows if key.startswith(forms.section_key(""))]
    return bool(lines) and all(is_blank(grid.cell(row, forms.VOTE_KEY)) for row in lines)


# --- what a file is -----------------------------------------------------------------------------------------------------


def sort_files(files: Sequence[tuple[str, bytes]]) -> SortedFiles:
    """Every file, and every member of an archive, as what it is."""
    found = SortedFiles()
    for name, data in files:
        if sniff(data, name) == "zip" and not _is_entry_name(name):
            members, failures = iter_zip(data, name)
            found.unreadable += len(failures)
            for member, content in members:
                # The archive's own name may be somebody's: only the last part goes on, and only for an entry workbook.
                _sort(found, FOLDER + member.rpartition("/")[2], content)
        else:
            _sort(found, name, data)
    return found


def _sort(found: SortedFiles, name: str, data: bytes) -> None:
    last = name.rpartition("/")[2]
    kind = sniff(data, name)
    if last.startswith(_TEMPORARY):
        return
    if kind not in WORKBOOKS:
        _closed(found, name, kind in _CLOSED or last.lower().endswith(_ENDINGS))
        return
    book, _ = read_book(data, name)
    if book is None:
        _closed(found, name, True)
        return
    manifest = read_manifest(book)
    claimed = manifest.get("@kind") if manifest else ""
    if claimed == forms.ENTRY_KIND or _is_entry_name(name):
        found.entries.append((name, data))
    elif manifest is not None and claimed == forms.BALLOT_KIND:
        found.ballots.append((data, book, manifest))
    elif _says_ballot(book):
        found.other += 1
    else:
        found.unknown += 1


def _closed(found: SortedFiles, name: str, matters: bool) -> None:
    """A file that cannot be looked into. Scans, pictures and documents may lie here and do not matter."""
    if _is_entry_name(name):
        found.lost_entries.append(name)
    elif matters:
        found.unreadable += 1


def _is_entry_name(name: str) -> bool:
    return name.rpartition("/")[2] == forms.ENTRY_FILE


def _says_ballot(book: Book) -> bool:
    texts = Counter(cell.value for sheet in book.sheets for cell in sheet.cells.values() if isinstance(cell.value, str))
    return any(text.rstrip().endswith(_TITLE_WORDS) for text in texts) or bool(grids(book))
