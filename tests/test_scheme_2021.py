"""The bundled 2021 scheme against the notice it was made from: nothing lost, nothing invented.

`tests/data/notice_2021.txt` is the notice as received. The scheme is read with PyYAML directly, so that these tests
hold whatever the loader does; the last tests put the same file through `load_scheme`.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from workbook_builder import model as m
from workbook_builder.scheme import load_scheme, read_scheme
from workbook_builder.scheme.tables import BASIC_KEYS, FORMAT_VERSION, INTEGER, NUMBER, TABLES

ROOT = Path(__file__).parent.parent
SCHEME = ROOT / "samples" / "2021" / "方案.yaml"
NOTICE = Path(__file__).parent / "data" / "notice_2021.txt"

CLAUSE_TABLES = {table.part: table.name for table in TABLES if table.part}
KINDS = {label: kind for kind, label in m.KIND_LABELS.items()}
SECTIONS = (
    "办公室",
    "政治处",
    "执法监督科",
    "复议应诉科",
    "秘书科、普法科",
    "促进法治科",
    "社区矫正（教育帮扶）科",
    "公服科",
    "律公科",
    "法律援助中心",
)
CORRECTION = "业务/社区矫正（教育帮扶）科"


def squeeze(text: str) -> str:
    """Text without white space, paragraph tags and table bars: what the notice says, however it was laid out."""
    return re.sub(r"\s|\|", "", re.sub(r"</?p>", "", text))


def typed(text: str, column) -> str | int | float:
    """A scalar of the file: a number in the number columns, else the text as it stands."""
    if column is None or column.type not in (NUMBER, INTEGER):
        return text
    return int(text) if column.type == INTEGER or text.lstrip("-").isdigit() else float(text)


@pytest.fixture(scope="module")
def tables() -> dict:
    """Table name → rows, every scalar read as text first, so that quoting in the file makes no difference."""
    data = yaml.load(SCHEME.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    columns = {table.name: {column.name: column for column in table.columns} for table in TABLES}
    for name, known in columns.items():
        data[name] = [{key: typed(text, known.get(key)) for key, text in row.items()} for row in data[name]]
    return data


@pytest.fixture(scope="module")
def notice() -> str:
    return squeeze(NOTICE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clauses(tables) -> dict:
    """Every row of the four clause tables by id, in order."""
    rows = [row for name in CLAUSE_TABLES.values() for row in tables[name]]
    by_id = {row["细则编号"]: row for row in rows}
    assert len(by_id) == len(rows), "a clause id occurs twice"
    return by_id


@pytest.fixture(scope="module")
def items(tables) -> dict:
    by_key = {row["考评项编号"]: row for row in tables["考评项"]}
    assert len(by_key) == len(tables["考评项"]), "an item key occurs twice"
    return by_key


def dec(value) -> Decimal:
    return Decimal(str(value))


# --- shape ---------------------------------------------------------------------------------------


def test_tables_stand_in_order(tables):
    assert list(tables) == ["格式", *(table.name for table in TABLES)]
    assert tables["格式"] == str(FORMAT_VERSION)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_fit_their_columns(tables, table):
    columns = {column.name: column for column in table.columns}
    for row in tables[table.name]:
        assert set(row) <= set(columns), row
        for name, column in columns.items():
            value = row.get(name)
            if column.required:
                assert value not in (None, ""), (name, row)
            if value is None:
                continue
            assert value != "", (name, row)
            if column.choices:
                assert value in column.choices, (name, row)
            assert isinstance(value, str) == (column.type not in (NUMBER, INTEGER)), (name, row)


def test_basics(tables):
    rows = {row["项目"]: row.get("内容", "") for row in tables["基本信息"]}
    assert list(rows) == list(BASIC_KEYS)
    assert all(rows[name] for name, required in BASIC_KEYS.items() if required)
    assert (rows["年度"], rows["周期起"], rows["周期止"]) == ("2021", "2020-12-01", "2021-11-30")
    assert rows["文号"] == "沪松司发〔2021〕19号"
    assert rows["名次总数"] == "16"


# --- completeness ------------------------------------------------------------------------------------


def test_every_clause_is_there(tables, clauses):
    assert len(clauses) == 264
    assert {part: len(tables[name]) for part, name in CLAUSE_TABLES.items()} == {
        m.BUSINESS: 198,
        m.TEAM: 19,
        m.SPECIAL: 41,
        m.BOTTOM_LINE: 6,
    }
    assert Counter(KINDS[row["类型"]] for row in clauses.values()) == {
        m.ONE_OFF: 101,
        m.PER_OCCURRENCE: 104,
        m.ZERO_ITEM: 4,
        m.CONVERTED: 2,
        m.TIERS: 11,
        m.DISCRETIONARY_EACH: 12,
        m.DISCRETIONARY: 15,
        m.DISCRETIONARY_MAX: 1,
        m.RANK: 8,
        m.OPTIONS: 5,
        m.DOUBLING: 1,
    }


def test_clauses_are_verbatim(clauses, notice):
    raw = NOTICE.read_text(encoding="utf-8")
    for cid, row in clauses.items():
        assert notice.count(squeeze(row["细则原文"])) == 1, cid
        assert row["细则原文"] in raw, f"{cid}: the blanks differ from the notice"
        for column in ("引导语", "小标题", "附注"):
            assert squeeze(row.get(column, "")) in notice, (cid, column)


def test_titles_and_notes_are_verbatim(items, notice):
    for key, row in items.items():
        assert squeeze(row.get("考评内容", "")) in notice, key
    untitled = [k for k, row in items.items() if row["部分"] == m.BUSINESS and not row.get("考评内容")]
    assert untitled == [f"{CORRECTION}/2"]
    assert items[untitled[0]]["说明"] == "（原文缺标题）"


def test_nothing_of_the_annexes_is_left_out(tables, clauses, items, notice):
    """Taken out of annexes 1 to 3, the scheme leaves only headings, numbers, points and section names."""
    start = notice.index("附件12021年度机关科室工作考评标准业务工作")
    rest = notice[start : notice.index("附件42021年度区司法行政特色工作申报表申报单位")]
    texts = [row.get(c, "") for row in clauses.values() for c in ("细则原文", "引导语", "小标题", "附注")]
    texts += [row.get("考评内容", "") for row in items.values()]
    caps = [re.match(r"(总加分)?上限(为|不超过) ?\d ?分", row.get("说明", "")) for row in items.values()]
    texts += [cap[0] for cap in caps if cap]
    for text in sorted({squeeze(text) for text in texts} - {""}, key=len, reverse=True):
        rest = rest.replace(text, "█")
    names = {row["责任科室"] for row in items.values()} | {"相关科室", "普法治理科", *SECTIONS}
    heads = {
        "附件",
        "年度机关科室工作考评标准",
        "业务工作",
        "队伍建设",
        "特色工作",
        "突破底线扣分",
        "责任科室",
        "考评内容",
        "评分标准",
        "分值",
        "序号",
        "考核内容",
        "考评科室",
        "考核标准",
    }
    for word in sorted(names | heads, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = re.sub(r"（60分）|（20分）|[一二三四五六七八九十]、", " ", rest)
    assert set(re.sub(r"[\d█\s\-]", "", rest)) <= set("：，；;。（）()"), rest


def test_item_numbers_titles_and_points_as_printed(items):
    """The rows of the printed tables: number in the first cell, points in the last."""
    text = NOTICE.read_text(encoding="utf-8")
    text = text[text.index("业务工作（60 分）") : text.index("附件 2\n\n2021")]
    cells = [line.split("\t") for line in text.split("\n")]
    rows = [row for row in cells if row[0].isdigit() and len(row) >= 3]
    business = [row for row in rows if len(row) == 4 and row[3].strip().isdigit() and not row[2].strip().isdigit()]
    team = [row for row in rows if row[2].strip().isdigit()]
    wanted = [row for row in items.values() if row["部分"] == m.BUSINESS]
    assert [(int(r[0]), squeeze(r[1]), int(r[3])) for r in business] == [
        (w["序号"], squeeze(w.get("考评内容", "")), w["分值"]) for w in wanted
    ]
    wanted = [row for row in items.values() if row["部分"] == m.TEAM]
    assert [(int(r[0]), int(r[2])) for r in team] == [(w["序号"], w["分值"]) for w in wanted]
    assert all(squeeze(r[1]).startswith(squeeze(w["考评内容"])) for r, w in zip(team, wanted, strict=True))


def test_sums_of_items(items):
    business = Counter()
    for row in items.values():
        if row["部分"] == m.BUSINESS:
            business[row["责任科室"]] += row["分值"]
    assert business == dict.fromkeys(SECTIONS, 60)
    assert list(business) == list(SECTIONS)
    assert sum(row["分值"] for row in items.values() if row["部分"] == m.TEAM) == 20


def test_ids_follow_items(clauses, items):
    used = Counter()
    for cid, row in clauses.items():
        key, _, last = cid.rpartition("/")
        assert row["考评项编号"] == key
        assert key in items
        assert row["条号"] == int(last)
        assert cid.split("/")[0] == m.PART_CODES[items[key]["部分"]]
        used[key] += 1
        assert row["条号"] == used[key], f"{cid}: clauses of an item run 1, 2, 3 …"
    assert set(used) == set(items)
    for part in (m.SPECIAL, m.BOTTOM_LINE, m.TEAM):
        numbers = [row["序号"] for row in items.values() if row["部分"] == part]
        assert numbers == list(range(1, len(numbers) + 1))


# --- points ----------------------------------------------------------------------------------------------


def test_points_are_those_of_the_text(clauses):
    """The number behind 扣/得/加 (or 加…扣分 as misprinted twice) is the clause's points."""
    for cid, row in clauses.items():
        text = squeeze(row["细则原文"])
        if row["类型"] in ("按次计", "一次性"):
            found = re.findall(r"(?:扣|得|加)(\d+(?:\.\d+)?)分?|起(\d+(?:\.\d+)?)扣分", text)
            assert [dec(a or b) for a, b in found][:1] == [dec(row["分值"])], cid
        elif row["类型"] in ("视情一次", "视情每次"):
            low, high = re.findall(r"[扣加](\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", text)[-1]
            assert (dec(low), dec(high)) == (dec(row["下限"]), dec(row["上限"])), cid
            assert ("每" in text.rsplit("，", 1)[-1].rsplit(",", 1)[-1]) == (row["类型"] == "视情每次"), cid
        else:
            assert "分值" not in row and "下限" not in row, cid
        if row["类型"] in ("按次计", "一次性"):
            assert (row["方向"] == "扣分") == ("扣" in text), cid


