"""Damage and forgery drawn at random: what may happen to a returned workbook between two hands, and what it then holds.

`mutate` changes the filled return of the small scheme in one of many ways. `stored` is a reader of its own, as simple
as can be: what the file itself says stands in each cell, to judge the real reader by.
"""

import copy
import functools
import io
import posixpath
import random
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

import intake_samples as samples
import openpyxl
from appraisals import best_sheet, small_rules, template
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter

from workbook_builder.building import section_workbook
from workbook_builder.pipeline import Reader
from workbook_builder.rules import sheet as sh

FILE, SECTION = "甲科.xlsx", "甲科"
MAIN, RELS = f"{{{samples.MAIN}}}", f"{{{samples.RELS}}}"
#: How the document calls them.
CELL, SHEET, MARKUP, STORED_BIT, PACKED_BIT = "改一格", "改行、列、表", "改 XML", "翻转位（不压缩）", "翻转位（压缩）"
WAYS = (CELL, SHEET, MARKUP, STORED_BIT, PACKED_BIT)
#: Examples of each way in every run of the tests; the last ways are refused at once and cheap.
EXAMPLES = {CELL: 80, SHEET: 25, MARKUP: 110, STORED_BIT: 150, PACKED_BIT: 150}


@functools.cache
def reader() -> Reader:
    return Reader.of(small_rules().scheme)


@functools.cache
def packages() -> tuple[bytes, ...]:
    """The same filled return: texts in the cells, texts in one table."""
    rules = small_rules()
    section = rules.scheme.section(SECTION)
    data = section_workbook(rules, section, template(), best_sheet(rules, section))
    return data, samples.shared_strings(data)


@functools.cache
def parts(number: int) -> dict[str, bytes]:
    return samples.unzipped(packages()[number])


@functools.cache
def flat(number: int) -> bytes:
    """The package without compression, so that a changed bit is a changed letter."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts(number).items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


@functools.cache
def original():
    """What is read of the return as it was."""
    (found,) = reader().read(FILE, packages()[0])
    (returned,) = found.returns
    assert len(returned.entries) > 40 and not returned.refused
    return found, returned


@functools.cache
def answer_cells() -> tuple[str, ...]:
    return tuple(sorted(set(original()[1].places.values())))


# --- mutations ----------------------------------------------------------------------------------------------------------


def mutate(rnd: random.Random, way: str) -> bytes:
    """The return changed in one way; `rnd` decides everything else."""
    number = rnd.randrange(2)
    if way == STORED_BIT:
        return _flipped(rnd, flat(number)) if rnd.random() < 0.3 else _mended(rnd, parts(number))
    if way == PACKED_BIT:
        return _flipped(rnd, packages()[number])
    if way == SHEET:
        return _sheet_edited(rnd, packages()[0])
    found = dict(parts(number))
    name = _sheet(found) if way == CELL else rnd.choice([*_telling(found), _sheet(found), _sheet(found)])
    found[name] = _cell_edited(rnd, found[name]) if way == CELL else _markup_edited(rnd, found[name])
    return samples.zipped(found)


def _sheet(found: dict[str, bytes]) -> str:
    sheets = [name for name in found if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return max(sheets, key=lambda name: len(found[name]))


def _telling(found: dict[str, bytes]) -> list[str]:
    """Every part that is read."""
    return sorted(n for n in found if n.endswith((".xml", ".rels")) and not n.startswith(("docProps", "xl/theme")))


def _flipped(rnd: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rnd.choice((1, 1, 1, 2, 8))):
        changed[rnd.randrange(len(changed))] ^= 1 << rnd.randrange(8)
    return bytes(changed)


def _mended(rnd: random.Random, found: dict[str, bytes]) -> bytes:
    """A bit of a part changed and the checksum set right, as by a hand that knows how: only the content tells."""
    name = rnd.choice([*_telling(found), _sheet(found), _sheet(found)])
    content = bytearray(found[name])
    content[_place(rnd, content)] ^= 1 << rnd.randrange(8)
    return samples.zipped({**found, name: bytes(content)})


def _place(rnd: random.Random, content: bytes) -> int:
    """Anywhere, or within an answer's cell."""
    start = content.find(b'r="%s"' % rnd.choice(answer_cells()).encode())
    return rnd.randrange(len(content)) if start < 0 or rnd.random() < 0.4 else start + rnd.randrange(60)


