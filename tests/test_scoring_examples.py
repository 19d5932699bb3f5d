"""Scores that anyone can work out by hand from the notice of 2021, through the door outside programs use."""

import dataclasses
import subprocess
import sys
from decimal import Decimal as D

import pytest
from appraisals import (
    LADDER,
    ROOT,
    SCHEME_2021,
    item,
    minus,
    options,
    plus,
    rules_2021,
    scheme_2021,
    small_items,
    small_rules,
    small_scheme,
    with_policies,
)

from workbook_builder import AnswerError, evaluation, grades, load_scheme, score_answers, special_score, total
from workbook_builder import model as m
from workbook_builder.intake import Cell
from workbook_builder.problems import Where
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.validate.values import read_value


def score(key, answers, scheme=None):
    """Score of the item 业务/`key` (or a full key); `answers` maps clause number → answer."""
    scheme = scheme or scheme_2021()
    found = scheme.item_by_key.get(key) or scheme.item_by_key[f"业务/{key}"]
    section = scheme.section(found.owner) or scheme.sections[0]
    return score_answers(scheme, section.name, {f"{found.key}/{no}": a for no, a in answers.items()})[found.key]


def refused(key, answers):
    """The clause numbers of the item that AnswerError names."""
    with pytest.raises(AnswerError) as error:
        score(key, answers)
    assert isinstance(error.value, ValueError)
    for clause in error.value.clauses:
        assert clause in str(error.value)
    return {int(clause.rsplit("/", 1)[1]) for clause in error.value.clauses}


# --- tiers and ranks at their bounds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "no", "value", "expected", "more"),
    [
        # 使用率低于90%的扣2分，低于70%扣4分: 低于 excludes the bound, tiers replace each other.
        ("政治处/3", 1, 100, 10, {2: 95}),
        ("政治处/3", 1, 90, 10, {2: 95}),
        ("政治处/3", 1, "89.99", 8, {2: 95}),
        ("政治处/3", 1, 70, 8, {2: 95}),
        ("政治处/3", 1, "69.99", 6, {2: 95}),
        ("政治处/3", 1, 0, 6, {2: 95}),
        ("政治处/3", 1, "69.99", 2, {2: 0}),
        ("促进法治科/3", 1, 70, 10, {}),
        ("促进法治科/3", 1, "69.9", 5, {}),
        ("复议应诉科/2", 4, 60, 30, {}),
        ("复议应诉科/2", 4, "59.9999", 22, {}),
        ("执法监督科/1", 1, 2, 10, {}),
        ("执法监督科/1", 1, 1, 8, {}),
        ("社区矫正（教育帮扶）科/6", 6, 1, 10, {}),
        ("社区矫正（教育帮扶）科/6", 6, "1.01", 8, {}),
        # 网办率达80%的加1分: 达 includes the bound; an alternative alone earns the highest tier.
        ("特色/公服科/11", 1, "79.99", 0, {}),
        ("特色/公服科/11", 1, 80, 1, {}),
        ("特色/公服科/11", 1, 90, 2, {}),
        ("特色/公服科/11", 1, "94.99", 2, {}),
        ("特色/公服科/11", 1, 95, 3, {}),
        ("特色/公服科/11", 1, {"metric": 50, "option": True}, 3, {}),
        ("特色/公服科/11", 1, {"metric": None, "option": True}, 3, {}),
        ("特色/公服科/11", 1, {"metric": 85, "option": False}, 1, {}),
        ("特色/公服科/11", 1, {"metric": None, "option": False}, None, {}),
        ("特色/公服科/11", 1, "不适用", 0, {}),
        ("特色/公服科/11", 1, "待市局反馈", None, {}),
    ],
)
def test_tiers_at_their_bounds(key, no, value, expected, more):
    """低于, 高于 exclude the bound; 达 includes it; the heaviest or highest tier alone counts."""
    value = D(value) if isinstance(value, str) and value[0].isdigit() else value
    assert score(key, {**more, no: value}) == expected