def test_each_means_each(clauses):
    """每, 一例, 一项, 少1人, 少一个 before the points make a count; without them a clause happens once."""
    per = re.compile(r"(每(发现|发生|漏报)?[1一]?[次起件项人月例个条种]|每1人次|每一项|每项任务|每缺少一种|每人)")
    bare = {"业务/执法监督科/1/2", "业务/执法监督科/2/3", "业务/执法监督科/3/1", "业务/执法监督科/3/2"}
    bare |= {"业务/执法监督科/3/6", "业务/秘书科、普法科/9/4", *(f"特色/应诉复议科/7/{n}" for n in (1, 2, 3))}
    for cid, row in clauses.items():
        text = squeeze(row["细则原文"])
        tail = re.split(r"[，,；;]", text)
        if row["类型"] == "按次计":
            assert row["单位"], cid
            assert cid in bare or per.search(text), cid
        elif row["类型"] == "一次性":
            assert not per.search(tail[-1]), cid


def test_item_limits_of_special_work(items):
    limits = {row["序号"]: row.get("分值") for row in items.values() if row["部分"] == m.SPECIAL}
    without = {8, 9, 10, 11, 16, 17, 21, 23}
    assert {number for number, limit in limits.items() if limit is None} == without
    assert {number for number, limit in limits.items() if limit == 2} == {5, 13}
    assert set(limits.values()) == {None, 2, 3}
    assert len(limits) == 24


