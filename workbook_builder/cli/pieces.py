"""What screens are put together from: paragraphs and tables that fit a terminal of any width.

Comes in: texts. Goes out: rich texts; nothing is printed here. Red says "to be mended"; everything else is told by bold
and dim, since other colours cannot be read on black and on white alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product

from rich.text import Text

from workbook_builder.cli.words import clean, width_of, wrap

WRONG, STRONG, ASIDE = "bold red", "bold", "dim"
NEXT = "下一步："
#: Between columns; the second where the first does not fit.
_GAPS = (2, 1)
#: A column of words is as wide as they are, or not narrower than this, or than that where nothing else helps.
_WHOLE, _READABLE, _LEAST = 10**6, 22, 8


@dataclass(frozen=True, slots=True)
class Columns:
    """A table before it is drawn. `right` numbers the columns of figures, `styles` has one style per row."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: tuple[int, ...] = ()
    styles: Sequence[str] = ()

    def widths(self) -> list[int]:
        return [max(map(width_of, column)) for column in zip(self.heads, *self.rows, strict=True)]

    def narrowed(self, width: int, gap: int, least: int) -> list[int] | None:
        """Widths that fit `width`, words wrapped to no less than `least`; None if there are none. Figures never wrap."""
        found = self.widths()
        spare = [0 if n in self.right else max(0, w - max(least, width_of(self.heads[n]))) for n, w in enumerate(found)]
        for _ in range(sum(found) + gap * (len(found) - 1) - width):
            widest = max(range(len(found)), key=lambda n: (spare[n] > 0, found[n]))
            if not spare[widest]:
                return None
            found[widest] -= 1
            spare[widest] -= 1
        return found

    def without(self, *numbers: int) -> Columns:
        """The same table with these columns left out."""
        kept = [number for number in range(len(self.heads)) if number not in numbers]
        return Columns(
            tuple(self.heads[n] for n in kept),
            [tuple(row[n] for n in kept) for row in self.rows],
            tuple(place for place, n in enumerate(kept) if n in self.right),
            self.styles,
        )


def table(width: int, *variants: Columns) -> Iterator[Text]:
    """The first of `variants` that fits `width`; without lines: they are of different widths in Chinese terminals.

    Where none fits, long words take several lines, and at worst every row is told line by line.
    """
    shown, chosen = _chosen(width, variants)
    if chosen is None:
        yield from _told(shown, width)
        return
    widths, gap = chosen
    yield from _row(shown, shown.heads, widths, gap, STRONG)
    for number, row in enumerate(shown.rows):
        yield from _row(shown, row, widths, gap, shown.styles[number] if shown.styles else "")


def fitting(width: int, *variants: Columns) -> Columns:
    """The variant that `table` draws."""
    return _chosen(width, variants)[0]


def _chosen(width: int, variants: Sequence[Columns]) -> tuple[Columns, tuple[list[int], int] | None]:
    """(variant, (widths of its columns, gap) or None: it fits in no way)."""
    known = [_cleaned(columns) for columns in variants]
    groups = [list(same) for _, same in groupby(known, key=lambda columns: len(columns.heads))]
    # Words are wrapped before a column is left out, but not into columns too narrow to read.
    tries = [*product(groups, (_WHOLE, _READABLE)), *product(groups, (_LEAST,))]
    for same, least in tries:
        for gap, columns in product(_GAPS, same):
            found = columns.narrowed(width, gap, least)
            if found is not None:
                return columns, (found, gap)
    return known[-1], None


def _cleaned(columns: Columns) -> Columns:
    rows = [tuple(map(clean, row)) for row in columns.rows]
    return Columns(columns.heads, rows, columns.right, columns.styles)


def _row(columns: Columns, cells: Sequence[str], widths: Sequence[int], gap: int, style: str) -> Iterator[Text]:
    told = [
        [cell] if width_of(cell) <= widths[n] else wrap(cell, widths[n])  # a wrapped cell loses blanks at its ends
        for n, cell in enumerate(cells)
    ]
    for number in range(max(map(len, told))):
        line = ""
        for n, parts in enumerate(told):
            text = parts[number] if number < len(parts) else ""
            blank = " " * (widths[n] - width_of(text))
            line += (blank + text if n in columns.right else text + blank) + " " * gap
        yield Text(line.rstrip(), style=style)


def _told(columns: Columns, width: int) -> Iterator[Text]:
    for number, row in enumerate(columns.rows):
        style = columns.styles[number] if columns.styles else ""
        text = "；".join(f"{head} {cell}" for head, cell in zip(columns.heads, row, strict=True))
        yield paragraph(text, width, style=style)


def paragraph(text: str, width: int, first: str = "", style: str = "", lead_style: str = "") -> Text:
    """`text` after `first`, further lines indented as far as the first one. A long `first` stands on lines of its own."""
    first = clean(first)
    indent = width_of(first)
    if indent > width // 2:
        whole = first.rstrip()
        indent = min(8, width // 4)
        first = "\n".join(wrap(whole, width)) + "\n" + " " * indent
    shown = Text()
    shown.append(first, style=lead_style or style)
    for number, line in enumerate(wrap(text, width - indent)):
        shown.append(("\n" + " " * indent if number else "") + line, style=style)
    shown.rstrip()
    return shown


def sentence(text: str) -> str:
    return text if text.endswith(("。", "？", "！")) else text + "。"


def count(number: int) -> str:
    return str(number) if number else "-"
