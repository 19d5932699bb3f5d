"""docs/可靠性.md: what was tried against the program and with what result, in figures that are worked out anew.

Each section is a function that gives its text; `SECTIONS` lists them in order. Add one by writing it and listing it.
"""

from collections.abc import Callable
from dataclasses import fields

import fuzz
import hostile
import mutations

from workbook_builder.intake import LIMITS, MB
from workbook_builder.intake.limits import Limits
from workbook_builder.problems import CATALOGUE

HEAD = """# 可靠性

对着程序试过什么、结果如何。本页由 `python scripts/make_reliability.py` 生成，`tests/test_reliability.py` 重新算一遍并比对。
"""
#: Mutations of each way in the table; the seed of each is its number.
COUNT = 100

SIZE, SECOND, NUMBER = "MB", "秒", ""
#: Field of Limits → caption, unit. `chunk` is how finely we read, no limit.
LIMIT_CAPTIONS: dict[str, tuple[str, str]] = {
    "file_size": ("一个工作簿或压缩包", SIZE),
    "unread_size": ("一个文件（附件只看开头，其他不读）", SIZE),
    "inflated_total": ("一个文件解开后的总大小", SIZE),
    "part_size": ("解开后其中一件", SIZE),
    "part_count": ("部件、关系、压缩包成员", "个"),
    "directory_size": ("zip 目录", SIZE),
    "ratio": ("压缩比（大件）", "倍"),
    "ratio_from": ("算作大件", SIZE),
    "token_size": ("XML 的一个标记", SIZE),
    "depth": ("XML 标记嵌套", "层"),
    "depth_from": ("部件大到要数嵌套", SIZE),
    "text": ("一格的文字", "字"),
    "styles": ("单元格样式", "种"),
    "cells": ("有内容的格子", "个"),
    "max_row": ("行", "行"),
    "max_col": ("列", "列"),
    "shared_strings": ("文字条目", "条"),
    "sheets": ("工作表", "张"),
    "merged": ("合并单元格", "处"),
    "seconds": ("读一个文件或压缩包", SECOND),
    "xls_seconds": ("读一个旧版 .xls", SECOND),
    "xls_memory": ("读一个旧版 .xls 的内存", SIZE),
    "xls_answer": ("读旧版 .xls 的子进程的回答", SIZE),
    "zip_depth": ("压缩包套压缩包", "层"),
}


def page() -> str:
    """The whole document."""
    return HEAD + "".join(f"\n## {title}\n\n{text().strip()}\n" for title, text in SECTIONS)


def table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def anything() -> str:
    """Every kind of file that may lie in 2回收 beside a good return."""
    kinds = hostile.kinds()
    rows = [(kind.what, "照样采用" if kind.taken else _fate(kind.code), _shown(kind.code)) for kind in kinds]
    rows += [(what, "未采用", _shown(code)) for what, (_, code) in hostile.DISK.items()]
    rows += [(what, "未采用", _shown(code)) for what, (_, code) in hostile.DYING.items()]
    rows += [(what, "未采用", _shown(code)) for what, code in hostile.STALLED.items()]
    codes = {code for _, _, code in rows} - {"—"}
    text = (
        f"一份填好的表旁边放一件别的东西，运行 `kaoping collect`。共 {len(rows)} 种，{len(codes)} 个代码。每一种：那份好表读得的数"
        "一个不变，这件东西恰有一个结果、一个代码，20 秒内结束，2回收 里的文件一个字节不动。\n\n"
    )
    return text + table(("放进去的", "结果", "代码"), rows)


def _fate(code: str) -> str:
    return "忽略" if code == "FILE_IGNORED" else "未采用"


def _shown(code: str) -> str:
    assert not code or code in CATALOGUE, code
    return f"`{code}`" if code else "—"


def limits() -> str:
    """The one table of limits."""
    rows = []
    for field in fields(Limits):
        if field.name == "chunk":
            continue
        caption, unit = LIMIT_CAPTIONS[field.name]
        value = getattr(LIMITS, field.name)
        rows.append((caption, f"{value // MB if unit == SIZE else int(value)} {unit}"))
    text = "全部在 `workbook_builder/intake/limits.py` 一处。超过的只损失那一个文件。\n\n"
    return text + table(("限额", "数"), rows)


def law() -> str:
    """The mutation law at fixed seeds. Of compressed packages no figures: they depend on who compressed them."""
    counted = mutations.figures(COUNT)
    rows = [
        (way, COUNT, *(counted[way][outcome] for outcome in mutations.OUTCOMES))
        for way in mutations.WAYS
        if way != mutations.PACKED_BIT
    ]
    text = (
        "“结果里任何一个变了的数，或者因为那一格的填报确实变了，或者有一条问题指出它。”取一份填好的表（每种细则都有），任意改一格、"
        "改 XML（删、重复、移动、改属性或文字）、翻转位（含把校验和也改对的），再读、核对、计分；另用一个独立的小程序读文件里存的值来对照。"
        f"下表是固定种子各 {COUNT} 次；压缩包翻转位同样 {COUNT} 次，无一违反（其分布随压缩程序而异，不列）。"
        "持续测试每次另抽 490 次；`KAOPING_LONG=20 pytest tests/test_mutation_law.py` 抽 20 倍。\n\n"
    )
    return text + table(("改法", "次数", *mutations.OUTCOMES), rows)


def fuzzed() -> str:
    """The fuzzer."""
    kept = [name for name, _ in fuzz.corpus()]
    kinds = [(f".{kind}", sum(name.endswith(kind) for name in kept)) for kind in ("xlsx", "ods", "yaml")]
    text = (
        "按执行到的代码行引导的随机测试，对象是读取外来文件和读取方案两处：不论给什么，不出异常，按时结束，读不成的恰有一个错误。"
        "语料在 `tests/data/corpus`，每次测试全部重放，再随机变异 8 秒；`python tests/fuzz.py 600` 跑得更久并扩充语料。\n\n"
    )
    return text + table(("语料", "个"), kinds)


SECTIONS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("任何文件", anything),
    ("限额", limits),
    ("变异定律", law),
    ("随机测试", fuzzed),
)
