"""What of a workbook's outfit another program leaves in place: locks, validations, hidden things, formulas, print set-up.

Comes in: bytes of an .xlsx, .xls or .ods. Goes out: feature → how much of it there is, counted the same way in all three
formats, so that two files can be compared. Looked up in the files themselves, never by the reader that is on trial.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator

import xlrd
from lxml import etree
from openpyxl.utils import range_boundaries
from xlrd.compdoc import CompDoc

LOCKED, PASSWORD, FREE, LISTS, PROMPTS = "工作表锁", "锁的密码", "可填的格", "下拉列表", "填写提示"
HIDDEN, KEYS, FORMULAS, LOOKS, MERGED = "隐藏的表", "隐藏的列", "公式", "条件格式", "合并格"
HEIGHTS, FROZEN, TITLES, STRUCTURE, NAMES = "行高", "冻结窗格", "打印标题行", "结构锁", "名称"
TABLES, CHARTS, BARS, LINKS = "表格筛选", "图表", "数据条", "链接"
_NEAR_POINTS = 1.0
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "px": 0.75}
Counts = dict[str, float]
Cells = Iterable[tuple[int, int]]


def outfit(data: bytes, ext: str, sheet: str, typed: Cells) -> Counts:
    """Feature → amount. Rows and the key column are those of `sheet`; `typed`: its inputs, as (row, column) from 1."""
    return {"xlsx": _xlsx, "xls": _xls, "ods": _ods}[ext](data, sheet, list(typed))


def rows_alike(before: dict[int, float], after: dict[int, float]) -> float:
    """Rows of `before` that are as high as they were."""
    return sum(abs(after.get(row, 0.0) - height) <= _NEAR_POINTS for row, height in before.items())


# --- .xlsx ------------------------------------------------------------------------------------------------------------


def _tags(root, name: str) -> list:
    return [element for element in root.iter() if isinstance(element.tag, str) and etree.QName(element).localname == name]


def _area(ranges: str) -> int:
    total = 0
    for one in ranges.split():
        left, top, right, bottom = range_boundaries(one)
        total += (right - left + 1) * (bottom - top + 1)
    return total


def _true(value: str | None) -> bool:
    return value in ("1", "true")


def _xlsx(data: bytes, sheet: str, typed: list[tuple[int, int]]) -> Counts:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    trees = {name: etree.fromstring(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    book = trees["xl/workbook.xml"]
    pages = [tree for name, tree in sorted(trees.items()) if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
    locks = [lock for page in pages for lock in _tags(page, "sheetProtection") if _true(lock.get("sheet"))]
    checks = [check for page in pages for check in _tags(page, "dataValidation")]
    names = _tags(book, "definedName")
    page = _page_of(book, trees, sheet)
    return {
        LOCKED: len(locks),
        PASSWORD: sum(bool(lock.get("password") or lock.get("hashValue")) for lock in locks),
        FREE: sum(_free_xlsx(trees["xl/styles.xml"], page, typed)),
        LISTS: sum(_area(check.get("sqref")) for check in checks if check.get("type") == "list"),
        PROMPTS: sum(_area(check.get("sqref")) for check in checks if check.get("prompt")),
        HIDDEN: sum(s.get("state", "visible") != "visible" for s in _tags(book, "sheet")),
        KEYS: sum(_true(c.get("hidden")) and int(c.get("min")) == 1 for c in _tags(page, "col")),
        FORMULAS: sum(len(_tags(page, "f")) for page in pages),
        LOOKS: sum(_area(c.get("sqref")) for page in pages for c in _tags(page, "conditionalFormatting") if c.get("sqref")),
        MERGED: sum(len(_tags(page, "mergeCell")) for page in pages),
        FROZEN: sum(pane.get("state") == "frozen" for page in pages for pane in _tags(page, "pane")),
        TITLES: sum(name.get("name") == "_xlnm.Print_Titles" for name in names),
        STRUCTURE: sum(_true(lock.get("lockStructure")) for lock in _tags(book, "workbookProtection")),
        NAMES: sum(not name.get("name").startswith("_xlnm.") for name in names),
        TABLES: sum(name.startswith("xl/tables/") for name in parts),
        CHARTS: sum(bool(re.fullmatch(r"xl/charts/chart[^/]*\.xml", name)) for name in parts),
        BARS: sum(rule.get("type") == "dataBar" for page in pages for rule in _tags(page, "cfRule")),
        LINKS: sum(len(_tags(page, "hyperlink")) for page in pages),
    }


def _page_of(book, trees: dict, sheet: str):
    key = next(s for s in _tags(book, "sheet") if s.get("name") == sheet)
    rel_id = next(value for name, value in key.attrib.items() if etree.QName(name).localname == "id" and "relationships" in name)
    rels = trees["xl/_rels/workbook.xml.rels"]
    target = next(r.get("Target") for r in _tags(rels, "Relationship") if r.get("Id") == rel_id)
    return trees[f"xl/{target.removeprefix('/xl/')}"]


def _free_xlsx(styles, page, typed: list[tuple[int, int]]) -> Iterator[bool]:
    looks = _tags(styles, "cellXfs")[0]
    free = [any(p.get("locked") in ("0", "false") for p in _tags(look, "protection")) for look in looks]
    cells = {cell.get("r"): int(cell.get("s") or 0) for cell in _tags(page, "c")}
    for row, col in typed:
        yield free[cells[f"{_letters(col)}{row}"]]


def _letters(col: int) -> str:
    text = ""
    while col:
        col, rest = divmod(col - 1, 26)
        text = chr(65 + rest) + text
    return text


def heights(data: bytes, ext: str, sheet: str) -> dict[int, float]:
    """Row → height in points, of the rows of `sheet` that have one of their own."""
    if ext == "xls":
        page = xlrd.open_workbook(file_contents=data, formatting_info=True).sheet_by_name(sheet)
        return {row + 1: info.height / 20 for row, info in page.rowinfo_map.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if ext == "ods":
            return dict(_ods_heights(etree.fromstring(package.read("content.xml")), sheet))
        trees = {n: etree.fromstring(package.read(n)) for n in package.namelist() if n.endswith((".xml", ".rels"))}
    page = _page_of(trees["xl/workbook.xml"], trees, sheet)
    return {int(row.get("r")): float(row.get("ht")) for row in _tags(page, "row") if row.get("ht")}


# --- .xls -------------------------------------------------------------------------------------------------------------


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(number of the substream, kind, contents) of every BIFF record."""
    place, depth, number = 0, 0, -1
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + size]
        place += 4 + size
        if kind == 0x809:
            depth += 1
            number += depth == 1
        yield number, kind, body
        if kind == 0x0A:
            depth -= 1