def test_clause_caps_and_boxes(clauses, items):
    caps = {cid: row["本条封顶"] for cid, row in clauses.items() if "本条封顶" in row}
    assert caps == {
        "业务/执法监督科/2/3": 10,
        "业务/复议应诉科/3/1": 15,
        "业务/复议应诉科/3/2": 15,
        "业务/秘书科、普法科/1/1": 3,
        "业务/秘书科、普法科/1/2": 4,
        "业务/秘书科、普法科/9/4": 2,
    }
    assert {cid: row["本条基础分"] for cid, row in clauses.items() if "本条基础分" in row} == {
        "业务/秘书科、普法科/1/2": 4
    }
    assert {key: row["基础分"] for key, row in items.items() if "基础分" in row} == {
        "业务/秘书科、普法科/1": 0,
        "业务/秘书科、普法科/9": 2,
    }


def test_modes(items):
    modes = {key: row["计分方式"] for key, row in items.items() if row["部分"] == m.BUSINESS}
    assert {key: mode for key, mode in modes.items() if mode != "扣分制"} == {
        "业务/办公室/5": "折算",
        "业务/秘书科、普法科/1": "得扣并用",
        "业务/秘书科、普法科/2": "得分制",
        "业务/秘书科、普法科/9": "得扣并用",
        f"{CORRECTION}/5": "得分制",
        "业务/公服科/3": "折算",
    }
    assert {row["计分方式"] for row in items.values() if row["部分"] == m.SPECIAL} == {"得分制"}
    assert {row["计分方式"] for row in items.values() if row["部分"] in (m.TEAM, m.BOTTOM_LINE)} == {"扣分制"}


