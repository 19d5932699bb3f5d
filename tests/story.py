"""samples/问题故事/故事.yaml → the returned files it tells of, and what collecting them finds.

    python tests/story.py              prints what samples/问题故事/expected.txt must say
    python tests/story.py FOLDER       writes each 收集 as a working folder, to be opened, or collected by `kaoping`

A file is built as a person makes it: the section's form, filled in, then changed; see VERBS for what may be done to it.
"""

import hashlib
import io
import sys
import tempfile
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path

import intake_samples as samples
import yaml
from edits import Edited
from openpyxl import Workbook
from openpyxl.styles import numbers
from openpyxl.utils.datetime import to_excel

from workbook_builder.building import bundled_template, section_workbook, whole_workbook
from workbook_builder.excel.stable import stable_save, write_part
from workbook_builder.folder import Folder
from workbook_builder.intake import LIMITS
from workbook_builder.layout.book import SECTION_BOOK, plan_book
from workbook_builder.layout.plan import MANIFEST_SHEET, address
from workbook_builder.pipeline import collect
from workbook_builder.problems import SEVERITY_LABELS
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import read_scheme

ROOT = Path(__file__).resolve().parent.parent
STORY = ROOT / "samples" / "问题故事"
SCHEME = ROOT / "samples" / "2021" / "方案.yaml"
BOOK = SCHEME.with_suffix(".xlsx")
KEY_COLUMN = 1


def told():
    """The story as it is written."""
    return yaml.safe_load((STORY / "故事.yaml").read_text(encoding="utf-8"))


@cache
def rulebook(changes=()):
    """The rules of the 2021 scheme, or of the scheme as it once was: ((text now, text then), …)."""
    text = SCHEME.read_text(encoding="utf-8")
    for now, then in changes:
        assert text.count(now) == 1, now
        text = text.replace(now, then)
    scheme, problems, _ = read_scheme(text.encode(), SCHEME.name)
    assert scheme is not None, problems
    return Rulebook(scheme)


@cache
def template():
    return bundled_template()


# --- answers ------------------------------------------------------------------------------------------------------


def neutral(rules, section):
    """A complete sheet about which nothing can be said: no deductions, middling ranks, one confirmed work."""
    entries = {sh.CONFIRM: "是", sh.AWARD: "否", sh.PROPOSED: Decimal(0)}
    for item in sh.sheet_items(rules.scheme, section):
        for clause in item.clauses:
            for slot in rules.slots[clause.id]:
                if (answer := _neutral(clause, slot)) is not None:
                    entries[clause.id + slot.suffix] = answer
                    if slot.type == sl.AMOUNT and slot.suffix:
                        note = f"2021年5月6日全系统会议推广（{section.name}第{item.no}项）。"
                        entries[clause.id + slot.suffix + sh.NOTE_SUFFIX] = note
    return entries


def _neutral(clause, slot):
    if slot.blank == sl.NOT_HAPPENED or slot.suffix == sl.MORE or (clause.direction == "deduct" and slot.suffix[:1] == "@"):
        return None
    if slot.type in (sl.YESNO, sl.CHOICE):
        return slot.choices[-1]
    if slot.type == sl.AMOUNT and slot.suffix:
        return slot.low if slot.suffix == "@1" else None
    return {sl.RANKING: Decimal(5), sl.NUMBER: slot.high, sl.METRIC: Decimal(96)}.get(slot.type, Decimal(0)) - (
        6 if slot.suffix == sl.REFERENCE else 0
    )


def plain(value):
    """A value of the text as a cell holds it; {字数: n} is a text of n characters."""
    if isinstance(value, dict):
        return "做" * value["字数"]
    if isinstance(value, bool) or value is None:
        return value
    return Decimal(str(value)) if isinstance(value, int | float) else value


# --- what is done to a cell ---------------------------------------------------------------------------------------
# Each gives what the sheet's own formulas see of the cell, and what stands there.


def _percent(cell, value):
    cell.number_format = "0.0%"


def _date(cell, value):
    cell.value, cell.number_format = value, numbers.FORMAT_DATE_YYYYMMDD2


def _boolean(cell, value):
    cell.value = value


def _error(cell, value):
    cell.value, cell.data_type = value, "e"


