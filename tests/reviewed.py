"""Results of the stages after self-assessment, made by hand: what review, the city, the meeting and decisions left.

`made` turns self-assessments and a few chosen figures into `Results`; no review workbook, ballot or register is read.
`draft`, `approved` and `corrected` are one year at three stages, on the real scheme.
"""

import datetime
from dataclasses import replace
from decimal import Decimal as D

from test_summary import all_returned, make_results

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.duties import reviewers
from workbook_builder.problems import Where, problem
from workbook_builder.rank import final_standings
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Figure, part_figure, sum_figure

INFINITE = D("Infinity")
DAY = datetime.date(2021, 12, 24)
CODE = "5F3A9C01"
GROUP = "考评工作领导小组"


def evaluation(section, leaders, units, small=False):
    """Group means weighted 60/40."""
    some = (None, None) if small else (6, D(7))
    groups = (
        rec.GroupFigure("局领导", leaders, *some, small),
        rec.GroupFigure("局属各单位、各部门", units, 21, D(18)),
    )
    return rec.Evaluation(section, groups, sh.tidy(D("0.6") * leaders + D("0.4") * units))


def incidents(scheme, section, bottom):
    """Every clause as every assessor left it; `bottom`: clause id → None, False, or [(points, facts)]."""
    for item in scheme.section_items(section, m.BOTTOM_LINE):
        for clause in item.clauses:
            found = (bottom or {}).get(clause.id, False)
            for reviewer in reviewers(scheme, section, m.BOTTOM_LINE, item):
                present = None if found is None else found is not False
                events = found if isinstance(found, list) else []
                yield r.Incident(clause, item, reviewer, present, tuple(p for p, _ in events), tuple(f for _, f in events))


def bottom_figure(some):
    """The deduction of one clause."""
    figures = []
    for incident in some:
        if incident.present is None or (incident.present and not incident.amounts):
            figures.append(Figure(None, D(0), INFINITE))
        else:
            figures.append(Figure.known(sum(incident.amounts, D(0))))
    return figures[0] if all(f == figures[0] for f in figures) else Figure(None, D(0), INFINITE)


def final(rules, assessment, *, scores=None, special=None, bottom=None, evaluated=None, reviewed=True, weight=None, **more):
    """One section: `scores` item key → final figure (None: open), the rest as reported or in full."""
    scheme, section = rules.scheme, assessment.section
    scores, returned = scores or {}, assessment.returned is not None
    items = {}
    for item in sh.sheet_items(scheme, section):
        own = assessment.score.section.items[item.key].figure if returned else None
        value = own.value if own is not None else item.points or D(0)
        known = Figure.known(scores.get(item.key, value)) if reviewed and scores.get(item.key, value) is not None else None
        open_ = Figure(None, D(0), item.limit or INFINITE)
        items[item.key] = r.ItemFigures(item, own, known, known or open_, reviewers(scheme, section, item.part, item))
    some = tuple(incidents(scheme, section, bottom or {}))
    for item in scheme.section_items(section, m.BOTTOM_LINE):
        figure = sum_figure([bottom_figure([x for x in some if x.clause.id == c.id]) for c in item.clauses], [])
        items[item.key] = r.ItemFigures(item, None, figure if figure.value is not None else None, figure, ())
    parts = {p.name: part_figure(p, [f.final for f in items.values() if f.item.part == p.name]) for p in scheme.parts}
    own = assessment.score.special if returned else None
    chosen = special if special is not None else own.value if own is not None else D(0)
    mine = Figure.known(chosen) if reviewed else Figure(None, D(0), D(10))
    parts[m.SPECIAL] = mine
    borne = more.get("borne", ())
    if borne:
        parts[m.BUSINESS] = sum_figure([parts[m.BUSINESS]], [Figure.known(sum((b.points for b in borne), D(0)))])
    plus = [parts[name] for name in sh.SHEET_PARTS]
    weight = D(scheme.policy(m.P_EVALUATION_WEIGHT))
    if weight:
        result = evaluated.result if evaluated is not None else None
        plus.append(Figure.known(result * weight) if result is not None else Figure(None, D(0), 100 * weight))
    total = sum_figure(plus, [parts[m.BOTTOM_LINE]])
    if scheme.policy(m.P_TOTAL_FLOOR) == "0":
        total = Figure(None if total.value is None else max(D(0), total.value), max(D(0), total.low), max(D(0), total.high))
    pending = [] if evaluated is not None and evaluated.result is not None else [r.Pending(section.name, m.EVALUATION, r.NOT_EVALUATED)]
    pending += [r.Pending(section.name, m.BUSINESS, r.NOT_REVIEWED)] if not reviewed else []
    return r.Final(
        section=section,
        items=items,
        special=(own, mine if reviewed else None, mine),
        parts=parts,
        evaluation=evaluated,
        total=total,
        incidents=some,
        borne=borne,
        handed_on=more.get("handed_on", ()),
        adjustments=more.get("adjustments", ()),
        pending=(*more.get("pending", ()), *pending),
    )


