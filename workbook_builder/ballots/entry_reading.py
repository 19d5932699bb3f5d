"""测评录入表.xlsx as it comes back: what was typed, and the ballots on which both passes agree.

Comes in: a scheme and the bytes of the workbook. Goes out: an `EntryReading` to carry over, or `Votes` and problems. A
problem names the file and at most the sheet, and counts; never a row, a cell or a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.ballots import forms
from workbook_builder.ballots.entry import EntryReading
from workbook_builder.ballots.grid import Grid, grids, names_another
from workbook_builder.ballots.votes import (
    BLANK_BALLOT,
    VOID_BALLOT,
    Ballot,
    Refused,
    Votes,
    read_mark,
    read_own,
    read_vote,
    scale_of,
    vote_slot,
)
from workbook_builder.collecting.manifest import Manifest, read_manifest
from workbook_builder.intake import Book, Cell, read_book
from workbook_builder.layout.plan import CellValue
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rules.excel import number
from workbook_builder.validate.values import is_blank, shown

#: A higher number is no ballot but a slip; the workbook grows to the highest.
_MOST_BALLOTS = 2000


@dataclass(frozen=True, slots=True)
class _Row:
    """One ballot as typed in one pass; `wrong` counts cells that are not acceptable."""

    mark: str
    own: str
    votes: Mapping[str, Decimal]
    wrong: int

    def unlike(self, other: _Row) -> int:
        """How many of its cells differ from the other pass."""
        sections = {*self.votes, *other.votes}
        votes = sum(self.votes.get(section) != other.votes.get(section) for section in sections)
        return votes + (self.mark != other.mark) + (self.own != other.own)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One sheet: rows that hold anything by 票号. `sound`: its numbers and columns are as issued."""

    sheet: str
    rows: Mapping[int, _Row]
    last: int
    sound: bool


def read_entries(scheme: m.Scheme, data: bytes, name: str) -> tuple[EntryReading | None, list[Problem]]:
    """What has been typed, to be carried over by `entry_book`; None with a problem where that could lose something."""
    opened, problems = _open(scheme, data, name)
    if opened is None:
        return None, problems
    book, manifest = opened
    typed: dict[tuple[str, str], dict[int, dict[str, CellValue]]] = {}
    for grid in grids(book):
        key = (grid.group, grid.which)
        if key in typed or not _sound(scheme, grid):
            return None, [problem("BALLOT_ENTRY_CHANGED", Where(name, grid.sheet.name))]
        typed[key] = dict(_typed(scheme, grid))
    if not typed:
        return None, [problem("BALLOT_ENTRY_CHANGED", Where(name))]
    if any(typed.values()) and not _this_year(scheme, manifest):
        return None, [problem("BALLOT_ENTRY_OTHER", Where(name))]
    return EntryReading(_scale(manifest) or scale_of(scheme), typed), []


def read_entry_book(scheme: m.Scheme, data: bytes, name: str) -> tuple[Votes, list[Problem]]:
    """The ballots on which both passes agree. Groups with anything unresolved are `open`."""
    everyone = frozenset(group.name for group in scheme.rater_groups)
    opened, problems = _open(scheme, data, name)
    if opened is None:
        return Votes({}, everyone), problems
    book, manifest = opened
    found = grids(book)
    passes = {(g.group, g.which): _pass(scheme, g) for g in found}
    if found and not any(p.rows for p in passes.values()) and all(_sound(scheme, g) for g in found):
        return Votes(), []
    if not _this_year(scheme, manifest) or _scale(manifest) != scale_of(scheme):
        return Votes({}, everyone), [problem("BALLOT_ENTRY_OTHER", Where(name))]
    votes, reported = Votes(), []
    for group in scheme.rater_groups:
        more, problems = _group(scheme, name, group.name, found, passes)
        votes = votes.joined(more)
        reported.extend(problems)
    former = {p.sheet for (group, _), p in passes.items() if group not in everyone and p.rows}
    reported.extend(problem("BALLOT_ENTRY_CHANGED", Where(name, sheet)) for sheet in sorted(former))
    return (votes.joined(Votes({}, everyone)) if former else votes), reported


