"""A click on 执行: the chosen step is done, and the console says how it ended.

Comes in: the book that called, by xlwings. Goes out: cells of its sheets; whatever goes wrong is one Chinese line there,
with the details in the folder's log, never a traceback on the screen.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_builder.console import board as b
from workbook_builder.console import live

if TYPE_CHECKING:
    from workbook_builder.commands import Outcome
    from workbook_builder.folder import Folder

_CALLED_BY_HAND = "考评控制台只能从 Excel 里运行：打开 考评控制台.xlsm，点“执行”。不用 Excel 的，运行 kaoping 用菜单。"
_NOT_REACHED = "程序接不上这个表格软件，什么也没有做。控制台只能在微软 Excel 里用；用 WPS 的，请在菜单（开始.bat）里做。"
_ELSEWHERE = "本文件不在考评工作文件夹里（旁边没有 方案.xlsx），什么也没有做。请把它放回年度文件夹，或在那里运行 kaoping console。"
_UNREACHABLE = "找不到本文件在电脑上的位置（可能存在网盘上，或还没有保存），什么也没有做。请保存到本机的年度文件夹里再用。"
_UNKNOWN = "没有“{name}”这一步，什么也没有做。请在“要做的事”的下拉中选一步。"
_FAULT = "程序内部出错（{kind}），这不是填报的问题。再点一次“执行”；仍然出错，请把 {log} 发给维护人员。"


def main() -> None:
    """Do the step that is chosen on the sheet."""
    _called("")


def run(command: str) -> None:
    """Do the step that runs `command` (check, build, collect, summarize, review, archive, status), whatever is chosen."""
    _called(command)


def _called(command: str) -> None:
    book = _caller()
    if book is None:
        return
    with ExitStack() as stack:
        status_bar = stack.enter_context(live.StatusBar(book.app))
        name, when = "", f"{datetime.now():%Y-%m-%d %H:%M}"
        folder: Folder | None = None
        try:
            step = _step(command or live.chosen(book))
            name = step if step in b.CHOICES else ""
            folder, refused = _folder(book)
            if not name:
                live.answer(book, b.failed(_UNKNOWN.format(name=b.clipped(step)), when=when))
            elif folder is None:
                live.answer(book, b.failed(refused, name, when, chosen=name))
            else:
                live.show(book, _done(folder, name, when, status_bar))
        except Exception as error:  # a fault of ours must be one line on the sheet, not a box full of English
            live.answer(book, b.failed(_log(error, folder), name, when, chosen=name or b.STATUS.name))


def _caller() -> Any:
    """The book whose button was clicked. Without one a line on stderr: None by hand, else the end with exit code 1."""
    import xlwings

    try:
        return xlwings.Book.caller()
    except Exception:  # whatever xlwings raises here depends on the system; without a book there is nowhere to say it
        clicked = any(argument.startswith("--from_xl") for argument in sys.argv)
        sys.stderr.write((_NOT_REACHED if clicked else _CALLED_BY_HAND) + "\n")
        if clicked:
            # The macro shows what stands on stderr, but only of a program that failed.
            raise SystemExit(1) from None
        return None


def _step(named: str) -> str:
    """The step's name by its own name or by its command's."""
    by_command = {step.command: name for name, step in reversed(b.CHOICES.items())}
    return by_command.get(named, named)


def _folder(book: Any) -> tuple[Folder | None, str]:
    """The working folder the book lies in, or why there is none."""
    from workbook_builder.folder import Folder

    path = Path(book.fullname)
    if not path.is_absolute() or not path.parent.is_dir():
        return None, _UNREACHABLE
    folder = Folder.find(path.parent)
    return folder, "" if folder is not None else _ELSEWHERE


def _done(folder: Folder, name: str, when: str, progress: live.StatusBar) -> b.Board:
    """The board after the step called `name`."""
    from workbook_builder import commands

    command = b.CHOICES[name].command
    ran: Outcome = (
        commands.check(folder.root) if command == "check" else getattr(commands, command)(folder.root, progress=progress)
    )
    status = ran if command == "status" else commands.status(folder.root, progress=progress)
    return b.board(folder, status, ran, name, when)


def _log(error: Exception, folder: Folder | None) -> str:
    """The details into the folder's log; the line for the sheet."""
    from workbook_builder.folder import log_trace

    trace = "".join(traceback.format_exception(error))
    kept = folder is not None and log_trace(folder, trace)
    log = folder.relative(folder.log_file) if kept and folder is not None else "这一行"
    return _FAULT.format(kind=type(error).__name__, log=log)
