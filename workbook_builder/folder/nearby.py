"""Year folders around a place, so that nobody has to type a path.

Comes in: places. Goes out: the working folders that they are, lie in, lie beside or hold - one level, no deeper.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workbook_builder.folder.paths import SCHEME, SUBFOLDERS, Folder


def home_of(path: Path) -> Folder | None:
    """The working folder that `path` is or lies in; below one of our own sub-folders at any depth."""
    full = Path(os.path.abspath(path))
    inside = [p for p in (full, *full.parents) if p.name in SUBFOLDERS and (p.parent / SCHEME).is_file()]
    return Folder(inside[-1].parent) if inside else Folder.find(full)


def year_folders(*places: Path) -> tuple[Folder, ...]:
    """Every working folder in or around `places` once, by name."""
    found: dict[str, Folder] = {}
    for place in places:
        here = Path(os.path.abspath(place))
        own = Folder.find(here)
        around = (own.root.parent,) if own is not None else (here, here.parent)
        for root in (*([own.root] if own is not None else []), *(child for base in around for child in _below(base))):
            found.setdefault(os.path.realpath(root), Folder(root))
    return tuple(sorted(found.values(), key=lambda folder: (folder.root.name, str(folder.root))))


def _below(base: Path) -> Iterator[Path]:
    """Folders directly in `base` that hold a 方案.xlsx; what may not be looked into holds none."""
    with suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            with suppress(OSError):
                if not entry.name.startswith(".") and entry.is_dir() and (Path(entry.path) / SCHEME).is_file():
                    yield Path(entry.path)
