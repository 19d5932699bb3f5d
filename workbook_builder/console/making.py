"""kaoping console: 考评控制台.xlsm and the settings beside it, in the working folder.

Comes in: a working folder. Goes out: an `Outcome`. A console that is there stays as it is (people may have added macros of
their own); what tells it which Python to start is renewed each time.
"""

from __future__ import annotations

import locale
import sys
from importlib.util import find_spec
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from workbook_builder.commands import Outcome, status
from workbook_builder.commands.outcome import misuse
from workbook_builder.commands.session import Session, find, locked
from workbook_builder.commands.watching import Progress
from workbook_builder.console import places as at
from workbook_builder.console.board import board
from workbook_builder.console.book import console_book
from workbook_builder.folder import Outputs, batch_number
from workbook_builder.problems import Problem, Where, problem

#: Where xlwings keeps its workbook with all that a button needs.
_SHIPPED, _PROJECT = "quickstart_standalone.xlsm", "xl/vbaProject.bin"
_ENTRY = Path(__file__).resolve().parent / "entry"
_NEXT = (
    "用 Excel 打开 考评控制台.xlsm，启用宏，选一步，点“执行”；提示宏已被阻止的，关闭后右击该文件，在“属性”里勾“解除锁定”。"
    "不用它也行，菜单里做的是同样的事"
)


def console(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Make the console of the working folder, unless it is there; renew its settings."""
    folder, missing = find(directory)
    if folder is None:
        return misuse("console", missing)
    project = shipped_project()
    if isinstance(project, Problem):
        return misuse("console", project, folder=folder)
    settings = conf()
    if isinstance(settings, Problem):
        return misuse("console", settings, folder=folder)
    found = status(folder.root, progress)
    return locked("console", folder, lambda session: _write(session, found, project, settings))


def _write(session: Session, found: Outcome, project: bytes, settings: bytes) -> Outcome:
    folder = session.folder
    outputs = Outputs(folder)
    kept = (folder.root / at.BOOK).exists()
    files = {at.SETTINGS: settings}
    if not kept:
        files[at.BOOK] = console_book(board(folder, found, None), str(found.data.get("title", "工作考评")), project)
    for name, data in files.items():
        outputs.add(name, data)
    written = session.publish(outputs, batch_number(files.items()))
    return Outcome(
        "console",
        outputs=written,
        problems=(problem("CONSOLE_KEPT", Where(at.BOOK)),) if kept else (),
        data={"next": _NEXT},
    )


def shipped_project() -> bytes | Problem:
    """The macro project as xlwings ships it, unchanged, or why there is none."""
    spec = find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        return problem("XLWINGS_MISSING", Where())
    path = Path(next(iter(spec.submodule_search_locations))) / _SHIPPED
    try:
        with ZipFile(path) as package:
            return package.read(_PROJECT)
    except (OSError, KeyError, BadZipFile):
        return problem("XLWINGS_BROKEN", Where(), _SHIPPED)


def conf() -> bytes | Problem:
    """xlwings.conf: this Python, and where the button's module lies; read by VBA, so in the system's own encoding."""
    rows = (
        ("INTERPRETER_WIN", sys.executable),
        ("PYTHONPATH", str(_ENTRY)),
        # Whatever lies in the working folder is no program.
        ("ADD_WORKBOOK_TO_PYTHONPATH", "false"),
    )
    text = "".join(f'"{key}","{value}"\r\n' for key, value in rows)
    encoding = locale.getencoding() if sys.platform == "win32" else "gbk"
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        return problem("CONSOLE_PATH", Where(), text[error.start : error.end])
