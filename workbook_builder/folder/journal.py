"""The journal of a publication, and how a publication is carried to its end or undone.

    stage/0000, 0001 …  →  journal.json  →  rename each onto its target  →  delete journal.json  →  delete stage/
         (nothing has happened yet)  |  (everything can be repeated)        |  (everything has happened)

The journal appears in one rename; before it the old outputs stand, after it the new ones can always be completed.
It holds the SHA-256 of each target before and after, so that what a person changed in between is never overwritten.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from workbook_builder.folder import disk
from workbook_builder.folder.paths import Folder
from workbook_builder.problems import Problem, Where, problem

_FORMAT = 1
_STAGE_NAME = re.compile(r"[0-9]{4,}")
_BUSY = {errno.EACCES, errno.EPERM, errno.EBUSY, getattr(errno, "ETXTBSY", errno.EBUSY)}


@dataclass(frozen=True, slots=True)
class Change:
    """One target: its staged file's name and content hash (both None for a removal), and its hash until now
    (None when it did not exist)."""

    name: str
    stage: str | None
    sha256: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    """One publication, complete enough to be finished by another process."""

    batch: str
    changes: tuple[Change, ...]

    def write(self, folder: Folder) -> None:
        """Commits the publication; raises OSError."""
        value = {"format": _FORMAT, "batch": self.batch, "changes": [asdict(change) for change in self.changes]}
        disk.write_whole(folder.journal, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8"))

    @classmethod
    def read(cls, folder: Folder) -> Journal | None:
        """The journal of an interrupted run, or None; ValueError when it is damaged, OSError when unreadable."""
        try:
            text = folder.journal.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        value = json.loads(text)
        try:
            if value["format"] != _FORMAT or not isinstance(value["batch"], str):
                raise ValueError("journal of another format")
            changes = tuple(Change(**row) for row in value["changes"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("journal of another shape") from error
        for change in changes:
            _check(change)
        return cls(value["batch"], changes)


def _check(change: Change) -> None:
    # A journal may come with a folder from someone else: it must not be able to name a place outside.
    check_name(change.name)
    if (change.stage is None) != (change.sha256 is None):
        raise ValueError("staged file without a hash")
    if change.stage is not None and not (isinstance(change.stage, str) and _STAGE_NAME.fullmatch(change.stage)):
        raise ValueError("staged file outside the stage")


def check_name(name: str) -> None:
    """Raises ValueError unless `name` is a plain relative path with "/" that stays inside the folder."""
    if not isinstance(name, str) or not name:
        raise ValueError(f"not an output name: {name!r}")
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or parts[0].casefold() == ".kaoping":
        raise ValueError(f"not an output name: {name!r}")
    if "\\" in name or "\0" in name or Path(name).is_absolute() or re.match(r"[A-Za-z]:", name):
        raise ValueError(f"not an output name: {name!r}")


# --- what may stand in the way of a target


def misplaced(folder: Folder, name: str) -> Problem | None:
    """Something on the disk that makes the target impossible: a folder of its name, a file as its parent,
    another disk below a link."""
    place = folder.root
    for part in name.split("/")[:-1]:
        place = place / part
        if not os.path.lexists(place):
            break
        if not place.is_dir():
            return problem("OUTPUT_BLOCKED", Where(file=name), value=folder.relative(place))
        own = folder.state if folder.state.is_dir() else folder.root
        if place.stat().st_dev != own.stat().st_dev:
            return problem("OUTPUT_ELSEWHERE", Where(file=name))
    target = folder.root / name
    try:
        regular = stat.S_ISREG(target.stat().st_mode)
    except FileNotFoundError:
        return None
    except OSError as error:
        return disk.write_problem(error, name)
    return None if regular else problem("OUTPUT_BLOCKED", Where(file=name), value=name)


def occupied(folder: Folder, name: str) -> Problem | None:
    """Why a target cannot be written now: its folder is read-only, it is open in Excel, marked read-only;
    None when it can."""
    target = folder.root / name
    place = next((p for p in target.parents if os.path.lexists(p)), folder.root)
    if not os.access(place, os.W_OK):
        return problem("FOLDER_READONLY", Where(file=folder.relative(place) if place != folder.root else ""))
    try:
        with open(target, "r+b"):
            pass
        # A preview or a scanner may share writing but not deleting; only a rename finds that. Onto itself it
        # changes nothing.
        os.rename(target, target)
    except FileNotFoundError:
        return None
    except OSError as error:
        return refused(folder, name, error)
    return None


def refused(folder: Folder, name: str, error: OSError) -> Problem:
    """The problem for an existing or future target that the system did not let us touch."""
    if error.errno not in _BUSY:
        return disk.write_problem(error, name)
    try:
        mode = (folder.root / name).stat().st_mode
    except OSError:
        return disk.write_problem(error, name)  # nothing there that could be in use: it is the folder
    return problem("OUTPUT_IN_USE" if mode & 0o222 else "OUTPUT_READONLY", Where(file=name))


# --- carrying a journal to its end


class Outcome(Enum):
    """How settling a journal ended."""

    FINISHED = "finished"
    UNDONE = "undone"
    HALF = "half"


class _State(Enum):
    DONE = "done"
    PENDING = "pending"
    CHANGED = "changed"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome and, by kind, what stood in the way: names changed by a person, names whose staged content is
    damaged, problems that kept a target from being replaced."""

    outcome: Outcome
    changed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()


