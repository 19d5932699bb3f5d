"""The scheme's door: what a clerk typed, in either file form, becomes one Scheme or a full list of problems."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_builder import model as m
from workbook_builder.problems import CATALOGUE, Where, problem
from workbook_builder.scheme import (
    Row,
    SchemeError,
    check_document,
    document_of,
    load_scheme,
    read_document,
    read_scheme,
    write_book,
    write_text,
)
from workbook_builder.scheme.check import checked
from workbook_builder.scheme.document import clean_text, column_places, is_shortest_number, number_text
from workbook_builder.scheme.rows import Tables
from workbook_builder.scheme.tables import TABLE_BY_NAME, TABLES

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "samples" / "2021" / "方案.yaml"

SMALL = """
## 基本信息
| 项目 | 内容 |
| 方案编号 | 试-2021 |
| 年度 | 2021 |
| 版本 | 1 |
| 单位 | 某局 |
| 标题 | 某局考评方案 |
| 周期起 | 2020-12-01 |
| 周期止 | 2021年11月30日 |
| 名次总数 | 16 |
## 科室
| 序号 | 科室 | 别名 | 业务标准 | 参评条件 |
| 1 | 办公室 | 局办；文书室 | | |
| 2 | 秘书科、普法科 | 普法科；秘书科 | | 联合科室=合并 |
| 2 | 秘书科 | | 秘书科、普法科 | 联合科室=分开 |
| 3 | 普法科 | 普法治理科 | 秘书科、普法科 | 联合科室=分开 |
## 部分
| 部分 | 满分 | 计入总分 |
| 业务工作 | 20 | 加 |
| 队伍建设 | 10 | 加 |
| 特色工作 | 10 | 加 |
| 突破底线 | | 减 |
## 考评项
| 考评项编号 | 部分 | 责任科室 | 序号 | 考评内容 | 分值 | 计分方式 | 基础分 | 考评科室 |
| 业务/办公室/1 | 业务工作 | 办公室 | 1 | 报送 | 12 | 扣分制 | | 领导小组 |
| 业务/办公室/2 | 业务工作 | 局办 | 2 | 宣传 | 8 | 得扣并用 | 2 | |
| 业务/秘书科、普法科/1 | 业务工作 | 秘书科、普法科 | 1 | | 20 | 得分制 | | |
| 队伍/全部/1 | 队伍建设 | 全部科室 | 1 | 纪律 | 10 | 扣分制 | | 办公室 |
| 特色/普法科/1 | 特色工作 | 普法科 | 1 | | | 得分制 | | |
| 底线/全部/1 | 突破底线 | 全部科室 | 1 | | | 扣分制 | | |
## 业务细则
| 细则编号 | 考评项编号 | 条号 | 细则原文 | 方向 | 类型 | 分值 | 下限 | 上限 | 单位 | 本条封顶 | 指标 | 指标单位 | 依赖细则 | 可多项 | 或者条件 |
| 业务/办公室/1/1 | 业务/办公室/1 | 1 | 迟报的，每次扣 0.5 分 | 扣分 | 按次计 | 0.5 | | | 次 | 4 | | | | | |
| 业务/办公室/1/2 | 业务/办公室/1 | 2 | 未改的，加倍扣分 | 扣分 | 加倍 | | | | | | | | 业务/办公室/1/1 | | |
| 业务/办公室/1/3 | 业务/办公室/1 | 3 | 使用率低于90%扣2分，低于70%扣4分 | 扣分 | 分档 | | | | | | 使用率 | % | | | |
| 业务/办公室/1/4 | 业务/办公室/1 | 4 | 擅自调整的，本项不得分 | 扣分 | 本项不得分 | | | | | | | | | | |
| 业务/办公室/1/5 | 业务/办公室/1 | 5 | 未建制度的，扣2分 | 扣分 | 一次性 | 2 | | | | | | | | | |
| 业务/办公室/2/1 | 业务/办公室/2 | 1 | 视情评分，上限3分 | 得分 | 视情限额 | | | | | 3 | | | | | |
| 业务/办公室/2/2 | 业务/办公室/2 | 2 | 按采用排名得分 | 得分 | 名次 | | | | | | | | | | |
| 业务/办公室/2/3 | 业务/办公室/2 | 3 | 违规的，每次视情扣1-2分 | 扣分 | 视情每次 | | 1 | 2 | 次 | | | | | | |
| 业务/秘书科、普法科/1/1 | 业务/秘书科、普法科/1 | 1 | 获评一等的得2分，二等的得1分 | 得分 | 选项 | | | | | | | | | 是 | |
| 业务/秘书科、普法科/1/2 | 业务/秘书科、普法科/1 | 2 | 按测评折算 | 得分 | 折算 | | | | | 10 | | | | | |
| 业务/秘书科、普法科/1/3 | 业务/秘书科、普法科/1 | 3 | 达80%得1分，达90%得2分 | 得分 | 分档 | | | | | | 网办率 | % | | | 有创新举措 |
## 队伍细则
| 细则编号 | 考评项编号 | 条号 | 细则原文 | 方向 | 类型 | 下限 | 上限 |
| 队伍/全部/1/1 | 队伍/全部/1 | 1 | 视情况扣1-3分 | 扣分 | 视情一次 | 1 | 3 |
## 特色细则
| 细则编号 | 考评项编号 | 条号 | 细则原文 | 方向 | 类型 | 分值 | 单位 |
| 特色/普法科/1/1 | 特色/普法科/1 | 1 | 每篇加1分 | 得分 | 按次计 | 1 | 篇 |
## 底线细则
| 细则编号 | 考评项编号 | 条号 | 细则原文 | 方向 | 类型 | 下限 | 上限 | 单位 |
| 底线/全部/1/1 | 底线/全部/1 | 1 | 每起扣5-10分 | 扣分 | 视情每次 | 5 | 10 | 起 |
## 档次
| 细则编号 | 比较 | 界限 | 参照 | 分值 |
| 业务/办公室/1/3 | 低于 | 90 | | 2 |
| 业务/办公室/1/3 | 低于 | 70% | | 4 |
| 业务/秘书科、普法科/1/3 | 达到 | 80 | | 1 |
| 业务/秘书科、普法科/1/3 | 达到 | 90 | | 2 |
## 名次
| 细则编号 | 起 | 止 | 分值 |
| 业务/办公室/2/2 | 1 | 4 | 1 |
| 业务/办公室/2/2 | 5 | 8 | 0.75 |
## 选项
| 细则编号 | 选项 | 分值 |
| 业务/秘书科、普法科/1/1 | 一等 | 2 |
| 业务/秘书科、普法科/1/1 | 二等 | 1 |
## 口径
| 口径 | 取值 | 其他读法 | 影响分数 | 依据 |
| 小数位数 | 2 | 1；3；4 | 是 | 通知未规定 |
| 舍入 | 四舍五入 | 四舍六入五成双；截尾 | 是 | 通知未规定 |
| 视情步长 | 0.10 | 0.5；不限 | 是 | 通知未规定 |
| 单项下限 | 扣完为止 | 可为负 | 是 | 通知未规定 |
| 总分下限 | 不设 | 0 | 是 | 通知未规定 |
| 名次依据 | 扣除突破底线后 | 扣除突破底线前 | 是 | 通知未规定 |
| 述职测评权重 | 0 | 0.1 | 是 | 通知未规定 |
| 测评满分 | 100 | 10 | 是 | 通知未规定 |
| 测评本人票 | 不计入 | 计入 | 是 | 通知未规定 |
| 优秀递补 | 不递补 | 递补 | 否 | 通知未规定 |
| 特色工作计分 | 区间内核定 | 附件2合计 | 是 | 通知未规定 |
| 未排名的扣分 | 不扣分 | 按末名扣分 | 是 | 通知未规定 |
| 市局扣分与自报不一致 | 以市局为准 | 以科室自报为准 | 是 | 通知未规定 |
| 测评细节最少票数 | 3 | 5 | 否 | 通知未规定 |
| 通报内容 | 只列等次 | 等次和名次；等次、名次和总分 | 否 | 通知未规定 |
| 反馈内容 | 只列等次 | 等次、名次和本科室得分 | 否 | 通知未规定 |
| 联合科室 | 合并 | 分开 | 是 | 通知未规定 |
| 宣传基础分 | 二分 | 零分 | 是 | 通知未规定 |
## 口径影响
| 口径 | 取值 | 对象 | 属性 | 设为 |
| 宣传基础分 | 二分 | 业务/办公室/2 | 基础分 | 2 |
| 宣传基础分 | 零分 | 业务/办公室/2 | 基础分 | 0 |
| 宣传基础分 | 零分 | 业务/办公室/1/1 | 本条封顶 | |
## 谁填谁核
| 部分 | 科室 | 填报 | 核定 |
| 业务工作 | 全部科室 | 本科室 | 考评工作领导小组 |
## 应交材料
| 材料 | 科室 | 必交 | 形式 | 文件名词语 |
| 考评表 | 全部科室 | 是 | 考评表 | |
| 总结 | 办公室 | 否 | 附件 | 总结；小结 |
## 申报表
| 栏目 | 字数上限 | 可附页 | 必填 |
| 主要内容 | 300 | 是 | |
| 备注 | | | 否 |
## 等次
| 等次 | 前几名 | 最低分 | 底线扣分不得评 |
| 优秀 | 3 | | 是 |
| 优良 | | 80 | |
| 合格 | | 60 | |
## 测评组
| 测评组 | 权重 |
| 局领导 | 0.6 |
| 各单位 | 40% |
"""


def rows_of(text: str) -> dict[str, list[dict[str, str]]]:
    """Tables in Markdown as plain rows."""
    tables: dict[str, list[dict[str, str]]] = {}
    for line in filter(None, text.splitlines()):
        if line.startswith("## "):
            rows = tables.setdefault(line[3:], [])
            heads = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if heads is None:
            heads = cells
        else:
            rows.append(dict(zip(heads, cells, strict=True)))
    return tables


def small(*edits):
    """The small scheme with edits: (table, number of the row from 0, column, text); a dict adds a row, None deletes."""
    tables = rows_of(SMALL)
    for table, *change in edits:
        match change:
            case [dict() as row]:
                tables[table].append(row)
            case [int(number), None]:
                del tables[table][number]
            case [int(number), column, text]:
                tables[table][number][column] = text
    return document_of(tables)


def found(problems):
    return sorted((p.code, p.where.sheet, p.where.cell) for p in problems)


def english(problem):
    """Whether a message leaks a library's English or an unfilled placeholder."""
    return re.search("[A-Za-z]{4,}|[{}]", re.sub("kaoping|Excel", "", problem.message + problem.fix))


