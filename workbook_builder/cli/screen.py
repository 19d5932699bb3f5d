"""What an `Outcome` looks like to a person: Chinese lines and tables for a terminal of any width.

Comes in: an outcome. Goes out: rich renderables; nothing is printed here. Every sign of ours is in GBK, so that a Chinese
Windows console shows it; lines are broken here, because programs that break at blanks do not know Chinese.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from workbook_builder.cli.words import width_of, wrap
from workbook_builder.commands.advice import joined
from workbook_builder.commands.outcome import Outcome
from workbook_builder.problems import ERROR, INFO, SEVERITY_LABELS, WARNING, Problem
from workbook_builder.summary.facts import NOBODY_TEXT

#: More problems than this are not listed; 问题清单.xlsx has all.
LISTED = 20
_STYLES = {ERROR: "bold red", WARNING: "yellow", INFO: "cyan"}
_ORDER = (ERROR, WARNING, INFO)
_LIST_FILE = "4汇总/问题清单.xlsx"
#: Told in a sentence of their own, where the sections are listed.
_SUMMED_UP = {"SECTION_NOT_RETURNED"}
_NOTHING_TO_DO = ("无须处理", "无需处理", "不需要处理")
_DONE = {
    "new": "年度文件夹已建好",
    "build": "下发表已生成",
    "collect": "收集校验完成",
    "summarize": "汇总已生成",
    "demo": "演示已就绪",
    "dump": "方案文本已写出",
    "load": "方案工作簿已写出",
    "check": "检查完成",
}


# --- pieces ---------------------------------------------------------------------------------------------------------


def paragraph(text: str, width: int, first: str = "", style: str = "", lead_style: str = "") -> Text:
    """`text` after `first`, further lines indented as far as the first one."""
    indent = width_of(first)
    lines = wrap(text, max(20, width - indent))
    shown = Text(first, style=lead_style or style)
    for number, line in enumerate(lines):
        shown.append(("\n" + " " * indent if number else "") + line, style=style)
    return shown


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "？", "！")) else text + "。"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]], right: tuple[int, ...] = (), styles=()) -> Table:
    """A plain table without lines: they are of different widths in different Chinese terminals."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, head in enumerate(heads):
        made.add_column(head, justify="right" if number in right else "left", no_wrap=True)
    for number, row in enumerate(rows):
        made.add_row(*(Text(cell) for cell in row), style=styles[number] if number < len(styles) else "")
    return made


# --- the report -----------------------------------------------------------------------------------------------------


def report(outcome: Outcome, width: int) -> Iterator[object]:
    """Everything a person reads after a command: what was done, what was found, where the outputs are, what is next."""
    yield from _headline(outcome, width)
    yield from _body(outcome, width)
    yield from problem_list(outcome, width)
    yield from _outputs(outcome, width)
    if outcome.next_step:
        yield Text()
        yield paragraph(_sentence(outcome.next_step), width, "下一步：", lead_style="bold green")


def _headline(outcome: Outcome, width: int) -> Iterator[object]:
    if outcome.command == "status" and not outcome.misuse:
        return
    if outcome.misuse:
        yield Text("没有完成。", style="bold red")
    elif outcome.command == "check":
        yield paragraph(_check_line(outcome), width, style="bold")
    elif outcome.data.get("same"):
        yield Text("两边内容相同，没有改动。", style="bold")
    elif outcome.outputs:
        yield Text(_DONE[outcome.command] + "。", style="bold")
    else:
        yield Text("没有写出任何文件，原有文件没有改动。", style="bold red")


def _check_line(outcome: Outcome) -> str:
    facts = outcome.data.get("scheme")
    checked = "、".join(outcome.data.get("checked", ()))
    if not isinstance(facts, dict):
        return f"已检查{checked}。"
    return (
        f"已检查{checked}：{facts['title']}，{facts['sections']} 个科室、{facts['items']} 个考评项、"
        f"{facts['clauses']} 条评分细则、{facts['policies']} 条口径。"
    )


def _body(outcome: Outcome, width: int) -> Iterator[object]:
    if outcome.misuse:
        return
    if outcome.command in ("collect", "summarize", "demo"):
        yield from _receipts(outcome, width)
    if "standings" in outcome.data:
        yield from _standings(outcome, width)
    if outcome.command == "status":
        yield from _status(outcome, width)


