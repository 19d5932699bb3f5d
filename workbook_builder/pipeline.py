"""The whole story in one place: a working folder → issued workbooks, collected returns, results.

Comes in: a `Folder` and a scheme. Goes out: values and problems; nothing is printed here. Start reading at `collect`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder import returns as ret
from workbook_builder.collecting.adopt import Adopted, adopt
from workbook_builder.collecting.attachments import applies_to, material_of, section_of
from workbook_builder.collecting.forms import SectionForm, section_forms
from workbook_builder.collecting.sheets import raw_sheets
from workbook_builder.folder import Folder, batch_number, list_returns
from workbook_builder.intake import ATTACHMENTS, iter_zip, read_book, sniff
from workbook_builder.problems import Problem, Where, problem, sort_problems
from workbook_builder.rank import self_standings
from workbook_builder.returns import FileReading, Received
from workbook_builder.rules.items import Rulebook
from workbook_builder.score import assess
from workbook_builder.validate import validate_sheet

#: Fewer files than this are read in this process: starting workers costs more than it saves.
_POOL_FROM = 24
_CHUNK = 16

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What 2回收 holds: the adopted return of each section, a receipt of every file, every problem.

    Sections without a return are `refused` (a file of theirs came but could not be adopted) or `missing`.
    """

    adopted: Adopted
    received: tuple[Received, ...]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    problems: tuple[Problem, ...]
    batch: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything needed to read one file against one scheme; made once per process."""

    scheme: m.Scheme
    rules: Rulebook
    forms: dict[str, SectionForm]

    @classmethod
    def of(cls, scheme: m.Scheme) -> Reader:
        rules = Rulebook(scheme)
        return cls(scheme, rules, section_forms(rules))

    def read(self, name: str, data: bytes) -> list[FileReading]:
        """One file → one reading, or one per member of an archive."""
        kind = sniff(data, name)
        if kind == "zip":
            members, problems = iter_zip(data, name)
            if members:
                head = FileReading(Received(name, _sha(data), "", ret.ARCHIVE, kind), (), tuple(problems))
            else:
                head = self._refused(name, _sha(data), kind, problems)
            return [head, *(self._file(f"{name}/{member}", content) for member, content in members)]
        return [self._file(name, data, kind)]

    def _file(self, name: str, data: bytes, kind: str = "") -> FileReading:
        kind = kind or sniff(data, name)
        sha = _sha(data)
        if kind in ATTACHMENTS or _is_note(kind, name):
            return self._attachment(name, sha, kind)
        book, problems = read_book(data, name)
        if book is None:
            return self._refused(name, sha, kind, problems)
        sheets, found = raw_sheets(self.scheme, self.forms, book, name)
        problems += found
        touched = [sheet for sheet in sheets if sheet.touched]
        returns = tuple(validate_sheet(self.rules, self.forms[s.section], s, sha) for s in touched)
        if sheets and not touched:
            section = sheets[0].section if len(sheets) == 1 else ""
            if section:
                problems.append(problem("SHEET_UNTOUCHED", Where(name, sheets[0].sheet), section=section))
            return FileReading(Received(name, sha, section, ret.UNTOUCHED, kind), (), tuple(problems))
        if not returns:
            return self._refused(name, sha, kind, problems, "考评表")
        sections = "、".join(returned.section for returned in returns)
        problems += [p for returned in returns for p in returned.problems]
        return FileReading(Received(name, sha, sections, ret.ADOPTED, kind, "考评表"), returns, tuple(problems))

    def _refused(self, name: str, sha: str, kind: str, problems: Iterable[Problem], material: str = "") -> FileReading:
        """A file of which nothing is adopted; it is the section's that its path names."""
        section = section_of(self.scheme, name)
        return FileReading(Received(name, sha, section, ret.REFUSED, kind, material), (), tuple(problems))

    def _attachment(self, name: str, sha: str, kind: str) -> FileReading:
        section, material = section_of(self.scheme, name), material_of(self.scheme, name)
        problems = () if section else (problem("ATTACHMENT_NO_SECTION", Where(name), name.rsplit("/", 1)[-1]),)
        return FileReading(Received(name, sha, section, ret.ATTACHMENT, kind, material), (), problems)


def _is_note(kind: str, name: str) -> bool:
    """A text that somebody wrote; a text called .csv or .xls was meant to be a table."""
    return kind == "csv/text" and name.lower().endswith(".txt")


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- many files --------------------------------------------------------------------------------------------------

_reader: Reader | None = None


def _start_worker(scheme: m.Scheme) -> None:
    global _reader
    _reader = Reader.of(scheme)


def _read_path(job: tuple[str, str]) -> list[FileReading]:
    """Read one path in a worker; what the system refuses is a problem of that file alone."""
    name, path = job
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        found = problem("UNREADABLE", Where(name), reason=error.strerror or type(error).__name__)
        return [FileReading(Received(name, "", "", ret.REFUSED), (), (found,))]
    assert _reader is not None
    return _reader.read(name, data)