@pytest.mark.parametrize("rate", [98, 95, 60, "97.9999"])
def test_a_rate_below_its_bound_is_counted_by_months_where_the_notice_counts_months(rate):
    """核查率低于98%的每月扣0.5分 is a count of months: a percentage there is refused unless it is a whole number."""
    rate = D(rate)
    answers = {1: rate, 6: 0}
    if rate != rate.to_integral_value():
        assert refused("社区矫正（教育帮扶）科/6", answers) == {1}
    else:
        assert score("社区矫正（教育帮扶）科/6", answers) == 0


def test_tiers_against_a_reference_figure():
    """纠纷排查结果反馈数低于全市平均值的扣5分: equal is not below; without the reference nothing is known."""
    others = {2: 95}
    assert score("促进法治科/4", {**others, 3: {"value": 99, "reference": 100}}) == 15
    assert score("促进法治科/4", {**others, 3: {"value": 100, "reference": 100}}) == 20
    assert score("促进法治科/4", {**others, 3: {"value": 100}}) is None
    assert score("促进法治科/4", {**others, 3: {"value": None, "reference": 100}}) is None
    assert score("促进法治科/4", {**others, 3: {"value": 5, "reference": "待市局反馈"}}) is None
    assert score("社区矫正（教育帮扶）科/5", {1: {"value": D("0.9"), "reference": 1}}) == 2
    assert score("社区矫正（教育帮扶）科/5", {1: {"value": 1, "reference": 1}}) == 0


def test_percentages_are_points_not_fractions():
    """95 is 95 %; through Python 0.95 is 0.95 %, in a returned cell it is sent back unless the cell is a percentage."""
    assert score("政治处/3", {1: 95, 2: 95}) == 10
    assert score("政治处/3", {1: 0.95, 2: 95}) == 6
    rules = rules_2021()
    clause = rules.scheme.clause_by_id["业务/政治处/3/1"]
    slot = rules.slots[clause.id][0]

    def read(cell):
        reading = read_value(slot, cell, Where("f.xlsx"), clause)
        return reading.value, [p.code for p in reading.problems]

    assert read(Cell(D(95), "n")) == (95, [])
    assert read(Cell(D("0.95"), "n")) == (None, ["PERCENT_OR_FRACTION"])
    assert read(Cell(D("0.95"), "n", None, True)) == (95, ["PERCENT_FORMAT"])
    assert read(Cell("95%", "s")) == (95, ["READ_AS"])


@pytest.mark.parametrize(
    ("rank", "expected"), [(1, 15), (11, 15), (12, 14), (15, 11), (16, 10), ("未排名", 15), (None, None)]
)
def test_ranks_that_deduct(rank, expected):
    """前11名不扣分，第12名扣1分 … 第16名扣5分."""
    assert score("促进法治科/1", {2: rank, 3: 1}) == expected


@pytest.mark.parametrize(
    ("rank", "expected"), [(1, 1), (4, 1), (5, "0.75"), (12, "0.5"), (13, "0.25"), (16, "0.25"), ("未排名", 0)]
)
def test_ranks_that_earn(rank, expected):
    """排名1-4的得1分 … 13-16的得0.25分; the box of 4 beside it stays full."""
    assert score("秘书科、普法科/1", {3: rank}) == 4 + D(expected)


def test_unranked_may_count_as_last_by_policy():
    """未排名的扣分 = 按末名扣分 costs the last rank's points."""
    scheme = with_policies(scheme_2021(), 未排名的扣分="按末名扣分")
    assert score("促进法治科/1", {2: "未排名", 3: 1}, scheme) == 10


@pytest.mark.parametrize("rank", [0, 17, 1.5, -1])
def test_ranks_outside_the_field_are_refused(rank):
    """Whole 1..16."""
    assert refused("促进法治科/1", {2: rank, 3: 1}) == {2}


# --- caps, boxes, floors ------------------------------------------------------------------------------------------------


def test_the_clauses_own_cap_comes_before_the_items_floor():
    """少一个扣2分，最多扣10分: the other clauses still count in full below it."""
    assert score("执法监督科/2", {3: 4}) == 12
    assert score("执法监督科/2", {3: 5}) == 10
    assert score("执法监督科/2", {3: 6}) == 10
    assert score("执法监督科/2", {3: 9, 4: 4}) == 2
    assert score("执法监督科/2", {3: 9, 4: 6}) == 0