def _receipts(outcome: Outcome, width: int) -> Iterator[object]:
    counts = Counter(receipt.outcome for receipt in outcome.received)
    detail = "、".join(f"{name} {number}" for name, number in counts.most_common())
    yield paragraph(f"收到 {len(outcome.received)} 个文件" + (f"：{detail}。" if detail else "。"), width)
    missing = outcome.data.get("missing") or ()
    if missing:
        yield paragraph(f"未报送的科室（{len(missing)} 个）：{joined(missing)}。", width, style="yellow")
    refused = outcome.data.get("refused") or ()
    if refused:
        yield paragraph(f"收到未采用的科室（{len(refused)} 个）：{joined(refused)}。", width, style="yellow")


def _standings(outcome: Outcome, width: int) -> Iterator[object]:
    rows = list(outcome.data["standings"])
    yield Text()
    note = "未审定" + ("，尚有未定事项" if outcome.data.get("provisional") else "")
    yield Text(f"{outcome.data.get('stage', '')}：自评排序（供核对）　{note}", style="bold")
    heads = ("名次", "科室", "业务工作", "队伍建设", "特色工作", "总分")
    parts = [_column([row.get(part) for row in rows]) for part in heads[2:5]]
    totals = [_total(row, known) for row, known in zip(rows, _column([row.get("总分") for row in rows]), strict=True)]
    shown = [
        (_rank(row), str(row.get("section", "")), *figures)
        for row, *figures in zip(rows, *parts, totals, strict=True)
    ]
    styles = ["" if row.get("总分") is not None else "dim" for row in rows]
    yield table(heads, shown, right=(2, 3, 4, 5), styles=styles)
    if any(row.get("总分") is None for row in rows):
        yield paragraph("“–”两边是还可能的最低和最高；“-”是还没有定的数。", width, style="dim")
    changes = outcome.data.get("changes") or ()
    if changes:
        text = "；".join(f"{c['section']}{c['figure']} {_known(c['before'])}→{_known(c['now'])}" for c in changes)
        yield paragraph(_sentence(text), width, "与上次相比：")


def _rank(row: dict) -> str:
    if row.get("名次") is not None:
        return str(row["名次"])
    best, worst = row.get("名次最好"), row.get("名次最差")
    return "-" if best is None or worst is None else f"{best}–{worst}"


def _total(row: dict, known: str) -> str:
    if row.get("总分") is not None:
        return known
    low, high = row.get("最低"), row.get("最高")
    return "-" if low is None and high is None else f"{_number(low)}–{_number(high)}"


def _column(values: list[object]) -> list[str]:
    """Figures of one column with the same number of decimals."""
    shown = [_number(value) for value in values]
    places = max((len(text.partition(".")[2]) for text in shown), default=0)
    return [f"{float(text):.{places}f}" if text != "-" else text for text in shown]


def _known(value: object) -> str:
    return "待定" if value is None else _number(value)