def read_files(
    scheme: m.Scheme, files: Iterable[tuple[str, Path]], progress: Progress | None = None, workers: int | None = None
) -> list[FileReading]:
    """Read every file. Many files share a pool of processes; the result does not depend on which finishes first."""
    jobs = [(name, str(path)) for name, path in files]
    readings: list[FileReading] = []
    if len(jobs) < _POOL_FROM or workers == 1:
        _start_worker(scheme)
        for done, job in enumerate(jobs, 1):
            readings += _read_path(job)
            if progress:
                progress(done, len(jobs))
        return readings
    with ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(scheme,)) as pool:
        try:
            for done, found in enumerate(pool.map(_read_path, jobs, chunksize=_CHUNK), 1):
                readings += found
                if progress:
                    progress(done, len(jobs))
        except BrokenProcessPool:
            return _read_one_by_one(scheme, jobs, progress)
    return readings


def _read_one_by_one(scheme: m.Scheme, jobs: list[tuple[str, str]], progress: Progress | None) -> list[FileReading]:
    """A file killed a worker: read each in a process of its own, so that it costs that file alone."""
    readings: list[FileReading] = []
    for done, job in enumerate(jobs, 1):
        with ProcessPoolExecutor(1, initializer=_start_worker, initargs=(scheme,)) as pool:
            try:
                readings += pool.submit(_read_path, job).result()
            except BrokenProcessPool:
                found = problem("READER_FAILED", Where(job[0]))
                readings.append(FileReading(Received(job[0], "", "", ret.REFUSED), (), (found,)))
        if progress:
            progress(done, len(jobs))
    return readings


# --- the stages --------------------------------------------------------------------------------------------------


def collect(
    folder: Folder, scheme: m.Scheme, progress: Progress | None = None, workers: int | None = None
) -> Collected:
    """2回收 → returns, receipts and problems. Every file found has a receipt."""
    listing = list_returns(folder.returned, folder.root)
    readings = read_files(scheme, listing.files, progress, workers)
    ignored = [Received(name, "", "", ret.IGNORED) for name, _ in listing.ignored]
    chosen = adopt(readings)
    received = tuple(sorted([*chosen.received, *ignored], key=lambda receipt: receipt.file))
    without = [s.name for s in scheme.sections if s.name not in chosen.returns and s.name not in chosen.undecided]
    tried = {receipt.section for receipt in received if receipt.outcome == ret.REFUSED}
    refused = tuple(name for name in without if name in tried)
    missing = tuple(name for name in without if name not in tried)
    problems = [
        *listing.problems,
        *(problem("FILE_IGNORED", Where(name)) for name, _ in listing.ignored),
        *(p for reading in readings for p in reading.problems if p not in chosen.settled),
        *chosen.problems,
        *(problem("SECTION_NOT_RETURNED", Where(field=name), section=name) for name in missing),
        *_materials(scheme, chosen, received),
    ]
    batch = batch_number(
        [("scheme", scheme.text_hash), *((f"return/{receipt.file}", receipt.sha256) for receipt in received)]
    )
    return Collected(chosen, received, missing, refused, sort_problems(problems), batch)


def _materials(scheme: m.Scheme, chosen: Adopted, received: tuple[Received, ...]) -> list[Problem]:
    """Required attachments that a section which has returned its sheet has not handed in (notice 四（二）)."""
    have = {(receipt.section, receipt.material) for receipt in received if receipt.outcome == ret.ATTACHMENT}
    return [
        problem("MATERIAL_MISSING", Where(field=f"{section.name}/{material.name}"), material.name, section=section.name)
        for section in scheme.sections
        for material in scheme.materials
        if section.name in chosen.returns
        and material.required
        and material.form == "附件"
        and applies_to(material, section)
        and (section.name, material.name) not in have
    ]


def summarize(scheme: m.Scheme, collected: Collected) -> r.Results:
    """Collected returns → results of the stage 自评汇总."""
    rules = Rulebook(scheme)
    assessments = tuple(
        _not_adopted(assessment) if assessment.section.name in collected.refused else assessment
        for assessment in assess(rules, collected.adopted.returns, collected.adopted.undecided)
    )
    standings = self_standings(scheme, assessments)
    return r.Results(
        scheme=scheme,
        batch=collected.batch,
        stage=r.SELF_STAGE,
        standings=standings,
        assessments={assessment.section.name: assessment for assessment in assessments},
        pending=tuple(p for assessment in assessments for p in assessment.pending),
        received=collected.received,
        missing=collected.missing,
        problems=collected.problems,
    )


def _not_adopted(assessment: r.Assessment) -> r.Assessment:
    """Of a section that has sent something, only nothing that can be used."""
    pending = (replace(p, reason=r.NOT_ADOPTED) if p.reason == r.NOT_RETURNED else p for p in assessment.pending)
    return replace(assessment, status=r.NOT_ADOPTED, pending=tuple(pending))
