"""Checks of names and ids: unique, well formed, known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook_builder.model import EVERY_SECTION, PART_CODES, PARTS
from workbook_builder.problems import Problem
from workbook_builder.scheme import tables as t
from workbook_builder.scheme.effects import same_reading
from workbook_builder.scheme.names import near, similar, split_names
from workbook_builder.scheme.rows import Record, SectionRow, Tables
from workbook_builder.scheme.sections import all_names, exclusive, parse_condition

#: Records that must differ, in the columns by which they must differ; the last column is where it is reported.
_UNIQUE = (
    ("basics", ("项目",)),
    ("sections", ("科室",)),
    ("parts", ("部分",)),
    ("items", ("考评项编号",)),
    ("items", ("部分", "责任科室", "序号")),
    ("clauses", ("细则编号",)),
    ("clauses", ("考评项编号", "条号")),
    ("options", ("细则编号", "选项")),
    ("policies", ("口径",)),
    ("effects", ("口径", "取值", "对象", "属性")),
    ("duties", ("部分", "科室")),
    ("materials", ("科室", "材料")),
    ("form", ("栏目",)),
    ("grades", ("等次",)),
    ("raters", ("测评组",)),
)
_BAD_ID = re.compile(r"[\s#@]")

#: `申报9-` stands before a section's name in the longest sheet name made of it.
NAME_LIMIT = 31 - len("申报9-")
_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\]")
_FILE_SIGNS = re.compile(r'[<>"|\x00-\x1f]')
#: Sheets of the issued and review workbooks beside those of the sections.
_OWN_SHEET = re.compile(r"填表说明|突破底线|核定说明|填写说明|申报[0-9]+-.*")
_RESERVED = {"history", "con", "prn", "aux", "nul", EVERY_SECTION.casefold()}

#: Bodies that fill in or review without being sections of the scheme.
_BODY_WORDS = (
    "领导小组",
    "本科室",
    "各科室",
    "责任科室",
    "考评科室",
    "相关科室",
    "局领导",
    "分管领导",
    "市局",
    "市司法局",
)


def duplicates(tables: Tables) -> Iterator[Problem]:
    seen_twice: set[int] = set()
    for name, columns in _UNIQUE:
        first: dict[tuple[str, ...], Record] = {}
        for record in getattr(tables, name):
            key = tuple(record.text(column).casefold() for column in columns)
            if id(record) in seen_twice or not all(key):
                continue
            if key not in first:
                first[key] = record
                continue
            seen_twice.add(id(record))
            where = first[key].where(columns[-1])
            place = where.cell if where.sheet == record.table.name else f"{where.sheet}!{where.cell}"
            yield record.problem("SCHEME_DUPLICATE", columns[-1], first=place)


def item_ids(tables: Tables) -> Iterator[Problem]:
    for item in tables.items:
        if not item.key:
            continue
        if not _well_formed(item.key, 3):
            yield item.problem("SCHEME_ID_SHAPE", "考评项编号", example="业务/办公室/1")
        elif item.part and not item.key.startswith(PART_CODES[item.part] + "/"):
            prefix = PART_CODES[item.part] + "/"
            yield item.problem("SCHEME_ID_PART", "考评项编号", prefix=prefix, part=item.part)


def clause_ids(tables: Tables) -> Iterator[Problem]:
    for clause in tables.clauses:
        if not clause.id:
            continue
        code = PART_CODES[clause.table.part] + "/"
        if not _well_formed(clause.id, 4):
            yield clause.problem("SCHEME_ID_SHAPE", "细则编号", example="业务/办公室/1/3")
        elif not clause.id.startswith(code):
            yield clause.problem("SCHEME_ID_PART", "细则编号", prefix=code, part=clause.table.part)
        elif clause.item and clause.id.rpartition("/")[0] != clause.item:
            yield clause.problem("SCHEME_ID_ITEM", "细则编号", prefix=clause.item + "/")
        elif clause.no is not None and clause.id.rpartition("/")[2] != str(clause.no):
            yield clause.problem("SCHEME_ID_NUMBER", "细则编号", no=clause.no)


def _well_formed(key: str, segments: int) -> bool:
    pieces = key.split("/")
    return len(pieces) == segments and all(pieces) and not _BAD_ID.search(key)


def clause_items(tables: Tables) -> Iterator[Problem]:
    """Every clause belongs to an item of its table's part."""
    if not tables.has(t.ITEMS):
        return
    wanted = {table.part: table.name for table in t.CLAUSES}
    for clause in tables.clauses:
        item = tables.item_by_key.get(clause.item)
        if item is None:
            if clause.item:
                hint = similar(clause.item, tables.item_by_key)
                yield clause.problem("SCHEME_ITEM_UNKNOWN", "考评项编号", hint=hint)
        elif item.part and item.part != clause.table.part:
            yield clause.problem("SCHEME_ITEM_PART", "考评项编号", part=item.part, wanted=wanted[item.part])


