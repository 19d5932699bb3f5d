"""What a file is, by its content.

Answers: xlsx ods xls xlsb encrypted · zip rar 7z gz · pdf image docx pptx doc ppt odt odp ofd rtf msg ·
html xml csv/text · empty unknown.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import partial

from workbook_builder.intake import ole
from workbook_builder.intake.model import Refusal
from workbook_builder.intake.package import Package, inflate, open_zip

#: Kinds `read_book` reads.
WORKBOOKS = ("xlsx", "ods", "xls")
#: Kinds that are registered as attachments of a section.
ATTACHMENTS = ("pdf", "image", "docx", "pptx", "doc", "ppt", "odt", "odp", "ofd", "rtf")

_EXTENSIONS = {
    "xlsx": ("xlsx", "xlsm", "xltx", "xltm"),
    "ods": ("ods", "ots"),
    "xls": ("xls", "xlt", "et", "ett"),
}

_MAGIC = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"{\\rtf", "rtf"),
    # .xls older than OLE (Excel 2 to 4): the first record stands at the start of the file.
    (b"\x09\x00\x04\x00", "xls"),
    (b"\x09\x02\x06\x00", "xls"),
    (b"\x09\x04\x06\x00", "xls"),
)

_ODF = "application/vnd.oasis.opendocument."
_ODF_KINDS = {"spreadsheet": "ods", "text": "odt", "presentation": "odp"}
_PART_KINDS = (
    ("xl/workbook.bin", "xlsb"),
    ("xl/workbook.xml", "xlsx"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("ofd.xml", "ofd"),
)
_TYPE_KINDS = (
    (b"sheet.binary.macroEnabled", "xlsb"),
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"ms-excel.sheet.macroEnabled.main", "xlsx"),
    (b"wordprocessingml", "docx"),
    (b"presentationml", "pptx"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE)
_MANIFEST = "META-INF/manifest.xml"
_CONTENT_TYPES = "[Content_Types].xml"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(data: bytes, name: str = "") -> str:
    """The kind of `data`. `name` is asked only for an OLE file too damaged to say what it is. Never raises."""
    if not data:
        return "empty"
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if data.startswith(ole.SIGNATURE):
        return _sniff_ole(data, name)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" or data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypheix"):
        return "image"
    if data[:2] == b"BM" and len(data) > 26 and data[6:10] == b"\0\0\0\0":
        return "image"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return _sniff_text(data[:4096])


def matches_extension(kind: str, name: str) -> bool:
    """Whether a workbook of `kind` has a name one would expect; a name without an extension says nothing wrong."""
    _, dot, extension = name.rpartition("/")[2].rpartition(".")
    return not dot or extension.lower() in _EXTENSIONS.get(kind, ())


def zip_kind(names: list[str], head: Callable[[str], bytes]) -> str:
    """The kind of a zip by its (lower-cased) part names; `head` gives the beginning of a part where names do not say."""
    listed = set(names)
    for part, kind in _PART_KINDS:
        if part in listed:
            return kind
    if "content.xml" in listed or "encrypted-package" in listed or "mimetype" in listed:
        stated = head("mimetype").decode("ascii", "replace").strip()
        if not stated.startswith(_ODF):
            found = re.search(rb'media-type="(' + _ODF.encode() + rb'[a-z-]+)"', head(_MANIFEST))
            stated = found[1].decode("ascii") if found else ""
        if stated.startswith(_ODF):
            return _ODF_KINDS.get(stated[len(_ODF) :].removesuffix("-template"), "unknown")
    if _CONTENT_TYPES.lower() in listed:
        # The main part may have any name; what it is stands in the list of content types.
        types = head(_CONTENT_TYPES)
        return next((kind for mark, kind in _TYPE_KINDS if mark in types), "zip")
    return "zip"


def package_kind(package: Package) -> str:
    """The kind of a package that has passed the guards."""
    return zip_kind(package.names(), package.head)


def _sniff_zip(data: bytes) -> str:
    try:
        archive = open_zip(data)
        names = [name.replace("\\", "/").lower() for name in archive.namelist()]
        return zip_kind(names, partial(_head, archive))
    except Refusal:
        return _sniff_broken_zip(data)


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    info = next((info for info in archive.infolist() if info.filename.lower() == name.lower()), None)
    return next(inflate(archive, info), b"") if info is not None else b""


def _sniff_broken_zip(data: bytes) -> str:
    """A zip without a readable directory is still named for what it was, so that the person finds it again."""
    marks = (
        (_ODF.encode() + b"spreadsheet", "ods"),
        (b"xl/workbook.bin", "xlsb"),
        (b"xl/", "xlsx"),
        (b"word/", "docx"),
    )
    return next((kind for mark, kind in marks if mark in data[: 1024 * 1024]), "zip")


def _sniff_ole(data: bytes, name: str) -> str:
    directory = ole.OleFile(data)
    names = directory.streams
    if not names and name.lower().endswith((".xls", ".et", ".xlt", ".ett")):
        # Too damaged to say; that the .xls is damaged helps a person more than that it is something unknown.
        return "xls"
    if "EncryptedPackage" in names or "\x09DRMContent" in names:
        return "encrypted"
    if "Workbook" in names or "Book" in names:
        return "encrypted" if ole.is_encrypted_xls(directory) else "xls"
    for stream, kind in (("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("__properties_version1.0", "msg")):
        if stream in names:
            return kind
    return "unknown"


def _sniff_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("utf-8")
    elif _CONTROL.search(head):
        return "unknown"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.search(text[:2048]) and text.startswith(b"<"):
        return "html"
    return "xml" if text.startswith(b"<?xml") else "csv/text"
