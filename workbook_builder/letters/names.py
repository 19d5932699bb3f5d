"""What the placeholders of the templates are called and what they stand for.

Comes in: a letter. Goes out: the values its template may use, and per kind the `Names` that are checked against. Offices
write these names into Word, so they are Chinese; a name that is dropped here breaks their templates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from workbook_builder.letters import nouns as n

#: Stands in a header until the letter is approved.
UNAPPROVED = "未审定"
AUTHORITY = "以考评工作领导小组审定的结果为准"
BLANK_DATE = "　　年　　月　　日"
NOTHING = "—"
#: The head of column 总分 is called 表头总分.
HEAD = "表头"
#: In the head of a column that is to be left out. No character of any script, so that nobody's text can say it.
OMITTED = "\ufdd0"
#: Before a figure that is still open, and one that tells a deduction: how its cell looks.
OPEN, DEDUCTED = "\ufdd1", "\ufdd2"
# What XML 1.0 cannot carry, half surrogate pairs, and our own marks.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdd2\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one level: texts to print, flags to ask, lists to go through (with the names of their rows).

    heads  those of the texts that stand in the head of a column and may leave it out
    """

    texts: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    lists: Mapping[str, Names] = field(default_factory=dict)
    heads: frozenset[str] = frozenset()

    @property
    def every(self) -> tuple[str, ...]:
        return tuple(sorted({*self.texts, *self.flags, *self.lists}))


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence; where a name itself holds the usual mark (秘书科、普法科) the stronger one parts them."""
    return ("；" if any("、" in name for name in names) else "、").join(names)


def _names(texts: str, flags: str = "", **lists: Names) -> Names:
    return Names(frozenset(texts.split()), frozenset(flags.split()), lists)


_LINES = _names("序号 内容")
_COMMON = "单位 年度 考评名称 稿次 标记 稿次提示 批次号 承办科室 联系方式 略去本列 "
_FIGURES = "分值 自评 核定 差异 说明 "
_HEADS = frozenset(HEAD + column for column in n.OUTCOME_COLUMNS)
#: Columns that every stage has.
_ALWAYS = frozenset(HEAD + column for column in ("名次", "科室", "总分", "与下一名差距", "业务工作", "队伍建设", "特色工作", "状态"))
_REMARKS = _names("内容", "要紧")
_SIDES = " ".join(side + name for side in "左右" for name in ("名次", "科室", "等次", "总分"))

#: Kind → the names its template may use.
NAMES: dict[str, Names] = {
    n.CHECK_COPY: _names(
        _COMMON + "科室 自评总分 核定总分 总分差异 交回时间",
        "未审定",
        部分表=_names(_FIGURES + "部分", 明细=_names(_FIGURES + "序号 考评项")),
        调整表=_names("序号 考评项 细则 自评 核定 理由 核定人"),
        底线表=_LINES,
        特色表=_LINES,
        说明表=_LINES,
    ),
    n.NOTICE: _names(
        _COMMON + "主送 依据名称 依据文号 周期起 周期止 过程 未定科室 未定个数 未定说明 被更正 日期",
        "未审定 列名次 列等次 列总分",
        等次表=_names("等次 科室 个数"),
        名次表=_names(_SIDES),
        更正表=_LINES,
        附注表=_LINES,
    ),
    n.FEEDBACK: _names(
        _COMMON + "科室 依据文号 等次 等次说明 名次 参评个数 总分 意见答复 日期",
        "未审定",
        部分表=_names("部分 满分 得分"),
        情况表=_LINES,
    ),
    n.OUTCOME: Names(
        frozenset((_COMMON + "标题 稿次全称 表名 待办标题 决定标题").split()) | _HEADS,
        frozenset(["未审定"]),
        {
            "概况表": _REMARKS,
            "名次表": _names(" ".join(n.OUTCOME_COLUMNS), "优秀"),
            "待办表": _REMARKS,
            "决定表": _REMARKS,
            "说明表": _names("内容"),
        },
        _HEADS - _ALWAYS,
    ),
}
#: Kind → names without which the letter would not say what it is for.
REQUIRED: dict[str, tuple[str, ...]] = {
    n.CHECK_COPY: ("科室", "部分表", "明细", "核定总分", "调整表", "底线表"),
    n.NOTICE: ("等次表", "未定科室", "名次表", "更正表"),
    n.FEEDBACK: ("科室", "等次", "名次", "总分", "部分表"),
    n.OUTCOME: ("稿次全称", "名次表", "名次", "科室", "等次", "总分", "待办表", "决定表"),
}

Values = dict[str, object]


def clean(text: str | None) -> str:
    """A text of people as a document can hold it; None, a figure that is withheld, is nothing."""
    return "" if text is None else _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def values(letter: n.Letter) -> Values:
    """The values of every name of the letter's kind."""
    if isinstance(letter, n.CheckCopy):
        return _check_copy(letter)
    if isinstance(letter, n.Notice):
        return _notice(letter)
    if isinstance(letter, n.Feedback):
        return _feedback(letter)
    if isinstance(letter, n.OutcomePage):
        return _outcome(letter)
    raise TypeError(f"no letter: {type(letter).__name__}")


def _row(**texts: str | None) -> Values:
    return {name: clean(text) for name, text in texts.items()}


def _lines(texts: tuple[str, ...]) -> list[Values]:
    """Lines with their numbers; a line that stands alone has none."""
    return [_row(序号=f"{number}. " if len(texts) > 1 else "", 内容=text) for number, text in enumerate(texts, 1)]


