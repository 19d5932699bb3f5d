"""receive: copies of what sections sent → 2回收, then collect.

Comes in: files and folders as they were dropped, wherever they lie. Goes out: an `Outcome`. What was dropped is only read,
and nothing that lies in 2回收 is ever replaced.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbook_builder.commands.outcome import Outcome, misuse, shown_path
from workbook_builder.commands.session import Session, find, locked
from workbook_builder.commands.tally import collect
from workbook_builder.commands.watching import Progress, each, untold
from workbook_builder.folder import SUBFOLDERS, Folder, Outputs, batch_number, digest, list_returns, relative_name
from workbook_builder.folder.disk import reason
from workbook_builder.folder.nearby import home_of, year_folders
from workbook_builder.folder.paths import SCHEME, STATE_FOLDER
from workbook_builder.folder.returns import is_system_file
from workbook_builder.problems import Problem, Where, has_errors, problem, sort_problems

#: Picks one of several year folders, None for none; asks a person, if there is one.
Choose = Callable[[Sequence[Folder]], Folder | None]
#: More than this was dropped by mistake: a desktop, a whole disk.
MOST_FILES, MOST_MEGABYTES = 2000, 300
_MB = 1024 * 1024
_RETURNED = SUBFOLDERS[1]
_SHORTCUTS = (".lnk", ".url", ".desktop", ".webloc")
#: The office's own files at the top of a year folder; anything else there may well have been sent by a section.
_OWN = re.compile(r"(方案|决定|台账.*|市局反馈|.+模板)\.(xlsx|yaml|docx)")
_LINKS = ("LINK_OUTSIDE", "LINK_FOLDER")
#: Folders into which programs unpack an archive that somebody only looks into.
_PREVIEW = re.compile(r"(?i)temp\d+_.+\.zip|7zO[0-9A-F]+|rar\$.+|360zip\$temp|bnz\..+|\.fr-.+")
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]')


@dataclass(slots=True)
class _Found:
    """What was dropped, sorted out: files to store by their names below 2回收, and what is said about the rest."""

    files: list[tuple[str, Path]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def say(self, code: str, file: str, value: object = "", **facts: object) -> None:
        self.problems.append(problem(code, Where(file), value, **facts))


def receive(
    files: Iterable[str | Path],
    to: str | Path | None = None,
    near: Sequence[str | Path] = (".",),
    progress: Progress | None = None,
    choose: Choose | None = None,
) -> Outcome:
    """Copy `files` into 2回收 of one year and collect it.

    The year is `to`, else the one that the files lie in, else the one that the first of `near` lies in, else the only
    one in or around `near`; of several `choose` picks.
    """
    dropped = [Path(os.path.abspath(name)) for name in files]
    wrong = [problem("FILE_NOT_FOUND", Where(), shown_path(path)) for path in dropped if not os.path.lexists(path)]
    wrong += [problem("RECEIVE_DRIVE", Where(), shown_path(path)) for path in dropped if not path.name]
    if wrong:
        return misuse("receive", *wrong)
    folder, refusal = _year(dropped, to, [Path(place) for place in near], choose)
    if folder is None:
        return misuse("receive", *filter(None, (refusal,)))
    if any(_PREVIEW.fullmatch(part) for part in folder.root.parts):
        return misuse("receive", problem("RECEIVE_IN_ARCHIVE", Where(), folder.root.name))
    if _too_much(dropped):
        return misuse("receive", problem("RECEIVE_TOO_MUCH", Where(), files=MOST_FILES, megabytes=MOST_MEGABYTES))
    stored = locked("receive", folder, lambda session: _store(session, dropped, progress or untold))
    if has_errors(stored.problems) and "stored" not in stored.data:
        return stored
    return _with(stored, collect(folder.root, progress))


def _with(stored: Outcome, collected: Outcome) -> Outcome:
    """The outcome of both halves as one."""
    return replace(
        collected,
        command="receive",
        outputs=(*stored.outputs, *collected.outputs),
        problems=sort_problems([*stored.problems, *collected.problems]),
        data={**stored.data, **collected.data},
    )


# --- into which year ------------------------------------------------------------------------------------------------


def _year(
    dropped: Sequence[Path], to: str | Path | None, near: Sequence[Path], choose: Choose | None
) -> tuple[Folder | None, Problem | None]:
    """The year folder, or why there is none."""
    homes = {os.path.realpath(home.root): home for home in map(home_of, dropped) if home is not None}
    if to is not None:
        folder, missing = find(to)
        others = [home for home in homes.values() if home.root in dropped and not _same(home, folder)]
        if folder is not None and others:
            return None, problem("RECEIVE_OTHER_YEAR", Where(), others[0].root.name, year=folder.root.name)
        return folder, missing
    if len(homes) > 1:
        return None, problem("RECEIVE_MANY_YEARS", Where(), _listed(homes.values()))
    if homes:
        return next(iter(homes.values())), None
    here = Folder.find(near[0]) if near else None
    known = (here,) if here is not None else year_folders(*near)
    if len(known) > 1 and choose is not None:
        known = tuple(filter(None, (choose(known),))) or known
    if len(known) == 1:
        return known[0], None
    if not known:
        return None, problem("RECEIVE_NO_YEAR", Where())
    first = shown_path(known[0].root)
    return None, problem("RECEIVE_WHICH_YEAR", Where(), _listed(known), count=len(known), first=first)


def _listed(folders: Iterable[Folder]) -> str:
    return "、".join(sorted(shown_path(Path(folder.root.name)) for folder in folders))


def _same(one: Folder, other: Folder | None) -> bool:
    return other is not None and os.path.realpath(one.root) == os.path.realpath(other.root)


def _too_much(dropped: Iterable[Path]) -> bool:
    """Whether more was dropped than any office sends; stops counting as soon as that is known."""
    count = size = 0
    for path in dropped:
        home = home_of(path)
        if home is not None and home.root == path:
            continue  # the whole year: nothing of it is copied
        for place, _, names in os.walk(path):
            count += len(names)
            size += sum(_size(Path(place) / name) for name in names)
            if count > MOST_FILES or size > MOST_MEGABYTES * _MB:
                return True
        if not path.is_dir():
            count, size = count + 1, size + _size(path)
    return count > MOST_FILES or size > MOST_MEGABYTES * _MB


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


# --- what of it -----------------------------------------------------------------------------------------------------


def _sorted_out(folder: Folder, dropped: Sequence[Path]) -> _Found:
    """Everything dropped: to be stored, or told why not."""
    found = _Found()
    for path in dropped:
        name = relative_name(path.parent, path)
        home = home_of(path)
        if home is not None and path == home.root:
            continue  # the whole year: it is collected
        if home is not None and _lies_ready(home, path, folder):
            continue
        if home is not None and _is_own(home, path):
            found.say("RECEIVE_NOT_RETURNED", home.relative(path))
        elif path.is_symlink():
            found.say("RECEIVE_LINK", name)
        elif not path.is_dir():
            _sort(found, name, path)
        elif (inside := _year_inside(path)) is not None:
            found.say("RECEIVE_HOLDS_YEAR", name, relative_name(path, inside))
        else:
            _sort_folder(found, name, path)
    return found


def _lies_ready(home: Folder, path: Path, folder: Folder) -> bool:
    """Whether `path` is, or lies in, the very 2回收 that is going to be collected."""
    return _same(home, folder) and path.is_relative_to(home.returned)


def _is_own(home: Folder, path: Path) -> bool:
    """Whether `path` is part of the year itself, and not something a section sent."""
    first, *deeper = path.relative_to(home.root).parts
    if first == _RETURNED:
        return False
    return first in (*SUBFOLDERS, STATE_FOLDER) or (not deeper and _OWN.fullmatch(first) is not None)


def _year_inside(path: Path) -> Path | None:
    """A year folder below `path`: the desktop was dropped, or everything at once."""
    for place, folders, names in os.walk(path):
        if SCHEME in names and (_RETURNED in folders or STATE_FOLDER in folders):
            return Path(place)
    return None


def _sort_folder(found: _Found, name: str, path: Path) -> None:
    listing = list_returns(path, path.parent)
    for p in listing.problems:
        if p.code in _LINKS:
            found.say("RECEIVE_LINK", p.where.file)
        else:
            found.problems.append(p)
    for inner, file in (*listing.files, *listing.ignored):
        _sort(found, inner, file)
    if not listing.files and not listing.problems:
        found.say("RECEIVE_EMPTY", name)


def _sort(found: _Found, name: str, path: Path) -> None:
    """One file."""
    if path.is_symlink():
        found.say("RECEIVE_LINK", name)
    elif path.suffix.lower() in _SHORTCUTS:
        found.say("RECEIVE_SHORTCUT", name)
    elif is_system_file(path.name):
        found.say("RECEIVE_SYSTEM", name)
    elif not path.is_file():
        found.say("UNREADABLE", name, reason="不是普通文件")
    else:
        found.files.append((name, path))


# --- storing --------------------------------------------------------------------------------------------------------


def _store(session: Session, dropped: Sequence[Path], progress: Progress) -> Outcome:
    """Copy everything or nothing; `stored` and `already` among the data say that it was done."""
    folder = session.folder
    found = _sorted_out(folder, dropped)
    outputs, known = Outputs(folder), _known(folder)
    files: list[tuple[str, bytes]] = []
    already: list[str] = []
    for name, path in each(progress, "存放收到的文件", found.files):
        try:
            data = path.read_bytes()
        except OSError as error:
            found.say("UNREADABLE", name, reason=reason(error))
            continue
        if _is_open(path):
            found.say("RECEIVE_OPEN", name)
        there, new = _place(folder, known, name, data)
        if not new:
            already.append(there)
            found.say("RECEIVE_SAME", there)
            continue
        _tell_name(found, name, there)
        files.append((there, data))
        outputs.add(there, data, based_on="")
    stored = session.publish(outputs, batch_number(files)) if files else ()
    done = {"stored": list(stored), "already": already} if stored or not files else {}
    return Outcome("receive", outputs=stored, problems=tuple(found.problems), data=done)


def _known(folder: Folder) -> dict[str, str]:
    """Name, as Windows compares names → SHA-256 of what lies in 2回收."""
    return {name.casefold(): digest(path) or "" for name, path in list_returns(folder.returned, folder.root).files}


def _place(folder: Folder, known: dict[str, str], name: str, data: bytes) -> tuple[str, bool]:
    """(name in the folder, whether it is a new one) for a file; `known` learns it."""
    sha = hashlib.sha256(data).hexdigest()
    for candidate in _names(_unlinked(folder, f"{_RETURNED}/{_allowed(name)}")):
        taken = known.get(candidate.casefold())
        if taken == sha:
            return candidate, False
        if taken is None and not os.path.lexists(folder.root / candidate):
            known[candidate.casefold()] = sha
            return candidate, True
    raise AssertionError("names never end")


def _unlinked(folder: Folder, name: str) -> str:
    """`name` with another folder in the place of each that leads elsewhere: what is stored there is never collected."""
    *parents, last = name.split("/")
    place = folder.returned
    for number, part in enumerate(parents[1:], 1):
        while os.path.lexists(place / part) and os.path.realpath(place / part) != os.path.join(os.path.realpath(place), part):
            part += "（2）"
        parents[number], place = part, place / part
    return "/".join([*parents, last])


def _names(name: str) -> Iterator[str]:
    """`name`, then 名（2）.xlsx, 名（3）.xlsx …"""
    yield name
    head, _, last = name.rpartition("/")
    stem, dot, suffix = last.rpartition(".") if "." in last[1:] else (last, "", "")
    number = 2
    while True:
        # A name may have 255 bytes on most disks, and 255 signs on Windows.
        short = stem.encode("utf-8")[: 230 - len(suffix.encode("utf-8"))].decode("utf-8", "ignore")
        yield f"{head}/{short}（{number}）{dot}{suffix}"
        number += 1


def _allowed(name: str) -> str:
    """`name` without what Windows refuses."""
    parts = (re.sub(r"[ .]+$", "_", _FORBIDDEN.sub("_", part)) for part in name.split("/"))
    return "/".join(parts)


def _tell_name(found: _Found, name: str, there: str) -> None:
    wanted = f"{_RETURNED}/{name}"
    if there == wanted:
        return
    code = "RECEIVE_NAME" if there == f"{_RETURNED}/{_allowed(name)}" else "RECEIVE_RENAMED"
    found.say(code, name, there)


def _is_open(path: Path) -> bool:
    """Whether Excel, WPS or LibreOffice has left its mark beside the file."""
    marks = (f"~${path.name}", f".~lock.{path.name}#", f".~{path.name}", f"~${path.name[2:]}")
    return any(os.path.exists(path.parent / mark) for mark in marks)  # a mark too long for a name is none
