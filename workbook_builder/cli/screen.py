"""What an `Outcome` looks like to a person: Chinese lines and tables for a terminal of any width.

Comes in: an outcome. Goes out: rich renderables; nothing is printed here. Every sign of ours is in GBK, so that a Chinese
Windows console shows it; lines are broken here, because programs that break at blanks do not know Chinese.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.text import Text

from workbook_builder.cli.findings import LISTED, output_list, problem_list
from workbook_builder.cli.pieces import ASIDE, NEXT, STRONG, WRONG, Columns, count, paragraph, sentence, table
from workbook_builder.cli.scores import standings, waiting
from workbook_builder.cli.tracing import walk
from workbook_builder.commands.advice import joined
from workbook_builder.commands.outcome import Outcome, shown_path
from workbook_builder.problems import has_errors
from workbook_builder.results import REVIEW_STAGE, SELF_STAGE, UNAPPROVED
from workbook_builder.summary.facts import NOBODY_TEXT

__all__ = ["LISTED", "report"]

_DONE = {
    "new": "年度文件夹已建好",
    "build": "下发表已生成",
    "collect": "收集校验完成",
    "review": "核定表已生成",
    "summarize": "汇总已生成",
    "archive": "已归档",
    "demo": "演示已就绪",
    "templates": "模板已复制",
    "dump": "方案文本已写出",
    "load": "方案工作簿已写出",
    "check": "检查完成",
    "console": "考评控制台已就绪",
    "receive": "已存放并收集",
    "bundle": "离线安装文件夹已做好",
}
_SENT_BACK, _REMINDERS, _CHECK_COPIES = "4汇总/退回修改", "4汇总/催办文字.txt", "4汇总/核对稿"
_NOT_RETURNED = "SECTION_NOT_RETURNED"
#: Commands that only read: there is nothing to say about outputs.
_SPEAK_FOR_THEMSELVES = ("status", "explain")


def report(outcome: Outcome, width: int) -> Iterator[object]:
    """Everything a person reads after a command: what was done, what was found, where the outputs are, what is next."""
    yield from _headline(outcome, width)
    if not outcome.misuse:
        for told in _BODIES.get(outcome.command, ()):
            yield from told(outcome, width)
    yield from problem_list(outcome, width)
    yield from output_list(outcome, width)
    if outcome.next_step:
        yield Text()
        yield paragraph(sentence(outcome.next_step), width, NEXT, style=STRONG)


def _headline(outcome: Outcome, width: int) -> Iterator[object]:
    if outcome.command in _SPEAK_FOR_THEMSELVES and not outcome.misuse:
        return
    if outcome.misuse:
        yield Text("没有完成。", style=WRONG)
    elif outcome.command == "check":
        yield paragraph(_check_line(outcome), width, style=STRONG)
    elif outcome.command == "templates" and not outcome.outputs and not has_errors(outcome.problems):
        yield Text("模板都已经在文件夹里，没有改动。", style=STRONG)
    elif outcome.command == "review" and outcome.data.get("approved") and not outcome.outputs:
        yield Text("结果已审定，核定表没有改动。", style=STRONG)
    elif outcome.data.get("same"):
        yield Text("两边内容相同，没有改动。", style=STRONG)
    elif outcome.command == "receive" and not outcome.data.get("stored") and outcome.outputs:
        yield Text(_DONE["collect"] + "。", style=STRONG)
    elif outcome.outputs:
        yield Text(_DONE[outcome.command] + "。", style=STRONG)
    else:
        yield Text("没有写出任何文件，原有文件没有改动。", style=WRONG)


def _check_line(outcome: Outcome) -> str:
    facts = outcome.data.get("scheme")
    checked = "、".join(outcome.data.get("checked", ()))
    if not isinstance(facts, dict):
        return f"已检查{checked}。"
    return (
        f"已检查{checked}：{facts['title']}，{facts['sections']} 个科室、{facts['items']} 个考评项、"
        f"{facts['clauses']} 条评分细则、{facts['policies']} 条口径。"
    )


# --- receive, collect, summarize ---------------------------------------------------------------------------------------------


def _stored(outcome: Outcome, width: int) -> Iterator[object]:
    stored, already = (outcome.data.get(key) or () for key in ("stored", "already"))
    told = f"新存放 {len(stored)} 个文件" if stored else "没有新存放的文件"
    place = shown_path(outcome.folder.returned) if outcome.folder is not None else ""
    yield paragraph(f"存放在 {place}：{told}" + (f"，已有 {len(already)} 个未重复存放。" if already else "。"), width)


def _receipts(outcome: Outcome, width: int) -> Iterator[object]:
    if outcome.command == "receive" and "missing" not in outcome.data:
        return  # nothing could be stored, so nothing was collected
    counts = Counter(receipt.outcome for receipt in outcome.received)
    detail = "、".join(f"{name} {number}" for name, number in counts.most_common())
    yield paragraph(f"收到 {len(outcome.received)} 个文件" + (f"：{detail}。" if detail else "。"), width)
    yield from _missing(outcome.data.get("missing") or (), width)
    refused = outcome.data.get("refused") or ()
    if refused:
        yield paragraph(f"收到未采用的科室（{len(refused)} 个）：{joined(refused)}。", width)


def _missing(sections: Sequence[str], width: int) -> Iterator[object]:
    if sections:
        yield paragraph(f"未报送的科室（{len(sections)} 个）：{joined(tuple(sections))}。", width)


def _mending(outcome: Outcome, width: int) -> Iterator[object]:
    if _REMINDERS not in outcome.outputs:
        return
    back = outcome.data.get("sent_back") or ()
    told = f"要退回修改的科室（{len(back)} 个）：{joined(back)}，表在 {_SENT_BACK}" if back else "没有要退回修改的表"
    yield paragraph(f"{told}；催办的话已写好，在 {_REMINDERS}。", width)


def _standings(outcome: Outcome, width: int) -> Iterator[object]:
    if "standings" in outcome.data:
        yield from standings(outcome.data, width)


# --- review, archive ------------------------------------------------------------------------------------------------


def _review(outcome: Outcome, width: int) -> Iterator[object]:
    data = outcome.data
    yield Text(f"稿次：{data.get('stage', '')}")
    yield from _missing([p.where.field for p in outcome.problems if p.code == _NOT_RETURNED], width)
    yield Text()
    yield from _reviewers(data.get("reviewers") or (), width)
    copies = data.get("check_copies") or ()
    if copies and outcome.outputs:
        yield paragraph(f"已写核对稿的科室（{len(copies)} 个）：{joined(copies)}，在 {_CHECK_COPIES}。", width)
    elif not copies and data.get("stage") in (SELF_STAGE, REVIEW_STAGE):
        yield paragraph("还没有核对稿：某科室的核定全部完成、汇总到核定稿之后才有。", width, style=ASIDE)


def _reviewers(rows: Sequence[Mapping], width: int) -> Iterator[object]:
    shown = [(r["reviewer"], str(len(r["sections"])), count(len(r["done"])), r["file"] or "-") for r in rows]
    styles = ["" if len(r["done"]) == len(r["sections"]) else STRONG for r in rows]
    full = Columns(("核定者", "科室数", "已核定", "文件"), shown, (1, 2), styles)
    near = Columns(full.heads, [(*row[:3], row[3].rpartition("/")[2]) for row in shown], full.right, styles)
    return table(width, full, near, full.without(3))


def _archive(outcome: Outcome, width: int) -> Iterator[object]:
    data = outcome.data
    if outcome.outputs:
        yield paragraph(f"{data['stage']}（结果码 {data['code']}）共 {data['files']} 个文件，在 {data['place']}。", width)
        yield paragraph("其中 校验清单.txt 记着每个文件的校验码（SHA-256）；归档的文件不要再改。", width, style=ASIDE)


def _bundle(outcome: Outcome, width: int) -> Iterator[object]:
    for row in outcome.data.get("targets") or ():
        extra = "，带 Excel 控制台（xlwings）" if row["console"] else ""
        yield paragraph(f"可装在：{row['name']}，Python {row['python']}{extra}；程序包 {row['wheels']} 个。", width)
    if outcome.data.get("megabytes"):
        yield paragraph(f"共 {outcome.data['megabytes']} MB。", width)


# --- status ---------------------------------------------------------------------------------------------------------


def _status(outcome: Outcome, width: int) -> Iterator[object]:
    data = outcome.data
    sections = list(data.get("sections", ()))
    yield paragraph(str(data.get("title", "")), width, style=STRONG)
    back = sum(row["returned"] for row in sections)
    line = f"下发表：{data['issued']}。收回 {back}/{len(sections)} 个科室。汇总：{data['summary']}。"
    if data.get("deadline"):
        line += f"报送截止：{data['deadline']}。"
    yield paragraph(line, width)
    yield from _stage(data, width)
    if data.get("interrupted"):
        yield paragraph("上次运行中断过，下一条命令会先补完它。", width)
    yield Text()
    yield from _sections(data, sections, width)
    for row in sections:
        if row["materials_missing"]:
            yield paragraph("、".join(row["materials_missing"]), width, f"{row['section']}还缺：", style=ASIDE)
    reviewers = data.get("reviewers") or ()
    if any(row["file"] for row in reviewers):
        yield Text()
        yield from _reviewers(reviewers, width)
    if data.get("waiting"):
        yield Text()
        yield from waiting(data["waiting"], width)


def _stage(data: Mapping, width: int) -> Iterator[object]:
    if not data.get("stage"):
        return
    state = "已审定" if data.get("approved") else UNAPPROVED
    archived = "，已归档" if data.get("archived") else "，还没有归档" if data.get("approved") else ""
    done = sum(len(row["sections"]) == len(row["done"]) for row in data.get("reviewers") or ())
    line = f"稿次：{data['stage']}（{state}{archived}）。核定完成：{done}/{len(data.get('reviewers') or ())} 个核定者。"
    yield paragraph(line + f"测评票：{'已录' if data.get('ballots') else '未录'}。", width)


def _sections(data: Mapping, sections: Sequence[Mapping], width: int) -> Iterator[object]:
    rows = [
        (row["section"], row["status"], count(row["errors"]), count(row["warnings"]), count(row["attachments"]))
        for row in sections
    ]
    styles = [WRONG if row["errors"] else "" for row in sections]
    errors, warnings = (data.get("unplaced", {}).get(key, 0) for key in ("errors", "warnings"))
    if errors or warnings:
        rows.append((NOBODY_TEXT, "-", count(errors), count(warnings), "-"))
        styles.append(WRONG if errors else "")
    return table(width, Columns(("科室", "填报情况", "错误", "提醒", "附件"), rows, (2, 3, 4), styles))


_BODIES: dict[str, tuple[Callable[[Outcome, int], Iterator[object]], ...]] = {
    "collect": (_receipts, _mending),
    "receive": (_stored, _receipts, _mending),
    "bundle": (_bundle,),
    "summarize": (_receipts, _standings),
    "demo": (_receipts, _standings),
    "review": (_review,),
    "archive": (_archive,),
    "status": (_status,),
    "explain": (walk,),
}
