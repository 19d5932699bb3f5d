"""The format version of a scheme, the same check for both file forms."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.problems import Problem, Where, problem
from workbook_builder.scheme.tables import FORMAT_VERSION


def version_problems(file: str, sheet: str, cell: str, text: str | None) -> Iterator[Problem]:
    """What the version `text` means for us; None: the file does not say."""
    where = Where(file, sheet, cell)
    if text is None:
        yield problem("SCHEME_NO_VERSION", Where(file))
    elif not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        yield problem("SCHEME_BAD_VERSION", where, text)
    elif int(text[:9]) > FORMAT_VERSION:
        yield problem("SCHEME_TOO_NEW", where, text, known=FORMAT_VERSION)
