"""All outputs of a command at once, or none of them.

    outputs = Outputs(folder)
    outputs.add("4汇总/汇总表.xlsx", data)
    outputs.remove("4汇总/退回修改/旧.xlsx")
    problems = outputs.publish(batch)

A command holds the run lock, calls `recover` before anything else, computes everything, and publishes once.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Iterator

from workbook_builder.folder import disk
from workbook_builder.folder.journal import (
    Change,
    Journal,
    Outcome,
    Settled,
    check_name,
    discard,
    misplaced,
    occupied,
    refused,
    settle,
)
from workbook_builder.folder.paths import Folder
from workbook_builder.problems import Problem, Where, has_errors, problem

#: What Windows refuses in a name; ":" is worse than refused there, it writes a hidden stream.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]|[ .](?:/|$)')


class Outputs:
    """What a command is going to write and remove, kept in memory until `publish`."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._data: dict[str, bytes | None] = {}  # None: to be removed
        self._based_on: dict[str, str] = {}

    def add(self, relative_name: str, data: bytes, *, based_on: str | None = None) -> None:
        """Plans a file. `based_on` is the SHA-256 (hex) of the content the new one was made from, "" for "there
        was none": if the file differs from it at publication, a person has saved it since, and nothing is written.

        ValueError for a name outside the folder, inside .kaoping, or planned already (ignoring case).
        """
        name = self._claim(relative_name)
        self._data[name] = bytes(data)
        if based_on is not None:
            self._based_on[name] = based_on

    def remove(self, relative_name: str) -> None:
        """Plans the removal of a file that an earlier run of the program wrote; an absent one is fine.

        ValueError as for `add`.
        """
        self._data[self._claim(relative_name)] = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the planned files, sorted; removals are not among them."""
        return tuple(sorted(name for name, data in self._data.items() if data is not None))

    def publish(self, batch: str) -> list[Problem]:
        """Writes and removes everything planned, or nothing; the caller holds the run lock.

        With an error among the returned problems the old outputs stand, except after RUN_HALF, where the system
        refused a rename midway and the next run completes it. Content that is already there is not rewritten.
        """
        folder = self._folder
        problems = recover(folder)
        problems += [
            problem("OUTPUT_NAME", Where(file=name), value=name) for name in self.names if _FORBIDDEN.search(name)
        ]
        if has_errors(problems):
            return problems
        changes, found = self._changes()
        problems += found
        if has_errors(problems):
            return [p for p in problems if p.code != "OUTPUT_OPEN"]  # it says "replaced", which is not so
        if not changes:
            return problems
        journal = Journal(batch, changes)
        failed = self._commit(journal)
        if failed is not None:
            discard(folder)
            return [p for p in problems if p.code != "OUTPUT_OPEN"] + [failed]
        return _told(settle(folder, journal), batch, problems)

    def _claim(self, relative_name: str) -> str:
        name = unicodedata.normalize("NFC", relative_name)
        check_name(name)
        # Windows would take the two for one file.
        if name.casefold() in {known.casefold() for known in self._data}:
            raise ValueError(f"output planned twice: {name!r}")
        return name

    def _changes(self) -> tuple[tuple[Change, ...], list[Problem]]:
        """What really differs from the disk, and every obstacle at once."""
        changes: list[Change] = []
        problems: list[Problem] = []
        for name in sorted(self._data):
            found = misplaced(self._folder, name)
            if found is not None:
                problems.append(found)
                continue
            try:
                previous = disk.digest(self._folder.root / name)
            except OSError as error:
                problems.append(refused(self._folder, name, error))
                continue
            change = self._change(name, previous, len(changes))
            if change.sha256 == previous:
                continue
            changes.append(change)
            problems += self._obstacles(change)
        return tuple(changes), disk.once(problems)

    def _change(self, name: str, previous: str | None, number: int) -> Change:
        data = self._data[name]
        if data is None:
            return Change(name, None, None, previous)
        return Change(name, f"{number:04d}", hashlib.sha256(data).hexdigest(), previous)

    def _obstacles(self, change: Change) -> Iterator[Problem]:
        if self._based_on.get(change.name, change.previous or "") != (change.previous or ""):
            yield problem("OUTPUT_CHANGED", Where(file=change.name))
        busy = occupied(self._folder, change.name)
        if busy is not None:
            yield busy
        elif change.previous is not None and _has_owner_file(self._folder, change.name):
            yield problem("OUTPUT_OPEN", Where(file=change.name))

    def _commit(self, journal: Journal) -> Problem | None:
        """Stages every file and writes the journal; the problem when the disk refuses, and then nothing counts."""
        folder = self._folder
        place = folder.stage
        try:
            folder.state.mkdir(exist_ok=True)
            shutil.rmtree(folder.stage, ignore_errors=True)
            folder.stage.mkdir(exist_ok=True)
            for change in journal.changes:
                data = self._data[change.name]
                if change.stage is None or data is None:
                    continue
                # Folders now: what cannot be made must fail before the first rename.
                place = (folder.root / change.name).parent
                place.mkdir(parents=True, exist_ok=True)
                place = folder.stage
                disk.step(f"stage:{change.name}")
                disk.write_synced(folder.stage / change.stage, data)
            disk.sync_directory(folder.stage)
            place = folder.journal
            disk.step("journal")
            journal.write(folder)
        except OSError as error:
            return disk.write_problem(error, folder.relative(place))
        return None


def _told(settled: Settled, batch: str, problems: list[Problem]) -> list[Problem]:
    """The problems of a publication that has been settled."""
    if settled.outcome is Outcome.FINISHED:
        return problems
    told = [p for p in problems if p.code != "OUTPUT_OPEN"]
    told += [problem("OUTPUT_CHANGED", Where(file=name)) for name in settled.changed]
    told += [problem("OUTPUT_FAILED", Where(file=name), reason="写入后读回的内容不同") for name in settled.lost]
    told += settled.refused
    if settled.outcome is Outcome.HALF:
        told.append(problem("RUN_HALF", Where(), value=batch))
    return told


def recover(folder: Folder) -> list[Problem]:
    """Finishes or undoes an interrupted publication; the first thing every command does under its lock.

    With an error among the problems (RUN_HALF and its cause) a target is still refused and the command stops.
    What a person has changed since is kept. Nothing interrupted: an empty list, and nothing is written.
    """
    try:
        journal = Journal.read(folder)
    except ValueError:
        discard(folder)
        return [problem("JOURNAL_DAMAGED", Where(file=folder.relative(folder.journal)))]
    except OSError as error:  # perhaps only for a moment: it must not be thrown away
        return [problem("UNREADABLE", Where(file=folder.relative(folder.journal)), reason=disk.reason(error))]
    if journal is None:
        return _clear_stage(folder)
    settled = settle(folder, journal)
    problems = [problem("RUN_KEPT", Where(file=name)) for name in settled.changed]
    if settled.outcome is Outcome.UNDONE:
        return [problem("RUN_UNDONE", Where()), *problems]
    problems += [problem("RUN_LOST", Where(file=name)) for name in settled.lost]
    if settled.outcome is Outcome.HALF:
        return [*problems, *settled.refused, problem("RUN_HALF", Where(), value=journal.batch)]
    return [problem("RUN_FINISHED", Where(), value=journal.batch), *problems]


def _clear_stage(folder: Folder) -> list[Problem]:
    """Deletes what a run staged but never committed."""
    if not folder.stage.exists():
        return []
    try:
        # An empty stage belongs to a run that had moved everything: nothing was undone.
        undone = any(folder.stage.iterdir())
    except OSError:
        undone = True
    shutil.rmtree(folder.stage, ignore_errors=True)
    return [problem("RUN_UNDONE", Where())] if undone else []


def _has_owner_file(folder: Folder, name: str) -> bool:
    """Whether an office program has left its mark beside the target: it is open, or was when the program died."""
    target = folder.root / name
    marks = [f"~${target.name}", f".~lock.{target.name}#", f".~{target.name}"]
    if target.suffix.lower() in (".doc", ".docx"):
        marks += [f"~${target.name[1:]}", f"~${target.name[2:]}"]  # Word shortens long names
    return any((target.parent / mark).exists() for mark in marks)