def _open(scheme: m.Scheme, data: bytes, name: str) -> tuple[tuple[Book, Manifest] | None, list[Problem]]:
    """The workbook and its manifest. What the reader would say of a cell stays unsaid."""
    book, _ = read_book(data, name)
    if book is None:
        return None, [problem("BALLOT_UNREADABLE", Where(name), count=1)]
    manifest = read_manifest(book)
    if manifest is None or manifest.get("@kind") != forms.ENTRY_KIND:
        return None, [problem("BALLOT_ENTRY_CHANGED", Where(name))]
    return (book, manifest), []


def _scale(manifest: Manifest) -> Decimal | None:
    text = manifest.get("@scale")
    return Decimal(text) if text.isdecimal() else None


def _this_year(scheme: m.Scheme, manifest: Manifest) -> bool:
    return manifest.get("@scheme") == scheme.id and manifest.get("@year") == str(scheme.year)


# --- one sheet ------------------------------------------------------------------------------------------------------


def _numbered(grid: Grid) -> Iterator[tuple[int, int | None]]:
    """Rows below the table's head with their 票号, None where there is none."""
    below = False
    for row, text in grid.rows:
        if below:
            yield row, int(text) if text.isdecimal() and text.isascii() else None
        below = below or text == forms.NUMBER_KEY


def _cells(grid: Grid, row: int) -> dict[str, Cell]:
    """What was typed in `row`, by column key."""
    cells = {key: grid.cell(row, key) for key in grid.columns}
    return {key: cell for key, cell in cells.items() if not is_blank(cell)}


def _misnamed(scheme: m.Scheme, grid: Grid) -> bool:
    """Whoever types reads the head of a column, not its hidden key."""
    head = next((row for row, text in grid.rows if text == forms.NUMBER_KEY), 0)
    return any(names_another(scheme, key, grid.cell(head, key)) for key in grid.columns)


def _sound(scheme: m.Scheme, grid: Grid) -> bool:
    """Every entry has one number and one column."""
    rows = [(no, bool(_cells(grid, row))) for row, no in _numbered(grid)]
    numbers = [no for no, _ in rows if no is not None]
    sections = [forms.section_of(scheme, key) for key in grid.columns if forms.section_of(scheme, key)]
    return (
        len(set(numbers)) == len(numbers) > 0
        and max(numbers) <= _MOST_BALLOTS
        and not any(no is None and filled for no, filled in rows)
        and not grid.doubled
        and not _misnamed(scheme, grid)
        and len(set(sections)) == len(sections)
        and forms.MARK_KEY in grid.columns
        and forms.OWN_KEY in grid.columns
    )


def _typed(scheme: m.Scheme, grid: Grid) -> Iterator[tuple[int, dict[str, CellValue]]]:
    for row, no in _numbered(grid):
        cells = _cells(grid, row)
        if no is not None and cells:
            yield no, {_present_key(scheme, key): _raw(cell) for key, cell in cells.items()}


def _present_key(scheme: m.Scheme, key: str) -> str:
    name = forms.section_of(scheme, key)
    return key if name is None else forms.section_key(name)


def _raw(cell: Cell) -> CellValue:
    """The cell as it is to be typed again; what no vote can be (a formula, a date, a percentage) as its text."""
    plain = cell.formula is None and not cell.percent and cell.kind == "n"
    return cell.value if plain and isinstance(cell.value, Decimal) else shown(cell)


def _pass(scheme: m.Scheme, grid: Grid) -> _Pass:
    rows = {}
    for row, no in _numbered(grid):
        cells = _cells(grid, row)
        if no is not None and cells:
            rows[no] = _row(scheme, cells)
    sections = {forms.section_of(scheme, key) for key in grid.columns}
    complete = all(section.name in sections for section in scheme.sections)
    return _Pass(grid.sheet.name, rows, max(rows, default=0), complete and _sound(scheme, grid))