def as_book(document):
    return read_scheme(write_book(document), "方案.xlsx")


def as_text(document):
    return read_scheme(write_text(document).encode(), "方案.yaml")


# --- the scheme that is right --------------------------------------------------------------------


def test_small_scheme_has_no_problems_and_is_equal_both_ways():
    document = small()
    assert set(rows_of(SMALL)) == set(TABLE_BY_NAME)
    book, problems, from_book = as_book(document)
    assert problems == []
    text, problems, from_text = as_text(document)
    assert problems == []
    assert book == text
    assert from_book == document == from_text
    assert book.text_hash == text.text_hash
    assert re.fullmatch("[0-9a-f]{64}", book.text_hash)


def test_values_of_the_scheme():
    scheme, _, _ = as_book(small())
    assert (scheme.year, str(scheme.period_end), scheme.unit) == (2021, "2021-11-30", "某局")
    assert [s.name for s in scheme.sections] == ["办公室", "秘书科、普法科"]
    assert [s.rubric for s in scheme.sections] == ["办公室", "秘书科、普法科"]
    items = scheme.item_by_key
    assert [items[key].base for key in items] == [12, 2, 0, 10, 0, 0]
    assert items["业务/办公室/2"].owner == "办公室"
    assert [len(scheme.section_items(s, m.BUSINESS)) for s in scheme.sections] == [2, 1]
    assert [len(scheme.section_items(s, m.SPECIAL)) for s in scheme.sections] == [0, 1]
    clauses = scheme.clause_by_id
    assert clauses["业务/办公室/1/1"].cap == 4
    assert clauses["业务/办公室/1/2"].factor == 2
    assert [(t.op, t.threshold, t.points) for t in clauses["业务/办公室/1/3"].tiers] == [("<", 90, 2), ("<", 70, 4)]
    assert clauses["业务/办公室/2/2"].ranks[1] == m.RankBand(5, 8, Decimal("0.75"))
    assert clauses["业务/秘书科、普法科/1/1"].several and not clauses["业务/秘书科、普法科/1/1"].best_only
    assert [f.required for f in scheme.form_fields] == [True, False]
    assert [g.weight for g in scheme.rater_groups] == [Decimal("0.6"), Decimal("0.4")]
    assert scheme.policy(m.P_STEP) == "0.1"
    assert scheme.part(m.BOTTOM_LINE).sign == -1


