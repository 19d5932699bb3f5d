"""Where figures stand, as pages tell it: file › sheet › cell, or a numbered source and the cell alone.

Comes in: places and results. Goes out: texts, and the list of numbered sources with their SHA-256. Of ballots there are no
places: none reaches the results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbook_builder import results as r
from workbook_builder.problems import Where

NONE = "—"
#: How pages call the column of origins.
ORIGIN = "出处"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_APART = "、"


def told(places: Iterable[Where]) -> str:
    """A line per sheet of a file with the cells of it: 市局反馈.xlsx › 市局反馈 › C15、C16; a dash for none."""
    lines: dict[tuple[str, str], list[str]] = {}
    for place in dict.fromkeys(_bare(place) for place in places if place.file):
        lines.setdefault((place.file, place.sheet), []).append(place.cell)
    return "\n".join(Where(*sheet, _APART.join(filter(None, cells))).text() for sheet, cells in lines.items()) or NONE


def beside(places: Iterable[Where]) -> str:
    """The same at the end of a text; "" for none."""
    found = told(places)
    return "" if found == NONE else f"　［{ORIGIN}：{found.replace(chr(10), '；')}］"


def hashes(results: r.Results) -> dict[str, str]:
    """File → the SHA-256 of its bytes, of everything that lies behind the figures."""
    found = {x.file: x.sha256 for x in results.received if x.sha256}
    found |= {x.file: x.sha256 for x in results.inputs}
    return found | {a.returned.file: a.returned.sha256 for a in results.assessments.values() if a.returned is not None}


class Sources:
    """The sheets that one page quotes cells of, numbered in the order in which they are first quoted."""

    def __init__(self, results: r.Results) -> None:
        self._hashes = hashes(results)
        self._numbers: dict[tuple[str, str], int] = {}

    def quoted(self, places: Iterable[Where]) -> str:
        """①H45: the number of a sheet and the cells of it; "" for none."""
        cells: dict[int, list[str]] = {}
        for place in dict.fromkeys(_bare(place) for place in places if place.file and place.cell):
            number = self._numbers.setdefault((place.file, place.sheet), len(self._numbers) + 1)
            cells.setdefault(number, []).append(place.cell)
        return " ".join(_mark(number) + _APART.join(some) for number, some in cells.items())

    def lines(self) -> Iterator[str]:
        """Each source with the SHA-256 of its file."""
        for (file, sheet), number in self._numbers.items():
            sha256 = self._hashes.get(file, "")
            yield f"{_mark(number)} {Where(file, sheet).text()}" + (f"　　SHA-256：{sha256}" if sha256 else "")


def _bare(place: Where) -> Where:
    """The place without what is asked there."""
    return Where(place.file, place.sheet, place.cell)


def _mark(number: int) -> str:
    return _CIRCLED[number - 1] if number <= len(_CIRCLED) else f"({number})"
