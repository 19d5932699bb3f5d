"""From reviewed answers, the city, transfers and decisions to final figures, ranks, grades and stages."""

import dataclasses
from decimal import Decimal as D

import pytest
from appraisals import ROOT, rules_2021, scheme_2021, with_policies
from hypothesis import given, settings
from hypothesis import strategies as st
from years import answers, at, decision, everyone, prepared, returned, review, reviewed_as_reported, year

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.duties import LEADING_GROUP, leading_group, reviewers, tasks
from workbook_builder.folder import Folder
from workbook_builder.gathering import opened, unsuitable
from workbook_builder.pipeline import summarize
from workbook_builder.problems import Where, problem
from workbook_builder.rank import UNDECIDED, UNDETERMINED
from workbook_builder.registers import decisions_workbook
from workbook_builder.rules import sheet as sh
from workbook_builder.scheme import read_scheme
from workbook_builder.stages import Snapshot, code_of, figures, read_snapshot, snapshot_bytes

OFFICE, PERSONNEL, LAW = "办公室", "政治处", "律公科"
LATE = "业务/办公室/1/2"  # 每次扣1分
TASKS = "业务/促进法治科/4/1"  # 28项任务，每项扣1分，具体由各条线负责
BOTTOM = "底线/政治处/1/1"


def rules():
    return rules_2021()


def scheme():
    return scheme_2021()


def codes(found):
    return [(p.code, p.where.cell) for p in found.results.problems]


def standing(found, section):
    return next(s for s in found.results.standings if s.section.name == section)


def final(found, section=OFFICE):
    return found.results.finals[section]


# --- who reviews ------------------------------------------------------------------------------------------------------


def test_nobody_reviews_themselves_and_everything_has_a_reviewer():
    for section in scheme().sections:
        for part in m.PARTS:
            for item in scheme().section_items(section, part):
                names = reviewers(scheme(), section, part, item)
                assert names and section.name not in names
    named = {(task.section.name, item.key) for mine in tasks(scheme()).values() for task in mine for item in (*task.items, *task.bottom)}
    asked = {(s.name, i.key) for s in scheme().sections for part in m.PARTS for i in scheme().section_items(s, part)}
    assert named == asked


def test_personnel_is_decided_by_the_leading_group():
    mine = {task.section.name: task for task in tasks(scheme())[LEADING_GROUP]}
    assert {item.part for item in mine[PERSONNEL].items} == {m.BUSINESS, m.TEAM, m.SPECIAL}
    assert leading_group(scheme()) == LEADING_GROUP
    assert all(task.special for task in mine.values()) and set(mine) == {s.name for s in scheme().sections}


# --- laws -------------------------------------------------------------------------------------------------------------


def test_reviewed_as_reported_is_final_as_reported():
    found = year(scheme(), everyone(rules()), reviewed_as_reported(scheme()))
    assert found.results.stage == r.REVIEW_STAGE and not found.results.provisional and found.results.problems == ()
    for name, final_ in found.results.finals.items():
        own = found.results.assessments[name].score
        assert final_.total.value == own.total.value
        assert all(f.final == f.reviewed == own.section.items[k].figure for k, f in final_.items.items() if f.own is not None)
        assert final_.parts[m.BOTTOM_LINE].value == 0 and final_.adjustments == ()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_review_moves_its_own_item_alone(data):
    section = data.draw(st.sampled_from(scheme().sections))
    counted = [
        (item, clause)
        for item in sh.sheet_items(scheme(), section)
        for clause in item.clauses
        if clause.kind == m.PER_OCCURRENCE and item.part != m.SPECIAL
    ]
    if not counted:
        return
    item, clause = data.draw(st.sampled_from(counted))
    count = data.draw(st.integers(1, 3))
    reviewer = reviewers(scheme(), section, item.part, item)[0]
    changes = {(reviewer, section.name): {clause.id: (D(count), "抽查核实")}}
    before = year(scheme(), everyone(rules()), reviewed_as_reported(scheme()))
    after = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), changes))
    for name in before.results.finals:
        for key, figures_ in before.results.finals[name].items.items():
            now = after.results.finals[name].items[key]
            if (name, key) != (section.name, item.key):
                assert now == figures_
            else:
                assert now.own == figures_.own and now.final.value == now.reviewed.value
    (one,) = after.results.finals[section.name].adjustments
    assert (one.kind, one.field, one.after, one.reason, one.role) == (r.BY_REVIEW, clause.id, str(count), "抽查核实", reviewer)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(10)), st.permutations(range(5)))