def test_policies_change_who_takes_part_and_what_counts():
    scheme, problems, _ = as_book(
        small(
            ("口径", 16, "取值", "分开"),
            ("口径", 16, "其他读法", "合并"),
            ("口径", 17, "取值", "零分"),
            ("口径", 17, "其他读法", "二分"),
        )
    )
    assert problems == []
    assert [s.name for s in scheme.sections] == ["办公室", "秘书科", "普法科"]
    assert [s.rubric for s in scheme.sections][1:] == ["秘书科、普法科"] * 2
    assert scheme.item_by_key["业务/办公室/2"].base == 0
    assert scheme.clause_by_id["业务/办公室/1/1"].cap is None


# --- each check ------------------------------------------------------------------------------------

B, S, P, I = "基本信息", "科室", "部分", "考评项"
C, T, R, O = "业务细则", "档次", "名次", "选项"
OFFICE, LAW = "业务/办公室", "业务/秘书科、普法科"

CASES = {
    # cells
    "a number in words": ([(C, 0, "分值", "半分")], [("SCHEME_NUMBER", C, "J4")]),
    "a date in a number": ([(C, 0, "分值", "2021-01-02")], [("SCHEME_DATE_IN_NUMBER", C, "J4")]),
    "too many decimals": ([(C, 0, "分值", "0.33333")], [("SCHEME_DECIMALS", C, "J4")]),
    "half a rank": ([(R, 0, "止", "4.5")], [("SCHEME_INTEGER", R, "C4")]),
    "a required cell": ([(C, 4, "细则原文", "")], [("SCHEME_REQUIRED", C, "E8")]),
    "an unknown kind": ([(C, 4, "类型", "一次")], [("SCHEME_CHOICE", C, "I8")]),
    "an unknown unit": ([(C, 2, "指标单位", "百分比")], [("SCHEME_CHOICE", C, "Q6")]),
    "neither yes nor no": ([(C, 8, "可多项", "可以")], [("SCHEME_YESNO", C, "T12")]),
    "a text too long": ([(C, 4, "细则原文", "扣2分" + "长" * 1998)], [("SCHEME_TEXT_LONG", C, "E8")]),
    # names and ids
    "a clause twice": (
        [(C, 4, "细则编号", f"{OFFICE}/1/4")],
        [("SCHEME_DUPLICATE", C, "A8"), ("SCHEME_ID_NUMBER", C, "A8")],
    ),
    "a clause number twice": ([(C, 4, "条号", "4")], [("SCHEME_DUPLICATE", C, "C8"), ("SCHEME_ID_NUMBER", C, "A8")]),
    "an item twice": (
        [(I, 1, "考评项编号", f"{OFFICE}/1")],
        [
            ("SCHEME_DUPLICATE", I, "A5"),
            *[("SCHEME_ITEM_UNKNOWN", C, f"B{row}") for row in (9, 10, 11)],
            ("SCHEME_EFFECT_TARGET", "口径影响", "C4"),
            ("SCHEME_EFFECT_TARGET", "口径影响", "C5"),
        ],
    ),
    "a section twice": ([(S, 3, "科室", "秘书科")], [("SCHEME_DUPLICATE", S, "B7")]),
    "a policy twice": (
        [("口径", 17, "口径", "联合科室"), ("口径影响", 2, None), ("口径影响", 1, None), ("口径影响", 0, None)],
        [("SCHEME_DUPLICATE", "口径", "A21")],
    ),
    "a malformed id": ([("特色细则", 0, "细则编号", "特色/普法科/1/1 #")], [("SCHEME_ID_SHAPE", "特色细则", "A4")]),
    "an id of another part": ([("特色细则", 0, "细则编号", "业务/普法科/1/1")], [("SCHEME_ID_PART", "特色细则", "A4")]),
    "an item id of another part": (
        [(I, 4, "考评项编号", "业务/普法科/1"), ("特色细则", 0, "考评项编号", "业务/普法科/1")],
        [("SCHEME_ID_PART", I, "A8"), ("SCHEME_ID_ITEM", "特色细则", "A4")],
    ),
    "an id of another item": (
        [(C, 4, "考评项编号", f"{OFFICE}/2"), (C, 4, "条号", "9")],
        [("SCHEME_ID_ITEM", C, "A8")],
    ),
    "a renumbered clause": ([(C, 4, "条号", "6")], [("SCHEME_ID_NUMBER", C, "A8")]),
    "a clause without its item": (
        [(C, 4, "考评项编号", f"{OFFICE}/7")],
        [("SCHEME_ITEM_UNKNOWN", C, "B8"), ("SCHEME_ID_ITEM", C, "A8")],
    ),
    "a clause in another part's table": (
        [("队伍细则", 0, "考评项编号", "特色/普法科/1")],
        [
            ("SCHEME_ID_ITEM", "队伍细则", "A4"),
            ("SCHEME_ITEM_PART", "队伍细则", "B4"),
            ("SCHEME_ITEM_EMPTY", I, "A7"),
            ("SCHEME_DIRECTION", "队伍细则", "H4"),
            ("SCHEME_DUPLICATE", "特色细则", "C4"),
        ],
    ),
    "an item without clauses": ([("特色细则", 0, None)], [("SCHEME_ITEM_EMPTY", I, "A8")]),
    "a section name no sheet can have": (
        [(S, {"序号": "9", "科室": "甲/乙", "业务标准": "办公室"})],
        [("SCHEME_SECTION_NAME", S, "B8")],
    ),
    "a section name too long": (
        [(S, {"序号": "9", "科室": "长" * 28, "业务标准": "办公室"})],
        [("SCHEME_SECTION_NAME", S, "B8")],
    ),
    "a section name in quotes": (
        [(S, {"序号": "9", "科室": "'甲", "业务标准": "办公室"})],
        [("SCHEME_SECTION_NAME", S, "B8")],
    ),
    "section names alike but for case": (
        [
            (S, {"序号": "8", "科室": "IT科", "业务标准": "办公室"}),
            (S, {"序号": "9", "科室": "it科", "业务标准": "办公室"}),
        ],
        [("SCHEME_DUPLICATE", S, "B9")],
    ),
    "an alias of two sections": ([(S, 1, "别名", "普法科；秘书科；局办")], [("SCHEME_ALIAS_CLASH", S, "C5")]),
    "an alias that is a section": ([(S, 1, "别名", "普法科；秘书科；办公室")], [("SCHEME_ALIAS_CLASH", S, "C5")]),
    "a number of two sections": ([(S, 1, "序号", "1")], [("SCHEME_DUPLICATE", S, "A5")]),
    "a condition that is none": (
        [(S, 1, "参评条件", "合并")],
        [
            ("SCHEME_ALIAS_CLASH", S, "C5"),
            ("SCHEME_ALIAS_CLASH", S, "C5"),
            ("SCHEME_CONDITION", S, "E5"),
            ("SCHEME_DUPLICATE", S, "A6"),
        ],
    ),
    "a condition on no reading": ([(S, 3, "参评条件", "联合科室=分")], [("SCHEME_CONDITION", S, "E7")]),
    "an unknown owner": ([(I, 4, "责任科室", "普罚科")], [("SCHEME_SECTION_UNKNOWN", I, "C8")]),
    "an unknown rubric": ([(S, 2, "业务标准", "秘书")], [("SCHEME_SECTION_UNKNOWN", S, "D6")]),
    "an unknown assessor": ([(I, 3, "考评科室", "监察室")], [("SCHEME_BODY_UNKNOWN", I, "I7")]),
    "an unknown section in 谁填谁核": (
        [("谁填谁核", 0, "科室", "各科")],
        [("SCHEME_SECTION_UNKNOWN", "谁填谁核", "B4")],
    ),
    "an unknown section in 应交材料": (
        [("应交材料", 1, "科室", "办公")],
        [("SCHEME_SECTION_UNKNOWN", "应交材料", "B5")],
    ),
    "a section without items": ([(S, {"序号": "9", "科室": "财务科"})], [("SCHEME_SECTION_EMPTY", S, "B8")]),
    "an item nobody fills": ([(S, 1, "别名", "秘书科")], [("SCHEME_ITEM_UNUSED", I, "C8")]),
    # points
    "a part missing": ([(P, 3, None)], [("SCHEME_PART_MISSING", P, "")]),
    "sums that do not add up": ([(I, 1, "分值", "9")], [("SCHEME_SUM", I, "F4")]),
    "sums of 队伍": ([(I, 3, "分值", "9")], [("SCHEME_SUM", I, "F7")]),
    "an item without points": ([(I, 1, "分值", "")], [("SCHEME_POINTS_MISSING", I, "F5")]),
    "a direction that does not fit": ([(C, 4, "方向", "得分")], [("SCHEME_DIRECTION", C, "H8")]),
    "a cap above the item": ([(C, 0, "本条封顶", "13")], [("SCHEME_CAP_ABOVE_ITEM", C, "N4")]),
    "a base above the item": ([(I, 3, "基础分", "11")], [("SCHEME_RANGE", I, "H7")]),
    # kinds
    "按次计 without points": ([(C, 0, "分值", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "J4")]),
    "按次计 without a unit": ([(C, 0, "单位", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "M4")]),
    "按次计 of nothing": ([(C, 0, "分值", "0")], [("SCHEME_NOT_POSITIVE", C, "J4")]),
    "一次性 without points": ([(C, 4, "分值", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "J8")]),
    "视情 without a bound": ([(C, 7, "下限", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "K11")]),
    "视情 upside down": (
        [(C, 7, "下限", "3"), (C, 7, "细则原文", "违规的，每次视情扣3-2分")],
        [("SCHEME_BOUNDS", C, "K11")],
    ),
    "视情 from zero": ([(C, 7, "下限", "0")], [("SCHEME_NOT_POSITIVE", C, "K11")]),
    "视情限额 without a cap": ([(C, 5, "本条封顶", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "N9")]),
    "分档 without a metric": ([(C, 2, "指标", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "P6")]),
    "名次 without bands": ([(R, 1, None), (R, 0, None)], [("SCHEME_STEPS_MISSING", C, "I10")]),
    "选项 without options": ([(O, 1, None), (O, 0, None)], [("SCHEME_STEPS_MISSING", C, "I12")]),
    "分档 without tiers": ([(T, 1, None), (T, 0, None)], [("SCHEME_STEPS_MISSING", C, "I6")]),
    "a branch on another kind": ([(C, 4, "或者条件", "获奖")], [("SCHEME_ATTRIBUTE_UNUSED", C, "V8")]),
    "an exclusion on another kind": ([(C, 0, "排除条件", "获奖")], [("SCHEME_ATTRIBUTE_UNUSED", C, "W4")]),
    "points on another kind": ([(C, 2, "分值", "2")], [("SCHEME_ATTRIBUTE_UNUSED", C, "J6")]),
    "best only of one": ([(C, 8, "可多项", ""), (C, 8, "只计最好", "是")], [("SCHEME_BEST_ONLY", C, "U12")]),
    "a pool of one": ([(C, 4, "取高组", "甲")], [("SCHEME_POOL_SINGLE", C, "X8")]),
    "a doubling of nothing": ([(C, 1, "依赖细则", f"{OFFICE}/1/9")], [("SCHEME_DOUBLING_BASE", C, "R5")]),
    "a doubling of another item": ([(C, 1, "依赖细则", f"{OFFICE}/2/3")], [("SCHEME_DOUBLING_BASE", C, "R5")]),
    "a doubling of another kind": ([(C, 1, "依赖细则", f"{OFFICE}/1/5")], [("SCHEME_DOUBLING_BASE", C, "R5")]),
    "a doubling without a base": ([(C, 1, "依赖细则", "")], [("SCHEME_ATTRIBUTE_MISSING", C, "R5")]),
    "a doubling by one": ([(C, 1, "倍数", "1")], [("SCHEME_NOT_POSITIVE", C, "S5")]),
    # steps
    "a tier of no clause": (
        [(T, {"细则编号": f"{OFFICE}/1/30", "比较": "低于", "界限": "1", "分值": "1"})],
        [("SCHEME_CLAUSE_UNKNOWN", T, "A8")],
    ),
    "an option of another kind": (
        [(O, {"细则编号": f"{OFFICE}/1/5", "选项": "甲", "分值": "1"})],
        [("SCHEME_CLAUSE_KIND", O, "A6")],
    ),
    "tiers out of order": (
        [(T, 1, "界限", "95"), (C, 2, "细则原文", "使用率低于90%扣2分，低于95%扣4分")],
        [("SCHEME_TIER_ORDER", T, "C5")],
    ),
    "tiers upwards out of order": ([(T, 3, "界限", "80")], [("SCHEME_TIER_ORDER", T, "C7")]),
    "tiers of equal weight": ([(T, 1, "分值", "2")], [("SCHEME_TIER_ORDER", T, "E5")]),
    "tiers compared two ways": ([(T, 1, "比较", "高于")], [("SCHEME_TIER_ORDER", T, "B5")]),
    "a tier without a bound": ([(T, 1, "界限", "")], [("SCHEME_TIER_BOUND", T, "C5")]),
    "a tier with two bounds": (
        [(T, 0, "参照", "全市平均值"), (T, 1, "参照", "全市平均值"), (T, 1, "界限", "")],
        [("SCHEME_TIER_BOUND", T, "D4")],
    ),
    "tiers of two references": (
        [(T, 0, "参照", "全市平均值"), (T, 0, "界限", "")],
        [("SCHEME_TIER_REFERENCE", T, "C5")],
    ),
    "a tier for nothing": ([(T, 0, "分值", "0")], [("SCHEME_NOT_POSITIVE", T, "E4")]),
    "ranks overlapping": ([(R, 1, "起", "4")], [("SCHEME_RANK_OVERLAP", R, "B5")]),
    "ranks with a gap": ([(R, 1, "起", "6")], [("SCHEME_RANK_GAP", R, "B5")]),
    "ranks not from the first": ([(R, 0, "起", "2")], [("SCHEME_RANK_GAP", R, "B4")]),
    "ranks beyond the last": ([(R, 1, "止", "17")], [("SCHEME_RANK_BEYOND", R, "C5")]),
    "ranks upside down": ([(R, 1, "止", "3")], [("SCHEME_RANK_BAND", R, "B5")]),
    "an option twice": ([(O, 1, "选项", "一等")], [("SCHEME_DUPLICATE", O, "B5")]),
    "an option too long": ([(O, 1, "选项", "长" * 101)], [("SCHEME_TEXT_LONG", O, "B5")]),
    "an option that is an answer": ([(O, 1, "选项", "无")], [("SCHEME_OPTION_RESERVED", O, "B5")]),
    # numbers and words
    "按次计 unlike its words": ([(C, 0, "分值", "5")], [("SCHEME_TEXT_NUMBER", C, "J4")]),
    "一次性 unlike its words": ([(C, 4, "细则原文", "未建制度的，扣２０分")], [("SCHEME_TEXT_NUMBER", C, "J8")]),
    "视情每次 unlike its words": ([(C, 7, "下限", "0.5")], [("SCHEME_TEXT_NUMBER", C, "K11")]),
    "视情一次 unlike its words": ([("队伍细则", 0, "上限", "4")], [("SCHEME_TEXT_NUMBER", "队伍细则", "L4")]),
    "a tier unlike its words": (
        [(T, 0, "界限", "85"), (T, 1, "分值", "5")],
        [("SCHEME_TEXT_NUMBER", T, "C4"), ("SCHEME_TEXT_NUMBER", T, "E5")],
    ),
    "an option unlike its words": ([(O, 1, "分值", "1.5")], [("SCHEME_TEXT_NUMBER", O, "C5")]),
    "a number only in words": ([(C, 4, "细则原文", "未建制度的，扣二分")], [("SCHEME_TEXT_NUMBER", C, "J8")]),
    "a sign is no number": ([(C, 4, "细则原文", "②未建制度的，扣分")], [("SCHEME_TEXT_NUMBER", C, "J8")]),
    "numbers in full width, with blanks, after a sign, as percentages": (
        [
            (C, 0, "细则原文", "①０．５ 分每次"),
            (C, 4, "细则原文", "扣 2 . 00 分"),
            (T, 0, "界限", "９０%"),
            (O, 1, "分值", "0"),
        ],
        [],
    ),
    "numbers of ranks are not sought": ([(R, 1, "分值", "0.6")], []),
    "a reference is not sought": (
        [(T, 0, "界限", ""), (T, 0, "参照", "全市平均值"), (T, 1, None)],
        [],
    ),
    # policies
    "a policy missing": ([("口径", 0, None)], [("SCHEME_POLICY_MISSING", "口径", "")]),
    "a policy of an unknown value": ([("口径", 1, "取值", "五入")], [("SCHEME_POLICY_VALUE", "口径", "B5")]),
    "an unknown other reading": ([("口径", 1, "其他读法", "截尾；进位")], [("SCHEME_POLICY_VALUE", "口径", "C5")]),
    "a policy value repeated": ([("口径", 0, "取值", "3")], [("SCHEME_POLICY_REPEATED", "口径", "C4")]),
    "an effect of no policy": ([("口径影响", 1, "口径", "宣传基础")], [("SCHEME_EFFECT_POLICY", "口径影响", "A5")]),
    "an effect of no value": ([("口径影响", 1, "取值", "三分")], [("SCHEME_EFFECT_VALUE", "口径影响", "B5")]),
    "an effect on nothing": ([("口径影响", 1, "对象", f"{OFFICE}/9")], [("SCHEME_EFFECT_TARGET", "口径影响", "C5")]),
    "an effect that does not fit": (
        [("口径影响", 0, "属性", "取高组")],
        [("SCHEME_EFFECT_ATTRIBUTE", "口径影响", "D4")],
    ),
    "an effect with a bad setting": ([("口径影响", 1, "设为", "零")], [("SCHEME_NUMBER", "口径影响", "E5")]),
    "two policies on one thing": (
        [("口径影响", {"口径": "联合科室", "取值": "合并", "对象": f"{OFFICE}/2", "属性": "基础分", "设为": "1"})],
        [("SCHEME_EFFECT_CLASH", "口径影响", "C7")],
    ),
    # basics
    "a key missing": ([(B, 3, None)], [("SCHEME_BASIC_MISSING", B, "")]),
    "a key blank": ([(B, 3, "内容", "")], [("SCHEME_BASIC_MISSING", B, "B7")]),
    "a key unknown": ([(B, {"项目": "文件号", "内容": "1"})], [("SCHEME_BASIC_UNKNOWN", B, "A12")]),
    "a year in the past": ([(B, 1, "内容", "201")], [("SCHEME_RANGE", B, "B5"), ("SCHEME_YEAR", B, "B5")]),
    "another year": (
        [(B, 1, "内容", "2023")],
        [("SCHEME_YEAR", B, "B5"), ("SCHEME_YEAR_LEFT", B, "B4")],
    ),
    "last year's words": (
        [
            (B, 0, "内容", "试-2022"),
            (B, 4, "内容", "２０２２ 年度考评"),
            (B, {"项目": "文号", "内容": "某司〔2020〕19号，2022年转发"}),
            (B, {"项目": "申报表标题", "内容": "2020年度申报表"}),
        ],
        [("SCHEME_YEAR_LEFT", B, cell) for cell in ("B4", "B8", "B12", "B13")],
    ),
    "this year beside another, and longer numbers": (
        [
            (B, 0, "内容", "试-20220101"),
            (B, 4, "内容", "2020—２０２１年度考评"),
            (B, {"项目": "单位名", "内容": "2022"}),
        ],
        [("SCHEME_BASIC_UNKNOWN", B, "A12")],
    ),
    "last year's words beside no year": (
        [(B, 1, "内容", "今年"), (B, 4, "内容", "2022年度考评")],
        [("SCHEME_NUMBER", B, "B5")],
    ),
    "a date that is none": ([(B, 5, "内容", "2020-13-01")], [("SCHEME_DATE", B, "B9")]),
    "a period upside down": ([(B, 6, "内容", "2019-11-30")], [("SCHEME_PERIOD", B, "B10")]),
    "special bounds": ([(B, {"项目": "特色未获加分上限", "内容": "0.5"})], [("SCHEME_SPECIAL_BOUNDS", B, "B12")]),
    "grades out of order": ([("等次", 2, "最低分", "85")], [("SCHEME_GRADE_ORDER", "等次", "C6")]),
    "weights": ([("测评组", 1, "权重", "0.5")], [("SCHEME_WEIGHTS", "测评组", "B4")]),
}


