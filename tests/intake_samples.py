"""Workbooks and broken files for the tests of the reader, made afresh each time; none is kept as a binary."""

import io
import os
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

SECONDS = 120

#: Value, number format; every kind of cell a section might send back.
VALUES = [
    [1, "General"],
    [0, "0"],
    [-3.5, "0.00"],
    [59.7, "0.00_ "],
    [0.1 + 0.2, "General"],
    [1e-7, "General"],
    [123456789012345, "0"],
    [1e20, "General"],
    [0.95, "0%"],
    [0.953, '[Red]0.0%;"无"'],
    [3, '0"分"'],
    [date(2021, 12, 31), 'yyyy"年"m"月"d"日"'],
    [datetime(2021, 3, 1, 12, 0), "yyyy-mm-dd hh:mm"],
    ["文字", "General"],
    ["两行\n文字", "General"],
    ["  前后  有  空格 ", "General"],
    ["a\tb", "General"],
    ["<&>\"'", "General"],
    ["𠮷🙂", "General"],
    ["0012", "@"],
    ["=not a formula", "@"],
    [True, "General"],
    [False, "General"],
]


def openpyxl_book() -> bytes:
    """`数据` with VALUES in column B, a hidden, a very hidden and a protected sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "数据"
    for row, (value, code) in enumerate(VALUES, 2):
        sheet.cell(row, 1, f"第{row}行")
        cell = sheet.cell(row, 2, value)
        cell.number_format = code
        if isinstance(value, str):
            cell.data_type = "s"
    sheet["D2"] = "=SUM(B2:B3)"
    sheet["D3"] = "=1/0"
    sheet["D4"] = '="甲"&"乙"'
    sheet.merge_cells("A1:C1")
    sheet["A1"] = "标题"
    sheet.cell(900, 30).number_format = "0.00"
    sheet.oddHeader.center.text = "页眉文字"
    book.create_sheet("隐藏").sheet_state = "hidden"
    book["隐藏"]["A1"] = "h"
    book.create_sheet("_manifest").sheet_state = "veryHidden"
    book["_manifest"]["C3"] = "v"
    locked = book.create_sheet("保护")
    locked["A1"] = 5
    locked.protection.sheet = True
    return _saved(book)


def _saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsxwriter_book(sheets=1) -> bytes:
    """Shared strings, rich text, cached formula values of every kind, a chart sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": 10})
    for number in range(1, sheets + 1):
        sheet = book.add_worksheet(f"表{number}")
        sheet.write_rich_string("A1", "普通", bold, "加粗", " 尾 ")
        sheet.write("A2", "甲")
        sheet.write("A3", "甲")
        sheet.write_number("B1", 0.25, percent)
        sheet.write_formula("B2", "=1+1", None, 2)
        sheet.write_formula("B3", '="x"', None, "x")
        sheet.write_formula("B4", "=NA()", None, "#N/A")
        sheet.write_formula("B5", "=1=1", None, True)
        sheet.write_formula("B6", '=""', None, "")
        sheet.write_blank("C9", None, percent)
        sheet.set_footer("&C页脚")
    chart = book.add_chartsheet("图")
    drawing = book.add_chart({"type": "column"})
    drawing.add_series({"values": "=表1!$B$1:$B$2"})
    chart.set_chart(drawing)
    book.close()
    return stream.getvalue()


