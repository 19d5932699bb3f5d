"""Which files are in a folder that people drop things into.

Comes in: a directory. Goes out: every entry below it exactly once - a file to read, a system file to ignore, or a
problem. No file's content is looked at here.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from workbook_builder.folder import disk
from workbook_builder.folder.paths import relative_name
from workbook_builder.problems import Problem, Where, problem, sort_problems

_SYSTEM_NAMES = {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini"}
#: Excel and Word owner files, LibreOffice and WPS lock files, macOS companions.
_SYSTEM_PREFIXES = ("~$", ".~", "._")


@dataclass(frozen=True, slots=True)
class Listing:
    """(name, path) pairs sorted by name; names as in problems. `ignored` holds files of the system's making."""

    files: tuple[tuple[str, Path], ...]
    ignored: tuple[tuple[str, Path], ...]
    problems: tuple[Problem, ...]


def list_returns(directory: Path, root: Path | None = None) -> Listing:
    """Every file below `directory`, at any depth, in an order that does not depend on the file system.

    Names are relative to `root`, the working folder (default: `directory`). Links to folders are never entered
    (LINK_OUTSIDE, LINK_FOLDER), links to files only where they end inside `directory`; what cannot be opened is
    UNREADABLE. An absent `directory` holds nothing and is no problem.
    """
    base = directory if root is None else root
    boundary = Path(os.path.realpath(directory))
    files: list[tuple[str, Path]] = []
    ignored: list[tuple[str, Path]] = []
    problems: list[Problem] = []
    waiting = [directory] if directory.exists() else []
    while waiting:
        place = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except OSError as error:
            problems.append(_unreadable(relative_name(base, place), disk.reason(error)))
            continue
        for entry in entries:
            path, name = Path(entry.path), relative_name(base, Path(entry.path))
            found = _judge(entry, path, name, boundary)
            if isinstance(found, Problem):
                problems.append(found)
            elif found == "folder":
                waiting.append(path)
            else:
                (files if found == "file" else ignored).append((name, path))
    return Listing(_sorted(files), _sorted(ignored), sort_problems(problems))


def _sorted(pairs: list[tuple[str, Path]]) -> tuple[tuple[str, Path], ...]:
    # Two files may have one NFC name; the raw name then decides.
    return tuple(sorted(pairs, key=lambda pair: (pair[0], os.fsencode(pair[1]))))


def _judge(entry: os.DirEntry, path: Path, name: str, boundary: Path) -> str | Problem:
    """"folder", "file", "ignored", or the problem that stands for the entry."""
    try:
        linked = _is_link(entry)
        folder = entry.is_dir()
        if not folder and is_system_file(entry.name):
            return "ignored"
        if linked:
            inside = Path(os.path.realpath(path, strict=True)).is_relative_to(boundary)
            if not inside or folder:
                return problem("LINK_FOLDER" if inside else "LINK_OUTSIDE", Where(file=name))
        if folder:
            return "folder"
        # Opening a pipe would wait for ever.
        if not stat.S_ISREG(entry.stat().st_mode):
            return _unreadable(name, "不是普通文件")
        with open(path, "rb"):
            return "file"
    except OSError as error:
        return _unreadable(name, disk.reason(error))


def _is_link(entry: os.DirEntry) -> bool:
    """A symbolic link, or a junction, which Windows makes without administrator rights."""
    if entry.is_symlink():
        return True
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return bool(tag) and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)


def is_system_file(name: str) -> bool:
    """Whether the system or an office program has made a file of this name."""
    return name.casefold() in _SYSTEM_NAMES or name.startswith(_SYSTEM_PREFIXES)


def _unreadable(name: str, why: str) -> Problem:
    return problem("UNREADABLE", Where(file=name), reason=why)