@pytest.mark.parametrize("name", CASES)
def test_each_check_points_to_its_cell_in_both_forms(name):
    edits, expected = CASES[name]
    document = small(*edits)
    _, from_text, _ = as_text(document)
    assert found(from_text) == sorted(expected)
    _, from_book, _ = as_book(document)
    assert found(from_book) == sorted(expected)
    assert [(p.message, p.fix, p.value) for p in from_book] == [(p.message, p.fix, p.value) for p in from_text]
    assert not any(english(p) for p in from_text)
    assert found(check_document(document, "x")) == sorted(expected)


def test_all_problems_come_in_one_run_without_echoes():
    document = small(
        (C, 0, "分值", "半分"),
        (C, 1, "依赖细则", f"{OFFICE}/1/9"),
        (I, 4, "责任科室", "普罚科"),
        (R, 1, "起", "4"),
        ("口径", 0, None),
        ("测评组", 0, "权重", "六成"),
    )
    scheme, problems, _ = as_book(document)
    assert scheme is None
    assert found(problems) == sorted(
        [
            ("SCHEME_NUMBER", C, "J4"),
            ("SCHEME_DOUBLING_BASE", C, "R5"),
            ("SCHEME_SECTION_UNKNOWN", I, "C8"),
            ("SCHEME_RANK_OVERLAP", R, "B5"),
            ("SCHEME_POLICY_MISSING", "口径", ""),
            ("SCHEME_NUMBER", "测评组", "B4"),
        ]
    )


