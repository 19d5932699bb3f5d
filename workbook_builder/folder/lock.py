"""One run at a time in a working folder.

The lock is the operating system's, on .kaoping/lock: it ends with the process, however that ends, so nobody ever
has to delete a stale lock file.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workbook_builder.folder.disk import write_problem
from workbook_builder.folder.paths import Folder
from workbook_builder.problems import Problem, Where, problem

if os.name == "nt":
    import msvcrt
else:
    import fcntl

_TAKEN = {errno.EACCES, errno.EAGAIN, getattr(errno, "EDEADLK", errno.EAGAIN), getattr(errno, "EDEADLOCK", errno.EAGAIN)}
_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EINVAL, getattr(errno, "ENOTSUP", errno.ENOSYS)}

#: Open descriptors of the lock file in this process. A forked worker that outlives its parent would otherwise keep the lock.
_held: set[int] = set()


@dataclass(frozen=True, slots=True)
class RunLock:
    """Whether the run may go on, and what to say about it (also possible with `held`: no lock support)."""

    held: bool
    problems: tuple[Problem, ...] = ()


@contextmanager
def run_lock(folder: Folder) -> Iterator[RunLock]:
    """Holds the folder for the length of the `with` block.

    Not held: RUN_IN_PROGRESS (another run), FOLDER_READONLY, DISK_FULL or OUTPUT_FAILED; nothing is raised.
    """
    name = folder.relative(folder.lock)
    try:
        folder.state.mkdir(exist_ok=True)
        descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        yield RunLock(False, (write_problem(error, name),))
        return
    _held.add(descriptor)
    try:
        refusal = _take(descriptor, name)
        if refusal is None or refusal.code == "LOCK_UNSUPPORTED":
            yield RunLock(True, (refusal,) if refusal else ())
        else:
            yield RunLock(False, (refusal,))
    finally:
        if descriptor in _held:  # not so in a forked child, which has closed it already
            _held.discard(descriptor)
            os.close(descriptor)  # releases the lock on both systems


def _take(descriptor: int, name: str) -> Problem | None:
    try:
        if os.name == "nt":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return problem("RUN_IN_PROGRESS", Where())
        if error.errno in _UNSUPPORTED:
            return problem("LOCK_UNSUPPORTED", Where())
        return write_problem(error, name)
    return None


def _forget_in_child() -> None:
    for descriptor in tuple(_held):
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
