"""汇总首页.docx as values: the first sheet of 汇总表.xlsx for those who print.

Comes in: results of any stage. Goes out: an `OutcomePage` of finished texts that fits one page. Figures come from the
board and words from `outcome_texts`, as on the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.letters import OUTCOME_COLUMNS, OutcomeLine, OutcomePage, OutcomeRow
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.summary import formulas as fm
from workbook_builder.summary import outcome_texts as words
from workbook_builder.summary.board import LINE, SECTION, STATUS, Board, Row
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.printed_size import fitted

#: Words of the sheet that make no sense on paper.
_ON_SCREEN = ("点科室名称可看明细；想知道加减几分会怎样，用“试算”。", "点科室名称可看明细。", "图中没有画出未定的部分和突破底线扣分。", "图中没有画出未定的部分。")


def outcome_of(results: r.Results) -> OutcomePage:
    """The page of these results."""
    facts = Facts(results)
    board, scheme = Board(facts), facts.scheme
    lists = list(_lists(facts))
    waiting, decided = lists[0], lists[1] if len(lists) > 1 else _List("")
    return fitted(
        OutcomePage(
            unit=scheme.unit,
            year=str(scheme.year),
            name=scheme.title.removeprefix(f"{scheme.year}年度"),
            stage=results.reached.name,
            unapproved=not results.reached.approved,
            office="",
            mark=scheme.mark,
            batch=results.batch,
            title=f"{scheme.unit}{scheme.title}",
            label=facts.label,
            facts=tuple(OutcomeLine(text, "bad" in style) for text, style in words.facts_lines(facts)),
            heading=words.heading(facts),
            heads={name_of(column.key): column.head for column in board.columns},
            rows=tuple(_rows(board)),
            waiting_heading=waiting.heading,
            waiting=tuple(waiting.lines),
            decided_heading=decided.heading,
            decided=tuple(decided.lines),
            notes=tuple(_on_paper(text) for text in words.notes(board)),
        )
    )


def name_of(key: str) -> str:
    """The placeholder of a column: its key without the line break."""
    name = key.replace("\n", "")
    if name not in OUTCOME_COLUMNS:
        raise ValueError(f"no column of 汇总首页: {name}")
    return name


def _on_paper(text: str) -> str:
    for sentence in _ON_SCREEN:
        text = text.replace(sentence, "")
    return text


@dataclass(slots=True)
class _List:
    heading: str
    lines: list[OutcomeLine] = field(default_factory=list)


def _lists(facts: Facts) -> Iterator[_List]:
    """What waits, then what was decided: each heading with its lines."""
    found: list[_List] = []
    for text, style in words.waiting(facts):
        if style == "heading":
            found.append(_List(text))
        else:
            found[-1].lines.append(OutcomeLine(text, "key" in style.split("+")))
    return iter(found)


# --- the table --------------------------------------------------------------------------------------------------------


def _rows(board: Board) -> Iterator[OutcomeRow]:
    marks = [s.evaluation.value for s in board.standings if s.evaluation is not None]
    scores, evaluations = _decimals(board, board.figures()), _decimals(board, marks)
    for row in board.rows:
        keys = [column.key for column in board.columns]
        texts = {name_of(key): _text(row, key, evaluations if key == m.EVALUATION else scores) for key in keys}
        open_ = {name_of(key) for key in keys if _is_open(row, key)}
        deducted = {m.BOTTOM_LINE} if row.standing.parts[m.BOTTOM_LINE].value and m.BOTTOM_LINE in keys else set()
        yield OutcomeRow(texts=texts, open=frozenset(open_), deducted=frozenset(deducted), best=row.best)


def _is_open(row: Row, key: str) -> bool:
    return row.waits if key == STATUS else key != SECTION and row.values[key] == OPEN_TEXT


def _decimals(board: Board, figures) -> int:
    """As on the sheet: the policy's decimals, more only where a figure has more."""
    return int(fm.digits_look(board.scheme, figures).removeprefix("digits"))


def _text(row: Row, key: str, decimals: int) -> str:
    value = row.values[key]
    if not isinstance(value, Decimal):
        return str(value)
    return f"{value:{'+' if key == LINE and value else ''}.{decimals}f}"