def test_near_misses_are_suggested():
    _, problems, _ = as_text(small((I, 4, "责任科室", "普法治里科")))
    assert "普法治理科" in problems[0].fix


# --- sheets as people leave them ---------------------------------------------------------------------


def edited(change, document=None):
    """方案.xlsx after `change(workbook)` in another program."""
    book = openpyxl.load_workbook(io.BytesIO(write_book(document or small())))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_edited(change):
    return read_scheme(edited(change), "方案.xlsx")


def test_rows_and_columns_may_be_moved():
    def change(book):
        book[C].insert_rows(1, 2)
        book[C].insert_rows(9, 1)
        book[C].insert_cols(1, 1)
        book[C]["A6"] = "备查"
        book[C]["K6"] = "半分"
        book[T].move_range("A3:A7", cols=6)

    scheme, problems, document = read_edited(change)
    assert scheme is None
    assert found(problems) == [("SCHEME_COLUMN_UNKNOWN", C, "A6"), ("SCHEME_NUMBER", C, "K6")]
    assert [row.row for row in document[C]][:4] == [6, 7, 8, 10]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda b: b.remove(b[R]), [("SCHEME_SHEET_MISSING", R, "")]),
        (
            lambda b: setattr(b[R], "title", "名次表"),
            [("SCHEME_SHEET_MISSING", R, ""), ("SCHEME_SHEET_UNKNOWN", "名次表", "")],
        ),
        (lambda b: b.create_sheet("_备查").append(["x"]), []),
        (lambda b: b[R].delete_rows(1, 3), [("SCHEME_HEADING_MISSING", R, "")]),
        (lambda b: b["等次"].delete_cols(4), [("SCHEME_COLUMN_MISSING", "等次", "")]),
        (lambda b: b["等次"].delete_cols(1), [("SCHEME_HEADING_MISSING", "等次", "")]),
        (
            lambda b: setattr(b["等次"]["C3"], "value", "前几名"),
            [("SCHEME_COLUMN_MISSING", "等次", ""), ("SCHEME_COLUMN_TWICE", "等次", "C3")],
        ),
        (lambda b: setattr(b["等次"]["F9"], "value", "注"), [("SCHEME_COLUMN_UNKNOWN", "等次", "F9")]),
        (lambda b: setattr(b[C]["J4"], "value", "=0.25*2"), [("SCHEME_FORMULA", C, "J4")]),
        (lambda b: setattr(b[C]["J4"], "value", "#N/A"), [("SCHEME_ERROR_VALUE", C, "J4")]),
        (lambda b: setattr(b["_方案"]["B1"], "value", 2), [("SCHEME_TOO_NEW", "_方案", "B1")]),
        (lambda b: setattr(b["_方案"]["B1"], "value", "一"), [("SCHEME_BAD_VERSION", "_方案", "B1")]),
        (lambda b: b.remove(b["_方案"]), [("SCHEME_NO_VERSION", "", "")]),
    ],
)
def test_shape_of_the_workbook(change, expected):
    scheme, problems, _ = read_edited(change)
    assert found(problems) == sorted(expected)
    assert (scheme is None) == any(p.severity == "error" for p in problems)