def made(results, finals, stage, ruled=None, **more):
    """`results` of 自评汇总 at a later stage."""
    return replace(
        results,
        reached=stage,
        finals=finals,
        standings=final_standings(results.scheme, finals, ruled or {}),
        pending=tuple(p for f in finals.values() for p in f.pending),
        **more,
    )


def decided(kind, section, thing, before, after, reason="", state=r.IN_FORCE, note="", row=4):
    """A row of 决定.xlsx."""
    answered = state != r.WAITING
    decision = rec.Decision(
        kind, section, thing, before, after if answered else "", reason, "领导小组会议纪要〔2021〕3号" if answered else "",
        DAY if answered else None, GROUP if answered else "", Where("决定.xlsx", "决定", f"E{row}", thing),
    )  # fmt: skip
    return r.Applied(decision, state, note)


# --- one year at three stages ------------------------------------------------------------------------------------------

BASIS = "沪司发〔2021〕60号"
OFFICE, COURT, FIGHT, SERVICE, LAW, AID = "办公室", "执法监督科", "促进法治科", "公服科", "律公科", "法律援助中心"
CORRECTED_CODE = "AA11BB22"


def started(rules, returns=None):
    """自评汇总, with a problem in a return and one in a register."""
    problems = [
        problem("VALUE_NOT_ALLOWED", Where("2回收/办公室.xlsx", "办公室", "F13", "业务/办公室/2/1"), "三四次", allowed="填整数"),
        problem("DECISION_STALE", Where("决定.xlsx", "决定", "D9", "业务/公服科/1"), "19", kind="复核更正", now="18"),
    ]
    return make_results(rules, all_returned(rules) if returns is None else returns, problems=problems)


def borne(rules):
    """A deduction of 促进法治科 that 办公室 bears."""
    clause = rules.scheme.clause_by_id["业务/促进法治科/4/1"]
    return r.Borne(FIGHT, OFFICE, clause, D(1), BASIS, "信息化任务由办公室负责落实")


def adjustments():
    """Section → what was changed."""
    item = "业务/促进法治科/4"
    why = "信息化任务由办公室负责落实"
    return {
        OFFICE: (
            r.Adjustment(r.BY_CITY, OFFICE, "业务/办公室/1", "业务/办公室/1/2", "（空）", "1", "视频会议缺席", "市局", "沪司办通〔2021〕8号"),
            r.Adjustment(r.BY_REVIEW, OFFICE, "业务/办公室/1", "业务/办公室/1/2", "1", "2", "另查实一次值班脱岗，见台账", "政治处"),
            r.Adjustment(r.BY_REVIEW, OFFICE, "业务/办公室/2", "业务/办公室/2/1", "0", "1", "12月简报程序错误一件", "政治处"),
            r.Adjustment(r.BY_TRANSFER, OFFICE, item, f"{item}/1", "", f"承担1分（{FIGHT}）", why, "", BASIS),
        ),
        LAW: (r.Adjustment(r.BY_REVIEW, LAW, m.SPECIAL, sh.PROPOSED, "3", "2", "成效材料只有一份", GROUP),),
        COURT: (
            r.Adjustment(r.BY_DECISION, COURT, "业务/执法监督科/1", "业务/执法监督科/1", "7", "8", "重复扣分一次，予以恢复", GROUP, "调整　纪要3号"),
        ),
        FIGHT: (r.Adjustment(r.BY_TRANSFER, FIGHT, item, f"{item}/1", "", f"转出1分（{OFFICE}）", why, "", BASIS),),
    }  # fmt: skip


def ledger():
    """Two entries that count for somebody and one that waits."""
    day = datetime.date(2021, 6, 18)
    return (
        rec.LedgerEntry(Where("台账.xlsx", "台账", "A4"), day, OFFICE, "业务/办公室/1/2", D(1), "视频会议无人应答"),
        rec.LedgerEntry(Where("台账.xlsx", "台账", "A5"), day, SERVICE, "底线/办公室/3/1", D(1), "窗口终端感染病毒"),
        rec.LedgerEntry(Where("台账.xlsx", "台账", "A6"), None, "", "", None, "某次例会迟到"),
    )


def _cut(rules, results, name, cut):
    key = f"业务/{name}/1"
    own = results.assessments[name].score.section.items[key].figure.value
    return {key: max(D(0), (D(9) if own is None else own) - cut)}


