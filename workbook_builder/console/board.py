"""What the console shows: where the year stands, how the last step ended, what is wrong.

Comes in: how a step ended, and the status of the folder. Goes out: a frozen `Board` of plain values, no cell and no style.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook_builder.commands import Outcome
from workbook_builder.commands.steps import AGAIN, ENTRIES, YEAR, Step, next_step
from workbook_builder.console.places import MOST_PROBLEMS, MOST_SECTIONS
from workbook_builder.folder import Folder
from workbook_builder.problems import ERROR, SEVERITY_LABELS, Problem
from workbook_builder.summary.facts import by_weight

#: The last thing to choose: it only looks.
STATUS = Step("9", "看进度", "status", "")
#: What can be chosen, by name; what people do themselves is no choice.
CHOICES = {step.name: step for step in (*YEAR, STATUS) if step.command}
NOT_YET = "还没有运行过"
_COMMAND = re.compile(r" ?(?:运行 )?kaoping ([a-z]+) ?")
_TWICE = re.compile(r"(“([^”]+)”)\2")
_OPENS = "打开"
_LONGEST = 800
#: Excel takes no longer text inside a formula.
_LITERAL = 255


@dataclass(frozen=True, slots=True)
class Link:
    """A text that opens a file: `target` is relative to the workbook, with "/", and may name sheet and cell after "#"."""

    target: str
    text: str

    @property
    def formula(self) -> str:
        """For Excel, without "="; quotes doubled, so that no name of a file can end the text."""
        return f'HYPERLINK("{_quoted(self.target)}","{_quoted(self.text)}")'


Value = str | int | Link | None


@dataclass(frozen=True, slots=True)
class Board:
    """The values of the console.

    chosen    name of the step offered now
    result    how the last step ended; `advice` what to do next; `last` what was run, and when
    marked    number of the step that is next (0 … in `YEAR`), None if there is none
    states    per step of the year how far it is
    sections  per section: number, name, state, errors, warnings, materials, reviews, file
    problems  per problem: severity, section, message, remedy, file, sheet, cell, link
    told      what stands over the problems
    """

    chosen: str
    result: str
    advice: str
    last: str
    marked: int | None = None
    states: tuple[str, ...] = ("",) * len(YEAR)
    sections: tuple[tuple[Value, ...], ...] = ()
    problems: tuple[tuple[Value, ...], ...] = ()
    told: str = ""


def board(folder: Folder, status: Outcome, ran: Outcome | None, name: str = "", when: str = "") -> Board:
    """`ran`: how the step called `name` ended at `when`; None if none was run."""
    shown = status if ran is None else ran
    data = status.data
    key = next_step(shown)
    return Board(
        chosen=choice(key),
        result=NOT_YET if ran is None else result(ran),
        advice=in_steps(shown.next_step, key),
        last=f"{when}　{name}" if name else "",
        marked=next((number for number, step in enumerate(YEAR) if step.key == key), None),
        states=() if status.misuse else states(data),
        sections=tuple(_sections(folder, data)),
        problems=tuple(_row(folder, shown, p, key) for p in by_weight(shown.problems)[:MOST_PROBLEMS]),
        told=_told(shown),
    )


def failed(line: str, name: str = "", when: str = "", chosen: str = STATUS.name) -> Board:
    """A step that did not come to an end."""
    return Board(chosen=chosen, result=line, advice="", last=f"{when}　{name}" if name else "")


# --- the last step


def result(outcome: Outcome) -> str:
    """How it ended, in one line."""
    counted = Counter(p.severity for p in outcome.problems)
    if outcome.misuse or (counted[ERROR] and not outcome.outputs):
        wrong = next((p for p in outcome.problems if p.severity == ERROR), None)
        return clipped("没有做成：" + (wrong.message if wrong else outcome.next_step))
    found = "、".join(f"{label} {counted[severity]} 条" for severity, label in SEVERITY_LABELS.items() if counted[severity])
    written = f"，写出 {len(outcome.outputs)} 个文件" if outcome.outputs else ""
    return f"做完了{written}。" + (f"发现{found}，见“问题”表。" if found else "没有发现问题。")


def choice(key: str) -> str:
    """Name of the step to offer next; what people type in comes before summing up once more."""
    wanted = AGAIN if key == ENTRIES else key
    return next((step.name for step in CHOICES.values() if step.key == wanted), STATUS.name)


def in_steps(advice: str, key: str = "") -> str:
    """Advice that names commands, in the names of the steps to choose: nobody types commands here."""
    names = {step.command: name for name, step in reversed(CHOICES.items())}
    names[CHOICES[choice(key)].command] = choice(key)

    def named(found: re.Match[str]) -> str:
        name = names.get(found[1])
        return found[0] if name is None else f"运行“{name}”"

    # 运行“归档”归档 says it twice.
    return clipped(_TWICE.sub(r"\1", _COMMAND.sub(named, advice)))


def clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


# --- the year


def states(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Per step of the year how far it is."""
    sections, reviewers = data["sections"], data["reviewers"]
    returned = sum(row["returned"] for row in sections)
    done = sum(len(row["done"]) == len(row["sections"]) for row in reviewers)
    waiting = len(data["waiting"])
    entered = "测评已录" if data["ballots"] else "测评未录"
    return (
        "方案可读",
        f"下发表{data['issued']}",
        f"收回 {returned}/{len(sections)}",
        f"汇总{data['summary']}",
        f"完成 {done}/{len(reviewers)}",
        entered + (f"，待决定 {waiting}" if waiting else ""),
        data["stage"] or "未汇总",
        "已归档" if data["archived"] else "未归档",
    )


