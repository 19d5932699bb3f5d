"""One line that says what a long command is at: only where a person sits at a terminal, gone when the work is done.

Comes in: what is being done, how much of it, of how much. Goes out: a line on stderr, written over itself. No thread, no
colour, nothing but blanks and carriage returns: any console shows it.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from workbook_builder.cli.words import width_of, wrap

if TYPE_CHECKING:
    from workbook_builder.commands.watching import Progress

#: Seconds between two pictures of the same work; a terminal far away is slow.
_PAUSE = 0.1


@contextmanager
def progress_line(quiet: bool = False) -> Iterator[Progress]:
    """What a command tells its progress to; nothing is shown to a program or into a file."""
    from workbook_builder.commands.watching import untold

    stream = sys.stderr
    if quiet or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield untold
        return
    line = Line(stream)
    try:
        line("准备", 0, 0)
        yield line
    finally:
        line.clear()


class Line:
    """The line: called with (what, done, total); `total` 0 where nobody knows how many."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._what, self._shown, self._last = "", 0, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what == self._what and done < total and now - self._last < _PAUSE:
            return
        self._what, self._last = what, now
        # One column stays free: a full line would make the terminal go on to the next.
        room = max(10, shutil.get_terminal_size((80, 24)).columns - 1)
        from workbook_builder.commands.watching import told

        self._write(wrap(told(what, done, total), room)[0])

    def clear(self) -> None:
        """Nothing of it stays."""
        self._write("")
        self._stream.write("\r")
        self._stream.flush()

    def _write(self, text: str) -> None:
        width = width_of(text)
        self._stream.write("\r" + text + " " * max(0, self._shown - width))
        self._stream.flush()
        self._shown = width
