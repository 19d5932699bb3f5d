"""What screens are put together from: paragraphs and tables that fit a terminal of any width.

Comes in: texts. Goes out: rich renderables; nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from workbook_builder.cli.words import width_of, wrap

#: Between columns; the second where the first does not fit.
_GAPS = (2, 1)


@dataclass(frozen=True, slots=True)
class Columns:
    """A table before it is drawn. `right` numbers the columns of figures, `styles` has one style per row."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: tuple[int, ...] = ()
    styles: Sequence[str] = ()

    def width(self, gap: int) -> int:
        columns = zip(self.heads, *self.rows, strict=True)
        return sum(max(map(width_of, column)) + gap for column in columns) - gap

    def without(self, *numbers: int) -> Columns:
        """The same table with these columns left out."""
        kept = [number for number in range(len(self.heads)) if number not in numbers]
        return Columns(
            tuple(self.heads[n] for n in kept),
            [tuple(row[n] for n in kept) for row in self.rows],
            tuple(place for place, n in enumerate(kept) if n in self.right),
            self.styles,
        )


def table(width: int, *variants: Columns) -> Table:
    """The first of `variants` that fits `width`; without lines: they are of different widths in Chinese terminals."""
    tries = [(columns, gap) for columns in variants for gap in _GAPS]
    chosen, gap = next(((c, gap) for c, gap in tries if c.width(gap) <= width), tries[-1])
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, gap, 0, 0))
    for number, head in enumerate(chosen.heads):
        made.add_column(head, justify="right" if number in chosen.right else "left", no_wrap=True)
    for number, row in enumerate(chosen.rows):
        made.add_row(*(Text(cell) for cell in row), style=chosen.styles[number] if chosen.styles else "")
    return made


def paragraph(text: str, width: int, first: str = "", style: str = "", lead_style: str = "") -> Text:
    """`text` after `first`, further lines indented as far as the first one."""
    indent = width_of(first)
    lines = wrap(text, max(20, width - indent))
    shown = Text(first, style=lead_style or style)
    for number, line in enumerate(lines):
        shown.append(("\n" + " " * indent if number else "") + line, style=style)
    return shown


def sentence(text: str) -> str:
    return text if text.endswith(("。", "？", "！")) else text + "。"


def count(number: int) -> str:
    return str(number) if number else "-"