def test_the_order_of_what_came_never_matters(returns, kinds):
    changes = {OFFICE: {LATE: D(2)}, LAW: {"队伍/各科室/3/1": D(1)}}
    mine = everyone(rules(), changes)
    reviews = reviewed_as_reported(scheme(), {(PERSONNEL, OFFICE): {LATE: (D(3), "值班记录")}})
    items = list(reviews.items())
    order = sorted(range(len(items)), key=lambda n: (kinds[n % 5], n))
    one = year(scheme(), mine, reviews)
    two = year(scheme(), [mine[n] for n in returns], dict(items[n] for n in order))
    assert figures(one.results.finals, one.results.standings) == figures(two.results.finals, two.results.standings)
    assert one.reached.stage.code == two.reached.stage.code


def test_nothing_is_final_before_the_review_is_done():
    reviews = reviewed_as_reported(scheme(), facts={(PERSONNEL, OFFICE): {"done": False}})
    found = year(scheme(), everyone(rules()), reviews)
    mine = final(found)
    assert mine.parts[m.BUSINESS].value is None and mine.parts[m.TEAM].value is None
    assert (mine.parts[m.BUSINESS].low, mine.parts[m.BUSINESS].high) == (0, 60)
    assert {(p.item, p.reason) for p in mine.pending} == {(m.BUSINESS, r.NOT_REVIEWED), (m.TEAM, r.NOT_REVIEWED)}
    assert standing(found, OFFICE).rank is None and standing(found, OFFICE).grade == ""
    assert all(s.grade == "" for s in found.results.standings)


def test_what_is_reopened_or_refused_is_open():
    for facts, reason in (
        ({"reopened": frozenset({LATE})}, r.TO_REVIEW_AGAIN),
        ({"refused": {LATE: "三四次"}}, r.REVIEW_WRONG),
    ):
        found = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), facts={(PERSONNEL, OFFICE): facts}))
        assert r.Pending(OFFICE, "业务/办公室/1", reason) in found.results.pending
        assert final(found).items["业务/办公室/1"].final.value is None
        assert final(found).items["业务/办公室/2"].final.value is not None


def test_a_section_that_returned_nothing_is_settled_by_its_reviewers():
    given_ = answers(rules(), scheme().section(LAW))
    mine = {k: (v, "未报，按核查情况核定") for k, v in given_.items() if k not in (sh.CONFIRM, sh.PROPOSED)}
    special = {k: v for k, v in mine.items() if k.startswith("特色/")} | {sh.PROPOSED: (D(0), "未申报")}
    work = {k: v for k, v in mine.items() if not k.startswith("特色/")}
    changes = {(PERSONNEL, LAW): work, (LEADING_GROUP, LAW): special}
    others = [x for x in everyone(rules()) if x.section != LAW]
    found = year(scheme(), others, reviewed_as_reported(scheme(), changes))
    assert final(found, LAW).total.value is not None and not found.results.provisional
    assert all(f.own is None for f in final(found, LAW).items.values())
    open_ = year(scheme(), others, reviewed_as_reported(scheme()))
    assert final(open_, LAW).total.value is None
    assert r.Pending(LAW, "", r.NOT_RETURNED) in open_.results.pending


# --- 突破底线 ---------------------------------------------------------------------------------------------------------


def incident(amount, reviewer=PERSONNEL, section=LAW):
    return {(reviewer, section): {BOTTOM: (rec.PRESENT, ""), f"{BOTTOM}@1": (amount, "2021年6月1日，一起")}}


