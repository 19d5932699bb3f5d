"""Results → the letters as values: 核对稿 before the meeting, 通报 and 反馈 after approval.

Comes in: `Results`. Goes out: letters of finished texts. What they disclose is a policy (通报内容, 反馈内容); a 核对稿 never
shows a rank or another section, and a letter that is not approved says so on every page.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.layout.book import clause_of
from workbook_builder.letters import (
    Change,
    CheckCopy,
    CheckRow,
    Feedback,
    GradeGroup,
    Notice,
    NoticeRow,
    PartFigure,
    PartScore,
)
from workbook_builder.rank import UNDETERMINED
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import tidy

NOT_REPORTED = "未报"
NO_CUTOFFS = "通知没有规定优秀以外各等次的标准。"
#: The section that handles the appraisal, where the scheme does not say.
_OFFICE = "政治处"
_WITH_RANK = ("等次和名次", "等次、名次和总分")
_WITH_TOTAL = ("等次、名次和总分",)
_OWN_SCORES = "等次、名次和本科室得分"


class Correspondence:
    """All letters of one result."""

    def __init__(self, results: r.Results) -> None:
        self.results, self.scheme = results, results.scheme
        self.standing = {standing.section.name: standing for standing in results.standings}

    def _head(self) -> dict[str, object]:
        scheme, reached = self.scheme, self.results.reached
        return {
            "unit": scheme.unit,
            "year": str(scheme.year),
            "name": scheme.title.removeprefix(f"{scheme.year}年度"),
            "stage": reached.name,
            "unapproved": not reached.approved,
            "office": next((s.name for s in scheme.sections if s.name == _OFFICE), scheme.unit),
            "contact": scheme.contact,
            "mark": scheme.mark,
            "batch": self.results.batch,
        }

    # --- 核对稿 -----------------------------------------------------------------------------------------------------

    def check_copy(self, name: str) -> CheckCopy:
        """The section's own figures and reasons."""
        final = self.results.finals[name]
        own = self.results.assessments[name]
        parts = [self._part(final, part) for part in (m.BUSINESS, m.TEAM)]
        special_own, _, special = final.special
        bottom = final.parts[m.BOTTOM_LINE]
        parts.append(
            PartFigure(
                name=m.SPECIAL,
                points=_full(self.scheme, m.SPECIAL),
                reported=_shown(special_own),
                reviewed=_shown(special),
                difference=_difference(special_own, special),
                reason=_reasons(final, m.SPECIAL),
            )
        )
        taken = _shown(bottom) if bottom.value in (None, 0) else f"−{_shown(bottom)}"
        parts.append(PartFigure(name=m.BOTTOM_LINE, points="扣分", reported="—", reviewed=taken))
        reported = own.score.total if own.returned is not None else None
        return CheckCopy(
            **self._head(),
            section=name,
            parts=tuple(parts),
            reported_total=_shown(reported),
            total=_shown(self.standing[name].total),
            difference=_difference(reported, final.total),
            adjustments=tuple(self._change(adjustment) for adjustment in final.adjustments),
            bottom_lines=tuple(self._bottom_lines(final)),
            special=tuple(self._works(name)),
            notes=tuple(self._notes(final)),
        )

    def _part(self, final: r.Final, part: str) -> PartFigure:
        rows = []
        for item in self.scheme.section_items(final.section, part):
            figures = final.items[item.key]
            rows.append(
                CheckRow(
                    number=str(item.no),
                    title=item.title or item.note,
                    points="" if item.points is None else number(item.points),
                    reported=_shown(figures.own),
                    reviewed=_shown(figures.final),
                    difference=_difference(figures.own, figures.final),
                    reason=_reasons(final, item.key),
                )
            )
        score = self.results.assessments[final.section.name]
        own = score.score.section.parts[part] if score.returned is not None else None
        figure = final.parts[part]
        return PartFigure(
            name=part,
            points=_full(self.scheme, part),
            reported=_shown(own),
            reviewed=_shown(figure),
            difference=_difference(own, figure),
            rows=tuple(rows),
        )

    def _change(self, adjustment: r.Adjustment) -> Change:
        item = self.scheme.item_by_key.get(adjustment.item)
        clause = self.scheme.clause_by_id.get(clause_of(adjustment.field))
        label = f"{item.part}第{item.no}项" if item is not None else adjustment.item
        other = "本项得分" if item is not None else adjustment.field.rpartition("#")[2]
        what = f"第{clause.no}条　{clause.text}" if clause is not None else other
        reason = "；".join(text.rstrip("。；") for text in (adjustment.reason, adjustment.basis) if text)
        return Change(
            item=label,
            clause=what,
            reported=adjustment.before or "—",
            reviewed=adjustment.after,
            reason=reason,
            reviewer=adjustment.role or adjustment.kind,
        )

    def _bottom_lines(self, final: r.Final) -> Iterable[str]:
        for incident in final.incidents:
            if not incident.present:
                continue
            events = "；".join(
                f"扣{number(amount)}分（{fact}）" for amount, fact in zip(incident.amounts, incident.facts, strict=True)
            )
            yield f"第{incident.item.no}项：{events or '已登记，扣分未定'}（{incident.reviewer}）"
        figure = final.parts[m.BOTTOM_LINE]
        if figure.value is None:
            yield "尚有未核定的事项。"

    def _works(self, name: str) -> Iterable[str]:
        entries = self.results.assessments[name].returned
        for copy in range(1, self.scheme.form_copies + 1):
            title = entries.entries.get(f"申报/{copy}#特色工作名称") if entries is not None else None
            if title:
                yield str(title)

    def _notes(self, final: r.Final) -> Iterable[str]:
        for borne in final.borne:
            yield f"为{borne.section}承担扣分{number(borne.points)}分：{borne.clause.text}（{borne.document}）"
        for borne in final.handed_on:
            yield f"扣分{number(borne.points)}分转由{borne.bearer}承担：{borne.clause.text}（{borne.document}）"
        reasons = dict.fromkeys(p.reason for p in final.pending if p.reason != r.NOT_EVALUATED)
        if reasons:
            yield f"以下事项尚未了结，得分还会变动：{'、'.join(reasons)}。"

    # --- 通报 -------------------------------------------------------------------------------------------------------

    def notice(self) -> Notice:
        """The approved result, as far as the policy 通报内容 lets it be shown."""
        scheme, results = self.scheme, self.results
        policy = scheme.policy(m.P_NOTICE)
        grades = {s.section.name: s.grade for s in results.standings}
        groups = [
            GradeGroup(grade=grade.name, sections=tuple(s.name for s in scheme.sections if grades[s.name] == grade.name))
            for grade in scheme.grades
        ]
        undecided = tuple(s.name for s in scheme.sections if grades[s.name] in ("", UNDETERMINED))
        corrected = self._corrected() if results.moved else ""
        return Notice(
            **self._head(),
            addressees="各科室",
            document="",
            document_no=scheme.document_no,
            period_from=_day(scheme.period_start),
            period_to=_day(scheme.period_end),
            process="考评按照日常检查、总结自评、述职测评、综合评价的程序进行，结果经局考评工作领导小组审定。",
            groups=tuple(group for group in groups if group.sections),
            undecided=undecided,
            undecided_reason=NO_CUTOFFS if undecided else "",
            rows=tuple(self._notice_row(s, policy) for s in results.standings) if policy in _WITH_RANK else (),
            corrected=corrected,
            corrections=tuple(self._corrections(policy)) if corrected else (),
            date=self._date(),
        )

    def _corrected(self) -> str:
        """What the correction is told against: the result that was approved before."""
        agreed = [a.decision for a in self.results.decisions if a.state == r.IN_FORCE and a.decision.after == rec.AGREED]
        approvals = [decision for decision in agreed if decision.kind == rec.APPROVE]
        day = approvals[-2].date if len(approvals) > 1 else None
        return f"{_day(day)}审定的结果" if day is not None else "原审定的结果"

    def _notice_row(self, standing: r.Standing, policy: str) -> NoticeRow:
        return NoticeRow(
            section=standing.section.name,
            rank=str(standing.rank) if standing.rank is not None else OPEN_TEXT,
            grade=standing.grade,
            total=_shown(standing.total) if policy in _WITH_TOTAL else None,
        )

    def _corrections(self, policy: str) -> Iterable[str]:
        shown = {"等次", *(("名次",) if policy in _WITH_RANK else ()), *(("总分",) if policy in _WITH_TOTAL else ())}
        for moved in self.results.moved:
            if moved.figure in shown:
                yield f"{moved.section}：{moved.figure}由“{_word(moved.before)}”更正为“{_word(moved.now)}”。"

    def _date(self) -> str:
        decision = self.results.reached.decision
        return _day(decision.date) if decision is not None and decision.date is not None else ""

    # --- 反馈 -------------------------------------------------------------------------------------------------------

    def feedback(self, name: str) -> Feedback:
        """The section's own result, as far as the policy 反馈内容 lets it be shown."""
        standing, final = self.standing[name], self.results.finals[name]
        full = self.scheme.policy(m.P_FEEDBACK) == _OWN_SCORES
        graded = standing.grade not in ("", UNDETERMINED)
        parts = tuple(
            PartScore(name=part, points=_full(self.scheme, part), score=_shown(final.parts[part])) for part in m.PARTS
        )
        suggestion = self.results.assessments[name].returned
        offered = suggestion is not None and bool(suggestion.entries.get("建议"))
        return Feedback(
            **self._head(),
            section=name,
            document_no=self.scheme.document_no,
            grade=standing.grade if graded else "",
            grade_reason="" if graded else NO_CUTOFFS,
            rank=str(standing.rank) if full and standing.rank is not None else None,
            among=str(len(self.results.standings)) if full else None,
            total=_shown(standing.total) if full else None,
            parts=parts if full else (),
            answer="所提意见建议已汇总，供下一年度修订方案时研究。" if offered else "",
            date=self._date(),
        )


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return NOT_REPORTED
    return OPEN_TEXT if figure.value is None else number(tidy(figure.value))


def _difference(before: Figure | None, after: Figure) -> str:
    if before is None or before.value is None or after.value is None or before.value == after.value:
        return ""
    change = tidy(after.value - before.value)
    return f"{'+' if change > 0 else '−'}{number(abs(change))}"


def _reasons(final: r.Final, item: str) -> str:
    found = (a.reason or a.basis for a in final.adjustments if a.item == item)
    return "；".join(dict.fromkeys(text.rstrip("。；") for text in found if text))


def _full(scheme: m.Scheme, part: str) -> str:
    full = scheme.part(part).full
    return "" if full is None else number(full)


def _word(value: Decimal | int | str | None) -> str:
    return OPEN_TEXT if value is None else str(value)


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def final_names(results: r.Results) -> Iterable[str]:
    """Sections whose own parts are all reviewed: what a 核对稿 can be made of."""
    for name, final in results.finals.items():
        if not any(p.reason == r.NOT_REVIEWED and p.item in sh.SHEET_PARTS for p in final.pending):
            yield name
