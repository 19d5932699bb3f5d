"""OLE compound files (old Office formats, encrypted new ones): just enough to tell what they hold.

Comes in: bytes beginning with the OLE signature. Goes out: stream names and the head of a stream. Never raises;
a damaged file simply shows fewer streams.
"""

from __future__ import annotations

import struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA  # and above: free, end, table sectors
_ENTRY = 128
_MAX_ENTRIES = 20_000
_MINI_CUTOFF = 4096

_BOF = (0x0009, 0x0209, 0x0409, 0x0809)
_FILEPASS = 0x002F
_BOUNDSHEET = 0x0085

#: Names looked for in the raw bytes when the directory itself cannot be followed.
_FALLBACK = ("EncryptedPackage", "Workbook", "Book", "WordDocument", "PowerPoint Document")


class OleFile:
    """The directory of a compound file: `streams` is name → (first sector, size in bytes)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.streams: dict[str, tuple[int, int]] = {}
        try:
            self._open()
        except (struct.error, ValueError):
            self.streams = {}
        if not self.streams:
            self._search()

    def _open(self) -> None:
        data = self._data
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            raise ValueError("sector size")
        self._sector = 1 << shift
        table_sectors = list(struct.unpack_from("<109L", data, 76))
        following, count = struct.unpack_from("<2L", data, 68)
        per_sector = self._sector // 4
        for _ in range(min(count, len(data) // self._sector)):
            if following >= _END_OF_CHAIN:
                break
            *more, following = struct.unpack_from(f"<{per_sector}L", data, self._offset(following))
            table_sectors += more
        self._tables = [sector for sector in table_sectors if sector < _END_OF_CHAIN]
        self._per_sector = per_sector
        first = struct.unpack_from("<L", data, 48)[0]
        self._list(self._chain(first, _MAX_ENTRIES * _ENTRY))

    def _offset(self, sector: int) -> int:
        return (sector + 1) * self._sector

    def _next(self, sector: int) -> int:
        index, place = divmod(sector, self._per_sector)
        if index >= len(self._tables):
            return _END_OF_CHAIN
        return struct.unpack_from("<L", self._data, self._offset(self._tables[index]) + 4 * place)[0]

    def _chain(self, sector: int, size: int) -> bytes:
        """At most `size` bytes of the chain that begins at `sector`; its length bounds a loop in the table."""
        pieces: list[bytes] = []
        for _ in range(size // self._sector + 1):
            if sector >= _END_OF_CHAIN:
                break
            start = self._offset(sector)
            pieces.append(self._data[start : start + self._sector])
            sector = self._next(sector)
        return b"".join(pieces)[:size]

    def _list(self, directory: bytes) -> None:
        for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", directory, start + 64)[0]
            if not 2 <= length <= 64 or directory[start + 66] not in (1, 2):
                continue
            name = directory[start : start + length - 2].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<2L", directory, start + 116)
            # The first of a name wins: embedded objects repeat the names of their hosts further down.
            self.streams.setdefault(name, (first, size))

    def _search(self) -> None:
        head = self._data[: 4 * 1024 * 1024] + self._data[-1024 * 1024 :]
        for name in _FALLBACK:
            if ("\0" + name).encode("utf-16-le")[1:] in head:
                self.streams[name] = (_END_OF_CHAIN, 0)

    def head(self, name: str, size: int = 8192) -> bytes:
        """The first bytes of a stream; b"" for one that is too small to have sectors of its own."""
        first, length = self.streams.get(name, (_END_OF_CHAIN, 0))
        if first >= _END_OF_CHAIN or length < _MINI_CUTOFF:
            return b""
        try:
            return self._chain(first, min(size, length))
        except struct.error:
            return b""


def is_encrypted_xls(ole: OleFile) -> bool:
    """Whether the workbook stream says, before its sheet list, that the rest is encrypted."""
    stream = ole.head("Workbook") or ole.head("Book")
    place = 0
    while place + 4 <= len(stream):
        record, length = struct.unpack_from("<2H", stream, place)
        if record == _FILEPASS:
            return True
        if record == _BOUNDSHEET or (place == 0 and record not in _BOF):
            return False
        place += 4 + length
    return False