CELL_VERBS = {
    "百分比格式": (lambda value: plain(value), _percent),
    "日期": (lambda value: plain(to_excel(value)), _date),
    "逻辑值": (lambda value: f"#{value}", _boolean),
    "错误值": (lambda value: value, _error),
}


# --- what is done to a workbook -----------------------------------------------------------------------------------


class Sheets:
    """A workbook in a person's hands; every method is one verb of the story."""

    def __init__(self, data, places, made):
        self.edited, self.places, self.made = Edited(data), places, made

    def row(self, field):
        """(sheet, number) of the row whose hidden key is that of `field`."""
        sheet, cell, row = self.places[field]
        return self.edited.book[sheet], row

    def overwrite(self, cells):
        for field, value in cells.items():
            sheet, cell, _ = self.places[field]
            self.edited.book[sheet][cell].value = value

    def uncalculated(self, _):
        self.edited.forget_values()

    def delete_rows(self, fields):
        for field in fields:
            sheet, row = self.row(field)
            sheet.delete_rows(row)

    def copy_row(self, rows):
        for source, target in rows.items():
            (sheet, row), (_, over) = self.row(source), self.row(target)
            for cell in sheet[row]:
                sheet.cell(over, cell.column).value = cell.value if cell.data_type != "f" else None

    def clear_keys(self, fields):
        for field in fields:
            sheet, row = self.row(field)
            sheet.cell(row, KEY_COLUMN).value = None

    def insert_column(self, places):
        for sheet, column in places.items():
            self.edited.book[sheet].insert_cols(column)

    def reword(self, texts):
        for clause, text in texts.items():
            sheet, row = self.row(clause)
            cell = next(cell for cell in sheet[row] if cell.value and len(str(cell.value)) > 8 and cell.column > 2)
            cell.value = text

    def rename(self, names):
        for old, new in names.items():
            self.edited.book[old].title = new

    def hide(self, names):
        for name in names:
            self.edited.book[name].sheet_state = "hidden"

    def move(self, names):
        for name, steps in names.items():
            self.edited.book.move_sheet(name, steps)

    def copy_sheet(self, names):
        for name, new in names.items():
            self.edited.copy(name).title = new

    def delete_sheets(self, names):
        for name in names:
            del self.edited.book[name]

    def take_in(self, sheets):
        for file, name in sheets.items():
            self.edited.adopt(Edited(self.made[file]), name)

    def lose_manifest(self, _):
        del self.edited.book[MANIFEST_SHEET]

    def stray(self, cells):
        for sheet, ref in cells.items():
            self.edited.book[sheet][ref] = "误填"

    def merge(self, fields):
        for first, last in fields.items():
            (sheet, cell, _), (_, final, _) = self.places[first], self.places[last]
            self.edited.book[sheet].merge_cells(f"{cell}:{final}")

    def beside(self, cells):
        for field, value in cells.items():
            sheet, cell, _ = self.places[field]
            self.edited.book[sheet][cell].offset(column=1).value = value

    def formulas(self, cells):
        for field, typed in cells.items():
            sheet, cell, _ = self.places[field]
            self.edited.formula(sheet, cell, typed["式"], plain(typed["显示"]))


VERBS = {
    "公式": Sheets.formulas,
    "改写得数": Sheets.overwrite,
    "没有计算": Sheets.uncalculated,
    "删行": Sheets.delete_rows,
    "复制行": Sheets.copy_row,
    "删行标识": Sheets.clear_keys,
    "插列": Sheets.insert_column,
    "改细则": Sheets.reword,
    "改表名": Sheets.rename,
    "隐藏表": Sheets.hide,
    "移表": Sheets.move,
    "复制表": Sheets.copy_sheet,
    "删表": Sheets.delete_sheets,
    "并入": Sheets.take_in,
    "删识别页": Sheets.lose_manifest,
    "误填": Sheets.stray,
    "合并单元格": Sheets.merge,
    "填到右边一格": Sheets.beside,
}


# --- what is done to a saved file -----------------------------------------------------------------------------------