VALUES = ("", "0", "1", "2.5", "-1", "1e3", "95", "0.95", "１", "是", "否", "无", "不适用", "待市局反馈", "=1+1", "44561", "x" * 300)


def _cell_edited(rnd: random.Random, content: bytes) -> bytes:
    """Another value, type or format in a cell, oftener than not one that is filled in."""
    root = ElementTree.fromstring(content)
    cells = {cell.get("r"): cell for cell in root.iter(MAIN + "c")}
    ref = rnd.choice(answer_cells()) if rnd.random() < 0.7 else rnd.choice(sorted(cells))
    cell = cells.get(ref)
    if cell is None:
        return content
    how = rnd.randrange(4)
    if how == 0:
        cell.set("s", rnd.choice(sorted({c.get("s", "0") for c in cells.values()})))
    elif how == 1:
        other = rnd.choice(list(cells.values()))
        for key in ("t", "s"):
            cell.attrib.pop(key, None)
        cell.attrib.update({k: v for k, v in other.attrib.items() if k != "r"})
        cell[:] = [copy.deepcopy(child) for child in other]
    else:
        _fill(cell, rnd.choice(VALUES), rnd.random() < 0.5)
    return ElementTree.tostring(root, "utf-8")


def _fill(cell: ElementTree.Element, value: str, as_text: bool) -> None:
    cell[:] = []
    cell.attrib.pop("t", None)
    if not value:
        return
    number = re.fullmatch(r"-?[0-9.e]+", value) and not as_text
    if not number:
        cell.set("t", "str")
    ElementTree.SubElement(cell, MAIN + "v").text = value