def test_a_confirmed_deduction_counts_and_bars():
    section = "执法监督科"
    found = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), incident(D(5), section=section)))
    mine = final(found, section)
    assert mine.parts[m.BOTTOM_LINE].value == 5
    assert mine.total.value == found.results.assessments[section].score.total.value - 5
    (one,) = [i for i in mine.incidents if i.present]
    assert (one.clause.id, one.amounts, one.facts) == (BOTTOM, (D(5),), ("2021年6月1日，一起",))
    assert standing(found, section).grade == UNDETERMINED


def test_registered_without_an_amount_leaves_the_total_open():
    changes = {(PERSONNEL, "公服科"): {BOTTOM: (rec.PRESENT, "")}}
    found = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), changes))
    assert final(found, "公服科").parts[m.BOTTOM_LINE].value is None
    assert r.Pending("公服科", "底线/政治处/1", r.UNSETTLED) in found.results.pending


def test_joint_assessors_must_agree():
    joint = "底线/政治处、办公室、普法治理科/5/1"
    amount = {joint: (rec.PRESENT, ""), f"{joint}@1": (D(2), "2021年3月，舆情一起")}
    alone = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), {(OFFICE, "公服科"): amount}))
    assert r.Pending("公服科", joint.rpartition("/")[0], r.DISAGREED) in alone.results.pending
    (said,) = [p for p in alone.results.problems if p.code == "ASSESSORS_DISAGREE"]
    assert said.where.field == "公服科/底线/政治处、办公室、普法治理科/5" and said.value == "0、2、0"
    settled = decision(rec.ADJUST, "公服科", m.BOTTOM_LINE, "待定", "1")
    decided = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), {(OFFICE, "公服科"): amount}), [settled])
    assert final(decided, "公服科").parts[m.BOTTOM_LINE].value == 1 and decided.results.problems == ()
    assert not decided.results.provisional
    names = reviewers(scheme(), scheme().section("公服科"), m.BOTTOM_LINE, scheme().item_by_key[joint.rpartition("/")[0]])
    together = reviewed_as_reported(scheme(), {(name, "公服科"): amount for name in names})
    assert final(year(scheme(), everyone(rules()), together), "公服科").parts[m.BOTTOM_LINE].value == 2


# --- the city, and who bears what -------------------------------------------------------------------------------------


def city(section, clause, value, bearer="", row=5, **more):
    return rec.CityFigure(at(f"A{row}", "市局反馈.xlsx", "市局反馈"), section, clause, value, bearer=bearer, document="沪司〔2022〕1号", **more)


def test_the_city_wins_over_the_section():
    found = year(scheme(), everyone(rules()), reviewed_as_reported(scheme()), city=[city("促进法治科", TASKS, D(3))])
    mine = final(found, "促进法治科")
    assert mine.items["业务/促进法治科/4"].final.value == 17
    (one,) = mine.adjustments
    assert (one.kind, one.before, one.after, one.basis) == (r.BY_CITY, "0", "3", "沪司〔2022〕1号")
    by_section = with_policies(scheme(), 市局扣分与自报不一致="以科室自报为准")
    ignored = year(by_section, everyone(rules()), reviewed_as_reported(by_section), city=[city("促进法治科", TASKS, D(3))])
    assert final(ignored, "促进法治科").items["业务/促进法治科/4"].final.value == 20


