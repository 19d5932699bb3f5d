"""Which files and folders a person means: what was dropped onto a launcher, the year folders nearby, a number typed.

Comes in: the command line of a launcher, what is typed, places on the disk. Goes out: paths and folders. Only the two
functions that ask talk to the person.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from workbook_builder.folder import Folder
from workbook_builder.folder.nearby import year_folders

#: Set by the launchers of Windows: the command line as Explorer wrote it, and the name of the launcher in it.
LINE, LAUNCHER = "KAOPING_LINE", "KAOPING_LAUNCHER"
#: Beside the launchers and nowhere else.
_MARK = Path("launch") / "install.py"
_QUESTION = "把收到的文件或文件夹拖进这个窗口，按回车（直接按回车就不收了）："
_WHICH = "收进哪一个？输入编号，按回车（直接按回车就不收了）："
Say = Callable[[str], None]


def program_folder() -> Path | None:
    """The folder of the launchers that this Python was installed from; None if it was installed otherwise."""
    home = Path(sys.prefix).parent
    return home if sys.prefix != sys.base_prefix and (home / _MARK).is_file() else None


def near() -> tuple[Path, ...]:
    """Where year folders are looked for."""
    program = program_folder()
    return (Path("."),) if program is None else (Path("."), program)


def known_years() -> tuple[Folder, ...]:
    """The year folders in or around those places."""
    return year_folders(*near())


def new_years_place() -> Path:
    """Where a new year goes if a person stands in none: here, but beside the program and not into it."""
    here = Path(".").absolute()
    program = program_folder()
    return here.parent if program is not None and os.path.realpath(program) == os.path.realpath(here) else here


# --- what was dropped -----------------------------------------------------------------------------------------------


def dropped(arguments: Sequence[Path] = ()) -> list[Path]:
    """What was dropped onto a launcher; else `arguments`.

    Explorer puts a path into quotes only where it holds a blank, and cmd takes an `&` outside quotes for the end of a
    command. The launcher therefore hands on the whole line as it was.
    """
    line, launcher = os.environ.get(LINE, ""), os.environ.get(LAUNCHER, "")
    found = re.search(re.escape(launcher) + r'(?=["\s]|$)', line, re.IGNORECASE) if launcher else None
    rest = line[found.end() :].removeprefix('"') if found else ""
    # cmd /c "…": the last quote belongs to the first.
    if rest.count('"') % 2:
        rest = rest.rstrip()[:-1] if rest.rstrip().endswith('"') else rest
    return [Path(one or two) for one, two in re.findall(r'"([^"]+)"|([^ \t"]+)', rest)] or list(arguments)


def opened() -> Path:
    """The folder a person has opened with the launcher, else the present one."""
    paths = dropped()
    return paths[0] if paths and paths[0].exists() else Path(".")


def typed_paths(line: str) -> list[Path]:
    """Paths as they arrive when something is dragged into a window: quoted, escaped, as addresses, or plain."""
    text = line.strip()
    plain = text.strip("\"'“”").strip()
    if not plain:
        return []
    if Path(plain).expanduser().exists():
        return [Path(plain).expanduser()]
    if os.name == "nt":
        words = [one or two for one, two in re.findall(r'"([^"]+)"|([^ \t"]+)', text)]
    else:
        try:
            words = shlex.split(text)
        except ValueError:  # a quotation mark that is part of a name
            words = [plain]
    return [Path(_path_of(word)).expanduser() for word in words]


def _path_of(word: str) -> str:
    """A file:// address as the path it names."""
    return unquote(urlsplit(word).path) if word.startswith("file://") else word


# --- asking ---------------------------------------------------------------------------------------------------------


def ask_for_files() -> list[Path]:
    """What a person drags into the window."""
    return typed_paths(input(_QUESTION))


def chooser(say: Say) -> Callable[[Sequence[Folder]], Folder | None]:
    """A function that lets a person pick one of several year folders by its number."""

    def choose(folders: Sequence[Folder]) -> Folder | None:
        say("附近有几个年度文件夹：")
        for line in numbered(folders):
            say(line)
        return by_number(input(_WHICH), folders)

    return choose


def numbered(folders: Sequence[Folder]) -> list[str]:
    """A line for each folder: number, name, where it lies."""
    return [f"  {number} {folder.root.name}（在 {folder.root.parent}）" for number, folder in enumerate(folders, 1)]


def by_number(typed: str, folders: Sequence[Folder]) -> Folder | None:
    """The folder of this number; full-width digits are understood."""
    word = typed.strip().strip(".、")
    number = int(word) if word.isdecimal() else 0
    return folders[number - 1] if 0 < number <= len(folders) else None
