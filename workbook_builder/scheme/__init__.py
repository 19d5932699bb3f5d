"""方案: what is appraised, read from the tables a clerk edits, checked, and made into a `Scheme`.

    read_scheme(data, name) -> (Scheme | None, problems, document)

A *document* is the semantics-free middle: table name → rows of texts as typed, the same for 方案.xlsx and 方案.yaml.
`load_scheme` is the door for everything else: it gives a complete and consistent scheme or raises `SchemeError`.
"""

from __future__ import annotations

from pathlib import Path

from workbook_builder.model import Scheme
from workbook_builder.problems import Problem, Where, has_errors, problem, sort_problems
from workbook_builder.scheme.assemble import assemble
from workbook_builder.scheme.book import write_book
from workbook_builder.scheme.check import check_document, checked
from workbook_builder.scheme.document import Document, Row, document_of
from workbook_builder.scheme.sheets import read_sheets
from workbook_builder.scheme.text import read_text, write_text

__all__ = [
    "Document",
    "Row",
    "SchemeError",
    "check_document",
    "document_of",
    "load_scheme",
    "read_document",
    "read_scheme",
    "write_book",
    "write_text",
]

TEXT_SUFFIXES = (".yaml", ".yml")
BOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods")
#: How many problems the text of a `SchemeError` lists.
SHOWN = 5


class SchemeError(Exception):
    """The scheme has errors. `problems` holds everything found, remarks included."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        errors = [p for p in self.problems if has_errors((p,))]
        lines = [f"方案有 {len(errors)} 处错误："]
        lines += [f"{p.where.text()}：{p.message}。{p.fix}" for p in errors[:SHOWN]]
        if len(errors) > SHOWN:
            lines.append(f"……另有 {len(errors) - SHOWN} 处")
        return "\n".join(lines)


def load_scheme(path: str | Path) -> Scheme:
    """The scheme in `path` (.xlsx or .yaml). Raises SchemeError with every problem if there is any error."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = {FileNotFoundError: "没有这个文件", PermissionError: "没有权限", IsADirectoryError: "这是文件夹"}
        where = Where(path.name)
        text = reason.get(type(error), "读取失败")
        raise SchemeError((problem("SCHEME_UNREADABLE", where, path.name, reason=text),)) from error
    scheme, problems, _ = read_scheme(data, path.name)
    if scheme is None:
        raise SchemeError(tuple(problems))
    return scheme


def read_scheme(data: bytes, name: str) -> tuple[Scheme | None, list[Problem], Document]:
    """The scheme in `data`, whose kind is told by the ending of `name`; None if there is any error."""
    document, known = read_document(data, name)
    too_new = [p for p in known if p.code == "SCHEME_TOO_NEW"]
    if too_new or (not document and has_errors(known)):
        # Everything else found in a format we do not know would only mislead.
        return None, list(too_new or sort_problems(known)), document
    tables, problems = checked(document, name, known)
    return (None if has_errors(problems) else assemble(tables)), list(problems), document


def read_document(data: bytes, name: str) -> tuple[Document, list[Problem]]:
    """The tables as texts, and what is wrong with their shape. A table that is missing has no entry."""
    suffix = Path(name).suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return read_text(data, name)
    if suffix in BOOK_SUFFIXES:
        return read_sheets(data, name)
    return {}, [problem("SCHEME_FILE_KIND", Where(name), name)]