def _xls(data: bytes, sheet: str, typed: list[tuple[int, int]]) -> Counts:
    stream = CompDoc(data, logfile=io.StringIO()).get_named_stream("Workbook")
    records = list(_records(stream))
    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    page, place = book.sheet_by_name(sheet), book.sheet_names().index(sheet) + 1
    on_sheets = [(number, kind, body) for number, kind, body in records if number > 0]
    checks = [_xls_check(body) for _, kind, body in on_sheets if kind == 0x1BE]
    names = [body for number, kind, body in records if number == 0 and kind == 0x18]
    built_in = [bool(struct.unpack_from("<H", body)[0] & 0x20) for body in names]
    looks = [book.xf_list[page.cell_xf_index(row - 1, col - 1)] for row, col in typed]
    return {
        LOCKED: sum(kind == 0x12 and body[:2] == b"\1\0" for _, kind, body in on_sheets),
        PASSWORD: sum(kind == 0x13 and body[:2] != b"\0\0" for _, kind, body in on_sheets),
        FREE: sum(not look.protection.cell_locked for look in looks),
        LISTS: sum(area for kind, _, area in checks if kind == 3),
        PROMPTS: sum(area for _, prompt, area in checks if prompt),
        HIDDEN: sum(kind == 0x85 and bool(body[4] & 3) for _, kind, body in records),
        KEYS: sum(n == place and kind == 0x7D and _hidden_first(body) for n, kind, body in on_sheets),
        FORMULAS: sum(kind == 0x06 for _, kind, _ in on_sheets),
        LOOKS: sum(_xls_area(body, 12) for _, kind, body in on_sheets if kind == 0x1B0),
        MERGED: sum(struct.unpack_from("<H", body)[0] for _, kind, body in on_sheets if kind == 0xE5),
        FROZEN: sum(kind == 0x23E and bool(struct.unpack_from("<H", body)[0] & 8) for _, kind, body in on_sheets),
        TITLES: sum(own and _built_in_name(body) == 7 for own, body in zip(built_in, names, strict=True)),
        STRUCTURE: sum(number == 0 and kind == 0x12 and body[:2] == b"\1\0" for number, kind, body in records),
        NAMES: built_in.count(False),
    }


def _hidden_first(body: bytes) -> bool:
    first, _, _, _, flags = struct.unpack_from("<5H", body)
    return first == 0 and bool(flags & 1)


def _built_in_name(body: bytes) -> int:
    return body[15]


def _xls_area(body: bytes, place: int) -> int:
    count = struct.unpack_from("<H", body, place)[0]
    total = 0
    for number in range(count):
        top, bottom, left, right = struct.unpack_from("<4H", body, place + 2 + 8 * number)
        total += (bottom - top + 1) * (right - left + 1)
    return total


def _xls_check(body: bytes) -> tuple[int, bool, int]:
    """(type, whether it has a prompt, how many cells) of a DV record."""
    kind, place, texts = struct.unpack_from("<L", body)[0] & 15, 4, []
    for _ in range(4):
        length, wide = struct.unpack_from("<HB", body, place)
        size = length * (2 if wide & 1 else 1)
        texts.append(body[place + 3 : place + 3 + size].strip(b"\0"))
        place += 3 + size
    for _ in range(2):
        place += 4 + struct.unpack_from("<H", body, place)[0]
    return kind, bool(texts[2]), _xls_area(body, place)