def _sheet_edited(rnd: random.Random, data: bytes) -> bytes:
    """What a program or a hand does to whole rows, columns and sheets, saved by a library that knows nothing of us."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[SECTION] if rnd.random() < 0.8 else rnd.choice(book.worksheets)
    rnd.choice(EDITS)(rnd, book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _near(rnd: random.Random, sheet) -> tuple[int, int]:
    """A row and a column: of an answer, or anywhere, or a little outside."""
    if rnd.random() < 0.6:
        cell = sheet[rnd.choice(answer_cells())]
        return cell.row, cell.column
    return rnd.randint(1, sheet.max_row + 3), rnd.randint(1, sheet.max_column + 3)


def _set_cell(rnd: random.Random, _, sheet) -> None:
    cell = sheet.cell(*_near(rnd, sheet))
    if not isinstance(cell, MergedCell):
        value = rnd.choice(VALUES)
        cell.value = float(value) if re.fullmatch(r"-?[0-9.]+", value) and rnd.random() < 0.6 else value or None


def _insert_rows(rnd: random.Random, _, sheet) -> None:
    sheet.insert_rows(_near(rnd, sheet)[0], rnd.choice((1, 1, 2, 30)))


def _delete_rows(rnd: random.Random, _, sheet) -> None:
    sheet.delete_rows(_near(rnd, sheet)[0], rnd.choice((1, 1, 2, 30)))


def _insert_columns(rnd: random.Random, _, sheet) -> None:
    sheet.insert_cols(_near(rnd, sheet)[1], rnd.choice((1, 1, 2)))


def _delete_columns(rnd: random.Random, _, sheet) -> None:
    sheet.delete_cols(_near(rnd, sheet)[1], rnd.choice((1, 1, 2)))


def _copy_sheet(rnd: random.Random, book, sheet) -> None:
    """A copy beside it, before it, in its place or under its name, and perhaps with something else in it."""
    copied = book.copy_worksheet(sheet)
    if rnd.random() < 0.5:
        _set_cell(rnd, book, copied)
    if rnd.random() < 0.5:
        book.move_sheet(copied, -rnd.randrange(len(book.worksheets)))
    if rnd.random() < 0.4:
        name = sheet.title
        book.remove(sheet)
        if rnd.random() < 0.5:
            copied.title = name


def _merge_cells(rnd: random.Random, _, sheet) -> None:
    row, column = _near(rnd, sheet)
    sheet.merge_cells(start_row=row, start_column=column, end_row=row + rnd.randrange(3), end_column=column + rnd.randrange(1, 3))


def _move_range(rnd: random.Random, _, sheet) -> None:
    """Cells taken somewhere else, over what stands there."""
    row, column = _near(rnd, sheet)
    row, down = max(row, 3), rnd.choice((-2, -1, 1, 2))
    letter = get_column_letter(column)
    sheet.move_range(f"{letter}{row}:{letter}{row + rnd.randrange(3)}", rows=down)


EDITS = (_set_cell, _set_cell, _insert_rows, _delete_rows, _insert_columns, _delete_columns, _copy_sheet, _merge_cells, _move_range)


def _markup_edited(rnd: random.Random, content: bytes) -> bytes:
    """An element deleted, doubled, moved, or with another attribute or text."""
    root = ElementTree.fromstring(content)
    parents = [element for element in root.iter() if len(element)]
    if not parents:
        return content
    near = [p for p in parents if p.get("r") in answer_cells() or any(c.get("r") in answer_cells() for c in p)]
    parent = rnd.choice(near if near and rnd.random() < 0.6 else parents)
    place = rnd.randrange(len(parent))
    element = parent[place]
    how = rnd.randrange(6)
    if how == 0:
        del parent[place]
    elif how == 1:
        parent.insert(rnd.randrange(len(parent)), copy.deepcopy(element))
    elif how == 2:
        del parent[place]
        rnd.choice(parents).append(element)
    elif how == 3 and element.attrib:
        del element.attrib[rnd.choice(sorted(element.attrib))]
    elif how == 4 and element.attrib:
        key = rnd.choice(sorted(element.attrib))
        element.set(key, _other(rnd, element.get(key, ""), [e.get(key) for e in root.iter() if e.get(key)]))
    else:
        element.text = _other(rnd, element.text or "", [e.text for e in root.iter() if e.text and e.text.strip()])
    return ElementTree.tostring(root, "utf-8")


def _other(rnd: random.Random, text: str, used: list[str]) -> str:
    how = rnd.randrange(4)
    if how == 0 and used:
        return rnd.choice(used)
    if how == 1 and text:
        place = rnd.randrange(len(text))
        return text[:place] + rnd.choice("0123456789ABF#/是否") + text[place + 1 :]
    if how == 2 and text.isdigit():
        return str(int(text) + rnd.choice((1, -1)))
    return rnd.choice(VALUES)


# --- what a file says of itself -------------------------------------------------------------------------------------------


def stored(data: bytes) -> dict[tuple[str, str], tuple]:
    """(sheet, A1) → what stands there: type, text, number format. Whatever it cannot follow is left out."""
    try:
        found = samples.unzipped(data)
        book = ElementTree.fromstring(found["xl/workbook.xml"])
        rels = ElementTree.fromstring(found["xl/_rels/workbook.xml.rels"])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ElementTree.ParseError, KeyError, ValueError, NotImplementedError, OSError, RuntimeError, EOFError, zipfile.zlib.error):
        return {}
    targets = {rel.get("Id"): posixpath.normpath(posixpath.join("/xl", rel.get("Target", "")))[1:] for rel in rels}
    strings, formats = _strings(found), _formats(found)
    cells: dict[tuple[str, str], tuple] = {}
    for sheet in book.iter(MAIN + "sheet"):
        try:
            root = ElementTree.fromstring(found[targets[sheet.get(RELS + "id")]])
        except (KeyError, ElementTree.ParseError):
            continue
        for cell in root.iter(MAIN + "c"):
            cells.setdefault((sheet.get("name"), cell.get("r")), _said(cell, strings, formats))
    return cells


def _strings(found: dict[str, bytes]) -> list[str]:
    try:
        return ["".join(si.itertext()) for si in ElementTree.fromstring(found["xl/sharedStrings.xml"]).iter(MAIN + "si")]
    except (KeyError, ElementTree.ParseError):
        return []


def _formats(found: dict[str, bytes]) -> list[str]:
    try:
        root = ElementTree.fromstring(found["xl/styles.xml"])
    except (KeyError, ElementTree.ParseError):
        return []
    codes = {f.get("numFmtId"): f.get("formatCode") for f in root.iter(MAIN + "numFmt")}
    return [codes.get(xf.get("numFmtId"), xf.get("numFmtId")) for group in root.iter(MAIN + "cellXfs") for xf in group]


def _said(cell: ElementTree.Element, strings: list[str], formats: list[str]) -> tuple:
    kind, style = cell.get("t", "n"), cell.get("s", "0")
    value, formula = cell.find(MAIN + "v"), cell.find(MAIN + "f")
    text = (value.text or "") if value is not None else "".join(cell.itertext()) if kind == "inlineStr" else ""
    if kind == "s":
        text = strings[int(text)] if text.strip().isdigit() and int(text) < len(strings) else None
    shown = formats[int(style)] if style.isdigit() and int(style) < len(formats) else ""
    return ("s" if kind in ("s", "str", "inlineStr") else kind), text, shown, formula is not None


@functools.cache
def stored_original() -> dict[tuple[str, str], tuple]:
    return stored(packages()[0])


# --- the law ------------------------------------------------------------------------------------------------------------


REFUSED, SAME, EXPLAINED, REPORTED = "整个文件未采用", "读得的数一个未变", "变了的数，那一格确实变了", "变了的数，逐一报告"
OUTCOMES = (SAME, EXPLAINED, REPORTED, REFUSED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutation: its outcome, and every changed answer that nothing explains."""

    outcome: str
    unexplained: tuple[str, ...] = ()


