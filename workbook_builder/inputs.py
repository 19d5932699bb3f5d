"""What lies in a working folder beside 2回收: 决定, 台账, 市局反馈, 3核定, 测评, 5归档 — found and read.

Comes in: a `Folder` and a scheme. Goes out: values and problems. Files that people fill in are read where they are and
never changed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder.folder import Folder, list_returns
from workbook_builder.folder.disk import reason
from workbook_builder.intake import LIMITS, MB
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.registers import merge_city, merge_ledgers, read_city, read_decisions, read_ledger
from workbook_builder.results import InputFile
from workbook_builder.stages import Snapshot, read_snapshot

#: Name and content.
File = tuple[str, bytes]
SNAPSHOT_NAMES = "*结果.json"
#: Kinds of input files, in the order in which they are listed.
SCHEME_FILE, DECISIONS, LEDGER, CITY, REVIEWS, APPROVED = "方案", "决定", "台账", "市局反馈", "核定表", "已审定的结果"
FILE_KINDS = (SCHEME_FILE, DECISIONS, LEDGER, CITY, REVIEWS, APPROVED)
#: What somebody may have kept a register in.
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".et", ".csv")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything beside the returns. `reviews` and `ballots` are files as they lie there, not yet read.

    stale  changes of policies that could not be applied → why
    files  every file that was read, save ballots: of a ballot not even the hash may get out
    """

    decisions: tuple[rec.Decision, ...] = ()
    ledger: tuple[rec.LedgerEntry, ...] = ()
    city: tuple[rec.CityFigure, ...] = ()
    reviews: tuple[File, ...] = ()
    ballots: tuple[File, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    stale: Mapping[rec.Decision, Problem] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    files: tuple[InputFile, ...] = ()


def input_file(kind: str, name: str, data: bytes) -> InputFile:
    """A file as it was read."""
    return InputFile(kind, name, len(data), digest_of(data))


def decisions_of(
    folder: Folder, scheme: m.Scheme, seen: list[InputFile] | None = None
) -> tuple[tuple[rec.Decision, ...], list[Problem]]:
    """The rows of 决定.xlsx; none if there is no such file. The file itself joins `seen`."""
    problems: list[Problem] = []
    found: tuple[rec.Decision, ...] = ()
    for name, data in _files(folder, [folder.decisions], problems):
        if seen is not None:
            seen.append(input_file(DECISIONS, name, data))
        found, wrong = read_decisions(scheme, data, name)
        problems += wrong
    return found, problems


def read_inputs(folder: Folder, scheme: m.Scheme, decisions: tuple[rec.Decision, ...]) -> Inputs:
    """Read everything but the decisions, which are read first since they may change the scheme."""
    problems: list[Problem] = []
    seen: list[InputFile] = []
    ledgers = []
    for name, data in _files(folder, _registers(folder.ledger), problems):
        seen.append(input_file(LEDGER, name, data))
        entries, wrong = read_ledger(scheme, data, name)
        ledgers.append(entries)
        problems += wrong
    ledger, wrong = merge_ledgers(ledgers)
    problems += wrong
    feedback = []
    for name, data in _files(folder, _registers(folder.city_feedback), problems):
        seen.append(input_file(CITY, name, data))
        figures, wrong = read_city(scheme, data, name)
        feedback.append(figures)
        problems += wrong
    city, wrong = merge_city(scheme, feedback)
    problems += wrong
    problems += _not_read(folder)
    reviews = tuple(_below(folder, folder.review, problems))
    seen += [input_file(REVIEWS, name, data) for name, data in reviews]
    return Inputs(
        decisions=decisions,
        ledger=tuple(ledger),
        city=city,
        reviews=reviews,
        ballots=tuple(_ballots(folder, problems)),
        snapshots=tuple(_snapshots(folder, problems, seen)),
        problems=tuple(problems),
        files=tuple(seen),
    )


def _registers(main: Path) -> list[Path]:
    """台账.xlsx and every 台账*.xlsx beside it: several recorders may keep one each."""
    return sorted(path for path in main.parent.glob(f"{main.stem}*{main.suffix}") if path.is_file())


def _not_read(folder: Folder) -> Iterable[Problem]:
    """Workbooks in the folder that are called like a register and are none: another format, or a second 决定."""
    registers = (folder.decisions, folder.ledger, folder.city_feedback)
    read = {folder.decisions, *_registers(folder.ledger), *_registers(folder.city_feedback)}
    for path in sorted(folder.root.iterdir()):
        main = next((main for main in registers if path.name.startswith(main.stem)), None)
        if main is None or path in read or path.suffix.lower() not in _WORKBOOKS or not path.is_file():
            continue
        kept = main.name if main == folder.decisions else f"{main.stem}*{main.suffix}"
        yield problem("REGISTER_NOT_READ", Where(folder.relative(path)), kept=kept, main=main.name)


def _files(folder: Folder, paths: Iterable[Path], problems: list[Problem]) -> Iterable[File]:
    for path in paths:
        try:
            if path.stat().st_size > LIMITS.unread_size:
                problems.append(problem("FILE_TOO_LARGE", Where(folder.relative(path)), limit=LIMITS.unread_size // MB))
                continue
            yield folder.relative(path), path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(problem("UNREADABLE", Where(folder.relative(path)), reason=reason(error)))


def _below(folder: Folder, place: Path, problems: list[Problem]) -> Iterable[File]:
    listing = list_returns(place, folder.root)
    problems += listing.problems
    return list(_files(folder, (path for _, path in listing.files), problems))


def _ballots(folder: Folder, problems: list[Problem]) -> Iterable[File]:
    """Files of 测评. A ballot that cannot be opened must not be named: its problem is told without its name."""
    found: list[Problem] = []
    files = _below(folder, folder.ballots, found)
    problems += [problem(p.code, Where(folder.relative(folder.ballots)), reason="其中有文件打不开") for p in found[:1]]
    return files


def _snapshots(folder: Folder, problems: list[Problem], seen: list[InputFile]) -> Iterable[Snapshot]:
    for name, data in _files(folder, sorted(folder.archive.glob(SNAPSHOT_NAMES)), problems):
        snapshot = read_snapshot(data, name)
        if snapshot is None:
            problems.append(problem("APPROVED_DAMAGED", Where(name)))
        else:
            seen.append(input_file(APPROVED, name, data))
            yield snapshot


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
