"""The only reader of foreign files: bytes of what came back → sparse cells, free of meaning.

Comes in: the bytes of a file and its name. Goes out: a `Book`, or exactly one error Problem; a bad file never
raises. Content decides what a file is, never its extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbook_builder.intake.archive import iter_zip
from workbook_builder.intake.limits import LIMITS, MB, Limits
from workbook_builder.intake.model import NO_CELL, Book, Cell, Refusal, Sheet
from workbook_builder.intake.ods import read_ods
from workbook_builder.intake.package import Package
from workbook_builder.intake.refs import a1, column_letters, parse_a1
from workbook_builder.intake.sniffing import ATTACHMENTS, WORKBOOKS, matches_extension, package_kind, sniff
from workbook_builder.intake.xls import read_xls
from workbook_builder.intake.xlsx import read_xlsx
from workbook_builder.problems import Problem, Where, problem

__all__ = [
    "ATTACHMENTS",
    "LIMITS",
    "NO_CELL",
    "WORKBOOKS",
    "Book",
    "Cell",
    "Limits",
    "Sheet",
    "a1",
    "column_letters",
    "iter_zip",
    "parse_a1",
    "read_book",
    "sniff",
]

#: Kinds that are not read, with the code that says so; all others are FILE_NOT_WORKBOOK.
_REFUSED = {
    "empty": "FILE_EMPTY",
    "encrypted": "FILE_ENCRYPTED",
    "xlsb": "FILE_IS_XLSB",
    "html": "FILE_IS_HTML",
    "xml": "FILE_IS_XML",
    "csv/text": "FILE_IS_TEXT",
    "zip": "FILE_IS_ARCHIVE",
    "rar": "ARCHIVE_UNSUPPORTED",
    "7z": "ARCHIVE_UNSUPPORTED",
    "gz": "ARCHIVE_UNSUPPORTED",
    **dict.fromkeys(ATTACHMENTS, "FILE_IS_DOCUMENT"),
}


def read_book(data: bytes, name: str) -> tuple[Book | None, list[Problem]]:
    """The workbook in `data`, and the problems found in reading it; `name` goes into each Where as it stands.

    On success the problems are the book's notices (warnings and hints). On refusal the book is None and there is
    exactly one error. Never raises for what a file contains.
    """
    try:
        book = _distinct(_read(data, name))
    except Refusal as refusal:
        where = Where(name, refusal.sheet, refusal.cell)
        return None, [problem(refusal.code, where, refusal.value, **refusal.facts)]
    except MemoryError:
        return None, [problem("READER_OUT_OF_MEMORY", Where(name))]
    book = replace(book, notices=tuple(_notices(book, name)))
    return book, list(book.notices)


def _read(data: bytes, name: str) -> Book:
    if len(data) > LIMITS.file_size:
        raise Refusal("FILE_TOO_LARGE", limit=LIMITS.file_size // MB)
    package = None
    if data.startswith(b"PK"):
        package = Package(data)
        kind = package_kind(package)
    else:
        kind = sniff(data, name)
    if kind == "xls":
        return read_xls(data)
    if package is not None and kind == "xlsx":
        return read_xlsx(package)
    if package is not None and kind == "ods":
        return read_ods(package)
    raise Refusal(_REFUSED.get(kind, "FILE_NOT_WORKBOOK"), kind=kind)


def _distinct(book: Book) -> Book:
    """The book; refused if two of its sheets have one name, which no program writes and nobody could tell apart."""
    seen: set[str] = set()
    for sheet in book.sheets:
        if sheet.name in seen:
            raise Refusal("SHEET_TWICE", sheet.name, sheet=sheet.name)
        seen.add(sheet.name)
    return book


def _notices(book: Book, name: str) -> Iterator[Problem]:
    where = Where(name)
    if not matches_extension(book.kind, name):
        yield problem("EXTENSION_MISMATCH", where, name.rpartition("/")[2], kind=book.kind)
    if book.kind == "xls":
        yield problem("FORMULAS_UNSEEN", where)
    if book.has_macros:
        yield problem("MACROS_PRESENT", where)
    if book.external_links:
        yield problem("EXTERNAL_LINKS", where)
    if book.comments:
        yield problem("COMMENTS_UNREAD", where)