def test_tiers(tables, clauses):
    found: dict = {}
    for row in tables["档次"]:
        found.setdefault(row["细则编号"], []).append((row["比较"], row.get("界限", row.get("参照")), row["分值"]))
    assert found == {
        "业务/政治处/3/1": [("低于", 90, 2), ("低于", 70, 4)],
        "业务/政治处/3/2": [("低于", 90, 2), ("低于", 70, 4)],
        "业务/执法监督科/1/1": [("低于", 2, 2)],
        "业务/复议应诉科/2/4": [("低于", 60, 8)],
        "业务/促进法治科/3/1": [("低于", 70, 5)],
        "业务/促进法治科/4/2": [("低于", 95, 5)],
        "业务/促进法治科/4/3": [("低于", "全市平均值", 5)],
        f"{CORRECTION}/5/1": [("低于", "全市平均水平", 2)],
        f"{CORRECTION}/6/6": [("高于", 1, 2)],
        "业务/公服科/2/1": [("低于", 70, 5)],
        "特色/公服科/11/1": [("达到", 80, 1), ("达到", 90, 2), ("达到", 95, 3)],
    }
    assert set(found) == {cid for cid, row in clauses.items() if row["类型"] == "分档"}
    assert all(clauses[cid].get("指标") for cid in found)
    assert {cid for cid in found if clauses[cid].get("指标单位") != "%"} == {
        "业务/执法监督科/1/1",
        "业务/促进法治科/4/3",
    }
    branch = clauses["特色/公服科/11/1"]
    assert branch["或者条件"] in branch["细则原文"]


def test_ranks(tables, clauses):
    found: dict = {}
    for row in tables["名次"]:
        found.setdefault(row["细则编号"], []).append((row["起"], row["止"], row["分值"]))
    last_five = [(1, 11, 0), (12, 12, 1), (13, 13, 2), (14, 14, 3), (15, 15, 4), (16, 16, 5)]
    assert found == {
        "业务/秘书科、普法科/1/3": [(1, 4, 1), (5, 8, 0.75), (9, 12, 0.5), (13, 16, 0.25)],
        "业务/促进法治科/1/2": last_five,
        "业务/促进法治科/1/3": last_five,
        "业务/促进法治科/2/1": last_five,
        "业务/促进法治科/2/2": last_five,
        f"{CORRECTION}/5/4": [(1, 5, 1)],
        f"{CORRECTION}/5/5": [(1, 5, 1)],
        "特色/法援中心/12/2": [(1, 1, 2), (2, 2, 1.5), (3, 3, 1)],
    }
    assert set(found) == {cid for cid, row in clauses.items() if row["类型"] == "名次"}
    assert all(clauses[cid]["待市局"] == "是" for cid in found)


def test_options(tables, clauses):
    found: dict = {}
    for row in tables["选项"]:
        found.setdefault(row["细则编号"], []).append(row["分值"])
        text = squeeze(clauses[row["细则编号"]]["细则原文"])
        assert squeeze(row["选项"]) in text, row
    assert found == {
        "业务/秘书科、普法科/2/3": [3, 1, 1],
        "业务/秘书科、普法科/2/4": [2, 1],
        "特色/秘书科/3/1": [2, 1],
        "特色/执法监督科/6/1": [3, 2],
        "特色/社区矫正（教育帮扶）科/17/1": [3, 2],
    }
    assert set(found) == {cid for cid, row in clauses.items() if row["类型"] == "选项"}
    assert {cid for cid, row in clauses.items() if row.get("可多项") == "是"} == set(found) - {
        "特色/社区矫正（教育帮扶）科/17/1"
    }