def with_macros(data):
    return repacked(data, extra={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def with_link(data):
    mark = b"<sheets>"
    return repacked(data, {"xl/workbook.xml": (mark, b'<externalReferences><externalReference r:id="x" xmlns:r="'
                           + samples.RELS.encode() + b'"/></externalReferences>' + mark)})


def repacked(data, changes=None, extra=None, drop=()):
    """The zip with a text in some parts replaced, parts added, parts left out."""
    parts = {name: content for name, content in samples.unzipped(data).items() if name not in drop}
    for name, (old, new) in (changes or {}).items():
        assert old in parts[name], name
        parts[name] = parts[name].replace(old, new, 1)
    return packed({**parts, **(extra or {})})


def packed(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            write_part(archive, name, content)
    return stream.getvalue()


def twice(data):
    return samples.zipped([*samples.unzipped(data).items(), ("xl/WORKBOOK.xml", "x")])


def rare_method(data):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in samples.unzipped(data).items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_BZIP2)
    return stream.getvalue()


FIRST = "xl/worksheets/sheet1.xml"
_VALUE = b"<c "
FILE_VERBS = {
    "带宏": with_macros,
    "带外部链接": with_link,
    "传了一半": lambda data: data[: len(data) // 2],
    "部件设密码": lambda data: samples.flagged(data, 1),
    "部件重名": twice,
    "部件路径可疑": lambda data: repacked(data, extra={"xl/../../a.xml": b""}),
    "压缩方式少见": rare_method,
    "自称极大": lambda data: samples.lying_size(data, FIRST, 0x7FFFFFFF),
    "部件过多": lambda data: repacked(data, extra={f"p{n}": b"" for n in range(LIMITS.part_count)}),
    "内容缺尾": lambda data: repacked(data, {FIRST: (b"</worksheet>", b"")}),
    "带文档类型": lambda data: repacked(data, {FIRST: (b"<worksheet", b"<!DOCTYPE a><worksheet")}),
    "标记超长": lambda data: repacked(data, {FIRST: (b"<sheetData>", b'<sheetData a="' + b"x" * LIMITS.token_size * 2 + b'">')}),
    "缺目录": lambda data: repacked(data, drop=["xl/workbook.xml"], extra={"xl/workbook.xml ": b""}),
    "缺一张表": lambda data: repacked(data, drop=[FIRST]),
    "缺文字": lambda data: repacked(data, {FIRST: (b"</sheetData>", b'<row r="999"><c r="A999" t="s"><v>99999</v></c></row></sheetData>')}),
    "数字不像数字": lambda data: repacked(data, {FIRST: (b"</sheetData>", b'<row r="999"><c r="A999"><v>1,5</v></c></row></sheetData>')}),
    "一格两值": lambda data: repacked(
        data, {FIRST: (b"</sheetData>", b'<row r="999"><c r="A999"><v>1</v></c><c r="A999"><v>2</v></c></row></sheetData>')}
    ),
}


# --- files that were never our form --------------------------------------------------------------------------------


def foreign_book():
    book = Workbook()
    book.active.append(["科室", "得分"])
    book.active.append(["办公室", 60])
    return stable_save(book, {"Sheet": {}})


def nested_zip():
    return packed({"一.zip": packed({"二.zip": packed({"三.zip": packed({"考评表.txt": b"x"})})})})


def large_zip():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("录像.mp4"), bytes(LIMITS.file_size))
    return stream.getvalue()


CONTENTS = {
    "没有内容": lambda: b"",
    "一段录像": lambda: bytes(LIMITS.file_size + 1),
    "加密的工作簿": lambda: samples.ole_file({"EncryptionInfo": b"", "EncryptedPackage": b""}),
    "二进制工作簿": lambda: samples.zipped({"xl/workbook.bin": "b"}),
    "网页": lambda: "<html><table><tr><td>办公室</td><td>60</td></tr></table></html>".encode(),
    "XML表格": lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    "逗号分隔的文本": lambda: "科室,得分\n办公室,60\n".encode("gbk"),
    "认不出的内容": lambda: bytes(range(256)) * 4,
    "rar压缩包": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(64),
    "坏了的旧版工作簿": lambda: samples.ole_file({"Workbook": b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"z" * 5000}),
    "套了三层的压缩包": nested_zip,
    "很大的压缩包": large_zip,
    "自己做的表": foreign_book,
    "Word文档": lambda: samples.zipped({"word/document.xml": "<w/>"}),
    "PDF": lambda: b"%PDF-1.4\n",
    "照片": lambda: b"\xff\xd8\xff\xe0",
    "系统文件": lambda: b"\0",
}


# --- building a file ------------------------------------------------------------------------------------------------


def build(spec, made):
    """The bytes of one file of the story; `made` holds the files built before it, by name."""
    if "同" in spec:
        return made[spec["同"]]
    if "压缩" in spec:
        return packed({member["名称"]: build(member, made) for member in spec["压缩"]})
    data = CONTENTS[spec["内容"]]() if "内容" in spec else form(spec, made)
    for verb in spec.get("存盘后", ()):
        data = FILE_VERBS[verb](data)
    return data


def form(spec, made):
    """A form, filled in and changed."""
    rules = rulebook(tuple(tuple(change.values()) for change in spec.get("当时的方案", ())))
    changes = [next(iter(change.items())) for change in spec.get("改动", ())]
    if "整本" in spec:
        entries = {name: filled(rules, name, cells) for name, cells in spec["整本"].items()}
        data, sections = whole_workbook(rules, template(), entries), rules.scheme.sections
    else:
        entries = filled(rules, spec["科室"], spec.get("填"), changes, "空白" in spec)
        section = rules.scheme.section(spec["科室"])
        parent = hashlib.sha256(made[spec["修改自"]]).hexdigest() if "修改自" in spec else ""
        data = section_workbook(rules, section, template(), entries, int(bool(parent)), parent)
        sections = (section,)
    if not changes:
        return data
    fields = plan_book(rules, sections, SECTION_BOOK).fields
    places = {place.name: (place.sheet, address(place.row, place.col), place.row) for place in fields}
    hands = Sheets(data, places, made)
    for verb, argument in changes:
        if verb in CELL_VERBS:
            for field, value in argument.items():
                sheet, cell, _ = places[field]
                CELL_VERBS[verb][1](hands.edited.book[sheet][cell], value)
        else:
            VERBS[verb](hands, argument)
    return hands.edited.bytes()


def filled(rules, name, cells=None, changes=(), blank=False):
    """The entries of a sheet as its own formulas see them."""
    entries = {} if blank else neutral(rules, rules.scheme.section(name))
    entries |= {field: plain(value) for field, value in (cells or {}).items()}
    for verb, argument in changes:
        if verb in CELL_VERBS:
            entries |= {field: CELL_VERBS[verb][0](value) for field, value in argument.items()}
        if verb == "公式":
            entries |= {field: plain(typed["显示"]) for field, typed in argument.items()}
    return entries


# --- the story ------------------------------------------------------------------------------------------------------


def write_round(part, folder):
    """The files of one 收集 below `folder`/2回收."""
    returned = Folder(folder).returned
    made = {}
    files = list(part["文件"])
    if part.get("总结") == "各科室已交":
        names = [section.name for section in rulebook().scheme.sections]
        files += [{"名称": f"总结/{name}全年工作总结报告.docx", "内容": "Word文档"} for name in names]
    for spec in files:
        made[spec["名称"]] = build(spec, made)
        if "不发" not in spec:
            path = returned / spec["名称"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made[spec["名称"]])


def collect_round(part, folder):
    write_round(part, folder)
    return collect(Folder(folder), rulebook().scheme)


def report(part, collected):
    """What is found, as expected.txt says it."""
    yield f"== {part['名称']}"
    for p in collected.problems:
        place = [p.where.file.removeprefix("2回收/"), p.where.sheet, p.where.cell]
        if not any(place):
            place = [p.where.field]
        yield " | ".join([SEVERITY_LABELS[p.severity], p.code, *filter(None, place)])
    yield "-- 采用的表中没有采用的填报"
    for section, returned in sorted(collected.adopted.returns.items()):
        for field, shown in sorted(returned.refused.items()):
            yield f"{section} | {field} | {shown}"
    yield "-- 收到"
    for receipt in collected.received:
        if not receipt.file.startswith("2回收/总结/"):
            yield " | ".join(filter(None, [receipt.file.removeprefix("2回收/"), receipt.section, receipt.outcome, receipt.material]))
    yield ""


def main():
    """See the head of this module."""
    for part in told()["收集"]:
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1]) / part["名称"]
            write_round(part, folder)
            (folder / BOOK.name).write_bytes(BOOK.read_bytes())
            continue
        with tempfile.TemporaryDirectory() as folder:
            print("\n".join(report(part, collect_round(part, Path(folder)))))


if __name__ == "__main__":
    main()
