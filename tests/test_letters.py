"""Letters: what they say, what they must not say, and that an office may redo their templates without harm."""

import dataclasses
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import office as office_driver
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_builder import letters
from workbook_builder.letters import names

ROOT = Path(__file__).resolve().parent.parent
MAKERS = {"核对稿": letters.check_copy, "通报": letters.notice, "反馈": letters.feedback}
CAPTION = "未审定　核定稿（以考评工作领导小组审定的结果为准）"
COMMON = {
    "unit": "上海市松江区司法局",
    "year": "2021",
    "name": "机关科室工作考评",
    "stage": "核定稿",
    "unapproved": True,
    "office": "局政治处",
    "contact": "电话：内线6001",
    "mark": "演示数据",
    "batch": "7f3a91c2",
}
APPROVED = {"stage": "审定稿", "unapproved": False, "mark": ""}
SECTIONS = "办公室 政治处 执法监督科 复议应诉科 秘书科、普法科 促进法治科 公服科 律公科 法律援助中心 社区矫正科".split()
ITEMS = (
    ("1", "建立一体化运行、职能化协作、规范化管理的市司法行政指挥体系", "10", "10", "9", "-1", "应急处置预案缺一件"),
    ("2", "提高报送质量", "10", "9.5", "9.5", "0", ""),
    ("3", "严肃会风纪律", "10", "10", "8", "-2", "一次参会率未达要求"),
    ("4", "规范车辆管理和转移支付", "5", "5", "5", "0", ""),
    ("5", "高水平打造阳光信访、责任信访、法治信访", "10", "9.2", "9.05", "-0.15", "按市局折算分"),
    ("6", "完善信息支撑体系", "15", "15", "14.5", "-0.5", ""),
)
TEAM = ("政治建设", "党风廉政", "意识形态", "请销假和证照管理", "教育培训", "组织生活")


def figures(row):
    return dict(zip(("number", "title", "points", "reported", "reviewed", "difference", "reason"), row, strict=True))


def check_copy(**changes):
    team = tuple(letters.CheckRow(**figures((str(n), name, "3", "3", "3", "0", ""))) for n, name in enumerate(TEAM, 1))
    parts = (
        letters.PartFigure(
            name="业务工作",
            points="60",
            reported="58.7",
            reviewed="55.05",
            difference="-3.65",
            rows=tuple(letters.CheckRow(**figures(row)) for row in ITEMS),
        ),
        letters.PartFigure(name="队伍建设", points="20", reported="20", reviewed="20", difference="0", rows=team),
        letters.PartFigure(
            name="特色工作", points="10", reported="6", reviewed="4", difference="-2", reason="未获市局加分，1至5分"
        ),
        letters.PartFigure(name="突破底线", points=names.NOTHING, reported=names.NOTHING, reviewed="0"),
    )
    change = letters.Change(
        item="严肃会风纪律",
        clause="参会率未达要求的，每次扣2分",
        reported="0次",
        reviewed="1次",
        reason="台账第12行，6月工作例会缺席",
        reviewer="政治处",
    )
    other = letters.Change(
        item="建立指挥体系",
        clause="迟报、漏报重大突发案（事）件的，每起扣1分",
        reported="0起",
        reviewed="1起",
        reason="市局反馈",
        reviewer="领导小组",
    )
    values = {
        "section": "办公室",
        "parts": parts,
        "reported_total": "84.7",
        "total": "79.05",
        "difference": "-5.65",
        "adjustments": (change, other),
        "special": ("政务信息“一稿多报”机制：自评6分，核定4分（未获市局加分，1至5分）。",),
        "notes": ("第5项按市局折算分核定，市局更正的，随之更正。",),
        "reply_by": "2021年12月20日",
    }
    return letters.CheckCopy(**{**COMMON, **values, **changes})


def notice(**changes):
    totals = ("91.25", "88.6", "88.1", "87", "86.35", "85.9", "84.15", "82", "81.7", "79.05")
    values = {
        "addressees": "局机关各科室、区法律援助中心",
        "document": "2021年度机关科室工作考评实施方案",
        "document_no": "沪松司发〔2021〕19号",
        "period_from": "2020年12月1日",
        "period_to": "2021年11月30日",
        "process": "考评经过科室自评、分工核定、述职测评和领导小组会议。",
        "groups": (letters.GradeGroup(grade="优秀", sections=tuple(SECTIONS[:3])),),
        "undecided": tuple(SECTIONS[3:]),
        "undecided_reason": "通知没有规定优良、合格、不合格的分数线。",
        "rows": tuple(
            letters.NoticeRow(section=name, rank=str(n), grade="优秀" if n < 4 else "未定", total=total)
            for n, (name, total) in enumerate(zip(SECTIONS, totals, strict=True), 1)
        ),
    }
    return letters.Notice(**{**COMMON, **values, **changes})


def feedback(**changes):
    values = {
        "section": "办公室",
        "document_no": "《2021年度机关科室工作考评实施方案》（沪松司发〔2021〕19号）",
        "grade": "",
        "grade_reason": "通知没有规定优良、合格、不合格的分数线，优秀以外的等次待领导小组确定。",
        "rank": "10",
        "among": "10",
        "total": "79.05",
        "parts": tuple(
            letters.PartScore(name=name, points=points, score=score)
            for name, points, score in (
                ("业务工作", "60", "55.05"),
                ("队伍建设", "20", "20"),
                ("特色工作", "10", "4"),
                ("突破底线", names.NOTHING, "0"),
            )
        ),
        "remarks": ("信访工作按市局折算分计9.05分。",),
        "answer": "你科室提出的统一报送口径的建议，已列入下一年度方案修订意见。",
    }
    return letters.Feedback(**{**COMMON, **values, **changes})


SAMPLES = {"核对稿": check_copy, "通报": notice, "反馈": feedback}


def made(kind, **changes):
    return MAKERS[kind](letters.bundled(kind), SAMPLES[kind](**changes))
