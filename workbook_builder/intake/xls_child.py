"""Reads one .xls in a process of its own: bytes on stdin, one JSON object on stdout.

xlrd trusts its input; a hostile file may make it loop or fill the memory, and here it can only take this process
with it. Run by file path and importing nothing of the package, so that it works from any folder.

argv[1] is a JSON object: memory (bytes), max_row, max_col, cells. The answer is {"refused": reason} or
{"datemode", "formats": [[id, code]…], "sheets": [{"name", "state", "protected", "merged", "cells",
"formulas"}…], "external_links"}; a cell is [row, col, kind, value, format index], 1-based. The value of kind "r",
text that is partly struck out, raised or lowered, is [[text, look]…].
"""

from __future__ import annotations

import contextlib
import json
import struct
import sys

_STATES = ("visible", "hidden", "veryHidden")
_BOF = (0x0009, 0x0209, 0x0409, 0x0809)
_EOF, _FORMULA, _PROTECT, _BOUNDSHEET, _SUPBOOK = 0x000A, 0x0006, 0x0012, 0x0085, 0x01AE
#: Size words of a SUPBOOK record that refers to this workbook itself, or to add-in functions.
_OWN_BOOK = (0x0401, 0x3A01)


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit remains.
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def _records(stream, place):
    """(record, place of its body, length) from `place` to the end of that substream, nested charts included."""
    depth = 0
    while place + 4 <= len(stream):
        record, length = struct.unpack_from("<2H", stream, place)
        yield record, place + 4, length
        depth += (record in _BOF) - (record == _EOF)
        if depth <= 0:
            return
        place += 4 + length


def _scan(stream, base):
    """What xlrd does not tell: per worksheet (protected, formula cells), and whether other workbooks are named."""
    offsets, linked, scanned = [], False, []
    for record, body, length in _records(stream, base):
        if record == _BOUNDSHEET and length >= 6 and stream[body + 5] == 0:
            offsets.append(struct.unpack_from("<L", stream, body)[0])
        elif record == _SUPBOOK and length >= 4:
            linked = linked or struct.unpack_from("<H", stream, body + 2)[0] not in _OWN_BOOK
    for offset in offsets:
        protected, formulas, depth = False, [], 0
        for record, body, length in _records(stream, base + offset):
            depth += (record in _BOF) - (record == _EOF)
            if depth != 1:
                continue  # An embedded chart has records of the same numbers.
            if record == _FORMULA and length >= 4:
                row, col = struct.unpack_from("<2H", stream, body)
                formulas.append([row + 1, col + 1])
            elif record == _PROTECT and length >= 2:
                protected = protected or stream[body : body + 2] != b"\0\0"
        scanned.append((protected, formulas))
    return scanned, linked


class _Refused(Exception):
    """The file is beyond a limit; the argument is the answer's reason."""


def _look(book, font):
    """What a font says of its text: "struck", "raised", "lowered" or ""."""
    if not 0 <= font < len(book.font_list):
        return ""
    font = book.font_list[font]
    return "struck" if font.struck_out else {1: "raised", 2: "lowered"}.get(font.escapement, "")


def _pieces(book, text, font, runs):
    """[[text, look]…] of a text that begins in `font`; `runs` count, as Excel does, in halves of UTF-16."""
    halves = text.encode("utf-16-le", "surrogatepass")
    starts = [(0, font), *sorted(runs, key=lambda run: run[0])]
    ends = [start for start, _ in starts[1:]] + [len(halves)]
    pieces = [
        [halves[2 * start : 2 * end].decode("utf-16-le", "replace"), _look(book, font)]
        for (start, font), end in zip(starts, ends, strict=True)
    ]
    return [piece for piece in pieces if piece[0]]


def _cells(book, sheet, limits, room):
    from xlrd.biffh import error_text_from_code

    kinds = {1: "s", 2: "n", 3: "n", 4: "b", 5: "e"}
    found, rich = [], sheet.rich_text_runlist_map
    for row in range(sheet.nrows):
        types, values = sheet.row_types(row), sheet.row_values(row)
        for col, ctype in enumerate(types):
            kind = kinds.get(ctype)
            if kind is None or values[col] == "":
                continue
            if row >= limits["max_row"] or col >= limits["max_col"]:
                raise _Refused(f"extent {sheet.name}\t{row + 1}\t{col + 1}")
            value = values[col]
            if kind == "e":
                value = error_text_from_code.get(value, "#N/A")
            style = book.xf_list[sheet.cell_xf_index(row, col)]
            if (row, col) in rich and kind == "s":
                pieces = _pieces(book, value, style.font_index, rich[row, col])
                if any(look for _, look in pieces):
                    kind, value = "r", pieces
            found.append([row + 1, col + 1, kind, value, style.format_key])
        if len(found) > room:
            raise _Refused("cells")
    return found


def _read(data, limits):
    import xlrd

    book = xlrd.open_workbook(
        file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=sys.stderr
    )
    scanned, linked = _scan(book.mem, book.base) if book.mem else ([], False)
    sheets, room = [], limits["cells"]
    for index, sheet in enumerate(book.sheets()):
        cells = _cells(book, sheet, limits, room)
        room -= len(cells)
        protected, formulas = scanned[index] if len(scanned) == book.nsheets else (False, [])
        sheets.append(
            {
                "name": sheet.name,
                "state": _STATES[sheet.visibility] if sheet.visibility in (0, 1, 2) else "hidden",
                "protected": protected,
                "formulas": formulas,
                "merged": [[top + 1, left + 1, bottom, right] for top, bottom, left, right in sheet.merged_cells],
                "cells": cells,
            }
        )
    formats = [[key, value.format_str] for key, value in book.format_map.items()]
    return {"datemode": book.datemode, "formats": formats, "sheets": sheets, "external_links": linked}


def main() -> int:
    """Read stdin, answer on stdout. An error of xlrd that is not foreseen ends the process with its traceback."""
    limits = json.loads(sys.argv[1])
    data = sys.stdin.buffer.read()
    _limit_memory(limits["memory"])
    import xlrd
    from xlrd.compdoc import CompDocError

    try:
        # xlrd prints advice; on stdout it would spoil the answer.
        with contextlib.redirect_stdout(sys.stderr):
            answer = _read(data, limits)
    except _Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "memory"}
    except (xlrd.XLRDError, CompDocError) as error:
        answer = {"refused": "encrypted" if "encrypted" in str(error) else "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