def test_a_transfer_waits_for_a_decision_then_moves_the_deduction():
    figures_ = [city("促进法治科", TASKS, D(1)), city("促进法治科", TASKS, D(2), LAW, row=6)]
    returns, reviews = everyone(rules()), reviewed_as_reported(scheme())
    waiting = year(scheme(), returns, reviews, city=figures_)
    (row,) = [d for d in waiting.needed if d.kind == rec.TRANSFER]
    assert (row.section, row.object, row.before) == ("促进法治科", TASKS, f"{LAW}：2")
    item = final(waiting, "促进法治科").items["业务/促进法治科/4"]
    assert (item.reviewed.value, item.final.value) == (17, None)
    assert {p.section for p in waiting.results.pending if p.reason == r.BEARER_OPEN} == {"促进法治科", LAW}

    def decided(after, before=row.before):
        return year(scheme(), returns, reviews, [decision(rec.TRANSFER, "促进法治科", TASKS, before, after, where=at())], city=figures_)

    agreed = decided(rec.AGREED)
    assert final(agreed, "促进法治科").items["业务/促进法治科/4"].final.value == 19
    own = agreed.results.assessments[LAW].score.section.parts[m.BUSINESS].value
    assert final(agreed, LAW).parts[m.BUSINESS].value == own - 2
    assert [(b.section, b.points) for b in final(agreed, LAW).borne] == [("促进法治科", 2)]
    assert [(b.bearer, b.points) for b in final(agreed, "促进法治科").handed_on] == [(LAW, 2)]
    assert {a.kind for a in final(agreed, LAW).adjustments} == {r.BY_TRANSFER} and not agreed.needed[:0]
    assert final(decided(rec.REFUSED), "促进法治科").items["业务/促进法治科/4"].final.value == 17
    stale = decided(rec.AGREED, f"{LAW}：1")
    assert codes(stale) == [("DECISION_STALE", "A5")]
    assert final(stale, LAW).borne == ()


# --- decisions about figures ------------------------------------------------------------------------------------------


def test_an_adjustment_sets_a_figure_and_a_stale_one_does_nothing():
    key = "业务/办公室/1"
    adjust = decision(rec.ADJUST, OFFICE, key, "10", "8.5", where=at("A5"))
    again = decision(rec.CORRECT, OFFICE, key, "8.5", "9", where=at("A6"))
    stale = decision(rec.ADJUST, OFFICE, key, "10", "7", where=at("A7"))
    found = year(scheme(), everyone(rules()), reviewed_as_reported(scheme()), [adjust, again, stale])
    mine = final(found).items[key]
    assert (mine.own.value, mine.reviewed.value, mine.final.value, mine.decision) == (10, 10, 9, again)
    assert codes(found) == [("DECISION_STALE", "A7")]
    states = [a.state for a in found.results.decisions if a.decision.kind in (rec.ADJUST, rec.CORRECT)]
    assert states == [r.IN_FORCE, r.IN_FORCE, r.WITHOUT_EFFECT]
    assert [(a.before, a.after) for a in final(found).adjustments] == [("10", "8.5"), ("8.5", "9")]


def test_an_adjustment_beyond_the_item_is_refused():
    found = year(
        scheme(), everyone(rules()), reviewed_as_reported(scheme()),
        [decision(rec.ADJUST, OFFICE, "业务/办公室/1", "10", "12", where=at("A5"))],
    )  # fmt: skip
    assert codes(found) == [("DECISION_OUT_OF_RANGE", "A5")] and final(found).items["业务/办公室/1"].final.value == 10


def test_a_decision_about_nothing_is_told():
    lost = decision(rec.ADJUST, OFFICE, "业务/政治处/1", "10", "9", where=at("A5"))
    assert codes(year(scheme(), everyone(rules()), reviewed_as_reported(scheme()), [lost])) == [("DECISION_IDLE", "A5")]


def test_an_open_figure_can_be_settled_by_decision():
    key = "业务/办公室/5"
    returns = everyone(rules(), {OFFICE: {f"{key}/1": m.PENDING_CITY}})
    open_ = year(scheme(), returns, reviewed_as_reported(scheme()))
    assert r.Pending(OFFICE, key, r.WAITING_CITY) in open_.results.pending
    settled = year(scheme(), returns, reviewed_as_reported(scheme()), [decision(rec.ADJUST, OFFICE, key, "待定", "8")])
    assert final(settled).items[key].final.value == 8 and not settled.results.provisional


# --- ranks and grades -------------------------------------------------------------------------------------------------


