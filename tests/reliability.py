"""docs/可靠性.md: what was tried against the program and with what result, in figures that are worked out anew.

Each section is a function that gives its text; `SECTIONS` lists them in order. Add one by writing it and listing it.
"""

from collections.abc import Callable
from dataclasses import fields

import fuzz
import hands
import hands_desk
import hostile
import mutations
import reliability_power as power

from workbook_builder.intake import LIMITS, MB
from workbook_builder.intake.limits import Limits
from workbook_builder.problems import CATALOGUE

HEAD = """# 可靠性

对着程序试过什么、结果如何。本页由 `python scripts/make_reliability.py` 生成，`tests/test_reliability.py` 重新算一遍并比对。
"""
#: Mutations of each way in the table; the seed of each is its number. Whole workbooks saved anew take longer.
COUNTS = {way: 30 if way == mutations.SHEET else 100 for way in mutations.WAYS}

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


def lost_power() -> str:
    """Every command stopped at every file operation, refused operations, kills: counted by the tests of it."""
    counted = power.counted()
    stopped = [
        (_of(name), stops, torn, power.RUN_AGAIN.get(name, 1)) for name, (stops, torn) in counted["stopped"].items()
    ]
    text = (
        f"每条写文件的命令，在它的每一次文件操作之前断电，再加上正在写的文件只写了一半、一个字节没写。共 "
        f"{sum(row[1] for row in stopped)} 处。每一处：看得见的文件没有一个是半截的，没有一个不见了，人填的一个字节不动；新旧输出并存时"
        "必有一份记录说明；补完或退回之后，或全是原来的，或全是新的。从其中几种不同的残留再运行同一命令，结果与没有断过电的逐字节相同。"
        f"另在随机时刻强行结束（kill -9）{power.KILLS} 次，同样。`KAOPING_LONG=20 pytest tests/test_lost_power.py` 从每一种残留都再运行一遍，"
        "含 `kaoping demo`，强行结束 20 次。\n\n"
    )
    text += table(("命令", "断电处", "其中文件没写完", "再运行同一命令的残留"), stopped)
    refused = [(_of(name), *(row[how] for how in power.REFUSALS)) for name, row in counted["refused"].items()]
    text += (
        "\n\n同样，系统在每一次文件操作时拒绝写（一次，或从此一直）。每一处：或者照样做完，或者退出码 1、恰有一条说明磁盘满、只读或被占用；"
        "之后再运行，结果与没有出过事的相同。下表是拒绝的次数；其余命令在 `KAOPING_LONG=20` 时试。\n\n"
    )
    return text + table(("命令", *power.REFUSALS), refused)


def _of(name: str) -> str:
    command, _, where = name.partition(" ")
    return f"`kaoping {command}`" + ("（不在年度文件夹里）" if where else "")


def any_hand() -> str:
    """Everything that hands may do to the tables."""
    groups = [(f"考评表：{name}", make()) for name, make in hands.GROUPS]
    groups += [(table.name, make()) for table, make in hands_desk.GROUPS]
    codes = {code for _, acts in groups for act in acts for code in act.codes}
    text = (
        f"填表的、登记的、核定的人对一张表可能做的事，好心的和有意的，共 {sum(len(acts) for _, acts in groups)} 种，{len(codes)} 个代码。"
        "每一种都从同一份填好的表做起，做完再读、核对、计分：要么读懂，要么在那一格指出来；别的格子读得的一个不变，别的考评项的分一个不变，"
        "没有采用的一律算“未知”。与方案核对的内容（细则文字、分值、计分、总分）从不取自收回的文件，改了也不影响计分。\n"
    )
    for name, acts in groups:
        rows = [(what, result, "、".join(map(_shown, told)) or "—") for (what, result, told) in _alike(acts)]
        text += f"\n**{name}**\n\n{table(('做了什么', '结果', '代码'), rows)}\n"
    return text


def _alike(acts: list) -> list[tuple[str, str, tuple[str, ...]]]:
    """What was done, result, codes; acts that differ only in the text that was typed are one."""
    found: dict[tuple, str] = {}
    for act in acts:
        what, quote, typed = act.what.partition("“")
        many = quote and typed.endswith("”") and typed.count("”") == 1
        key = (what if many else act.what, act.result, act.codes)
        found[key] = found.get(key, what) + quote + typed if many else act.what
    return [(what, result, codes) for (_, result, codes), what in found.items()]


def law() -> str:
    """The mutation law at fixed seeds. Of compressed packages no figures: they depend on who compressed them."""
    counted = mutations.figures(COUNTS)
    rows = [
        (way, COUNTS[way], *(counted[way][outcome] for outcome in mutations.OUTCOMES))
        for way in mutations.WAYS
        if way != mutations.PACKED_BIT
    ]
    text = (
        "“结果里任何一个变了的数，或者因为那一格的填报确实变了，或者有一条问题指出它。”取一份填好的表（每种细则都有），任意改一格、"
        "改行、列、表（填、插、删、复制、合并、挪动，再由 openpyxl 保存）、改 XML（删、重复、移动、改属性或文字）、翻转位（含把校验和也改对的），"
        "再读、核对、计分；另用一个独立的小程序读文件里存的值来对照。"
        f"下表种子固定；压缩包翻转位同样 {COUNTS[mutations.PACKED_BIT]} 次，无一违反（其分布随压缩程序而异，不列）。"
        f"持续测试每次另抽 {sum(mutations.EXAMPLES.values())} 次；`KAOPING_LONG=20 pytest tests/test_mutation_law.py` 抽 20 倍。\n\n"
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
    ("任何人手", any_hand),
    ("断电、磁盘满", lost_power),
    ("变异定律", law),
    ("随机测试", fuzzed),
)