def test_an_item_is_never_below_zero_and_gives_nothing_to_others():
    """每件扣3分，扣完15分为止."""
    assert score("复议应诉科/3", {1: 4}) == 3
    assert score("复议应诉科/3", {1: 5}) == 0
    assert score("复议应诉科/3", {1: 6}) == 0
    assert score("复议应诉科/3", {1: 6, 2: 6}) == 0
    full = score_answers(scheme_2021(), "复议应诉科", {"业务/复议应诉科/3/1": 6, "业务/复议应诉科/2/4": 80})
    assert full[m.BUSINESS] == 45
    assert full[m.TOTAL] == 65


def test_an_item_may_go_below_zero_by_policy():
    """单项下限 = 可为负."""
    scheme = with_policies(scheme_2021(), 单项下限="可为负")
    assert score("复议应诉科/3", {1: 6, 2: 2}, scheme) == -6


@pytest.mark.parametrize(("missed", "box"), [(0, 4), (1, "3.5"), (7, "0.5"), (8, 0), (9, 0), (36, 0)])
def test_a_box_of_its_own_is_emptied_and_no_more(missed, box):
    """每漏报一次扣0.5分，扣完为止，满分4分: it takes nothing from the other clauses of the item."""
    assert score("秘书科、普法科/1", {1: 3, 2: missed, 3: 1}) == 4 + D(box)


def test_an_item_of_gains_and_losses_starts_from_its_base():
    """秘书科、普法科第9项: 2 to begin with, 0 to 12."""
    gains = {1: True, 2: True, 3: True, 4: 4}
    losses = {5: True, 6: True, 7: True}
    assert score("秘书科、普法科/9", {}) == 2
    assert score("秘书科、普法科/9", gains) == 12
    assert score("秘书科、普法科/9", {**gains, 4: 40}) == 12
    assert score("秘书科、普法科/9", losses) == 0
    assert score("秘书科、普法科/9", {**gains, **losses}) == 7
    assert score("秘书科、普法科/9", {4: 3}) == D("3.5")


def test_special_work_is_capped_per_item_and_altogether():
    """每项至多3分，特色工作至多10分."""
    assert score("特色/办公室/22", {1: 2}) == 3
    assert score("特色/办公室/22", {1: 1, 3: 2}) == D("2.1")
    answers = {"特色/办公室/21/1": True, "特色/办公室/22/1": 9, "特色/办公室/23/1": True, "特色/办公室/23/2": True}
    assert score_answers(scheme_2021(), "办公室", answers)[m.SPECIAL] == 9
    answers["特色/相关科室/24/1"] = [2, 2]
    result = score_answers(scheme_2021(), "办公室", answers)
    assert result["特色/相关科室/24"] == 3
    assert result[m.SPECIAL] == 10


def test_the_bottom_line_is_a_positive_deduction_without_a_cap():
    """每起视情扣5-10分; taken from the total."""
    answers = {"底线/政治处/1/1": [10, 10, 10, 10, 10], "底线/办公室/3/1": [1]}
    result = score_answers(scheme_2021(), "律公科", answers)
    assert result[m.BOTTOM_LINE] == 51
    assert result[m.TOTAL] == 80 - 51


# --- kinds --------------------------------------------------------------------------------------------------------------


def test_zero_item_wins_whatever_else_is_unknown():
    """本项不得分 makes the item 0 even when another clause of it is not known."""
    pending = {4: "待市局反馈"}
    assert score("业务/甲科/1", {1: 1}, small_scheme()) == D("8.5")
    assert score("业务/甲科/1", pending, small_scheme()) is None
    assert score("业务/甲科/1", {**pending, 6: True}, small_scheme()) == 0
    assert score("业务/甲科/1", {**pending, 6: "待市局反馈"}, small_scheme()) is None
    assert score("办公室/4", {3: True}) == 0
    assert score("办公室/4", {1: 1, 3: False}) == 4
    scheme = small_scheme(items=(item("业务/甲科/1", m.BUSINESS, "甲科", "deduct", 10, 10, minus(m.RANK, ranks=LADDER),
                                      minus(m.ZERO_ITEM)), *small_items()[1:]))  # fmt: skip
    assert score("业务/甲科/1", {}, scheme) is None
    assert score("业务/甲科/1", {2: True}, scheme) == 0