def ranked(chosen, wanted):
    """Rows of 决定 that bring totals down to what is wanted: section → total, 60 for everybody else."""
    plain = year(chosen, everyone(rules()), reviewed_as_reported(chosen))
    totals = {s.name: final(plain, s.name).total.value for s in chosen.sections}
    losses = {name: total - D(wanted.get(name, 60)) for name, total in totals.items()}
    assert all(loss >= 0 for loss in losses.values())
    return [decision(rec.ADJUST, name, m.BOTTOM_LINE, "0", str(loss)) for name, loss in losses.items()]


def with_grade_open_to_all(chosen):
    """`ranked` makes totals by 突破底线, which would bar everybody."""
    grades = tuple(dataclasses.replace(g, barred=False) for g in chosen.grades)
    return dataclasses.replace(chosen, grades=grades, extra={})


def test_a_tie_across_the_line_waits_for_a_ruling():
    wanted = {OFFICE: 70, PERSONNEL: 69, "执法监督科": 68, "复议应诉科": 68}
    chosen = with_grade_open_to_all(scheme())
    returns, reviews, rows = everyone(rules()), reviewed_as_reported(chosen), ranked(chosen, wanted)
    found = year(chosen, returns, reviews, rows)
    assert {n: standing(found, n).rank for n in wanted} == {OFFICE: 1, PERSONNEL: 2, "执法监督科": 3, "复议应诉科": 3}
    assert standing(found, "执法监督科").grade == standing(found, "复议应诉科").grade == UNDECIDED
    (row,) = [d for d in found.needed if d.kind == rec.RULING]
    assert row.before == "并列第3名：执法监督科、复议应诉科；名额1个"
    assert {p.section for p in found.results.pending if p.reason == r.TIED} == {"执法监督科", "复议应诉科"}

    def ruled(after, before=row.before):
        return year(chosen, returns, reviews, [*rows, decision(rec.RULING, "", rec.EXCELLENT, before, after, where=at("A9"))])

    chosen_one = ruled("复议应诉科")
    assert standing(chosen_one, "复议应诉科").grade == "优秀" and standing(chosen_one, "执法监督科").grade == UNDETERMINED
    assert not any(p.reason == r.TIED for p in chosen_one.results.pending)
    assert standing(ruled(rec.NOBODY), "复议应诉科").grade == UNDETERMINED
    assert ("RULING_UNKNOWN", "A9") in codes(ruled("公服科"))
    assert ("RULING_UNKNOWN", "A9") in codes(ruled("执法监督科、复议应诉科"))
    assert ("DECISION_STALE", "A9") in codes(ruled("复议应诉科", "并列第3名：别的"))


def test_rank_before_deductions_by_policy():
    changes = incident(D(10), section="公服科")
    before = with_policies(scheme(), 名次依据="扣除突破底线前")
    after_ = year(scheme(), everyone(rules()), reviewed_as_reported(scheme(), changes))
    before_ = year(before, everyone(rules()), reviewed_as_reported(before, changes))
    assert standing(after_, "公服科").total == standing(before_, "公服科").total
    assert standing(before_, "公服科").rank < standing(after_, "公服科").rank
    assert standing(before_, "公服科").basis.value == standing(before_, "公服科").total.value + 10


def test_evaluation_counts_only_by_its_weight():
    plain = year(scheme(), everyone(rules()), reviewed_as_reported(scheme()), marks=80)
    weighted_scheme = with_policies(scheme(), 述职测评权重="0.1")
    weighted = year(weighted_scheme, everyone(rules()), reviewed_as_reported(weighted_scheme), marks=80)
    assert standing(weighted, LAW).total.value == standing(plain, LAW).total.value + 8
    unknown = year(weighted_scheme, everyone(rules()), reviewed_as_reported(weighted_scheme), marks={LAW: None})
    assert standing(unknown, LAW).total.value is None
    assert standing(unknown, LAW).total.high - standing(unknown, LAW).total.low == 10
    assert r.Pending(LAW, m.EVALUATION, r.NOT_EVALUATED) in year(scheme(), everyone(rules()), reviewed_as_reported(scheme()), marks={LAW: None}).results.pending