def test_doubling_and_exclusion(clauses):
    doubling = clauses[f"{CORRECTION}/4/5"]
    assert (doubling["类型"], doubling["依赖细则"], doubling["倍数"]) == ("加倍", f"{CORRECTION}/4/4", 2)
    assert clauses[f"{CORRECTION}/5/6"]["排除条件"] == "获评司法部“智慧矫正中心”命名"
    assert sum("排除条件" in row for row in clauses.values()) == 1


def test_whole_item_lost(clauses):
    assert [cid for cid, row in clauses.items() if row["类型"] == "本项不得分"] == [
        "业务/办公室/4/3",
        "业务/法律援助中心/2/1",
        "业务/法律援助中心/3/2",
        "队伍/各科室/5/4",
    ]


def test_what_waits_for_the_city(clauses, items):
    """Whatever only the city can tell may be answered 待市局反馈, and so may what its own figure settles."""
    pending = {cid for cid, row in clauses.items() if row.get("待市局") == "是"}
    assert {cid for cid, row in clauses.items() if row["类型"] in ("名次", "折算")} <= pending
    assert {cid for cid, row in clauses.items() if "根据市局扣分情况定" in row.get("附注", "")} <= pending
    assert {"业务/促进法治科/4/3", f"{CORRECTION}/5/1"} <= pending
    assert not [cid for cid in pending if cid.startswith(("队伍/", "底线/"))]


def test_not_applicable_only_where_there_may_be_nothing_to_measure(clauses):
    assert {cid for cid, row in clauses.items() if row.get("可不适用") == "是"} == {
        "业务/复议应诉科/2/3",
        "业务/复议应诉科/2/4",
        "业务/促进法治科/2/1",
        "业务/促进法治科/2/2",
        "业务/公服科/2/1",
        "特色/公服科/11/1",
    }


# --- sections, policies, the rest ------------------------------------------------------------------------


def answering(tables, joint: str) -> dict[str, str]:
    """Every name a section answers to → its name, for one reading of 联合科室."""
    names: dict[str, str] = {}
    for row in tables["科室"]:
        if row.get("参评条件", f"{m.P_JOINT}={joint}") != f"{m.P_JOINT}={joint}":
            continue
        for name in (row["科室"], *filter(None, row.get("别名", "").split("；"))):
            assert name not in names, f"{name} stands for two sections"
            names[name] = row["科室"]
    return names


def test_sections_resolve_every_printed_name(tables, items):
    for joint, count in (("合并", 10), ("分开", 11)):
        names = answering(tables, joint)
        assert len(set(names.values())) == count
        rubrics = {row["业务标准"] for row in tables["科室"] if "业务标准" in row}
        for key, row in items.items():
            owner = row["责任科室"]
            assert owner == m.EVERY_SECTION or owner in names or owner in rubrics, key
            for assessor in filter(None, row.get("考评科室", "").split("；")):
                assert assessor in names, key
    assert list(dict.fromkeys(answering(tables, "合并").values())) == list(SECTIONS)
    assert answering(tables, "合并")["团总支"] == "政治处"
    assert answering(tables, "合并")["应诉复议科"] == "复议应诉科"


@pytest.mark.parametrize("joint", ["合并", "分开"])
def test_numbers_of_sections_run_without_gap(tables, joint):
    rows = [row for row in tables["科室"] if row.get("参评条件", f"={joint}").endswith(f"={joint}")]
    assert [row["序号"] for row in rows] == list(range(1, len(rows) + 1))