@pytest.mark.parametrize(("n", "m_", "expected"), [(0, 0, 20), (3, 0, "18.5"), (3, 1, 18), (3, 3, 17), (60, 10, 0)])
def test_doubling_counts_the_doubled_events_twice(n, m_, expected):
    """n起中m起加倍: (n−m)×p + m×2p."""
    assert score("社区矫正（教育帮扶）科/4", {4: n, 5: m_}) == D(expected)


def test_doubling_counts_more_by_policy_and_never_more_events_than_there_were():
    """原扣分之外再扣两倍: 3p in all. m > n is refused."""
    assert refused("社区矫正（教育帮扶）科/4", {4: 2, 5: 3}) == {5}
    assert refused("社区矫正（教育帮扶）科/4", {5: 1}) == {5}
    base, doubled = minus(m.PER_OCCURRENCE, points="0.5"), minus(m.DOUBLING, depends_on=1, factor=3)
    one = item("业务/甲科/1", m.BUSINESS, "甲科", "deduct", 20, 20, base, doubled)
    scheme = small_scheme(items=(one, *small_items()[1:]))
    assert score("业务/甲科/1", {1: 3, 2: 1}, scheme) == D("17.5")


def test_half_points_and_ties_that_floats_would_break():
    """60−0.1−0.2 and 60−0.3 are the same score and the same rank."""
    assert score("政治处/5", {3: 1}) == D("9.5")
    assert 60 - 0.1 - 0.2 != 60 - 0.3
    scheme = scheme_2021()
    parts = {m.TEAM: 20, m.SPECIAL: 0, m.BOTTOM_LINE: 0}
    totals = [total(scheme, {**parts, m.BUSINESS: business}) for business in (60 - 0.1 - 0.2, 60 - 0.3, 59.6)]
    assert totals == [D("79.7"), D("79.7"), D("79.6")]
    found = grades(scheme, [(s, t, D(0)) for s, t in zip("甲乙丙", totals, strict=True)])
    assert [found[s]["名次"] for s in "甲乙丙"] == [1, 1, 3]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"achieved": True, "excluded": False}, 3),
        ({"achieved": True, "excluded": True}, 0),
        ({"achieved": None, "excluded": True}, 0),
        ({"achieved": False, "excluded": False}, 0),
        ({"achieved": True}, 3),
        ({"achieved": None, "excluded": False}, None),
        ({"achieved": "待市局反馈", "excluded": False}, None),
        ({"achieved": "待市局反馈", "excluded": True}, 0),
        (True, 3),
    ],
)
def test_an_exclusion_takes_what_would_be_earned(answer, expected):
    """社区矫正5/6: 获评司法部命名的，不再得分."""
    assert score("社区矫正（教育帮扶）科/5", {6: answer}) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["被评为年度优秀案例", "被评为入围案例"], 4),
        (["被评为入围案例", "被评为入围案例"], 2),
        (["被评为年度优秀案例"] * 4, 10),
        ("被评为年度优秀案例", 3),
        ([], 0),
        (False, 0),
        ("无", 0),
        (None, None),
        ("待市局反馈", None),
    ],
)
def test_several_outcomes_add_up(labels, expected):
    """报送项目各计各的; the item gives at most 10."""
    assert score("秘书科、普法科/2", {3: labels}) == expected


def test_of_several_outcomes_only_the_best_by_policy():
    """只计最好一项."""
    several = plus(m.OPTIONS, options=options(优秀=3, 入围=1), several=True, best_only=True)
    scheme = small_scheme(items=(item("业务/甲科/1", m.BUSINESS, "甲科", "add", 9, 0, several), *small_items()[1:]))
    assert score("业务/甲科/1", {1: ["优秀", "优秀", "入围"]}, scheme) == 3
    assert score("业务/甲科/1", {1: ["入围"]}, scheme) == 1


