"""A zip from outside, opened with care: the directory is judged first, then parts are streamed under a byte cap.

Comes in: bytes. Goes out: `Package`, whose parts arrive as chunks. Raises only `Refusal`.
"""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator

from workbook_builder.intake.limits import LIMITS, MB
from workbook_builder.intake.model import Refusal

#: What zipfile and zlib are known to raise on damaged input.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    struct.error,
    OverflowError,
)
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Flag bits of an entry: encrypted, patched data, strong encryption, masked headers.
_ENCRYPTED_BITS = 0x1 | 0x20 | 0x40 | 0x2000
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The zip, its directory read but not yet judged. Refuses a damaged or oversized directory."""
    if _directory_size(data) > LIMITS.directory_size:
        raise Refusal("ZIP_TOO_MANY_PARTS", limit=LIMITS.part_count)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise Refusal("ZIP_DAMAGED", part="") from error


def _directory_size(data: bytes) -> int:
    """Bytes the zip says its directory takes; 0 if there is no end record (zipfile will then say so)."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        return 0
    (size,) = struct.unpack_from("<L", data, end + 12)
    if size != 0xFFFFFFFF:
        return size
    end64 = end - 20 - 56
    if end64 < 0 or data[end64 : end64 + 4] != _END64:
        return size
    return struct.unpack_from("<Q", data, end64 + 40)[0]


def check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse by what the directory itself admits: too many parts, too large, too well compressed."""
    if len(infos) > LIMITS.part_count:
        raise Refusal("ZIP_TOO_MANY_PARTS", limit=LIMITS.part_count)
    total = 0
    for info in infos:
        size = info.file_size
        total += size
        bomb = size > LIMITS.ratio_from and size > LIMITS.ratio * info.compress_size
        if size > LIMITS.part_size or total > LIMITS.inflated_total or bomb:
            raise Refusal("ZIP_INFLATES_TOO_LARGE", info.filename, limit=LIMITS.inflated_total // MB)


def is_unsafe_name(name: str) -> bool:
    """Whether a member's name (with "/") points outside the place it would be unpacked to."""
    return name.startswith("/") or "\0" in name or ".." in name.split("/") or name[1:2] == ":"


def check_readable(info: zipfile.ZipInfo) -> None:
    """Refuse an entry that is encrypted or compressed by a method no office program uses."""
    if info.flag_bits & _ENCRYPTED_BITS:
        raise Refusal("ZIP_ENTRY_ENCRYPTED", info.filename)
    if info.compress_type not in _READABLE_METHODS:
        raise Refusal("ZIP_METHOD_UNKNOWN", info.filename)


def inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry in chunks, never more than its cap; the checksum is verified at its end."""
    check_readable(info)
    chunk, left = LIMITS.chunk, LIMITS.part_size
    try:
        with archive.open(info) as stream:
            while piece := stream.read(chunk):
                left -= len(piece)
                if left < 0:
                    raise Refusal("ZIP_INFLATES_TOO_LARGE", info.filename, limit=LIMITS.inflated_total // MB)
                yield piece
    except _DAMAGE as error:
        raise Refusal("ZIP_DAMAGED", info.filename, part=info.filename) from error


class Package:
    """An office document's zip. Part names are compared as the standard says: ignoring case."""

    def __init__(self, data: bytes) -> None:
        self._archive = open_zip(data)
        infos = self._archive.infolist()
        check_sizes(infos)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self._read = 0
        self._until = time.monotonic() + LIMITS.seconds
        for info in infos:
            name = info.filename.replace("\\", "/")
            if is_unsafe_name(name):
                raise Refusal("ZIP_UNSAFE_NAME", info.filename)
            key = name.lower()
            if key in self._parts:
                raise Refusal("ZIP_DUPLICATE_ENTRY", info.filename)
            self._parts[key] = info

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def names(self) -> list[str]:
        """Lower-cased names of all parts, in directory order."""
        return list(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's bytes, chunk by chunk, counted against the book's total. KeyError if there is no such part."""
        for piece in inflate(self._archive, self._parts[name.lower()]):
            self._read += len(piece)
            if self._read > LIMITS.inflated_total:
                raise Refusal("ZIP_INFLATES_TOO_LARGE", name, limit=LIMITS.inflated_total // MB)
            # All work on a file is done between two pieces of it, so this is where its time is looked at.
            if time.monotonic() > self._until:
                raise Refusal("READER_TIMEOUT", name, seconds=int(LIMITS.seconds))
            yield piece

    def head(self, name: str) -> bytes:
        """The first chunk of a part, or b"" if it is absent."""
        if name not in self:
            return b""
        return next(self.chunks(name), b"")
