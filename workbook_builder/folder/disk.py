"""Small disk operations whose failure and durability matter, and how their errors are told.

Comes in: paths and bytes. Goes out: bytes on the disk, or OSError; `write_problem` turns an OSError into a Problem.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from workbook_builder.problems import Problem, Where, problem

#: Called with the name of each step of a publication ("stage:<name>", "journal", "rename:<name>", "clean",
#: "clean:stage") just before it happens; tests raise or end the process there. Never set in the product.
FAULT: Callable[[str], None] | None = None

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_OF_THE_DISK = ("DISK_FULL", "FOLDER_READONLY")
_REASONS = {
    errno.EACCES: "没有权限，或正被其他程序占用",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件不存在，或链接指向的文件已不在",
    errno.ELOOP: "链接互相指向",
    errno.ENAMETOOLONG: "路径太长",
    errno.ENOTDIR: "上级不是文件夹",
    errno.EIO: "磁盘或网络读写出错",
}


def step(name: str) -> None:
    """Marks the point just before a step that an interruption may hit."""
    if FAULT is not None:
        FAULT(name)


def write_synced(path: Path, data: bytes) -> None:
    """Writes a file and waits until the disk has it; access bits follow the umask."""
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes) -> None:
    """Writes a small file so that a reader finds the old or the new content, never a part."""
    part = path.with_name(path.name + ".tmp")
    try:
        write_synced(part, data)
        replace(part, path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def replace(source: Path, target: Path) -> None:
    """os.replace; on Windows patient with virus scanners, which hold a new file for a moment."""
    for pause in (0.05, 0.2, 0.5) if os.name == "nt" else ():
        try:
            os.replace(source, target)
            return
        except PermissionError:
            time.sleep(pause)
    os.replace(source, target)


def sync_directory(path: Path) -> None:
    """Makes renames in a directory durable where the system allows it (Windows and some shares do not)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def digest(path: Path) -> str | None:
    """SHA-256 of a file's content in hex; None when there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def reason(error: OSError) -> str:
    """Why a disk operation failed, in Chinese."""
    return _REASONS.get(error.errno or 0, f"系统错误 {error.errno}")


def once(problems: Sequence[Problem]) -> list[Problem]:
    """`problems`, but a full or read-only disk told once and not once per file; what concerns it comes last."""
    whole = [p for p in problems if p.code in _OF_THE_DISK]
    return [p for p in problems if p not in whole] + whole[:1]


def write_problem(error: OSError, file: str) -> Problem:
    """The problem for a write to `file` (relative to the folder) that the system refused."""
    if error.errno in _FULL:
        return problem("DISK_FULL", Where(file=file))
    if error.errno in _DENIED:
        return problem("FOLDER_READONLY", Where(file=file))
    return problem("OUTPUT_FAILED", Where(file=file), value=error.strerror or "", reason=reason(error))
