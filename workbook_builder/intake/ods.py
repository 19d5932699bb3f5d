""".ods: the package around content.xml."""

from __future__ import annotations

from xml.parsers import expat

from workbook_builder.intake.markup import feed
from workbook_builder.intake.model import Book, Refusal
from workbook_builder.intake.ods_content import ContentReader
from workbook_builder.intake.ods_styles import OdsStyles
from workbook_builder.intake.package import Package

_CONTENT = "content.xml"
_STYLES = "styles.xml"
_MANIFEST = "META-INF/manifest.xml"


def read_ods(package: Package) -> Book:
    """The workbook in `package`. Raises Refusal."""
    if "encrypted-package" in package or _is_encrypted(package):
        raise Refusal("FILE_ENCRYPTED")
    if _CONTENT not in package:
        raise Refusal("WORKBOOK_PART_MISSING", _CONTENT, part=_CONTENT)
    styles = OdsStyles()
    if _STYLES in package:
        styles.read(package.chunks(_STYLES), _STYLES)
    reader = ContentReader(styles)
    reader.read(package.chunks(_CONTENT), _CONTENT)
    return Book(
        sheets=tuple(reader.sheets),
        kind="ods",
        has_macros=any(_is_macro(name) for name in package.names()),
        external_links=reader.external_links,
        comments=reader.comments,
    )


def _is_macro(name: str) -> bool:
    """Whether a part is a macro module; the two index files stand there in documents without any macro, too."""
    if not name.startswith(("basic/", "scripts/")) or name.endswith("/"):
        return False
    return not name.endswith(("script-lc.xml", "script-lb.xml", "dialog-lb.xml", "dialog-lc.xml"))


def _is_encrypted(package: Package) -> bool:
    """Whether the manifest gives any part an encryption."""
    if _MANIFEST not in package:
        return False
    found = False

    def start(name: str, _: list[str]) -> None:
        nonlocal found
        found = found or name.endswith("encryption-data")

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    feed(parser, package.chunks(_MANIFEST), _MANIFEST)
    return found