@pytest.mark.parametrize("amount", ["0.9", "5.1", "1.05", "-1", "NaN", "Infinity"])
def test_discretionary_amounts_outside_range_or_step_are_refused(amount):
    """视情况扣1-5分，步长0.1."""
    assert refused("法律援助中心/3", {1: D(amount)}) == {1}


def test_discretionary_amounts_inside_count_as_given():
    """0 means it did not happen; the step is a policy."""
    assert score("法律援助中心/3", {1: 0}) == 10
    assert score("法律援助中心/3", {1: 1}) == 9
    assert score("法律援助中心/3", {1: D("1.1")}) == D("8.9")
    assert score("法律援助中心/3", {1: 5}) == 5
    scheme = with_policies(scheme_2021(), 视情步长="不限")
    assert score("法律援助中心/3", {1: D("1.05")}, scheme) == D("8.95")
    with pytest.raises(AnswerError):
        score("法律援助中心/3", {1: D("1.1")}, with_policies(scheme_2021(), 视情步长="0.5"))


def test_discretionary_events_add_up():
    """每次视情扣1-2分: any number of events through Python."""
    assert score("政治处/4", {6: [1, D("1.5"), 2, 2]}) == D("3.5")
    assert score("政治处/4", {6: []}) == 10
    assert score("政治处/4", {6: 0}) == 10
    assert refused("政治处/4", {6: [1, 3]}) == {6}
    assert refused("政治处/4", {6: [1, 0]}) == {6}
    assert refused("政治处/4", {6: 2}) == {6}


def test_every_offending_clause_is_named_at_once():
    """One AnswerError, all ids, foreign ones too."""
    answers = {
        "业务/办公室/1/1": 2, "业务/办公室/1/2": -1, "业务/办公室/1/3": "不适用", "业务/办公室/5/1": 10.5,
        "业务/政治处/1/1": True, "没有这条": 1, "业务/办公室/2/1": 1,
    }  # fmt: skip
    with pytest.raises(AnswerError) as error:
        score_answers(scheme_2021(), "办公室", answers)
    assert set(error.value.clauses) == set(answers) - {"业务/办公室/2/1"}


def test_a_section_is_found_by_its_aliases_and_an_unknown_one_refused():
    """附件2、附件3 print other names."""
    scheme = scheme_2021()
    assert score_answers(scheme, "应诉复议科", {}) == score_answers(scheme, "复议应诉科", {})
    with pytest.raises(ValueError, match="没有科室"):
        score_answers(scheme, "不存在科", {})


# --- unknown ----------------------------------------------------------------------------------------------------------------


def test_unknown_stays_unknown_up_to_the_total():
    """Never 0: item, part and total are None, the others keep their figures."""
    result = score_answers(scheme_2021(), "办公室", {"业务/办公室/5/1": None})
    assert result["业务/办公室/5"] is None
    assert result[m.BUSINESS] is None
    assert result[m.TOTAL] is None
    assert result[m.TEAM] == 20
    result = score_answers(scheme_2021(), "办公室", {"业务/办公室/5/1": D("8.25")})
    assert result[m.BUSINESS] == D("58.25")
    assert result[m.TOTAL] == D("78.25")


def test_an_open_figure_says_what_is_still_possible():
    """Lowest and highest, in clause, item and part."""
    rules = small_rules()
    section = rules.scheme.sections[0]
    done = sh.score_sheet(rules, section, {sh.CONFIRM: "是"}).section
    bounds = {key: (s.figure.value, s.figure.low, s.figure.high) for key, s in done.items.items()}
    assert bounds["业务/甲科/1"] == (10, 10, 10)
    # 2 待填 tiers of 4, 5, 2 and 3, a rank of 4, an option of 2.
    assert bounds["业务/甲科/2"] == (None, 0, 20)
    assert bounds["业务/甲科/4"] == (None, 4, 8)
    assert bounds["业务/甲科/6"] == (None, 0, 10)
    half = {sh.CONFIRM: "是", "业务/甲科/2/1": D(60), "业务/甲科/2/2": "不适用", "业务/甲科/2/3": D(2), "业务/甲科/2/4": D(0)}
    figure = sh.score_sheet(rules, section, half).section.items["业务/甲科/2"].figure
    assert (figure.value, figure.low, figure.high) == (None, 20 - 4 - 4 - 2, 16)
    waiting = {sh.CONFIRM: "是", "业务/甲科/1/6": "待市局反馈", "业务/甲科/1/1": D(2)}
    figure = sh.score_sheet(rules, section, waiting).section.items["业务/甲科/1"].figure
    assert (figure.value, figure.low, figure.high) == (None, 0, 7)


