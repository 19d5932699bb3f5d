"""A .docx as its parts: read with suspicion, written without a trace of the machine.

Comes in: the bytes of a Word file. Goes out: its parts by name, or problems (no Word file, macros, links, revisions);
and the other way, parts as bytes that depend on nothing but the parts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from workbook_builder.excel.stable import write_part
from workbook_builder.problems import Problem, Where, problem

DOCUMENT = "word/document.xml"
Parts = dict[str, bytes]

#: A template is a few dozen kilobytes; a letterhead picture may add some megabytes.
LARGEST, INFLATED, MOST_PARTS = 20 * 1024 * 1024, 60 * 1024 * 1024, 500

_WRITTEN = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_PLACES = (("word/document", "正文"), ("word/header", "页眉"), ("word/footer", "页脚"), ("word/", "脚注"))
_TYPES, _ROOT_RELS = "[Content_Types].xml", "_rels/.rels"
_SETTINGS, _SETTINGS_RELS = "word/settings.xml", "word/_rels/settings.xml.rels"
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_TARGET = re.compile(r'Target="([^"]*)"')
_FIELD = re.compile(r'w:fldCharType="begin"(.*?)w:fldCharType="(?:separate|end)"|w:instr="([^"]*)"', re.DOTALL)
_INSTRUCTION = re.compile(r"<w:instrText[^>]*>([^<]*)<")
#: Fields whose text is the page's own; DATE, FILENAME, AUTHOR … would print what the machine knows.
_FIELDS = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "EQ", "SYMBOL"}
_REVISION = re.compile(r"<w:(?:ins|del|moveFrom|moveTo|comment)\b")
_OVERRIDE = re.compile(r'<Override\b[^>]*PartName="/docProps/[^"]*"[^>]*/>')
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_APP_TYPE = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
_PROPERTIES = (
    f'<Override PartName="/docProps/core.xml" ContentType="{_CORE_TYPE}"/>'
    f'<Override PartName="/docProps/app.xml" ContentType="{_APP_TYPE}"/></Types>'
)
#: Parts that are the same in every letter.
_CONSTANT = {
    _ROOT_RELS: f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>",
    "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>',
    "docProps/app.xml": f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties"/>',
}


def place(part: str) -> str:
    """Where a part stands, as people say it."""
    return next(words for prefix, words in _PLACES if part.startswith(prefix))


def written(parts: Mapping[str, bytes]) -> list[str]:
    """The parts that may hold placeholders, the document first."""
    return sorted((name for name in parts if _WRITTEN.fullmatch(name)), key=lambda name: (name != DOCUMENT, name))


def read_parts(data: bytes, file: str) -> tuple[Parts | None, list[Problem]]:
    """The parts of the Word file `data`; None if it is none. Everything that is refused is told at once."""
    where = Where(file)
    if len(data) > LARGEST:
        return None, [problem("LETTER_TEMPLATE_TOO_LARGE", where, limit=LARGEST // 1024 // 1024)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > INFLATED or len(infos) > MOST_PARTS:
                return None, [problem("LETTER_TEMPLATE_TOO_LARGE", where, limit=INFLATED // 1024 // 1024)]
            parts = {info.filename: archive.read(info) for info in infos if not info.is_dir()}
    # What a damaged archive makes zipfile raise; RuntimeError is a password.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        return None, [problem("LETTER_TEMPLATE_UNREADABLE", where)]
    if DOCUMENT not in parts or b"</Types>" not in parts.get(_TYPES, b"") or not _plain_xml(parts):
        return None, [problem("LETTER_TEMPLATE_UNREADABLE", where)]
    parts = _without_attached(parts)
    found = [problem("LETTER_TEMPLATE_FEATURE", where, what, what=what) for what in dict.fromkeys(_refused(parts))]
    return (None if found else parts), found


def write_parts(parts: Mapping[str, bytes]) -> bytes:
    """`parts` as a .docx in one order, without date, author or program."""
    kept = {name: data for name, data in parts.items() if not name.startswith("docProps/")}
    types = _OVERRIDE.sub("", kept[_TYPES].decode("utf-8")).replace("</Types>", _PROPERTIES)
    kept |= {_TYPES: types.encode("utf-8"), **{name: text.encode("utf-8") for name, text in _CONSTANT.items()}}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in sorted(kept, key=lambda name: (name != _TYPES, name != _ROOT_RELS, name)):
            write_part(target, name, kept[name])
    return out.getvalue()


def _plain_xml(parts: Parts) -> bool:
    """Whether every XML part is UTF-8 and declares no entities: then no part can grow while it is parsed."""
    try:
        return not any(
            "<!DOCTYPE" in data.decode("utf-8") for name, data in parts.items() if name.endswith((".xml", ".rels"))
        )
    except UnicodeDecodeError:
        return False


def _without_attached(parts: Parts) -> Parts:
    """Without the path of the .dotm a document was begun from: Word notes it on its own account, nobody sees it."""
    rels = parts.get(_SETTINGS_RELS, b"").decode("utf-8")
    if not rels or any("/attachedTemplate" not in relation for relation in _RELATION.findall(rels)):
        return parts
    settings = re.sub(r"<w:attachedTemplate\b[^>]*/>", "", parts.get(_SETTINGS, b"").decode("utf-8"))
    return {name: data for name, data in parts.items() if name != _SETTINGS_RELS} | {_SETTINGS: settings.encode("utf-8")}


def _refused(parts: Parts) -> Iterator[str]:
    """What a template must not hold, in words."""
    if any("vbaproject" in name.lower() for name in parts) or b"macroEnabled" in parts[_TYPES]:
        yield "宏"
    if any(name.startswith(("word/embeddings/", "word/activeX/", "word/afchunk")) for name in parts):
        yield "嵌入的对象或控件"
    for name in sorted(parts):
        if not name.endswith((".xml", ".rels")):
            continue
        text = parts[name].decode("utf-8")
        if name.endswith(".rels"):
            yield from _links(text)
            continue
        if name.startswith("word/") and _REVISION.search(text):
            yield "修订记录或批注"
        for match in _FIELD.finditer(text):
            words = (match[2] or "".join(_INSTRUCTION.findall(match[1] or ""))).split()
            if words and words[0].upper() not in _FIELDS:
                yield f"域“{words[0]}”"


def _links(rels: str) -> Iterator[str]:
    for relation in _RELATION.findall(rels):
        target = _TARGET.search(relation)
        if 'TargetMode="External"' in relation and target:
            yield f"外部链接“{target[1]}”"
        elif "/aFChunk" in relation:
            yield "嵌入的对象或控件"