def judge(data: bytes) -> Verdict:
    """Read, check and score the changed return against the law."""
    before, good = original()
    readings = reader().read(FILE, data)
    returns = [r for reading in readings for r in reading.returns]
    problems = [p for reading in readings for p in (*reading.problems, *(q for r in reading.returns for q in r.problems))]
    mine = [r for r in returns if r.section == SECTION]
    if len(mine) != 1:
        # Nothing of the section is taken: that must be said.
        return Verdict(REFUSED, () if problems else ("refused in silence",))
    known = {(p.code, p.where) for p in (*before.problems, *good.problems)}
    new = [p for p in problems if (p.code, p.where) not in known]
    found = mine[0]
    differing = _differing(good, found)
    if not differing:
        same = _total(good) == _total(found)
        return Verdict(SAME, () if same else ("score without a reason",))
    now, was = stored(data), stored_original()
    silent = [name for name in differing if not _reported(found, good, name, new)]
    lost = tuple(name for name in silent if not _really_changed(good, found, name, was, now))
    return Verdict(EXPLAINED if silent else REPORTED, lost)


def _differing(good, found) -> list[str]:
    def said(returned, name):
        return returned.entries.get(name), name in returned.refused

    names = {**good.entries, **found.entries, **good.refused, **found.refused}
    return [name for name in names if said(good, name) != said(found, name)]


def _reported(found, good, name: str, problems) -> bool:
    """A problem at the field, at its cell, or one that is about the whole sheet or file."""
    places = {found.places.get(name), good.places.get(name)} - {None, ""}
    return any(p.where.field == name or p.where.cell in places for p in problems)


def _really_changed(good, found, name: str, was: dict, now: dict) -> bool:
    """The answer stands where it stood, and the file itself says something else there.

    In another sheet only if the one where it stood is gone: renamed, or replaced by its copy.
    """
    place, sheet = good.places.get(name), good.sheets.get(name, good.sheet)
    here = found.sheets.get(name, found.sheet)
    same = place is not None and found.places.get(name, place) == place
    return same and (here == sheet or sheet not in {title for title, _ in now}) and was.get((sheet, place)) != now.get((here, place))


def _total(returned) -> object:
    rules = small_rules()
    return sh.score_sheet(rules, rules.scheme.section(SECTION), returned.scored)


def figures(counts: dict[str, int]) -> dict[str, dict[str, int]]:
    """way → outcome → how many of so many mutations; the seed of each is its number."""
    table = {way: dict.fromkeys(OUTCOMES, 0) for way in counts}
    for way, count in counts.items():
        for number in range(count):
            verdict = judge(mutate(random.Random(number), way))
            assert not verdict.unexplained, (way, number, verdict)
            table[way][verdict.outcome] += 1
    return table