def test_a_blank_is_not_zero_until_the_section_confirms():
    """Before: 待填. After: deduct clauses did not happen, everything else is still asked."""
    rules = small_rules()
    section = rules.scheme.sections[0]
    for confirmed in (None, "是"):
        score_ = sh.score_sheet(rules, section, {sh.CONFIRM: confirmed} if confirmed else {})
        for item_ in score_.section.items.values():
            for clause in item_.item.clauses:
                known = item_.clauses[clause.id].value is not None
                asked = clause.kind in (m.TIERS, m.RANK, m.OPTIONS, m.CONVERTED, m.DISCRETIONARY_MAX)
                assert known == (confirmed is not None and clause.direction == m.DEDUCT and not asked), clause.id
        assert not score_.ready


def one_clause_schemes():
    """(clause, scheme in which its item holds nothing else) for every clause of the small scheme."""
    for item_ in small_items():
        for clause in item_.clauses:
            kept = [c for c in item_.clauses if c.id in (clause.id, clause.depends_on)]
            alone = dataclasses.replace(item_, clauses=tuple(kept))
            yield clause, small_scheme(items=tuple(alone if i.key == item_.key else i for i in small_items()))


@pytest.mark.parametrize(("clause", "scheme"), list(one_clause_schemes()), ids=lambda v: getattr(v, "id", ""))
def test_absent_and_none_of_every_kind(clause, scheme):
    """Contract 7: absent did not happen or was not earned; None was asked and left blank."""
    item_ = scheme.item_by_key[clause.item]
    owner = item_.owner if item_.part == m.BUSINESS else "甲科"
    absent = score_answers(scheme, owner, {})[clause.item]
    blank = score_answers(scheme, owner, {clause.id: None})[clause.item]
    needed = clause.kind == m.CONVERTED or (clause.direction == m.DEDUCT and clause.kind in (m.RANK, m.TIERS))
    asked = clause.direction == m.ADD or clause.kind in (m.RANK, m.TIERS, m.OPTIONS)
    nothing = item_.base + (clause.base or 0)
    assert absent == (None if needed else nothing)
    assert blank == (None if asked else nothing)


# --- special work, ballots, total, grades ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "recognised", "proposed", "expected"),
    [
        (False, None, None, 0), (False, True, 0, 0), (True, True, 5, 5), (True, True, D("7.5"), D("7.5")),
        (True, True, 10, 10), (True, False, 1, 1), (True, False, 5, 5), (True, None, 8, None), (True, True, None, None),
    ],
)  # fmt: skip
def test_special_score_in_its_band(declared, recognised, proposed, expected):
    """获市局加分 5–10, otherwise 1–5, nothing declared 0."""
    assert special_score(scheme_2021(), declared, recognised, proposed) == expected


@pytest.mark.parametrize(
    ("declared", "recognised", "proposed"),
    [(True, True, 4.9), (True, True, 10.1), (True, False, 5.1), (True, False, 0.9), (True, False, 0), (False, None, 1),
     (True, True, "八"), (True, True, True)],
)  # fmt: skip
def test_special_score_outside_its_band_is_refused(declared, recognised, proposed):
    """AnswerError under the part's name."""
    with pytest.raises(AnswerError) as error:
        special_score(scheme_2021(), declared, recognised, proposed)
    assert set(error.value.clauses) == {m.SPECIAL}