def test_typed_dates_percentages_and_booleans_are_read_as_typed():
    import datetime

    def change(book):
        book[B]["B9"] = datetime.date(2020, 12, 1)
        book[T]["C4"], book[T]["C4"].number_format = 0.9, "0%"
        book[C]["T12"] = True
        book[C]["J4"] = datetime.date(2021, 1, 2)

    _, problems, document = read_edited(change)
    assert document[B][5].values["内容"] == "2020-12-01"
    assert document[T][0].values["界限"] == "90%"
    assert document[C][8].values["可多项"] == "是"
    assert found(problems) == [("SCHEME_DATE_IN_NUMBER", C, "J4")]
    assert problems[0].value == "2021-01-02"


def test_a_missing_column_or_table_brings_no_echoes():
    """Whatever column or table is gone, that is the one error; only a remark may follow from it."""
    document = small()
    for table in TABLES:
        rest = {name: rows for name, rows in document.items() if name != table.name}
        assert found(check_document(rest, "x")) == [("SCHEME_SHEET_MISSING", table.name, "")]
        for column in table.columns:
            places = {name: place for name, place in column_places(table).items() if name != column.name}
            rows = [
                Row({name: text for name, text in row.values.items() if name != column.name}, row.row, places)
                for row in document[table.name]
            ]
            known = [problem("SCHEME_COLUMN_MISSING", Where("x", table.name), column=column.name, hint="")]
            _, problems = checked({**document, table.name: rows}, "x", known)
            errors = found(p for p in problems if p.severity == "error")
            assert errors == [("SCHEME_COLUMN_MISSING", table.name, "")], column.name