def section_names(tables: Tables) -> Iterator[Problem]:
    """Names of sections become names of sheets and files."""
    for section in tables.sections:
        if reason := _name_fault(section.name):
            yield section.problem("SCHEME_SECTION_NAME", "科室", reason=reason)


def _name_fault(name: str) -> str:
    if len(name) > NAME_LIMIT:
        return f"超过 {NAME_LIMIT} 字"
    if signs := _SHEET_SIGNS.findall(name) + _FILE_SIGNS.findall(name):
        return "含有 " + " ".join(sorted(set(signs)))
    if name.startswith("'") or name.endswith("'"):
        return "以单引号开头或结尾"
    if name.endswith(".") or name.startswith("_"):
        return "以句点结尾或以下划线开头"
    return "是保留的名称" if name.casefold() in _RESERVED or _OWN_SHEET.fullmatch(name) else ""


def aliases(tables: Tables) -> Iterator[Problem]:
    """One name, one section, among those that can take part together; their numbers differ too."""
    if not tables.has(t.SECTIONS):
        return
    for index, section in enumerate(tables.sections):
        for other in tables.sections[:index]:
            if not exclusive(section, other):
                yield from _clashes(section, other)


def _clashes(section: SectionRow, other: SectionRow) -> Iterator[Problem]:
    for name in section.aliases:
        if name in (other.name, *other.aliases):
            yield section.problem("SCHEME_ALIAS_CLASH", "别名", name, first=other.name, second=section.name)
    if section.name and section.name in other.aliases:
        facts = {"first": other.name, "second": section.name}
        yield other.problem("SCHEME_ALIAS_CLASH", "别名", section.name, **facts)
    if section.order is not None and section.order == other.order:
        yield section.problem("SCHEME_DUPLICATE", "序号", first=other.where("序号").cell)


def conditions(tables: Tables) -> Iterator[Problem]:
    policies = tables.policy_by_name
    if not tables.has(t.POLICIES):
        return
    for section in tables.sections:
        if not section.condition:
            continue
        condition = parse_condition(section.condition)
        if condition is None:
            yield section.problem("SCHEME_CONDITION", "参评条件", hint="")
        elif condition[0] not in policies:
            if close := near(condition[0], policies):
                yield section.problem("SCHEME_CONDITION", "参评条件", hint=f"；是否应为“{close}={condition[1]}”")
        elif not any(same_reading(condition[1], reading) for reading in policies[condition[0]].readings):
            yield section.problem(
                "SCHEME_CONDITION", "参评条件", hint=similar(condition[1], policies[condition[0]].readings)
            )


def known_sections(tables: Tables) -> Iterator[Problem]:
    """Names in other tables that must be sections, and those that may be bodies outside."""
    if not tables.has(t.SECTIONS):
        return
    known = all_names(tables)
    everyone = [*known, EVERY_SECTION]
    owners = [item.owner for item in tables.items if item.part == PARTS[0]]
    for section in tables.sections:
        yield from _unknown(section, "业务标准", [section.rubric], [*known, *owners])
    for item in tables.items:
        yield from _unknown(item, "责任科室", [item.owner], known if item.part == PARTS[0] else everyone)
        yield from _unknown(item, "考评科室", item.assessors, everyone, outside=True)
    for duty in tables.duties:
        yield from _unknown(duty, "科室", [duty.section], everyone)
        yield from _unknown(duty, "填报", split_names(duty.filler), everyone, outside=True)
        yield from _unknown(duty, "核定", split_names(duty.reviewer), everyone, outside=True)
    for material in tables.materials:
        yield from _unknown(material, "科室", [material.section], everyone)


def _unknown(
    record: Record, column: str, names: Iterable[str], known: list[str], outside: bool = False
) -> Iterator[Problem]:
    code = "SCHEME_BODY_UNKNOWN" if outside else "SCHEME_SECTION_UNKNOWN"
    for name in names:
        if name and name not in known and not (outside and any(word in name for word in _BODY_WORDS)):
            yield record.problem(code, column, name, hint=similar(name, known))