def _common(letter: n.Letter) -> Values:
    hint = f"{UNAPPROVED}　{letter.stage}（{AUTHORITY}）" if letter.unapproved else ""
    texts = _row(
        单位=letter.unit,
        年度=letter.year,
        考评名称=letter.name,
        稿次=letter.stage,
        标记=f"【{letter.mark}】" if letter.mark else "",
        稿次提示=hint,
        批次号=letter.batch,
        承办科室=letter.office,
        联系方式=letter.contact,
    )
    return {**texts, "未审定": letter.unapproved, "略去本列": OMITTED}


def _check_copy(letter: n.CheckCopy) -> Values:
    changes = [
        _row(
            序号=str(number),
            考评项=change.item,
            细则=change.clause,
            自评=change.reported,
            核定=change.reviewed,
            理由=change.reason,
            核定人=change.reviewer,
        )
        for number, change in enumerate(letter.adjustments, 1)
    ]
    texts = _row(
        科室=letter.section,
        自评总分=letter.reported_total,
        核定总分=letter.total,
        总分差异=letter.difference,
        交回时间=letter.reply_by or BLANK_DATE,
    )
    return {
        **_common(letter),
        **texts,
        "部分表": [_part(part) for part in letter.parts],
        "调整表": changes,
        "底线表": _lines(letter.bottom_lines),
        "特色表": _lines(letter.special),
        "说明表": _lines(letter.notes),
    }


def _part(part: n.PartFigure) -> Values:
    rows = [{**_figures(row), **_row(序号=row.number, 考评项=row.title)} for row in part.rows]
    return {**_figures(part), "部分": clean(part.name), "明细": rows}


def _figures(row: n.CheckRow | n.PartFigure) -> Values:
    return _row(分值=row.points, 自评=row.reported, 核定=row.reviewed, 差异=row.difference, 说明=row.reason)


def _notice(letter: n.Notice) -> Values:
    groups = [
        _row(等次=group.grade, 科室=listed(group.sections), 个数=str(len(group.sections))) for group in letter.groups
    ]
    texts = _row(
        主送=letter.addressees,
        依据名称=letter.document,
        依据文号=letter.document_no,
        周期起=letter.period_from,
        周期止=letter.period_to,
        过程=letter.process,
        未定科室=listed(letter.undecided),
        未定个数=str(len(letter.undecided)),
        未定说明=letter.undecided_reason,
        被更正=letter.corrected,
        日期=letter.date or BLANK_DATE,
    )
    return {
        **_common(letter),
        **texts,
        "列名次": any(row.rank is not None for row in letter.rows),
        "列等次": any(row.grade is not None for row in letter.rows),
        "列总分": any(row.total is not None for row in letter.rows),
        "等次表": groups,
        "名次表": _two_up(letter.rows),
        "更正表": _lines(letter.corrections),
        "附注表": _lines(letter.notes),
    }


def _two_up(rows: tuple[n.NoticeRow, ...]) -> list[Values]:
    """The rows side by side, the left half first; nothing at all if there is no figure to show."""
    if all(row.rank is row.grade is row.total is None for row in rows):
        return []
    half = (len(rows) + 1) // 2
    shown = [*rows, *[None] * (2 * half - len(rows))]
    return [
        {**_side("左", left), **_side("右", right)} for left, right in zip(shown[:half], shown[half:], strict=True)
    ]


def _side(side: str, row: n.NoticeRow | None) -> Values:
    names = ("名次", "科室", "等次", "总分")
    if row is None:
        return {side + name: "" for name in names}
    figures = (row.rank, row.section, row.grade, row.total)
    return {side + name: NOTHING if text is None else clean(text) for name, text in zip(names, figures, strict=True)}


def _feedback(letter: n.Feedback) -> Values:
    texts = _row(
        科室=letter.section,
        依据文号=letter.document_no,
        等次=letter.grade,
        等次说明=letter.grade_reason,
        名次=letter.rank,
        参评个数=letter.among,
        总分=letter.total,
        意见答复=letter.answer,
        日期=letter.date or BLANK_DATE,
    )
    return {
        **_common(letter),
        **texts,
        "部分表": [_row(部分=part.name, 满分=part.points, 得分=part.score) for part in letter.parts],
        "情况表": _lines(letter.remarks),
    }


def _outcome(letter: n.OutcomePage) -> Values:
    texts = _row(
        标题=letter.title,
        稿次全称=letter.label,
        表名=letter.heading,
        待办标题=letter.waiting_heading,
        决定标题=letter.decided_heading,
    )
    return {
        **_common(letter),
        **texts,
        **{HEAD + name: clean(letter.heads[name]) if name in letter.heads else OMITTED for name in n.OUTCOME_COLUMNS},
        "概况表": _remarks(letter.facts),
        "名次表": [_outcome_row(row) for row in letter.rows],
        "待办表": _remarks(letter.waiting),
        "决定表": _remarks(letter.decided),
        "说明表": [_row(内容=text) for text in letter.notes],
    }


def _remarks(lines: tuple[n.OutcomeLine, ...]) -> list[Values]:
    return [{"内容": clean(line.text), "要紧": line.urgent} for line in lines]


def _outcome_row(row: n.OutcomeRow) -> Values:
    texts = {name: _marked(row, name) + clean(row.texts.get(name, "")) for name in n.OUTCOME_COLUMNS}
    return {**texts, "优秀": row.best}


def _marked(row: n.OutcomeRow, name: str) -> str:
    return (OPEN if name in row.open else "") + (DEDUCTED if name in row.deducted else "")
