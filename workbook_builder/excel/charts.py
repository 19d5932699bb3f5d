"""Native charts and bars in cells of a `Page`, told apart by lightness and pattern as well as by colour.

Comes in: a page of a `Report` and the rows and columns of a table on it. Goes out: nothing; the page has a chart whose
figures are the table's cells, so that nothing is said twice. A cell that holds a text (待定) is drawn as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.excel.palette import CHARSET, DEDUCTED, HEI, INK, LINE, PART_FILLS, SONG
from workbook_builder.excel.report import Page, plain_number
from workbook_builder.layout.plan import address

#: Zero and texts have no label: "待定" would else be labelled 0.
LABEL = "General;-General;;"
BAR_FILL = "C9D9F0"
_PIXELS_PER_UNIT, _PIXELS_PER_COLUMN = 7, 5
_GAP = 45


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: the column of its figures and of its name's cell, its colour, striped or not.

    `light` where the labels upon it must be dark.
    """

    name: str
    column: int
    fill: str
    light: bool = False
    striped: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Where a chart's figures stand: rows `first`..`last` of a page, names of the bars in column `names`."""

    first: int
    last: int
    names: int


def bars(
    page: Page,
    table: Table,
    series: Sequence[Series],
    *,
    title: str = "",
    stacked: bool = True,
    lowest: Decimal | int | None = 0,
    highest: Decimal | int | None = None,
    labels: str = LABEL,
    legend: bool = True,
):
    """Horizontal bars, the first row of the table on top; to be placed by `place`.

    lowest   where the axis begins; None lets the program choose (figures below zero)
    """
    chart = page.report.workbook.add_chart({"type": "bar", "subtype": "stacked"} if stacked else {"type": "bar"})
    for one in series:
        chart.add_series(_series(page, table, one, labels, stacked))
    limits = {"min": lowest, "max": highest}
    # The figures stand upon the bars: numbers along the axis would say them twice.
    chart.set_x_axis(
        {
            **{key: float(value) for key, value in limits.items() if value is not None},
            "major_gridlines": {"visible": True, "line": {"color": f"#{LINE}", "width": 0.5, "dash_type": "dash"}},
            "visible": not labels,
            "num_font": _font(9),
        }
    )
    names = {"reverse": True, "interval_unit": 1, "num_font": _font(10), "label_position": "low"}
    chart.set_y_axis({**names, "line": {"color": f"#{LINE}"}, "major_tick_mark": "none"})
    _dress(chart, title, legend)
    return chart


def _series(page: Page, table: Table, one: Series, labels: str, stacked: bool) -> dict[str, object]:
    made: dict[str, object] = {
        "name": one.name,
        "categories": _area(page, table, table.names),
        "values": _area(page, table, one.column),
        "gap": _GAP,
        "border": {"color": f"#{INK}", "width": 0.5},
    }
    if stacked:
        made["overlap"] = 100
    if one.striped:
        made["pattern"] = {"pattern": "wide_upward_diagonal", "fg_color": f"#{one.fill}", "bg_color": "#FFFFFF"}
    else:
        made["fill"] = {"color": f"#{one.fill}"}
    if labels:
        # Text upon dark bars is white; beside each other bars have their labels behind their end, on white.
        colour = INK if one.light or one.striped or not stacked else "FFFFFF"
        made["data_labels"] = {
            "value": True,
            "num_format": labels,
            "font": {**_font(9), "color": f"#{colour}"},
            "position": "center" if stacked else "outside_end",
        }
    return made


def _area(page: Page, table: Table, column: int) -> str:
    """The cells of a column, the sheet's name quoted as Excel wants Chinese ones."""
    sheet = page.name.replace("'", "''")
    return f"='{sheet}'!{address(table.first, column, True)}:{address(table.last, column, True)}"


def _font(size: int, name: str = SONG, bold: bool = False) -> dict[str, object]:
    return {"name": name, "size": size, "bold": bold, "charset": CHARSET}