def _row(scheme: m.Scheme, cells: Mapping[str, Cell]) -> _Row:
    slot, wrong, votes, mark, own = vote_slot(scale_of(scheme)), 0, {}, "", ""
    for key, cell in cells.items():
        try:
            if key == forms.MARK_KEY:
                mark = read_mark(cell)
            elif key == forms.OWN_KEY:
                own = read_own(scheme, cell)
            else:
                votes[forms.section_of(scheme, key)] = read_vote(slot, cell)
        except Refused:
            wrong += 1
    cast = {section: vote for section, vote in votes.items() if vote is not None}
    # A ballot said to be blank that has votes contradicts itself.
    return _Row(mark, own, cast, wrong + (mark == BLANK_BALLOT and len(cells) > 1))


# --- both passes of a group -------------------------------------------------------------------------------------------


def _group(
    scheme: m.Scheme, name: str, group: str, found: list[Grid], passes: Mapping[tuple[str, str], _Pass]
) -> tuple[Votes, list[Problem]]:
    keys = [(group, which) for which in forms.PASSES]
    once = all(sum((g.group, g.which) == key for g in found) == 1 for key in keys)
    if not once or not all(passes[key].sound for key in keys):
        sheets = forms.pass_sheets(g.name for g in scheme.rater_groups)
        places = [passes[key].sheet if key in passes else sheets[key] for key in keys if _unsound(passes, found, key)]
        return Votes({}, frozenset([group])), [problem("BALLOT_ENTRY_CHANGED", Where(name, place)) for place in places]
    first, second = (passes[key] for key in keys)
    problems = [*_wrong(scheme, name, first, second), *_unpaired(name, first, second)]
    problems += _unlike(name, first, second)
    open_ = frozenset([group] if problems else [])
    agreed = [] if open_ else [_ballot(scheme, row) for row in first.rows.values() if row.mark != VOID_BALLOT]
    used = {*first.rows, *second.rows}
    skipped = max(used, default=0) - len(used)
    if skipped:
        problems.append(problem("BALLOT_ROWS_SKIPPED", Where(name, first.sheet), count=skipped))
    return Votes({group: tuple(agreed)}, open_), problems


def _unsound(passes: Mapping[tuple[str, str], _Pass], found: list[Grid], key: tuple[str, str]) -> bool:
    return sum((g.group, g.which) == key for g in found) != 1 or not passes[key].sound


def _wrong(scheme: m.Scheme, name: str, *both: _Pass) -> Iterator[Problem]:
    for one in both:
        count = sum(row.wrong for row in one.rows.values())
        if count:
            where = Where(name, one.sheet)
            yield problem("BALLOT_ENTRY_REFUSED", where, count=count, scale=number(scale_of(scheme)))


def _unpaired(name: str, first: _Pass, second: _Pass) -> Iterator[Problem]:
    """Ballots that the other pass has and this one has not."""
    for one, other in ((first, second), (second, first)):
        count = len(set(other.rows) - set(one.rows))
        if count:
            yield problem("BALLOT_ONE_PASS", Where(name, one.sheet), count=count)


def _unlike(name: str, first: _Pass, second: _Pass) -> Iterator[Problem]:
    pairs = [(first.rows[no], second.rows[no]) for no in first.rows if no in second.rows]
    count = sum(a.unlike(b) for a, b in pairs if not a.wrong + b.wrong and not a.mark == b.mark == VOID_BALLOT)
    if count:
        yield problem("BALLOT_PASSES_DIFFER", Where(name, second.sheet), count=count)


def _ballot(scheme: m.Scheme, row: _Row) -> Ballot:
    known = {section.name for section in scheme.sections}
    return Ballot({section: vote for section, vote in row.votes.items() if section in known}, row.own)