def filled_book(cells: dict[str, object]) -> bytes:
    """One sheet `S` with these A1 → value, by openpyxl."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    for ref, value in cells.items():
        cell = book.active[ref]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    return _saved(book)


# --- packages by hand ---------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: dict[str, bytes | str] | list) -> bytes:
    """A zip of these parts; a list of pairs may repeat a name."""
    stream = io.BytesIO()
    pairs = parts.items() if isinstance(parts, dict) else parts
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def relations(*entries: tuple[str, str, str]) -> str:
    """A .rels part of (id, last word of the type, target)."""
    body = "".join(f'<Relationship Id="{key}" Type="{RELS}/{kind}" Target="{to}"/>' for key, kind, to in entries)
    return f'<Relationships xmlns="{PACKAGE_RELS}">{body}</Relationships>'


def parts_of(sheet_xml: str, *, strings: str | None = None, styles: str | None = None) -> dict[str, bytes | str]:
    """The parts of a small workbook with one sheet `S`; `sheet_xml` is what stands inside <worksheet>."""
    entries = [("rId1", "worksheet", "worksheets/sheet1.xml")]
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet_xml}</worksheet>',
    }
    if strings is not None:
        entries.append(("rId2", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if styles is not None:
        entries.append(("rId3", "styles", "styles.xml"))
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    parts["xl/_rels/workbook.xml.rels"] = relations(*entries)
    return parts


def small(sheet_xml: str = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>', **more: str) -> bytes:
    """`parts_of`, zipped."""
    return zipped(parts_of(sheet_xml, **more))


def replaced(data: bytes, name: str, content: bytes | str | None) -> bytes:
    """The zip with one part replaced, or removed by None."""
    parts: dict[str, bytes | str] = dict(unzipped(data))
    if content is None:
        del parts[name]
    else:
        parts[name] = content
    return zipped(parts)


_INLINE = re.compile(rb'<c ([^>]*)t="inlineStr"([^>]*)><is>(.*?)</is></c>', re.DOTALL)


def shared_strings(data: bytes) -> bytes:
    """A workbook whose texts stand in their cells, as Excel saves it: every text in one table."""
    parts, found = unzipped(data), []

    def share(match: re.Match) -> bytes:
        found.append(b"<si>" + match[3] + b"</si>")
        return b'<c %st="s"%s><v>%d</v></c>' % (match[1], match[2], len(found) - 1)

    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = _INLINE.sub(share, parts[name])
    assert found
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">'.encode() + b"".join(found) + b"</sst>"
    rel = f'<Relationship Id="rIdS" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", rel.encode())
    return zipped(parts)


def cell_xml(body: str) -> str:
    """A grid around cells of row 1."""
    return f'<sheetData><row r="1">{body}</row></sheetData>'


def zeros_part(size: int) -> bytes:
    """A workbook whose sheet part inflates to `size` zero bytes, made without ever holding them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of("").items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as part:
            block = bytes(1024 * 1024)
            for _ in range(size // len(block)):
                part.write(block)
    return stream.getvalue()


def lying_size(data: bytes, name: str, stated: int) -> bytes:
    """The zip with another uncompressed size for one entry, in its directory and in its local header."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        local = archive.getinfo(name).header_offset
    struct.pack_into("<L", changed, local + 22, stated)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        length = struct.unpack_from("<H", data, place + 28)[0]
        if data[place + 46 : place + 46 + length] == name.encode():
            struct.pack_into("<L", changed, place + 24, stated)
        place = data.find(b"PK\x01\x02", place + 46)
    return bytes(changed)


def flagged(data: bytes, bits: int) -> bytes:
    """The zip with these flag bits set in all its directory entries."""
    changed = bytearray(data)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        changed[place + 8] |= bits
        place = data.find(b"PK\x01\x02", place + 46)
    return bytes(changed)


def named_zip(members: list[tuple[bytes, bytes]]) -> bytes:
    """A zip with raw member names and no UTF-8 flag, as Chinese Windows writes it."""
    body, directory = b"", b""
    for name, content in members:
        head = struct.pack("<5H3L2H", 20, 0, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(name), 0)
        tail = struct.pack("<3H2L", 0, 0, 0, 0, len(body))
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + tail + name
        body += b"PK\x03\x04" + head + name + content
    end = struct.pack("<4H2LH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def ole_file(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams, each in sectors of its own."""
    bodies, fat, entries = b"", [], []
    for name, content in streams.items():
        content = content.ljust(4096, b"\0")
        content += b"\0" * (-len(content) % 512)
        first, count = len(fat), len(content) // 512
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
        bodies += content
        entries.append((name, 2, first, len(content)))
    directory = b"".join(_ole_entry(*entry) for entry in [("Root Entry", 5, 0xFFFFFFFE, 0), *entries])
    directory += b"\0" * (-len(directory) % 512)
    directory_at, count = len(fat), len(directory) // 512
    fat += [*range(directory_at + 1, directory_at + count), 0xFFFFFFFE]
    fat_at = len(fat)
    fat.append(0xFFFFFFFD)
    table = struct.pack(f"<{len(fat)}L", *fat).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<8L", 1, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109L", fat_at, *[0xFFFFFFFF] * 108)
    return header + bodies + directory + table


def _ole_entry(name: str, kind: int, first: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB3L", len(raw), kind, 1, *[0xFFFFFFFF] * 3)
    return head + bytes(36) + struct.pack("<3L", first, size, 0)


# --- other programs -----------------------------------------------------------------------------------------------


def need(program: str) -> str:
    """The program's path; without it the test is skipped, or fails where offices are required."""
    path = shutil.which(program)
    if path is None and os.environ.get("KAOPING_REQUIRE_OFFICE") == "1":
        pytest.fail(f"{program} is required")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def office_convert(data: bytes, kind: str, folder) -> bytes:
    """The workbook saved as `kind` by LibreOffice, with a profile of its own."""
    source = folder / "in" / "book.xlsx"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(data)
    profile = (folder / "profile").resolve().as_uri()
    command = [need("soffice"), "--headless", f"-env:UserInstallation={profile}", "--convert-to", kind]
    command += ["--outdir", str(folder / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return (folder / "out" / f"book.{kind}").read_bytes()


def gnumeric_convert(data: bytes, kind: str, folder) -> bytes:
    """The workbook saved as `kind` (its extension) by Gnumeric."""
    source, target = folder / "g.xlsx", folder / f"g.{kind}"
    source.write_bytes(data)
    command = [need("ssconvert"), str(source), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return target.read_bytes()