def test_ballots_mean_per_group_first():
    """局领导 60 %, 各单位各部门 40 %, however many vote; a blank vote is 弃权, an empty group gives nothing."""
    scheme = scheme_2021()
    assert evaluation(scheme, [100], [50] * 30) == 80
    assert evaluation(scheme, [90, 80, None], [70, None]) == D("0.6") * 85 + D("0.4") * 70
    assert evaluation(scheme, [90], [None, None]) is None
    assert evaluation(scheme, [], [90]) is None
    # 80.666… → 80.67 before weighing: rounding is applied once, to the group mean.
    assert evaluation(scheme, [80, 81, 81], [100]) == D("88.402")
    for vote in (101, -1, True, "90", float("nan")):
        with pytest.raises(ValueError, match="测评分"):
            evaluation(scheme, [vote], [90])
    with pytest.raises(ValueError, match="测评分"):
        evaluation(with_policies(scheme, 测评满分="10"), [11], [9])


def test_total_of_parts_without_and_with_the_ballots():
    """述职测评 counts by its policy only, 突破底线 is taken off, unknown stays unknown."""
    scheme = scheme_2021()
    parts = {m.BUSINESS: 58, m.TEAM: D("19.5"), m.SPECIAL: 6, m.BOTTOM_LINE: 5}
    assert total(scheme, parts) == D("78.5")
    assert total(scheme, {**parts, m.EVALUATION: 95}) == D("78.5")
    assert total(scheme, {**parts, m.EVALUATION: None}) == D("78.5")
    weighed = with_policies(scheme, 述职测评权重="0.1")
    assert total(weighed, {**parts, m.EVALUATION: 95}) == 88
    assert total(weighed, parts) is None
    assert total(scheme, {**parts, m.SPECIAL: None}) is None
    assert total(scheme, {m.BUSINESS: 60}) is None
    assert total(scheme, {**parts, m.BOTTOM_LINE: 100}) == D("-16.5")
    assert total(with_policies(scheme, 总分下限="0"), {**parts, m.BOTTOM_LINE: 100}) == 0
    for wrong in (True, "60", float("nan"), float("inf")):
        with pytest.raises(ValueError, match="业务工作"):
            total(scheme, {**parts, m.BUSINESS: wrong})
    with pytest.raises(ValueError, match="不认识的部分"):
        total(scheme, {**parts, "加分": 1})
    with pytest.raises(ValueError, match="突破底线"):
        total(scheme, {**parts, m.BOTTOM_LINE: -5})


@pytest.mark.parametrize(
    ("digits", "rounding", "expected"),
    [("2", "四舍五入", "59.13"), ("2", "四舍六入五成双", "59.12"), ("2", "截尾", "59.12"), ("1", "四舍五入", "59.1"),
     ("3", "四舍五入", "59.125"), ("4", "截尾", "59.125")],
)  # fmt: skip
def test_totals_are_rounded_once_by_policy(digits, rounding, expected):
    """小数位数 and 舍入."""
    scheme = with_policies(scheme_2021(), 小数位数=digits, 舍入=rounding)
    parts = {m.BUSINESS: D("39.125"), m.TEAM: 20, m.SPECIAL: 0, m.BOTTOM_LINE: 0}
    assert total(scheme, parts) == D(expected)


def outcome(scheme, *standings):
    """名次 and 等次 of sections called a, b, c … with (total, deduction)."""
    rows = [(chr(97 + n), None if t is None else D(str(t)), None if d is None else D(d)) for n, (t, d) in enumerate(standings)]
    found = grades(scheme, rows)
    return [found[name]["名次"] for name, _, _ in rows], [found[name]["等次"] for name, _, _ in rows]


def test_ranks_leave_gaps_after_ties():
    """1-2-2-4."""
    ranks, _ = outcome(scheme_2021(), (80, 0), (79, 0), (79, 0), (78, 0))
    assert ranks == [1, 2, 2, 4]


def test_the_first_three_are_excellent_and_no_other_grade_is_made_up():
    """Other grades need cut-offs, which the notice does not give: 未定."""
    assert outcome(scheme_2021(), (80, 0), (79, 0), (78, 0), (77, 0))[1] == ["优秀", "优秀", "优秀", "未定"]
    assert outcome(scheme_2021(), (80, 0), (79, 0), (79, 0), (77, 0))[1] == ["优秀", "优秀", "优秀", "未定"]