# --- text form ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("格式: 1\n科室: [", "SCHEME_YAML_SYNTAX"),
        ("格式: 1\n科室:\n- 科室: &a 办公室\n", "SCHEME_YAML_ALIAS"),
        ("格式: 1\n科室:\n- 科室: *a\n", "SCHEME_YAML_ALIAS"),
        ("格式: 1\n科室:\n- 科室: 甲\n  科室: 乙\n", "SCHEME_YAML_KEY"),
        ("格式: 1\n科室: []\n科室: []\n", "SCHEME_YAML_KEY"),
        ("- 1\n", "SCHEME_YAML_SHAPE"),
        ("格式: 1\n科室: {甲: 乙}\n", "SCHEME_YAML_SHAPE"),
        ("格式: 1\n科室:\n- 科室: [甲]\n", "SCHEME_YAML_SHAPE"),
        ("格式: 1\n科室:\n- 科室: [[[[[[甲]]]]]]\n", "SCHEME_YAML_DEPTH"),
        ("格式: 1\n科室:\n- 科室名: 甲\n", "SCHEME_COLUMN_UNKNOWN"),
        ("格式: 1\n科室表: []\n", "SCHEME_SHEET_UNKNOWN"),
        ("格式: 9\n", "SCHEME_TOO_NEW"),
        ("科室: []\n", "SCHEME_NO_VERSION"),
        ("", "SCHEME_YAML_SYNTAX"),
        ("#" * (4 * 1024 * 1024 + 1), "SCHEME_TOO_LARGE"),
    ],
)
def test_yaml_that_is_not_ours(text, code):
    _, problems = read_document(text.encode(), "方案.yaml")
    assert [p.code for p in problems] == [code]
    assert not english(problems[0])
    read_scheme(text.encode(), "方案.yaml")


def test_yaml_in_another_encoding_and_other_files():
    assert [p.code for p in read_document("科室: []".encode("gbk"), "方案.yaml")[1]] == ["SCHEME_YAML_ENCODING"]
    assert [p.code for p in read_document(b"", "方案.docx")[1]] == ["SCHEME_FILE_KIND"]
    assert read_scheme(b"PK\x03\x04", "方案.xlsx")[0] is None


def test_yaml_needs_no_quotes_around_numbers_and_words():
    text = write_text(small())
    assert "  分值: 0.5\n" in text and "  影响分数: 是\n" in text and "格式: 1\n" in text


# --- laws ------------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "=1+1",
            "0.50",
            "007",
            "-0",
            "1e5",
            "#N/A",
            "是",
            "null",
            "~",
            "a_x0041_b",
            "  两 头 ",
            "“引”'\"",
            "一\n\n 二",
            "- x: y",
            "# 注",
            "100000000000000000",
            "TRUE",
            "2021-12-01",
            "{a}",
            "%",
            "９",
            "\t甲",
        ]
    ),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9).map(str),
)


@st.composite
def documents(draw):
    tables = {}
    for table in draw(st.lists(st.sampled_from(TABLES), max_size=4, unique=True)):
        columns = [column.name for column in table.columns]
        row = st.dictionaries(st.sampled_from(columns), TEXTS, max_size=6)
        tables[table.name] = draw(st.lists(row, max_size=4))
    return document_of(tables)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_both_forms_carry_any_document(document):
    from_book, problems = read_document(write_book(document), "方案.xlsx")
    assert (from_book, problems) == (document, [])
    from_text, problems = read_document(write_text(document).encode(), "方案.yaml")
    assert (from_text, problems) == (document, [])
    assert found(check_document(from_book, "x")) == found(check_document(from_text, "x"))


