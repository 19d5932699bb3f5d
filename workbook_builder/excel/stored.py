"""Any text as a cell of a workbook can hold it.

Comes in: text as people typed it. Goes out: text that XML and Excel take, whole, or cut with a mark that says so.
"""

from __future__ import annotations

import re

TEXT_LIMIT = 32_767
CUT_MARK = "……（过长，已截断）"
# What XML 1.0 cannot carry, and half surrogate pairs.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: What XML cannot carry, and what a reader would take for Excel's way of writing it.
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
#: UTF-16 units of _xHHHH_.
_WIDEST = 7


def fitting(text: str) -> str:
    """`text` as one cell can hold it: no signs that XML lacks, at most 32,767 UTF-16 units."""
    text = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _units(text) <= TEXT_LIMIT:
        return text
    room = TEXT_LIMIT - len(CUT_MARK)
    return text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + CUT_MARK


def as_stored(text: str) -> str:
    """`text` with what XML lacks as _xHHHH_, so that any text that came back can be issued again.

    Half surrogate pairs become U+FFFD; a text longer than a cell can be is cut, and says so.
    """
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if len(text) * _WIDEST <= TEXT_LIMIT:
        return _escaped(text)
    whole = text
    # Never cut within an escape: that is why the text is cut, and not what it is stored as.
    while (excess := _units(_escaped(text)) + (0 if text is whole else len(CUT_MARK)) - TEXT_LIMIT) > 0:
        text = text[: -max(1, excess // _WIDEST)]
    return _escaped(text) + ("" if text is whole else CUT_MARK)


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
