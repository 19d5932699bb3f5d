"""A small year: three sections of the 2021 scheme, and what people do to its files between two commands.

Everything is typed into the workbooks that the program has written, as a person would.
"""

import datetime
from decimal import Decimal

from openpyxl import load_workbook
from story import neutral

from workbook_builder import resources
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.intake import read_book
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme, read_document, write_book

SECTIONS = ("政治处", "复议应诉科", "法律援助中心")
GROUP = "考评工作领导小组"
CLAUSES = ("业务细则", "队伍细则", "特色细则", "底线细则")
TEAM, BOTTOM, EVERYBODY = "队伍建设", "突破底线", "全部科室"


def scheme_book():
    """方案.xlsx of the small year."""
    document, _ = read_document(resources.path(resources.SCHEME_2021).read_bytes(), "方案.xlsx")

    def only(table, wanted):
        document[table] = [row for row in document[table] if wanted(row.values)]

    only("科室", lambda row: row["科室"] in SECTIONS)
    only("谁填谁核", lambda row: row["科室"] in (*SECTIONS, EVERYBODY))
    only("考评项", lambda row: _of_ours(row))
    items = {row.values["考评项编号"] for row in document["考评项"]}
    for table in CLAUSES:
        only(table, lambda row: row["考评项编号"] in items)
    clauses = {row.values["细则编号"] for table in CLAUSES for row in document[table]}
    for table in ("档次", "名次", "选项"):
        only(table, lambda row: row["细则编号"] in clauses)
    only("口径影响", lambda row: row["对象"] in items | clauses)
    return write_book(document)


def _of_ours(row):
    if row["部分"] == BOTTOM:
        return row["考评项编号"] == "底线/政治处/1"
    return row["部分"] == TEAM or row.get("责任科室") in SECTIONS


def send_in(root):
    """Every section returns a complete sheet and its report; 复议应诉科 forgot nothing, 1 and 2 points of special work."""
    scheme = load_scheme(root / "方案.xlsx")
    rules = Rulebook(scheme)
    for points, section in enumerate(scheme.sections):
        entries = neutral(rules, section)
        if points:
            entries |= {"特色工作#自评分": Decimal(points), "特色工作#市局加分": "否"}
        data = section_workbook(rules, section, bundled_template(), entries)
        (root / "2回收" / f"{section.name}.xlsx").write_bytes(data)
        report = b"%PDF-1.4\n" + section.name.encode()
        (root / "2回收" / f"{section.name} 全年工作总结报告.pdf").write_bytes(report)


def fill_reviews(root):
    """Every reviewer agrees with everything, and nothing of 突破底线 has happened."""
    for path in sorted((root / "3核定").glob("*.xlsx")):
        manifest = read_manifest(read_book(path.read_bytes(), path.name)[0])
        book = load_workbook(path)
        for places in manifest.places.values():
            for name, (sheet, row, column) in places.items():
                if name == "核定完成":
                    book[sheet].cell(row, column).value = "是"
                elif name.startswith("底线/") and name.endswith("/1#核定"):
                    book[sheet].cell(row, column).value = "无"
        book.save(path)


def type_in_ballots(root):
    """Five ballots of each group, both passes alike."""
    path = root / "测评" / "测评录入表.xlsx"
    book = load_workbook(path)
    for sheet in book.worksheets:
        heads = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value in SECTIONS}
        for name, head in heads.items():
            for number in range(1, 6):
                sheet.cell(head.row + number, head.column).value = 90 - number - SECTIONS.index(name)
    book.save(path)


def decide(root, kind, answer="同意", **typed):
    """Answer the row of `kind` that waits in 决定.xlsx, or add one of what is `typed`."""
    path = root / "决定.xlsx"
    book = load_workbook(path)
    sheet = next(ws for ws in book.worksheets if any(cell.value == "改为" for row in ws.iter_rows() for cell in row))
    heads = next(row for row in sheet.iter_rows() if any(cell.value == "改为" for cell in row))
    columns = {cell.value: cell.column for cell in heads}
    row = heads[0].row + 1
    while True:
        there = sheet.cell(row, columns["种类"]).value
        if there in (None, "") or (not typed and there == kind and not sheet.cell(row, columns["改为"]).value):
            break
        row += 1
    said = {"理由": "会议决定", "依据": "会议纪要", "决定日期": datetime.date(2021, 12, 20), "决定者（职务或机构）": GROUP}
    for head, value in {"种类": kind, **typed, "改为": answer, **said}.items():
        sheet.cell(row, columns[head]).value = value
    book.save(path)
