"""Files → readings: one returned file read against one scheme, and many of them by a pool of processes.

Comes in: names and paths. Goes out: `FileReading`s in the order of the names. One bad file costs that file alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from workbook_builder import model as m
from workbook_builder import returns as ret
from workbook_builder.collecting.attachments import material_of, section_of
from workbook_builder.collecting.forms import SectionForm, section_forms
from workbook_builder.collecting.sheets import raw_sheets
from workbook_builder.intake import ATTACHMENTS, LIMITS, MB, iter_zip, read_book, sniff
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.returns import FileReading, Received, SectionReturn
from workbook_builder.rules.items import Rulebook
from workbook_builder.validate import validate_sheet

#: Fewer files than this are read in this process: starting workers costs more than it saves.
_POOL_FROM = 24
_CHUNK = 16
#: First bytes of a file that tell what it is.
_HEAD = 64 * 1024

Progress = Callable[[int, int], None]
#: Section → clauses whose answer on an older form counts all the same (decision 旧版放行).
Released = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything needed to read one file against one scheme; made once per process."""

    scheme: m.Scheme
    rules: Rulebook
    forms: dict[str, SectionForm]
    released: Released = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: m.Scheme, released: Released | None = None) -> Reader:
        rules = Rulebook(scheme)
        return cls(scheme, rules, section_forms(rules), released or {})

    def read(self, name: str, data: bytes) -> list[FileReading]:
        """One file → one reading, or one per member of an archive."""
        kind = sniff(data, name)
        if kind == "zip":
            members, problems = iter_zip(data, name)
            if members:
                head = FileReading(Received(name, _sha(data), "", ret.ARCHIVE, kind), (), tuple(problems))
            else:
                head = self._refused(name, _sha(data), kind, problems)
            return [head, *self._members(name, members)]
        return [self._file(name, data, kind)]

    def _members(self, name: str, members: Iterable[tuple[str, bytes]]) -> Iterator[FileReading]:
        """The readings of what an archive holds; it has no more time for all of it than any other file."""
        until = time.monotonic() + LIMITS.seconds
        for member, content in members:
            file = f"{name}/{member}"
            if time.monotonic() > until:
                late = problem("READER_TIMEOUT", Where(file), seconds=int(LIMITS.seconds))
                yield self._refused(file, _sha(content), sniff(content, file), [late])
            else:
                yield self._file(file, content)

    def huge(self, name: str, file: BinaryIO) -> FileReading:
        """The reading of a file too large to be held: an attachment if its first bytes say so, else refused."""
        kind = sniff(file.read(_HEAD), name)
        if kind not in ATTACHMENTS:
            found = problem("FILE_TOO_LARGE", Where(name), limit=LIMITS.unread_size // MB)
            return _lost(self.scheme, name, found)
        file.seek(0)
        return self._attachment(name, hashlib.file_digest(file, "sha256").hexdigest(), kind)

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
        returns = tuple(
            validate_sheet(self.rules, self.forms[s.section], s, sha, self.released.get(s.section, frozenset()))
            for s in touched
        )
        if sheets and not touched:
            section = sheets[0].section if len(sheets) == 1 else ""
            if section:
                problems.append(problem("SHEET_UNTOUCHED", Where(name, sheets[0].sheet), section=section))
            return FileReading(Received(name, sha, section, ret.UNTOUCHED, kind), (), tuple(problems))
        if not returns:
            return self._refused(name, sha, kind, problems, "考评表")
        problems += _owners(self.scheme, returns, name)
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


def _owners(scheme: m.Scheme, returns: Sequence[SectionReturn], file: str) -> Iterator[Problem]:
    """What tells that a sheet may not be the sender's own: the section named in the path of the file."""
    named = section_of(scheme, file)
    sections = [returned.section for returned in returns]
    if len(sections) > 1:
        yield problem("SECTIONS_TOGETHER", Where(returns[0].file), "、".join(sections), count=len(sections))
    elif named and named not in sections and not _recipient(scheme, named, file):
        where = Where(returns[0].file, returns[0].sheet)
        yield problem("FILE_NAMED_OTHERWISE", where, sections[0], named=named)


def _recipient(scheme: m.Scheme, named: str, file: str) -> bool:
    """Whether the path names that section as the one who gets the file: 报政治处, 政治处转来."""
    section = scheme.section(named)
    assert section is not None
    names = {unicodedata.normalize("NFKC", name) for name in (section.name, *section.aliases)}
    names |= {re.sub(r"\([^()]*\)", "", name) for name in names} - {""}
    spoken = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    component = next(one for one in reversed(unicodedata.normalize("NFKC", file).split("/")) if re.search(spoken, one))
    return re.search(rf"[报送交转给](?:{spoken})|(?:{spoken})(?:[收转]|汇总)", component) is not None


def _is_note(kind: str, name: str) -> bool:
    """A text that somebody wrote; a text called .csv or .xls was meant to be a table."""
    return kind == "csv/text" and name.lower().endswith(".txt")


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- many files --------------------------------------------------------------------------------------------------

_reader: Reader | None = None


def _start_worker(scheme: m.Scheme, released: Released) -> None:
    global _reader
    _reader = Reader.of(scheme, released)


def _read_path(job: tuple[str, str]) -> list[FileReading]:
    """Read one path in a worker; what the system refuses is a problem of that file alone."""
    name, path = job
    assert _reader is not None
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > LIMITS.unread_size:
                return [_reader.huge(name, file)]
            data = file.read()
    except OSError as error:
        found = problem("UNREADABLE", Where(name), reason=error.strerror or type(error).__name__)
        return [_lost(_reader.scheme, name, found)]
    return _reader.read(name, data)


def read_files(
    scheme: m.Scheme,
    files: Iterable[tuple[str, Path]],
    progress: Progress | None = None,
    workers: int | None = None,
    released: Released | None = None,
) -> list[FileReading]:
    """Read every file. Many files share a pool of processes; the result does not depend on which finishes first."""
    jobs = [(name, str(path)) for name, path in files]
    readings: list[FileReading] = []
    start = (scheme, released or {})
    if len(jobs) < _POOL_FROM or workers == 1:
        _start_worker(*start)
        for done, job in enumerate(jobs, 1):
            readings += _read_path(job)
            if progress:
                progress(done, len(jobs))
        return readings
    done = 0
    with ProcessPoolExecutor(workers, initializer=_start_worker, initargs=start) as pool, suppress(BrokenProcessPool):
        for done, found in enumerate(pool.map(_read_path, jobs, chunksize=_CHUNK), 1):
            readings += found
            if progress:
                progress(done, len(jobs))
    # A file killed its worker, and the pool with it: what has not been read yet is read with more care.
    rest = jobs[done:]
    for number, found in enumerate(_one_by_one(start, rest), done + 1):
        readings += found
        if progress:
            progress(number, len(jobs))
    return readings


def _one_by_one(start: tuple[m.Scheme, Released], jobs: list[tuple[str, str]]) -> Iterator[list[FileReading]]:
    """Each file in turn by a worker that is replaced when it dies."""
    waiting = deque(jobs)
    while waiting:
        yield from _by_one_worker(start, waiting)


def _by_one_worker(start: tuple[m.Scheme, Released], waiting: deque[tuple[str, str]]) -> Iterator[list[FileReading]]:
    fresh = True
    with ProcessPoolExecutor(1, initializer=_start_worker, initargs=start) as pool:
        while waiting:
            name = waiting[0][0]
            try:
                found = pool.submit(_read_path, waiting[0]).result()
            except BrokenProcessPool:
                # A worker may die late of what it read before; only the death of a new one is this file's doing.
                if fresh:
                    waiting.popleft()
                    yield [_lost(start[0], name, problem("READER_FAILED", Where(name)))]
                return
            fresh = False
            waiting.popleft()
            yield found


def _lost(scheme: m.Scheme, name: str, found: Problem) -> FileReading:
    """A file whose bytes nobody has seen."""
    return FileReading(Received(name, "", section_of(scheme, name), ret.REFUSED), (), (found,))