def test_owners_of_shared_items(items):
    everyone = [key for key, row in items.items() if row["责任科室"] == m.EVERY_SECTION]
    assert everyone == [
        *(f"队伍/各科室/{n}" for n in range(1, 7)),
        "特色/相关科室/24",
        "底线/政治处/1",
        "底线/办公室/2",
        "底线/办公室/3",
        "底线/律公科/4",
        "底线/政治处、办公室、普法治理科/5",
    ]
    assert [row["考评科室"] for row in items.values() if row["部分"] == m.BOTTOM_LINE] == [
        "政治处",
        "办公室",
        "办公室",
        "律公科",
        "政治处；办公室；普法治理科",
    ]


def test_policies_the_code_reads(tables):
    policies = {row["口径"]: row for row in tables["口径"]}
    assert len(policies) == len(tables["口径"])
    for name, readings in m.CODE_POLICIES.items():
        row = policies[name]
        assert (row["取值"], *row["其他读法"].split("；")) == readings, name
        assert row["影响分数"] == ("否" if name in m.SHOWING_POLICIES else "是")
    assert policies[m.P_JOINT]["取值"] == "合并"
    assert all(row.get("说明") and row.get("疑点") for row in policies.values())


def test_policies_that_change_clauses(tables, clauses, items):
    policies = {row["口径"]: row for row in tables["口径"]}
    touched = set()
    for row in tables["口径影响"]:
        policy = policies[row["口径"]]
        assert row["取值"] in policy["其他读法"].split("；"), row
        assert row["对象"] in clauses or row["对象"] in items, row
        touched.add(row["口径"])
    scoring = {name for name, row in policies.items() if row["影响分数"] == "是"}
    assert scoring == touched | set(m.CODE_POLICIES) - set(m.SHOWING_POLICIES) | {m.P_JOINT}
    groups: dict = {}
    for row in tables["口径影响"]:
        if row["属性"] == "取高组":
            groups.setdefault((row["口径"], row["设为"]), []).append(row["对象"])
    for members in groups.values():
        assert len(members) > 1
        assert len({member.rpartition("/")[0] for member in members}) == 1


def test_readings_name_policies_that_exist(tables, clauses, items):
    policies = {row["口径"] for row in tables["口径"]}
    texts = [row.get("读法说明", "") for row in clauses.values()]
    texts += [row.get("说明", "") for table in ("考评项", "科室") for row in tables[table]]
    named = {name for text in texts for name in re.findall(r"口径“([^”]+)”", text)}
    assert named <= policies
    assert len(named) > 15


def test_everything_has_a_reviewer_who_is_not_its_author(tables):
    duties = {(row["部分"], row["科室"]): row for row in tables["谁填谁核"]}
    assert len(duties) == len(tables["谁填谁核"])
    for part in m.PARTS:
        assert (part, m.EVERY_SECTION) in duties
        assert duties[part, "政治处"]["核定"] == "考评工作领导小组"
    for assessor in ("政治处", "办公室", "律公科", "秘书科、普法科", "普法科"):
        assert duties[m.BOTTOM_LINE, assessor]["核定"] == "考评工作领导小组"


def test_form_of_annex_four(tables, notice):
    fields = [(row["栏目"], row.get("字数上限"), row.get("可附页")) for row in tables["申报表"]]
    assert fields == [
        ("申报单位", None, None),
        ("特色工作名称", None, None),
        ("主要创新点", 300, None),
        ("主要内容", 300, None),
        ("进展情况和主要成效", 1000, "是"),
        ("联系人", None, None),
        ("联系电话", None, None),
    ]
    form = notice[notice.rindex("附件4") :]
    assert all(name in form for name, _, _ in fields)


def test_parts_grades_and_raters(tables):
    assert [(row["部分"], row.get("满分"), row["计入总分"]) for row in tables["部分"]] == [
        (m.BUSINESS, 60, "加"),
        (m.TEAM, 20, "加"),
        (m.SPECIAL, 10, "加"),
        (m.BOTTOM_LINE, None, "减"),
    ]
    assert [row["等次"] for row in tables["等次"]] == ["优秀", "优良", "合格", "不合格"]
    assert tables["等次"][0]["前几名"] == 3 and tables["等次"][0]["底线扣分不得评"] == "是"
    assert not any("最低分" in row for row in tables["等次"])
    assert [(row["测评组"], row["权重"]) for row in tables["测评组"]] == [("局领导", 0.6), ("局属各单位、各部门", 0.4)]