def _number(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _status(outcome: Outcome, width: int) -> Iterator[object]:
    data = outcome.data
    sections = list(data.get("sections", ()))
    yield Text(str(data.get("title", "")), style="bold")
    back = sum(row["returned"] for row in sections)
    line = f"下发表：{data['issued']}。收回 {back}/{len(sections)} 个科室。汇总：{data['summary']}。"
    if data.get("deadline"):
        line += f"报送截止：{data['deadline']}。"
    yield paragraph(line, width)
    if data.get("interrupted"):
        yield paragraph("上次运行中断过，下一条命令会先补完它。", width, style="yellow")
    yield Text()
    rows = [
        (row["section"], row["status"], _count(row["errors"]), _count(row["warnings"]), _count(row["attachments"]))
        for row in sections
    ]
    styles = ["red" if row["errors"] else "" if row["returned"] else "dim" for row in sections]
    errors, warnings = (data.get("unplaced", {}).get(key, 0) for key in ("errors", "warnings"))
    if errors or warnings:
        rows.append((NOBODY_TEXT, "-", _count(errors), _count(warnings), "-"))
        styles.append("red" if errors else "")
    yield table(("科室", "填报情况", "错误", "提醒", "附件"), rows, right=(2, 3, 4), styles=styles)
    for row in sections:
        if row["materials_missing"]:
            yield paragraph("、".join(row["materials_missing"]), width, f"{row['section']}还缺：", style="dim")


def _count(number: int) -> str:
    return str(number) if number else "-"


# --- problems and outputs -------------------------------------------------------------------------------------------


def problem_list(outcome: Outcome, width: int) -> Iterator[object]:
    """Problems grouped by file: the heaviest ones, at most LISTED, and how many more there are."""
    if not outcome.problems:
        if outcome.command == "check":
            yield Text("没有发现问题。", style="green")
        return
    if outcome.misuse and not any(p.where.file for p in outcome.problems):
        for p in outcome.problems:
            yield from _one(p, width)
        return
    counts = Counter(p.severity for p in outcome.problems)
    yield Text()
    yield Text("发现：" + "、".join(f"{SEVERITY_LABELS[s]} {counts[s]} 条" for s in _ORDER if counts[s]), style="bold")
    if outcome.command == "status":
        return
    listed = [p for p in outcome.problems if p.code not in _SUMMED_UP or outcome.command not in _WITH_RECEIPTS]
    whole = {p.where.file for p in listed if _of_whole_file(p)}
    by_file = sorted(listed, key=lambda p: (p.where.file not in whole, p.where.file, not _of_whole_file(p)))
    chosen = set(sorted(by_file, key=lambda p: (_ORDER.index(p.severity), not _of_whole_file(p)))[:LISTED])
    last = None
    for p in by_file:
        if p not in chosen:
            continue
        if p.where.file != last:
            last = p.where.file
            yield Text(last or "总体", style="bold")
        yield from _one(p, width)
    more = len(listed) - len(chosen)
    if more > 0:
        where = f"，全部见 {_LIST_FILE}" if _LIST_FILE in outcome.outputs else "，用 --json 可看全部"
        yield paragraph(f"……另有 {more} 条{where}。", width, style="bold")


def _of_whole_file(p: Problem) -> bool:
    """Errors that concern more than a cell: mended first, and often the cause of others."""
    return p.severity == ERROR and not p.where.cell


_WITH_RECEIPTS = ("collect", "summarize", "demo")


def _one(p: Problem, width: int) -> Iterator[object]:
    place = " ".join(part for part in (p.where.sheet, p.where.cell) if part)
    label = f"  {SEVERITY_LABELS[p.severity]}  "
    text = f"{place}：{p.message}" if place else p.message
    yield paragraph(_sentence(text), width, label, lead_style=_STYLES[p.severity])
    if p.fix and not p.fix.startswith(_NOTHING_TO_DO):
        yield paragraph(_sentence(p.fix), width, " " * width_of(label), style="dim")


def _outputs(outcome: Outcome, width: int) -> Iterator[object]:
    if not outcome.outputs:
        return
    yield Text()
    place = f"（在 {outcome.folder.root} 中）" if outcome.folder is not None else ""
    yield paragraph(f"输出 {len(outcome.outputs)} 个文件{place}：", width)
    for lead, names in _groups(outcome.outputs):
        if len(names) <= 3:
            for name in names:
                yield Text(f"  {lead}{name}")
        else:
            yield paragraph(f"{len(names)} 个：{names[0]} …… {names[-1]}", width, f"  {lead} ")


def _groups(outputs: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Outputs by folder; a folder with many of them in many sub-folders as one."""
    by_top: dict[str, list[str]] = {}
    for name in outputs:
        by_top.setdefault(name.partition("/")[0] if "/" in name else "", []).append(name)
    groups: list[tuple[str, list[str]]] = []
    for top, names in by_top.items():
        parents = dict.fromkeys(name.rpartition("/")[0] for name in names)
        if not top or len(parents) > 3:
            parents = {top: None}
        for parent in parents:
            lead = f"{parent}/" if parent else ""
            inside = [name for name in names if name.startswith(lead) and (len(parents) == 1 or name.rpartition("/")[0] == parent)]
            groups.append((lead, [name.removeprefix(lead) for name in inside]))
    return groups
