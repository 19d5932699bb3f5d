"""Several returns of one section → at most one adopted, and a word on each of the others (contract 8).

File dates decide nothing. Identical answers are one; a corrected round replaces its parent; otherwise nobody chooses
but a person, whose decision (裁定采用哪份) names a file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from workbook_builder import returns as ret
from workbook_builder.problems import ERROR, Problem, Where, problem, sort_problems
from workbook_builder.returns import FileReading, Received, SectionReturn


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was chosen.

    returns    section → the return adopted; `undecided` are sections with different returns, none adopted
    received   the receipt of every file
    problems   of choosing
    settled    problems of returns for which another one stands (identical, replaced): nobody need mend them
    conflicts  undecided section → its different returns
    """

    returns: Mapping[str, SectionReturn]
    undecided: frozenset[str]
    received: tuple[Received, ...]
    problems: tuple[Problem, ...]
    settled: frozenset[Problem]
    conflicts: Mapping[str, tuple[SectionReturn, ...]] = field(default_factory=dict)


class _Round:
    """What one choosing gathers: outcomes of files, problems, and for each file the one that stands for it."""

    def __init__(self) -> None:
        self.outcomes: dict[str, set[str]] = {}
        self.problems: list[Problem] = []
        self.stands_for: dict[tuple[str, str], str] = {}

    def outcome(self, file: str, outcome: str) -> None:
        self.outcomes.setdefault(file, set()).add(outcome)


def adopt(readings: Iterable[FileReading], chosen: Mapping[str, str] = MappingProxyType({})) -> Adopted:
    """Choose per section. `readings` in any order: they are taken in that of their file names.

    `chosen`: section → name of the file that a person has decided on; it matters only where returns differ.
    """
    readings = sorted(readings, key=lambda reading: reading.received.file)
    made = _Round()
    candidates = _candidates(readings, made)
    adopted: dict[str, SectionReturn] = {}
    conflicts: dict[str, tuple[SectionReturn, ...]] = {}
    standing: set[int] = set()
    for section, found in candidates.items():
        distinct = _decided(section, _distinct(found, made), chosen.get(section, ""), made)
        standing |= {id(returned) for returned in distinct}
        if len(distinct) == 1:
            made.outcome(distinct[0].file, ret.ADOPTED)
            adopted[section] = _with_unmended(distinct[0], found, made)
        else:
            _conflict(section, distinct, made)
            conflicts[section] = tuple(distinct)
    made.problems += [
        problem("CHOICE_UNKNOWN", Where(field=section), name, section=section, known="没有收到它的考评表")
        for section, name in sorted(chosen.items())
        if name and section not in candidates
    ]
    received = tuple(_with_outcome(reading.received, made.outcomes) for reading in readings)
    settled = frozenset(p for reading in readings for p in _settled(reading, standing))
    return Adopted(adopted, frozenset(conflicts), received, tuple(made.problems), settled, conflicts)


def _candidates(readings: Iterable[FileReading], made: _Round) -> dict[str, list[SectionReturn]]:
    """Section → its returns; of files that are the same to the byte, the first."""
    candidates: dict[str, list[SectionReturn]] = {}
    first_by_hash: dict[str, str] = {}
    for reading in readings:
        if not reading.returns:
            continue
        file, sha = reading.received.file, reading.received.sha256
        if sha in first_by_hash:
            made.problems.append(problem("FILE_IDENTICAL", Where(file), other=first_by_hash[sha]))
            made.outcome(file, ret.IDENTICAL)
            for returned in reading.returns:
                made.stands_for[returned.section, file] = first_by_hash[sha]
            continue
        first_by_hash[sha] = file
        for returned in reading.returns:
            candidates.setdefault(returned.section, []).append(returned)
    return candidates


def _settled(reading: FileReading, standing: set[int]) -> Iterator[Problem]:
    """Problems of the returns in `reading` that are not `standing`; of the whole file if none is."""
    over = [returned for returned in reading.returns if id(returned) not in standing]
    if over and len(over) == len(reading.returns):
        yield from reading.problems
    sheets = {returned.sheet for returned in over}
    yield from (p for p in reading.problems if p.where.sheet in sheets)
    yield from (p for returned in over for p in returned.problems)


def _with_outcome(received: Received, outcomes: Mapping[str, set[str]]) -> Received:
    found = outcomes.get(received.file)
    return replace(received, outcome="、".join(sorted(found))) if found else received