def _dress(chart, title: str, legend: bool) -> None:
    if title:
        chart.set_title({"name": title, "name_font": _font(11, HEI), "overlay": False})
    else:
        chart.set_title({"none": True})
    chart.set_legend({"position": "bottom", "font": _font(10)} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": f"#{LINE}", "width": 0.5}, "fill": {"color": "#FFFFFF"}})
    chart.set_plotarea({"fill": {"color": "#FFFFFF"}})
    chart.show_blanks_as("gap")


def deduction(name: str, column: int) -> Series:
    """What is taken off: red stripes."""
    return Series(name, column, DEDUCTED, light=True, striped=True)


def across(page: Page, first: int, last: int) -> float:
    """The width of the columns `first`..`last` on the screen, in Excel units."""
    widths = page.widths[first - 1 : last]
    return sum(widths) + len(widths) * _PIXELS_PER_COLUMN / _PIXELS_PER_UNIT


def place(page: Page, chart, row: int, column: int, width: float, height: float, alt: str) -> None:
    """Put a chart with its upper left corner into a cell; `width` in Excel units of columns, `height` in points.

    alt  what the chart shows, for those who cannot see it
    """
    chart.set_size({"width": round(width * _PIXELS_PER_UNIT), "height": round(height * 4 / 3)})
    page.ws.insert_chart(row - 1, column - 1, chart, {"object_position": 2, "description": alt})


def data_bars(page: Page, first: int, last: int, column: int, full: Decimal | int, fill: str = BAR_FILL) -> None:
    """A pale bar behind each figure of a column, from nothing at 0 to the whole cell at `full`."""
    page.ws.conditional_format(
        first - 1,
        column - 1,
        last - 1,
        column - 1,
        {
            "type": "data_bar",
            "bar_color": f"#{fill}",
            "bar_solid": True,
            "bar_border_color": f"#{LINE}",
            "bar_negative_color_same": True,
            "data_bar_2010": True,
            "min_type": "num",
            "max_type": "num",
            "min_value": 0,
            "max_value": plain_number(Decimal(full)),
        },
    )


#: Colours of dots, dark enough upon white.
DOT_FILLS = (PART_FILLS[1], PART_FILLS[0], DEDUCTED)
#: Shapes of dots. None is hollow: LibreOffice draws a hollow one as nothing.
_MARKS = ("circle", "diamond", "square")


def dots(
    page: Page,
    table: Table,
    series: Sequence[Series],
    *,
    title: str = "",
    lowest: Decimal | int,
    highest: Decimal | int,
    labelled: int = -1,
):
    """A dot per figure above the name of its row, the dots of a row joined by a line; an axis that need not begin at 0.

    labelled  which series has its figures beside its dots
    """
    chart = page.report.workbook.add_chart({"type": "line"})
    for number, one in enumerate(series):
        made = _ranges(page, table, one)
        made["line"] = {"none": True}
        made["marker"] = {
            "type": _MARKS[number % len(_MARKS)],
            "size": 9,
            "border": {"color": f"#{one.fill}"},
            "fill": {"color": f"#{one.fill}"},
        }
        if number == labelled % len(series):
            made["data_labels"] = {"value": True, "position": "right", "font": _font(9), "num_format": LABEL}
        chart.add_series(made)
    chart.set_high_low_lines({"line": {"color": f"#{LINE}", "width": 1.5}})
    chart.set_y_axis(
        {
            "min": float(lowest),
            "max": float(highest),
            "num_font": _font(9),
            "num_format": "General",
            "major_gridlines": {"visible": True, "line": {"color": f"#{LINE}", "width": 0.5, "dash_type": "dash"}},
            "line": {"none": True},
        }
    )
    chart.set_x_axis({"num_font": {**_font(9), "rotation": 0}, "line": {"color": f"#{LINE}"}})
    _dress(chart, title, legend=len(series) > 1)
    return chart


def _ranges(page: Page, table: Table, one: Series) -> dict[str, object]:
    return {
        "name": one.name,
        "categories": _area(page, table, table.names),
        "values": _area(page, table, one.column),
    }