# --- stages -----------------------------------------------------------------------------------------------------------


def stages(decisions=(), snapshots=(), changes=None, **more):
    return year(scheme(), everyone(rules(), changes), reviewed_as_reported(scheme()), decisions, snapshots=snapshots, **more)


def snapshot(found):
    return Snapshot(found.reached.stage.code, figures(found.results.finals, found.results.standings))


def test_the_stages_of_a_year():
    own = year(scheme(), everyone(rules()))
    assert own.results.reached.label == "自评汇总（未审定）" and own.needed == ()
    reviewed = stages()
    code = reviewed.reached.stage.code
    assert reviewed.results.reached.label == "核定稿（未审定）"
    assert [(d.kind, d.before) for d in reviewed.needed] == [(rec.SUBMIT, code)]
    submitted = stages([decision(rec.SUBMIT, before=code)])
    assert submitted.results.reached.label == "送审稿（未审定）"
    assert [(d.kind, d.before) for d in submitted.needed] == [(rec.APPROVE, code)]
    approve = [decision(rec.SUBMIT, before=code), decision(rec.APPROVE, before=code)]
    approved = stages(approve)
    assert (approved.results.reached.label, approved.reached.newly_approved, approved.reached.number) == ("审定稿", True, 0)
    assert approved.needed == () and approved.results.problems == ()
    again = stages(approve, [snapshot(approved)])
    assert again.results.reached.label == "审定稿" and not again.reached.newly_approved
    corrected = stages(approve, [snapshot(approved)], {OFFICE: {LATE: D(1)}})
    assert corrected.results.reached.label == "更正稿1（未审定）"
    moved = {(x.section, x.figure): (x.before, x.now) for x in corrected.results.moved}
    assert moved[OFFICE, "业务/办公室/1"] == ("10", "9") and moved[OFFICE, m.BUSINESS][1] == str(D(moved[OFFICE, m.BUSINESS][0]) - 1)
    assert {section for section, figure in moved if figure == "总分"} == {OFFICE}
    second = [*approve, decision(rec.APPROVE, before=corrected.reached.stage.code)]
    final_ = stages(second, [snapshot(approved)], {OFFICE: {LATE: D(1)}})
    assert (final_.results.reached.label, final_.reached.number, final_.reached.newly_approved) == ("更正稿1", 1, True)
    assert final_.results.moved == corrected.results.moved
    back = stages(second, [snapshot(approved), snapshot(final_)])
    assert back.results.reached.label == "更正稿2（未审定）"


def test_no_result_is_approved_while_a_total_is_open():
    open_ = everyone(rules(), {OFFICE: {"业务/办公室/5/1": None}})
    plain = year(scheme(), open_, reviewed_as_reported(scheme()))
    code = plain.reached.stage.code
    assert plain.needed == ()
    for kind in (rec.SUBMIT, rec.APPROVE):
        found = year(scheme(), open_, reviewed_as_reported(scheme()), [decision(kind, before=code, where=at())])
        assert found.results.reached.label == "核定稿（未审定）" and ("DECISION_TOO_EARLY", "A5") in codes(found)


def test_approval_with_something_open_beside_the_totals_is_told():
    code = stages(marks={}).reached.stage.code
    found = stages([decision(rec.APPROVE, before=code, where=at())], marks={})
    assert found.results.reached.label == "审定稿" and ("DECISION_WHILE_PENDING", "A5") in codes(found)
    assert found.results.provisional


def test_an_approval_of_other_figures_is_stale_and_a_lost_one_is_told():
    assert codes(stages([decision(rec.APPROVE, before="ABCDEF01", where=at())])) == [("DECISION_SUPERSEDED", "A5")]
    rows = [decision(rec.APPROVE, before="ABCDEF01", where=at("A5")), decision(rec.APPROVE, before="ABCDEF02", where=at("A6"))]
    assert codes(stages(rows)) == [("APPROVED_LOST", "A5"), ("DECISION_SUPERSEDED", "A6")]
    assert codes(stages([decision(rec.SUBMIT, before="ABCDEF01", where=at())])) == [("DECISION_SUPERSEDED", "A5")]