# --- .ods -------------------------------------------------------------------------------------------------------------


def _attribute(element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if etree.QName(key).localname == name), None)


def _ods_rows(table) -> Iterator[tuple[int, int, object]]:
    """(first row, how many, element)."""
    at = 1
    for row in _tags(table, "table-row"):
        count = int(_attribute(row, "number-rows-repeated") or 1)
        yield at, count, row
        at += count


def _ods_cells(table) -> Iterator[tuple[int, int, int, object]]:
    """(row, column, how many cells, element) of every cell that is there."""
    for row, rows, element in _ods_rows(table):
        col = 1
        for cell in element:
            count = int(_attribute(cell, "number-columns-repeated") or 1)
            yield row, col, rows * count, cell
            col += count


def _ods_heights(content, sheet: str) -> Iterator[tuple[int, float]]:
    styles = {_attribute(s, "name"): h for s in _tags(content, "style") for h in _row_height(s)}
    table = next(t for t in _tags(content, "table") if _attribute(t, "name") == sheet)
    for row, count, element in _ods_rows(table):
        # Beyond the last used row a file says how high a million rows are.
        height = styles.get(_attribute(element, "style-name"))
        if height is not None and count < 1000:
            yield from ((row + more, height) for more in range(count))


def _row_height(style) -> Iterator[float]:
    for found in _tags(style, "table-row-properties"):
        match = re.fullmatch(r"([\d.]+)(\w+)", _attribute(found, "row-height") or "")
        if match:
            yield float(match[1]) * _POINTS[match[2]]


def _ods(data: bytes, sheet: str, typed: list[tuple[int, int]]) -> Counts:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        content = etree.fromstring(package.read("content.xml"))
        settings = package.read("settings.xml").decode() if "settings.xml" in package.namelist() else ""
    tables = _tags(content, "table")
    table = next(t for t in tables if _attribute(t, "name") == sheet)
    locks = [t for t in tables if _attribute(t, "protected") == "true"]
    cells = [found for t in tables for found in _ods_cells(t)]
    lists, prompts = _ods_checks(content)
    styles = {_attribute(s, "name"): s for s in _tags(content, "style")}
    ranges = [_attribute(c, "target-range-address") for c in _tags(content, "conditional-format")]
    columns = _tags(table, "table-column")
    return {
        LOCKED: len(locks),
        PASSWORD: sum(bool(_attribute(t, "protection-key")) for t in locks),
        FREE: sum(_free_ods(styles, table, typed)),
        LISTS: sum(count for _, _, count, c in cells if _attribute(c, "content-validation-name") in lists),
        PROMPTS: sum(count for _, _, count, c in cells if _attribute(c, "content-validation-name") in prompts),
        HIDDEN: sum(not _shown(styles.get(_attribute(t, "style-name"))) for t in tables),
        KEYS: int(bool(columns) and _attribute(columns[0], "visibility") == "collapse"),
        FORMULAS: sum(count for _, _, count, c in cells if _attribute(c, "formula")),
        LOOKS: sum(_ods_area(text) for text in ranges if text),
        MERGED: sum(_spans(c) for _, _, _, c in cells),
        FROZEN: len(re.findall(r'config:name="VerticalSplitMode"[^>]*>2<', settings)),
        TITLES: sum(bool(_tags(t, "table-header-rows")) for t in tables),
        STRUCTURE: sum(_attribute(s, "structure-protected") == "true" for s in _tags(content, "spreadsheet")),
        NAMES: len(_tags(content, "named-range")) + len(_tags(content, "named-expression")),
    }


def _shown(style) -> bool:
    return style is None or all(_attribute(p, "display") != "false" for p in _tags(style, "table-properties"))


def _spans(cell) -> bool:
    return any(int(_attribute(cell, f"number-{way}-spanned") or 1) > 1 for way in ("columns", "rows"))


def _ods_checks(content) -> tuple[set[str | None], set[str | None]]:
    checks = _tags(content, "content-validation")
    lists = {_attribute(c, "name") for c in checks if "in-list" in (_attribute(c, "condition") or "")}
    return lists, {_attribute(c, "name") for c in checks if any("".join(h.itertext()).strip() for h in _tags(c, "help-message"))}


def _ods_area(addresses: str) -> int:
    return _area(" ".join(re.sub(r"[^:\s]*\.", "", one) for one in re.findall(r"(?:'[^']*'|[^\s'])+", addresses)))


def _free_ods(styles: dict, table, typed: list[tuple[int, int]]) -> Iterator[bool]:
    wanted = set(typed)
    for row, col, _, cell in _ods_cells(table):
        if (row, col) in wanted:
            style = styles.get(_attribute(cell, "style-name"))
            found = [] if style is None else _tags(style, "table-cell-properties")
            yield any(_attribute(p, "cell-protect") == "none" for p in found)