def _distinct(found: list[SectionReturn], made: _Round) -> list[SectionReturn]:
    """The returns that differ, replaced ones aside."""
    distinct: list[SectionReturn] = []
    for returned in _without_replaced(found, made):
        twin = next((other for other in distinct if other.same_answers(returned)), None)
        if twin is None:
            distinct.append(returned)
            continue
        made.problems.append(problem("ANSWERS_IDENTICAL", Where(returned.file, returned.sheet), other=twin.file))
        made.outcome(returned.file, ret.IDENTICAL)
        made.stands_for[returned.section, returned.file] = twin.file
    return distinct


def _without_replaced(found: list[SectionReturn], made: _Round) -> list[SectionReturn]:
    """A re-issued round names the SHA-256 of the file it corrects; what says the same as that file goes with it."""
    by_parent = {returned.parent: returned for returned in found if returned.parent}
    parents = [returned for returned in found if returned.sha256 in by_parent]
    remaining = []
    for returned in found:
        twin = next((p for p in parents if p.round_no == returned.round_no and p.same_answers(returned)), returned)
        heir = by_parent.get(returned.sha256) or by_parent.get(twin.sha256)
        if heir is None or heir is returned:
            remaining.append(returned)
            continue
        made.problems.append(problem("REPLACED_BY_ROUND", Where(returned.file, returned.sheet), other=heir.file))
        made.outcome(returned.file, ret.REPLACED)
    return remaining


def _decided(section: str, distinct: list[SectionReturn], name: str, made: _Round) -> list[SectionReturn]:
    """The one of `distinct` that a person has decided on, by file name; all of them if nobody has."""
    if not name:
        return distinct
    named = _named(section, distinct, name, made)
    if len(named) != 1:
        files = "、".join(returned.file for returned in distinct)
        known = f"这个名称对得上 {len(named)} 份" if named else f"待定的只有：{files}"
        made.problems.append(problem("CHOICE_UNKNOWN", Where(field=section), name, section=section, known=known))
        return distinct
    if len(distinct) == 1:
        return distinct
    others = [returned.file for returned in distinct if returned is not named[0]]
    for file in others:
        made.outcome(file, ret.NOT_CHOSEN)
    where = Where(named[0].file, named[0].sheet)
    made.problems.append(problem("CHOSEN_BY_DECISION", where, others="、".join(others)))
    return named


def _named(section: str, distinct: list[SectionReturn], name: str, made: _Round) -> list[SectionReturn]:
    """The returns that `name` means: a whole name first, else the last component; a twin means the one it equals."""
    spoken = {returned.file: returned for returned in distinct}
    for (owner, file), stands in made.stands_for.items():
        stands = made.stands_for.get((owner, stands), stands)
        if owner == section and stands in spoken:
            spoken[file] = spoken[stands]
    if name in spoken:
        return [spoken[name]]
    last = {id(returned): returned for file, returned in spoken.items() if _same_name(file, name)}
    return list(last.values())


def _same_name(file: str, name: str) -> bool:
    return unicodedata.normalize("NFC", f"/{file}").endswith(unicodedata.normalize("NFC", f"/{name}"))


def _conflict(section: str, distinct: list[SectionReturn], made: _Round) -> None:
    files = "、".join(returned.file for returned in distinct)
    for returned in distinct:
        where = Where(returned.file, returned.sheet)
        made.problems.append(problem("CONFLICTING_RETURNS", where, section=section, count=len(distinct), files=files))
        made.outcome(returned.file, ret.CONFLICT)


# --- what a corrected round left open --------------------------------------------------------------------------------


def _with_unmended(returned: SectionReturn, found: list[SectionReturn], made: _Round) -> SectionReturn:
    """`returned`, where a blank in the place of an answer that was refused before is not taken for "did not happen"."""
    told = {p.where.field for p in returned.problems if p.severity == ERROR}
    owed = _unmended(returned, {other.sha256: other for other in found})
    open_fields = {name: raw for name, raw in sorted(owed.items()) if name not in told}
    if not open_fields:
        return returned
    more = tuple(problem("NOT_MENDED", returned.where(name), raw) for name, raw in open_fields.items())
    made.problems += more
    refused = {**returned.refused, **open_fields}
    return replace(returned, refused=refused, problems=sort_problems((*returned.problems, *more)))


def _unmended(returned: SectionReturn, by_hash: dict[str, SectionReturn]) -> dict[str, str]:
    """Answer fields refused in earlier rounds, and blank since: field → what stood there."""
    parent = by_hash.get(returned.parent) if returned.parent else None
    if parent is None:
        return {}
    earlier = {other: value for other, value in by_hash.items() if other != returned.sha256}
    owed = {**_unmended(parent, earlier), **parent.refused}
    return {
        name: raw
        for name, raw in owed.items()
        if raw and name not in returned.entries and name not in returned.refused
    }
