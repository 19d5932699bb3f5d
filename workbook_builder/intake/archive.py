"""A returned .zip → its members: one level, and one more for a zip inside it.

One bad member costs itself alone; only what endangers the run (a bomb, a directory that cannot be read) refuses
the whole archive.
"""

from __future__ import annotations

import struct
import zipfile

from workbook_builder.intake.limits import LIMITS, MB
from workbook_builder.intake.model import Refusal
from workbook_builder.intake.package import check_sizes, inflate, is_unsafe_name, open_zip
from workbook_builder.intake.sniffing import sniff
from workbook_builder.problems import Problem, Where, problem

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_JUNK_NAMES = frozenset([".ds_store", "thumbs.db", "desktop.ini"])
_UNSUPPORTED = ("rar", "7z", "gz")


def iter_zip(data: bytes, name: str) -> tuple[list[tuple[str, bytes]], list[Problem]]:
    """The members of a returned archive as (name with "/", bytes), in directory order, and what could not be taken.

    A member of a zip inside is named `inner.zip/member`. Problems stand at `name`, or at `name/member`. Never raises
    for a bad archive.
    """
    if len(data) > LIMITS.file_size:
        return [], [problem("ARCHIVE_TOO_LARGE", Where(name), limit=LIMITS.file_size // MB)]
    kind = sniff(data, name)
    if kind in _UNSUPPORTED:
        return [], [problem("ARCHIVE_UNSUPPORTED", Where(name), kind=kind)]
    if kind == "empty":
        return [], [problem("FILE_EMPTY", Where(name))]
    if not data.startswith(b"PK"):
        return [], [problem("FILE_NOT_ARCHIVE", Where(name))]
    unpacking = _Unpacking(name)
    unpacking.take(data, "", 1)
    if not unpacking.members and not unpacking.problems:
        return [], [problem("ARCHIVE_EMPTY", Where(name))]
    return unpacking.members, unpacking.problems


class _Unpacking:
    """One archive being unpacked; the limits of bytes and members cover it together with the zips inside it."""

    def __init__(self, name: str) -> None:
        self.members: list[tuple[str, bytes]] = []
        self.problems: list[Problem] = []
        self._name = name
        self._left = LIMITS.inflated_total
        self._count = 0

    def take(self, data: bytes, folder: str, depth: int) -> None:
        """Add the members of `data`, which lies in `folder` ("" or ending in "/")."""
        try:
            archive = open_zip(data)
            check_sizes(archive.infolist())
        except Refusal as refusal:
            self._report(refusal, folder.rstrip("/"))
            return
        seen: set[str] = set()
        for info in archive.infolist():
            if info.is_dir() or self._left <= 0:
                continue
            self._count += 1
            if self._count > LIMITS.part_count:
                if self._count == LIMITS.part_count + 1:
                    self._report(Refusal("ZIP_TOO_MANY_PARTS", limit=LIMITS.part_count), "")
                return
            member = _decoded_name(info)
            if _is_junk(member):
                continue
            try:
                content = self._content(archive, info, member, seen)
            except Refusal as refusal:
                self._report(refusal, folder + member)
                continue
            self._add(content, folder + member, depth)

    def _content(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str, seen: set[str]) -> bytes:
        if is_unsafe_name(member):
            raise Refusal("ZIP_UNSAFE_NAME", member)
        if member.lower() in seen:
            raise Refusal("ZIP_DUPLICATE_ENTRY", member)
        seen.add(member.lower())
        pieces: list[bytes] = []
        for piece in inflate(archive, info):
            pieces.append(piece)
            self._left -= len(piece)
            if self._left < 0:
                raise Refusal("ZIP_INFLATES_TOO_LARGE", member, limit=LIMITS.inflated_total // MB)
        return b"".join(pieces)

    def _add(self, content: bytes, member: str, depth: int) -> None:
        if not content.startswith(b"PK") or sniff(content, member) != "zip":
            self.members.append((member, content))
        elif depth >= LIMITS.zip_depth:
            self._report(Refusal("ARCHIVE_NESTED", member), member)
        else:
            self.take(content, member + "/", depth + 1)

    def _report(self, refusal: Refusal, member: str) -> None:
        place = f"{self._name}/{member}" if member else self._name
        self.problems.append(problem(refusal.code, Where(place), refusal.value, **refusal.facts))


def _is_junk(member: str) -> bool:
    """What systems and editors leave in archives by themselves."""
    *folders, last = member.split("/")
    return "__MACOSX" in folders or last.lower() in _JUNK_NAMES or last.startswith(("~$", "._", ".~"))


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """The member's name as it was meant, with "/".

    Chinese Windows stores GBK and says nothing, macOS stores UTF-8 and says nothing, zipfile then reads cp437.
    """
    raw_name = info.orig_filename
    if info.flag_bits & _UTF8_FLAG:
        return raw_name.replace("\\", "/")
    raw = raw_name.encode("cp437", "replace")
    stated = _unicode_path(info.extra)
    if stated:
        return stated.replace("\\", "/")
    for encoding in ("utf-8", "gbk", "gb18030"):
        try:
            # Decoded before the backslashes go: in GBK the second half of a character may be one.
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return raw_name.replace("\\", "/")


def _unicode_path(extra: bytes) -> str:
    """The name in Info-ZIP's extra field, or ""."""
    place = 0
    while place + 4 <= len(extra):
        field, size = struct.unpack_from("<2H", extra, place)
        if field == _UNICODE_PATH and size > 5:
            return extra[place + 9 : place + 4 + size].decode("utf-8", "replace")
        place += 4 + size
    return ""