def _sections(folder: Folder, data: Mapping[str, Any]) -> list[tuple[Value, ...]]:
    rows = data.get("sections") or ()
    reviewers = data.get("reviewers") or ()
    asked = Counter(name for row in reviewers for name in row["sections"])
    done = Counter(name for row in reviewers for name in row["done"])
    return [
        (
            number,
            row["section"],
            row["status"] if row["returned"] else "未交",
            row["errors"],
            row["warnings"],
            row["attachments"],
            f"{done[row['section']]}/{asked[row['section']]}",
            link(folder.root, row["file"] or "", text=row["file"] or "") or row["file"],
        )
        for number, row in enumerate(rows[: len(rows) if len(rows) <= MOST_SECTIONS else MOST_SECTIONS - 1], 1)
    ] + ([] if len(rows) <= MOST_SECTIONS else [("…", f"另有 {len(rows) - MOST_SECTIONS + 1} 个科室", *[None] * 6)])


# --- the problems


def _told(outcome: Outcome) -> str:
    if not outcome.problems:
        return "没有问题。"
    counted = Counter(p.severity for p in outcome.problems)
    text = "　".join(f"{label} {counted[severity]}" for severity, label in SEVERITY_LABELS.items())
    more = len(outcome.problems) - MOST_PROBLEMS
    return text + (f"　只列前 {MOST_PROBLEMS} 条，其余 {more} 条见 4汇总/问题清单.xlsx" if more > 0 else "")


def _row(folder: Folder, outcome: Outcome, p: Problem, key: str) -> tuple[Value, ...]:
    section = next((r.section for r in outcome.received if r.file == p.where.file), "")
    where = p.where
    return (
        SEVERITY_LABELS[p.severity],
        section,
        clipped(p.message),
        in_steps(p.fix, key),
        where.file,
        where.sheet,
        where.cell,
        link(folder.root, where.file, where.sheet, where.cell),
    )


def link(root: Path, file: str, sheet: str = "", cell: str = "", text: str = _OPENS) -> Link | None:
    """Opens `file` where the problem is; a file inside an archive opens the archive. None where nothing can be opened."""
    inside = _existing(root, file)
    if inside is None or "#" in inside:
        return None
    target = inside
    if inside == file and sheet and inside.lower().endswith((".xlsx", ".xlsm", ".xls")):
        quoted = sheet.replace("'", "''")
        target += f"#'{quoted}'!{cell or 'A1'}"
    fits = len(_quoted(target)) <= _LITERAL and len(_quoted(text)) <= _LITERAL
    return Link(target, text) if fits else None


def _existing(root: Path, file: str) -> str | None:
    parts: Sequence[str] = file.split("/") if file else ()
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        try:
            if (root / name).is_file():
                return name
        except (OSError, ValueError):
            return None
    return None


def _quoted(text: str) -> str:
    return text.replace('"', '""')
