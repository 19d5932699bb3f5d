"""An engine for xlwings over openpyxl: what the console does in Excel can be done, and seen, without Excel.

Comes in: a workbook on disk. Goes out: an engine registered with `xw.engines`, its book open, every word of the status bar
kept. Stricter than Excel where Excel would quietly change a value: text must say that it is text.

As a program's sitecustomize (see `launch`) it stands in for Excel in a process that RunPython's command line starts: the book
named by KAOPING_TEST_BOOK is open, and saved when the process ends.
"""

import atexit
import os
import sys
from pathlib import Path

import openpyxl
import xlwings as xw
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes

NAME = "kaoping-test"


class Engine:
    """The engine: one application."""

    name, type = NAME, "desktop"

    def __init__(self):
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value, options):
        return value

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str):
        return [[empty_as if value is None else value for value in row] for row in data]


class Apps(base_classes.Apps):
    def __init__(self, engine):
        self.app = App(engine)

    def __iter__(self):
        return iter([self.app])

    def __len__(self):
        return 1

    def __getitem__(self, pid):
        return self.app

    def keys(self):
        return [self.app.pid]


class App(base_classes.App):
    """Excel: its books, and what its status bar has said."""

    engine = pid = version = status_bar = books = None
    display_alerts = True

    def __init__(self, engine):
        self.engine, self.pid = engine, 1
        self.version = "16.0"
        self.books = Books(self)
        self.told = []


App.status_bar = property(lambda app: app.told[-1], lambda app, text: app.told.append(text))


class Books(base_classes.Books):
    def __init__(self, app):
        self.app, self.open_books = app, []

    def open(self, fullname, *_):
        self.open_books.append(Book(self.app, fullname))
        return self.open_books[-1]

    def __call__(self, name_or_index):
        if isinstance(name_or_index, int):
            return self.open_books[name_or_index - 1]
        found = [book for book in self.open_books if book.name.lower() == name_or_index.lower()]
        if not found:
            raise KeyError(name_or_index)
        return found[0]

    def __iter__(self):
        return iter(self.open_books)

    def __len__(self):
        return len(self.open_books)

    active = property(lambda self: self.open_books[-1])


class Book(base_classes.Book):
    """An open workbook; nothing is on disk before `save`."""

    app = fullname = name = sheets = None

    def __init__(self, app, fullname):
        self.app, self.fullname, self.name = app, str(fullname), Path(fullname).name
        self.xl = openpyxl.load_workbook(fullname, keep_vba=True)
        self.sheets = Sheets(self)

    def save(self, path=None, password=None):
        self.xl.save(path or self.fullname)

    def close(self):
        self.app.books.open_books.remove(self)


class Sheets(base_classes.Sheets):
    def __init__(self, book):
        self.book = book

    def __call__(self, name_or_index):
        names = self.book.xl.sheetnames
        name = names[name_or_index - 1] if isinstance(name_or_index, int) else name_or_index
        return Sheet(self.book, self.book.xl[name])

    def __iter__(self):
        return (Sheet(self.book, xl) for xl in self.book.xl)

    def __len__(self):
        return len(self.book.xl.sheetnames)


class Sheet(base_classes.Sheet):
    book = name = None

    def __init__(self, book, xl):
        self.book, self.xl, self.name = book, xl, xl.title

    def range(self, arg1, arg2=None):
        if isinstance(arg1, str):
            left, top, right, bottom = range_boundaries(arg1)
            arg1, arg2 = (top, left), (bottom, right)
        first, last = (place if isinstance(place, tuple) else (place.row, place.column) for place in (arg1, arg2 or arg1))
        if arg2 is None and isinstance(arg1, Range):
            return arg1
        if isinstance(arg2, Range):
            last = (arg2.row + arg2.shape[0] - 1, arg2.column + arg2.shape[1] - 1)
        return Range(self, first, last)


class Range(base_classes.Range):
    """Cells from `first` to `last`, each (row, column)."""

    sheet = row = column = shape = address = raw_value = row_height = None
    #: xlwings asks for it before it writes; nobody calls it.
    api = True

    def __init__(self, sheet, first, last):
        self.sheet, (self.row, self.column) = sheet, first
        self.shape = (last[0] - first[0] + 1, last[1] - first[1] + 1)
        self.address = f"${get_column_letter(first[1])}${first[0]}:${get_column_letter(last[1])}${last[0]}"

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, row, column=None):
        place = (self.row + row - 1, self.column + (column or 1) - 1)
        return Range(self.sheet, place, place)

    def _cells(self):
        rows, columns = self.shape
        return [[self.sheet.xl.cell(self.row + r, self.column + c) for c in range(columns)] for r in range(rows)]


def _read(rng):
    return [[cell.value for cell in row] for row in rng._cells()]


def _write(rng, data):
    """Values as Excel takes them; a text that does not say it is one is refused, for Excel might see a date in it."""
    rows = data if isinstance(data, list | tuple) else [[data]]
    for cells, values in zip(Range(rng.sheet, (rng.row, rng.column), (rng.row + len(rows) - 1, rng.column + len(rows[0]) - 1))._cells(), rows, strict=True):
        for cell, value in zip(cells, values, strict=True):
            _put(cell, value)


def _put(cell, value):
    if isinstance(value, str) and value.startswith("'"):
        cell.value = value[1:]
        cell.data_type = "s"
    elif isinstance(value, str) and not value.startswith("="):
        raise ValueError(f"{cell.coordinate}: Excel may change {value!r} into something else")
    elif value is not None or type(cell).__name__ != "MergedCell":
        cell.value = value


def _heights(rng, points):
    if not 0 <= points <= 409:
        raise ValueError(f"row height {points}")
    for number in range(rng.shape[0]):
        rng.sheet.xl.row_dimensions[rng.row + number].height = points


Range.raw_value = property(_read, _write)
Range.row_height = property(lambda rng: rng.sheet.xl.row_dimensions[rng.row].height, _heights)


def opened(path):
    """The workbook at `path` as an xlwings book, open in a fresh engine that is the active one."""
    engine = xw.Engine(impl=Engine())
    xw.engines.add(engine)
    engine.activate()
    return engine.apps[0].books.open(str(path))


def launch(folder):
    """The PYTHONPATH that makes a child process start with this engine; `folder` is the test's own."""
    (folder / "sitecustomize.py").write_text("import xl_engine\nxl_engine.stand_in()\n", encoding="utf-8")
    return os.pathsep.join([str(folder), str(Path(__file__).parent), str(Path(__file__).parent.parent)])


def stand_in():
    """Open the book named by the environment, and save it when the process ends."""
    path = os.environ.get("KAOPING_TEST_BOOK")
    if path:
        book = opened(path)
        atexit.register(book.impl.save)


if sys.platform == "win32":
    raise RuntimeError("this engine stands in for Excel where there is none")
