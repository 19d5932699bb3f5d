"""Several returns of one section → at most one adopted, and a word on each of the others (contract 8).

File dates decide nothing. Identical answers are one; a corrected round replaces its parent; otherwise nobody chooses
but a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workbook_builder import returns as ret
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.returns import FileReading, Received, SectionReturn


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was chosen.

    returns    section → the return adopted; `undecided` are sections with different returns, none adopted
    received   the receipt of every file
    problems   of choosing
    settled    problems of returns for which another one stands (identical, replaced): nobody need mend them
    """

    returns: Mapping[str, SectionReturn]
    undecided: frozenset[str]
    received: tuple[Received, ...]
    problems: tuple[Problem, ...]
    settled: frozenset[Problem]


def adopt(readings: Iterable[FileReading]) -> Adopted:
    """Choose per section. `readings` in order of file names; the order in which they were read does not matter."""
    readings = sorted(readings, key=lambda reading: reading.received.file)
    outcomes: dict[str, set[str]] = {}
    problems: list[Problem] = []
    candidates: dict[str, list[SectionReturn]] = {}
    first_by_hash: dict[str, str] = {}
    for reading in readings:
        if not reading.returns:
            continue
        file, sha = reading.received.file, reading.received.sha256
        if sha in first_by_hash:
            problems.append(problem("FILE_IDENTICAL", Where(file), other=first_by_hash[sha]))
            outcomes.setdefault(file, set()).add(ret.IDENTICAL)
            continue
        first_by_hash[sha] = file
        for returned in reading.returns:
            candidates.setdefault(returned.section, []).append(returned)
    adopted: dict[str, SectionReturn] = {}
    undecided: set[str] = set()
    standing: set[int] = set()
    for section, found in candidates.items():
        distinct = _distinct(section, found, outcomes, problems)
        standing |= {id(returned) for returned in distinct}
        if len(distinct) == 1:
            adopted[section] = distinct[0]
        else:
            undecided.add(section)
    received = tuple(_with_outcome(reading.received, outcomes) for reading in readings)
    settled = frozenset(p for reading in readings for p in _settled(reading, standing))
    return Adopted(adopted, frozenset(undecided), received, tuple(problems), settled)


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


def _distinct(
    section: str, found: list[SectionReturn], outcomes: dict[str, set[str]], problems: list[Problem]
) -> list[SectionReturn]:
    """The returns that differ, replaced ones aside: one to adopt, or several of which a person must choose."""
    remaining = _without_replaced(found, outcomes, problems)
    distinct: list[SectionReturn] = []
    for returned in remaining:
        twin = next((other for other in distinct if other.same_answers(returned)), None)
        if twin is None:
            distinct.append(returned)
            continue
        problems.append(problem("ANSWERS_IDENTICAL", Where(returned.file, returned.sheet), other=twin.file))
        outcomes.setdefault(returned.file, set()).add(ret.IDENTICAL)
    if len(distinct) == 1:
        outcomes.setdefault(distinct[0].file, set()).add(ret.ADOPTED)
        return distinct
    files = "、".join(returned.file for returned in distinct)
    for returned in distinct:
        where = Where(returned.file, returned.sheet)
        problems.append(
            problem("CONFLICTING_RETURNS", where, section=section, count=len(distinct), files=files)
        )
        outcomes.setdefault(returned.file, set()).add(ret.CONFLICT)
    return distinct


def _without_replaced(
    found: list[SectionReturn], outcomes: dict[str, set[str]], problems: list[Problem]
) -> list[SectionReturn]:
    """A re-issued round names the SHA-256 of the file it corrects."""
    by_parent = {returned.parent: returned for returned in found if returned.parent}
    remaining = []
    for returned in found:
        heir = by_parent.get(returned.sha256)
        if heir is None or heir is returned:
            remaining.append(returned)
            continue
        problems.append(problem("REPLACED_BY_ROUND", Where(returned.file, returned.sheet), other=heir.file))
        outcomes.setdefault(returned.file, set()).add(ret.REPLACED)
    return remaining