def settle(folder: Folder, journal: Journal) -> Settled:
    """Does whatever is left of a journal.

    As long as no target has been replaced, any obstacle undoes the whole; afterwards the rest is done as far as
    possible and the journal stays for the next run if something remains. Never raises OSError.
    """
    states = {change: _state(folder, change) for change in journal.changes}
    changed = tuple(c.name for c, (state, _) in states.items() if state is _State.CHANGED)
    lost = tuple(c.name for c, (state, _) in states.items() if state is _State.LOST)
    refusals = [found for _, found in states.values() if found is not None]
    done = sum(state is _State.DONE for state, _ in states.values())
    if (changed or lost or refusals) and not done:
        discard(folder)
        return Settled(Outcome.UNDONE, changed, lost, tuple(disk.once(refusals)))
    for change, (state, _) in states.items():
        if state is not _State.PENDING:
            continue
        found = _carry_out(folder, change)
        done += found is None
        if found is not None:
            refusals.append(found)
            if not done:
                discard(folder)
                return Settled(Outcome.UNDONE, changed, lost, tuple(disk.once(refusals)))
    if refusals:
        return Settled(Outcome.HALF, changed, lost, tuple(disk.once(refusals)))
    _sync_parents(folder, journal)
    discard(folder)
    return Settled(Outcome.FINISHED, changed, lost)


def _state(folder: Folder, change: Change) -> tuple[_State, Problem | None]:
    """How far one change has come; a problem comes with REFUSED only."""
    obstacle = misplaced(folder, change.name)
    if obstacle is not None:
        return _State.REFUSED, obstacle
    try:
        now = disk.digest(folder.root / change.name)
    except OSError as error:
        return _State.REFUSED, refused(folder, change.name, error)
    if now == change.sha256:
        return _State.DONE, None
    if now != change.previous:
        # Its staged file gone means that it was replaced first and edited afterwards.
        moved = change.stage is not None and not (folder.stage / change.stage).exists()
        return (_State.DONE if moved else _State.CHANGED), None
    if change.stage is not None and not _intact(folder.stage / change.stage, change.sha256):
        return _State.LOST, None
    obstacle = occupied(folder, change.name)
    return (_State.PENDING, None) if obstacle is None else (_State.REFUSED, obstacle)


def _intact(path: Path, sha256: str | None) -> bool:
    try:
        return disk.digest(path) == sha256
    except OSError:
        return False


def _carry_out(folder: Folder, change: Change) -> Problem | None:
    target = folder.root / change.name
    try:
        disk.step(f"rename:{change.name}")
        if change.stage is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            disk.replace(folder.stage / change.stage, target)
    except OSError as error:
        return refused(folder, change.name, error)
    return None


def _sync_parents(folder: Folder, journal: Journal) -> None:
    # Before the journal goes, so that a power cut cannot lose a rename whose journal is already deleted.
    for parent in sorted({(folder.root / change.name).parent for change in journal.changes}):
        try:
            disk.sync_directory(parent)
        except OSError:
            continue  # the content is in place; only its durability is in doubt


def discard(folder: Folder) -> None:
    """Deletes the journal, then the stage: in this order an interruption in between leaves nothing to repeat.

    A failure is left for the next run, which finds every target either done or undone.
    """
    try:
        disk.step("clean")
        folder.journal.unlink(missing_ok=True)
        disk.step("clean:stage")
        shutil.rmtree(folder.stage, ignore_errors=True)
    except OSError:
        return