def test_a_refused_submission_changes_nothing():
    code = stages().reached.stage.code
    found = stages([decision(rec.SUBMIT, before=code, after=rec.REFUSED)])
    assert found.results.reached.label == "核定稿（未审定）" and found.results.problems == ()


def test_snapshots_are_read_back_and_damaged_ones_refused():
    found = stages()
    data = snapshot_bytes(found.results.reached, figures(found.results.finals, found.results.standings))
    assert read_snapshot(data, "x").code == found.reached.stage.code == code_of(read_snapshot(data, "x").figures)
    assert read_snapshot(data.replace(b'"10"', b'"11"', 1), "x") is None
    assert read_snapshot(b"{", "x") is None and read_snapshot(b"[]", "x") is None


def test_policies_are_changed_by_decision_only_from_what_they_were(tmp_path):
    data = (ROOT / "samples" / "2021" / "方案.xlsx").read_bytes()
    folder = Folder(tmp_path)
    folder.scheme.write_bytes(data)
    base, _, document = read_scheme(data, "方案.xlsx")
    good = decision(rec.POLICY_CHANGE, obj="优秀递补", before="不递补", after="递补")
    stale = decision(rec.POLICY_CHANGE, obj="小数位数", before="3", after="1")
    folder.decisions.write_bytes(decisions_workbook(base, [good, stale]))
    source = opened(folder, base, document)
    assert source.scheme.policy("优秀递补") == "递补" and source.scheme.policy("小数位数") == "2"
    assert [(d.object, p.code) for d, p in source.stale.items()] == [("小数位数", "DECISION_STALE")]


@pytest.mark.parametrize("bearer, code", [(LAW, "TRANSFER_UNSUITABLE"), ("", None)])
def test_a_rank_cannot_be_borne_elsewhere(bearer, code):
    figure = city("促进法治科", "业务/促进法治科/1/2", D(13), bearer)
    assert [p.code for p in unsuitable(scheme(), [figure])] == ([code] if code else [])


def test_review_nouns_point_to_their_cells():
    mine = review(PERSONNEL, OFFICE, places={LATE: "J9"}, sheets={LATE: OFFICE})
    assert mine.where(LATE) == Where("3核定/政治处.xlsx", OFFICE, "J9", LATE)
    assert returned(rules(), OFFICE).section == OFFICE


def test_a_register_with_errors_leaves_the_result_provisional():
    wrong = problem("REGISTER_CLAUSE", at("C5", "市局反馈.xlsx", "市局反馈"), "业务/x", section=LAW, hint="")
    own = problem("REVIEW_REASON_MISSING", at("K9", "3核定/核定表-政治处.xlsx", OFFICE), "3", base="2")
    plain = prepared(scheme(), everyone(rules()), reviewed_as_reported(scheme()))
    assert not summarize(scheme(), plain).results.provisional
    found = summarize(scheme(), dataclasses.replace(plain, problems=(wrong, own))).results
    assert found.pending == (r.Pending(m.EVERY_SECTION, "市局反馈.xlsx", r.INPUT_ERRORS),)


def test_the_city_replaces_only_what_it_speaks_of():
    section, clause = "社区矫正（教育帮扶）科", "业务/社区矫正（教育帮扶）科/5/6"
    returns = everyone(rules(), {section: {clause: m.NO, f"{clause}#排除": m.NO}})
    found = year(scheme(), returns, reviewed_as_reported(scheme()), city=[city(section, clause, m.YES)])
    before = year(scheme(), returns, reviewed_as_reported(scheme()))
    key = clause.rpartition("/")[0]
    assert final(found, section).items[key].final.value == final(before, section).items[key].final.value + 3