@settings(max_examples=300, deadline=None)
@given(documents())
def test_text_form_carries_any_document(document):
    from_text, problems = read_document(write_text(document).encode(), "方案.yaml")
    assert (from_text, problems) == (document, [])
    assert [[r.row for r in rows] for rows in from_text.values()] == [
        [r.row for r in rows] for rows in document.values()
    ]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_cell_can_stop_the_reading(data):
    """Any text in any cell: problems or an equal scheme, never an exception."""
    tables = rows_of(SMALL)
    for _ in range(data.draw(st.integers(1, 3))):
        table = data.draw(st.sampled_from(sorted(tables)))
        row = data.draw(st.integers(0, len(tables[table]) - 1))
        column = data.draw(st.sampled_from([column.name for column in TABLE_BY_NAME[table].columns]))
        others = [text for rows in tables.values() for other in rows for text in other.values()]
        tables[table][row][column] = data.draw(st.one_of(TEXTS, st.sampled_from(others)))
    document = document_of(tables)
    scheme, problems, read = as_text(document)
    assert read == document
    assert (scheme is None) == any(p.severity == "error" for p in problems)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_shortest_numbers_are_stable(number):
    text = number_text(Decimal(repr(number)))
    assert number_text(Decimal(text)) == text


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("0.5", True),
        ("2.0", False),
        ("-1.25", True),
        ("01", False),
        ("1e3", False),
        ("-0", False),
        ("", False),
        ("1234567890123456", False),
    ],
)
def test_what_is_written_as_a_number(text, yes):
    assert is_shortest_number(text) is yes


# --- the workbook a clerk gets ------------------------------------------------------------------------------


def test_same_document_same_bytes():
    data = write_book(small())
    assert data == write_book(small())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
        assert "openpyxl" not in core and "2000-01-01" in core


def test_workbook_is_made_for_editing():
    book = openpyxl.load_workbook(io.BytesIO(write_book(small())))
    assert book.sheetnames == ["说明", *(table.name for table in TABLES), "_方案"]
    assert book["_方案"].sheet_state == "veryHidden"
    for sheet in book.worksheets[:-1]:
        assert not sheet.protection.sheet
        assert sheet.page_setup.paperSize in (9, "9") and "&P" in sheet.oddFooter.center.text
        if sheet.title == "说明":  # one upright page
            assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("portrait", 1)
        else:
            assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows
        assert all((look.height or 0) <= 409 for look in sheet.row_dimensions.values())
    for table in TABLES:
        assert book[table.name].freeze_panes == "B4"
        assert book[table.name].auto_filter.ref.startswith("A3:")
        for rule in book[table.name].data_validations.dataValidation:
            assert len(rule.formula1) <= 257 and len(rule.prompt or "") <= 255
    assert isinstance(book[C]["J4"].value, float) and isinstance(book[C]["C4"].value, int)
    guide = "\n".join(str(cell.value) for row in book["说明"] for cell in row)
    assert all(label in guide for label in m.KIND_LABELS.values()) and "细则编号" in guide


def test_long_lists_go_to_a_hidden_sheet():
    from workbook_builder.scheme.book import Lists

    book = openpyxl.Workbook()
    lists = Lists(book)
    assert lists.formula(("甲", "乙")) == '"甲,乙"'
    choices = tuple(f"选择{number:03}" for number in range(60))
    assert lists.formula(choices) == "'_列表'!$A$1:$A$60"
    assert lists.formula(("a,b", "c")) == "'_列表'!$B$1:$B$2"
    lists.write()
    assert book["_列表"]["A60"].value == "选择059" and book["_列表"].sheet_state == "hidden"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_saved_by_libreoffice_it_is_the_same_scheme(tmp_path):
    document = small()
    source = tmp_path / "方案.xlsx"
    source.write_bytes(write_book(document))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(source)], check=True, timeout=180, capture_output=True
    )
    scheme, problems, read = read_scheme((tmp_path / "out" / "方案.xlsx").read_bytes(), "方案.xlsx")
    assert problems == []
    assert read == document
    assert scheme == as_text(document)[0]


# --- the door ---------------------------------------------------------------------------------------------------


def test_load_scheme_gives_a_scheme_or_all_problems(tmp_path):
    good, bad = tmp_path / "好.xlsx", tmp_path / "坏.yaml"
    good.write_bytes(write_book(small()))
    assert load_scheme(good).id == "试-2021"
    bad.write_text(write_text(small((C, 0, "分值", "半分"), (C, 4, "条号", "6"))), encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_scheme(bad)
    assert [p.code for p in caught.value.problems] == ["SCHEME_NUMBER", "SCHEME_ID_NUMBER"]
    assert "坏.yaml › 业务细则 › J4" in str(caught.value) and "1 处错误" in str(caught.value)
    with pytest.raises(SchemeError, match="没有这个文件") as caught:
        load_scheme(tmp_path / "无.xlsx")
    assert [p.code for p in caught.value.problems] == ["SCHEME_UNREADABLE"]


def test_every_code_fires_somewhere():
    """The catalogue holds no scheme code that no test above makes happen."""
    here = Path(__file__).read_text(encoding="utf-8")
    unused = [code for code in CATALOGUE if code.startswith("SCHEME_") and code not in here]
    assert unused == []


def test_models_and_tables_name_the_same_columns():
    for kind, tables in Tables.MODELS.values():
        aliases = {field.alias for field in kind.model_fields.values() if field.alias}
        for table in tables:
            assert aliases == {column.name for column in table.columns}


def test_rows_are_equal_by_their_texts():
    assert Row({"a": "1"}, 4) == Row({"a": "1"}, 9)


# --- the real scheme -----------------------------------------------------------------------------------------------

needs_real = pytest.mark.skipif(not REAL.exists(), reason="the 2021 scheme is not there yet")


@needs_real
def test_the_2021_scheme_has_no_problems():
    data = REAL.read_bytes()
    scheme, problems, document = read_scheme(data, REAL.name)
    assert problems == []
    assert sum(len(item.clauses) for item in scheme.items) == 264
    again, problems, from_book = as_book(document)
    assert problems == [] and again == scheme and from_book == document


@needs_real
def test_every_reading_of_every_2021_policy_is_a_scheme():
    document, _ = read_document(REAL.read_bytes(), REAL.name)
    tried = 0
    for number, row in enumerate(document["口径"]):
        others = [other for other in row.values.get("其他读法", "").split("；") if other]
        for other in others:
            rest = [row.values["取值"], *(o for o in others if o != other)]
            policies = [r.values for r in document["口径"]]
            policies[number] = {**row.values, "取值": other, "其他读法": "；".join(rest)}
            changed = document_of(
                {name: [r.values for r in rows] for name, rows in document.items()} | {"口径": policies}
            )
            assert check_document(changed, "方案.yaml") == [], (row.values["口径"], other)
            tried += 1
    assert tried > 10