def test_materials(tables):
    due = {row["材料"]: (row["必交"], row["形式"]) for row in tables["应交材料"]}
    assert due["考评表"] == ("是", "考评表")
    assert due["全年工作总结报告"] == ("是", "附件")
    assert [name for name, (required, _) in due.items() if required == "是"] == ["考评表", "全年工作总结报告"]


# --- through the loader ----------------------------------------------------------------------------------


def read(data: dict) -> tuple[m.Scheme | None, list]:
    """What the loader makes of these tables, as scalars of text."""
    scheme, problems, _ = read_scheme(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode(), SCHEME.name)
    return scheme, list(problems)


def texts() -> dict:
    return yaml.load(SCHEME.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def with_reading(name: str, value: str) -> m.Scheme:
    """The scheme under another reading of one policy."""
    data = texts()
    policy = next(row for row in data["口径"] if row["口径"] == name)
    readings = [policy["取值"], *policy["其他读法"].split("；")]
    policy["取值"], policy["其他读法"] = value, "；".join(other for other in readings if other != value)
    scheme, problems = read(data)
    assert not problems
    assert scheme is not None
    return scheme


@pytest.fixture(scope="module")
def scheme() -> m.Scheme:
    return load_scheme(SCHEME)


def test_loads_without_any_problem(scheme):
    loaded, problems = read(texts())
    assert problems == []
    assert loaded is not None and loaded.clause_by_id == scheme.clause_by_id
    assert tuple(section.name for section in scheme.sections) == SECTIONS
    assert len(scheme.clause_by_id) == 264
    assert (scheme.special_awarded, scheme.special_other) == ((5, 10), (1, 5))


def test_default_policies(scheme):
    assert {name: scheme.policy(name) for name in m.CODE_POLICIES} == {
        name: readings[0] for name, readings in m.CODE_POLICIES.items()
    }
    assert scheme.policy(m.P_JOINT) == "合并"


def test_what_stands_on_a_sheet(scheme):
    def numbers(name: str, part: str) -> list[int]:
        return [item.no for item in scheme.section_items(scheme.section(name), part)]

    assert {section.name: numbers(section.name, m.SPECIAL) for section in scheme.sections} == {
        "办公室": [21, 22, 23, 24],
        "政治处": [18, 19, 20, 24],
        "执法监督科": [6, 24],
        "复议应诉科": [7, 24],
        "秘书科、普法科": [1, 2, 3, 4, 5, 8, 9, 10, 24],
        "促进法治科": [16, 24],
        "社区矫正（教育帮扶）科": [17, 24],
        "公服科": [11, 24],
        "律公科": [14, 15, 24],
        "法律援助中心": [12, 13, 24],
    }
    assert all(numbers(section.name, m.TEAM) == [1, 2, 3, 4, 5, 6] for section in scheme.sections)


def test_two_sections_instead_of_the_joint_one():
    split = with_reading(m.P_JOINT, "分开")
    names = {section.name for section in split.sections}
    assert len(split.sections) == 11
    assert {"秘书科", "普法科"} <= names and "秘书科、普法科" not in names
    secretariat, publicity = split.section("秘书科"), split.section("普法治理科")
    assert publicity is not None and publicity.name == "普法科"
    assert split.section_items(secretariat, m.BUSINESS) == split.section_items(publicity, m.BUSINESS)
    assert sum(item.points for item in split.section_items(secretariat, m.BUSINESS)) == 60
    assert [item.no for item in split.section_items(secretariat, m.SPECIAL)] == [1, 2, 3, 4, 5, 24]
    assert [item.no for item in split.section_items(publicity, m.SPECIAL)] == [8, 9, 10, 24]


def test_other_readings_change_what_they_say(scheme):
    """Every reading with effects loads cleanly and changes exactly the clauses and items it names."""
    effects: dict = {}
    for policy in scheme.policies:
        for effect in policy.effects:
            effects.setdefault((policy.name, effect.value), set()).add(effect.target)
    assert len(effects) == 12
    for (name, value), targets in effects.items():
        other = with_reading(name, value)
        changed = {cid for cid, clause in other.clause_by_id.items() if clause != scheme.clause_by_id[cid]}
        for key, item in other.item_by_key.items():
            mine = scheme.item_by_key[key]
            if (item.points, item.base) != (mine.points, mine.base):
                changed.add(key)
        assert changed == targets, name
