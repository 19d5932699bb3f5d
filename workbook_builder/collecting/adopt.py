"""Several returns of one section → at most one adopted, and a word on each of the others (contract 8).

File dates decide nothing. Identical answers are one; a corrected round replaces its parent; otherwise nobody chooses
but a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workbook_builder import returns as ret
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.returns import FileReading, Received, SectionReturn


@dataclass(frozen=True, slots=True)
class Adopted:
    """section → the return adopted; sections left undecided; the receipt of every file; problems of choosing."""

    returns: Mapping[str, SectionReturn]
    undecided: frozenset[str]
    received: tuple[Received, ...]
    problems: tuple[Problem, ...]


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
    for section, found in candidates.items():
        chosen = _choose(section, found, outcomes, problems)
        if chosen is None:
            undecided.add(section)
        else:
            adopted[section] = chosen
    received = tuple(_with_outcome(reading.received, outcomes) for reading in readings)
    return Adopted(adopted, frozenset(undecided), received, tuple(problems))


def _with_outcome(received: Received, outcomes: Mapping[str, set[str]]) -> Received:
    found = outcomes.get(received.file)
    return replace(received, outcome="、".join(sorted(found))) if found else received


def _choose(
    section: str, found: list[SectionReturn], outcomes: dict[str, set[str]], problems: list[Problem]
) -> SectionReturn | None:
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
        return distinct[0]
    files = "、".join(returned.file for returned in distinct)
    for returned in distinct:
        where = Where(returned.file, returned.sheet)
        problems.append(
            problem("CONFLICTING_RETURNS", where, section=section, count=len(distinct), files=files)
        )
        outcomes.setdefault(returned.file, set()).add(ret.CONFLICT)
    return None


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