def after_review(rules, results, extra=D(0)):
    """Section → keyword arguments of `final`, everything known."""
    found = {}
    for n, section in enumerate(rules.scheme.sections):
        name = section.name
        found[name] = {
            "evaluated": evaluation(name, D("95.5") - n, D("91.25") - n, small=n == 9),
            "adjustments": adjustments().get(name, ()),
            "scores": _cut(rules, results, name, D(n) / 2 + (extra if n == 4 else 0)),
        }
    found[OFFICE]["scores"] = _cut(rules, results, OFFICE, D(2)) | {"业务/办公室/2": D("6.5")}
    found[OFFICE]["borne"] = found[FIGHT]["handed_on"] = (borne(rules),)
    found[LAW]["special"] = D(2)
    events = [(D("1.5"), "2021-06-18 窗口终端感染病毒"), (D(2), "2021-09-02 群发邮件泄露服务对象信息")]
    found[SERVICE]["bottom"] = {"底线/办公室/3/1": events}
    return found


def _finals(rules, results, found):
    return {name: final(rules, results.assessments[name], **more) for name, more in found.items()}


def rows(*more):
    """The rows of 决定."""
    return (
        decided(rec.POLICY_CHANGE, "", "视情步长", "0.1", "0.5", "领导小组确认步长", row=4),
        decided(rec.TRANSFER, FIGHT, "业务/促进法治科/4/1", "办公室：1", rec.AGREED, "信息化任务由办公室负责落实", row=5),
        decided(rec.ADJUST, COURT, "业务/执法监督科/1", "7", "8", "重复扣分一次，予以恢复", row=6),
        decided(rec.CORRECT, SERVICE, "业务/公服科/1", "19", "18", "", r.WITHOUT_EFFECT, "原为不符，现为18分", row=9),
        *more,
    )


def draft(rules):
    """核定稿 with everything open that may be open; 法律援助中心 has returned nothing."""
    results = started(rules, [x for x in all_returned(rules) if x.section != AID])
    found = after_review(rules, results)
    found[SERVICE]["evaluated"] = None
    waits = tuple(r.Pending(AID, part, r.NOT_REVIEWED) for part in (m.TEAM, m.SPECIAL))
    found[AID] |= {"reviewed": False, "pending": waits}
    found[LAW]["bottom"] = {"底线/律公科/4/1": True, "底线/政治处/1/1": None}
    found[LAW]["pending"] = (
        r.Pending(LAW, "底线/律公科/4", r.UNSETTLED),
        r.Pending(LAW, "底线/政治处/1", r.NOT_REVIEWED),
    )
    found[FIGHT]["scores"]["业务/促进法治科/2"] = None
    found[FIGHT]["pending"] = (r.Pending(FIGHT, "业务/促进法治科/2", r.DISAGREED),)
    asked = (
        decided(rec.RULING, "", rec.EXCELLENT, "并列第3名：政治处、公服科；名额1个", "", state=r.WAITING, row=7),
        decided(rec.ADOPT, "政治处", rec.SECTION_BOOK, "2回收/政治处A.xlsx；2回收/政治处B.xlsx", "", state=r.WAITING, row=8),
    )
    stage = r.Stage(r.REVIEW_STAGE, code=CODE)
    return made(results, _finals(rules, results, found), stage, decisions=rows(*asked), ledger=ledger())


def approved(rules):
    """审定稿: everything known."""
    results = started(rules)
    row = decided(rec.APPROVE, "", rec.WHOLE_YEAR, CODE, rec.AGREED, "经领导小组会议审定", row=10)
    stage = r.Stage(r.APPROVED, True, row.decision, CODE)
    finals = _finals(rules, results, after_review(rules, results))
    return made(results, finals, stage, decisions=rows(row), ledger=ledger())


def corrected(rules, signed=True):
    """更正稿1: one item of 秘书科、普法科 less; `signed`: approved anew."""
    results = started(rules)
    first = decided(rec.APPROVE, "", rec.WHOLE_YEAR, CODE, rec.AGREED, "经领导小组会议审定", row=10)
    second = decided(rec.APPROVE, "", rec.WHOLE_YEAR, CORRECTED_CODE, rec.AGREED, "复核更正后审定", row=11)
    name = "秘书科、普法科"
    moved = (
        r.Moved(name, f"业务/{name}/1", "3.25", "1.75"),
        r.Moved(name, m.TOTAL, "55.25", "53.75"),
        r.Moved(name, "名次", 4, 5),
        r.Moved(FIGHT, "名次", 5, 4),
        r.Moved(FIGHT, "等次", "未定", None),
        r.Moved(OFFICE, "等次", "优秀", "待裁定"),
    )
    stage = r.Stage(f"{r.CORRECTED}1", signed, second.decision if signed else None, CORRECTED_CODE)
    finals = _finals(rules, results, after_review(rules, results, D("1.5")))
    decisions = rows(first, second) if signed else rows(first)
    return made(results, finals, stage, decisions=decisions, ledger=ledger(), moved=moved)