def test_plain_floats_tie_as_they_are_shown():
    """Whoever adds up the totals in floats gets the same order."""
    scheme = scheme_2021()
    assert [r["名次"] for r in grades(scheme, [("甲", 80 - 0.1 - 0.2, 0), ("乙", 80 - 0.3, 0.0)]).values()] == [1, 1]
    with pytest.raises(ValueError, match="甲"):
        grades(scheme, [("甲", "79.7", 0)])


def test_a_tie_across_the_third_place_waits_for_people():
    """待裁定, never broken here."""
    ranks, found = outcome(scheme_2021(), (80, 0), (79, 0), (78, 0), (78, 0), (70, 0))
    assert ranks == [1, 2, 3, 3, 5]
    assert found == ["优秀", "优秀", "待裁定", "待裁定", "未定"]
    assert outcome(scheme_2021(), *[(78, 0)] * 4)[1] == ["待裁定"] * 4


def test_a_deduction_bars_from_excellent_and_nobody_moves_up():
    """有突破底线扣分的不得评为优秀; the place stays empty unless 优秀递补 says otherwise."""
    rows = ((80, 1), (79, 0), (78, 0), (77, 0))
    assert outcome(scheme_2021(), *rows) == ([1, 2, 3, 4], ["未定", "优秀", "优秀", "未定"])
    assert outcome(with_policies(scheme_2021(), 优秀递补="递补"), *rows)[1] == ["未定", "优秀", "优秀", "优秀"]


def test_a_deduction_not_yet_confirmed_leaves_the_grade_open():
    """Not 优秀 before 突破底线 is known."""
    assert outcome(scheme_2021(), (80, None), (79, 0), (78, 0), (77, 0))[1] == ["待裁定", "优秀", "优秀", "未定"]


def test_while_a_total_is_unknown_nobody_is_ranked():
    """Not even the first."""
    assert outcome(scheme_2021(), (80, 0), (None, 0)) == ([None, None], [None, None])


def test_the_order_may_be_that_before_the_deduction_by_policy():
    """名次依据 = 扣除突破底线前."""
    rows = ((75, 5), (79, 0))
    assert outcome(scheme_2021(), *rows)[0] == [2, 1]
    assert outcome(with_policies(scheme_2021(), 名次依据="扣除突破底线前"), *rows)[0] == [1, 2]


def test_cut_offs_of_the_scheme_give_the_other_grades():
    """A scheme that says 70 分以上为优良 and 60 分以上为合格."""
    cut = {"优良": D(70), "合格": D(60), "不合格": D(0)}
    kept = tuple(dataclasses.replace(g, cutoff=cut.get(g.name)) for g in scheme_2021().grades)
    scheme = dataclasses.replace(scheme_2021(), grades=kept, extra={})
    rows = [(t, 0) for t in (90, 89, 88, 70, "69.99", 60, 10)]
    assert outcome(scheme, *rows)[1] == ["优秀"] * 3 + ["优良", "合格", "合格", "不合格"]


# --- the package ---------------------------------------------------------------------------------------------------------------


def test_importing_the_package_is_cheap():
    """Neither pandas nor openpyxl nor any other heavy library is imported with it."""
    heavy = ("openpyxl", "pandas", "numpy", "xlsxwriter", "jinja2", "pydantic", "yaml", "typer", "rich", "xlrd")
    code = f"import sys, workbook_builder; print([n for n in {heavy!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_scoring_answers_needs_neither_openpyxl_nor_pandas():
    """A program that only scores pays for nothing else."""
    code = (
        "import sys\nfrom workbook_builder import load_scheme, score_answers\n"
        f"score_answers(load_scheme({str(SCHEME_2021)!r}), '律公科', {{}})\n"
        "print([n for n in ('openpyxl', 'pandas') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    """All of contract 7 can be imported from the package."""
    import workbook_builder

    for name in workbook_builder.__all__:
        assert getattr(workbook_builder, name) is not None, name
    assert load_scheme(SCHEME_2021).year == 2021
    assert sl.FILLED == "已填"
