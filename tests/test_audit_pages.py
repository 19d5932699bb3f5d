"""汇总表 audits itself: every origin it tells is a cell of a file in the folder that holds the figure shown.

The demonstration's workbook is read with openpyxl, the files it quotes with openpyxl, xlrd and calamine: nothing of the program's own
reading is asked. Everything is counted, so that nothing passes on an empty page.
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal as D
from types import SimpleNamespace

import openpyxl
import pytest
import python_calamine
import reviewed as made_by_hand
import small_year as small
import xlrd
from appraisals import rules_2021
from years import decision, everyone, prepared, reviewed_as_reported

from workbook_builder import commands
from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.commands import archiving
from workbook_builder.folder import Folder, remember_summary
from workbook_builder.inputs import APPROVED, REVIEWS, SCHEME_FILE
from workbook_builder.pipeline import summarize
from workbook_builder.problems import Where
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import number
from workbook_builder.stages import Snapshot
from workbook_builder.summary import summary_workbook
from workbook_builder.summary.origins import Sources, beside, told

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
BLANKS = ("（空）", "未发生", "未发生（已确认）")
#: What the demonstration types otherwise than it is read.
AS_TYPED = {"１种": "1", "1 次": "1", "第13名": "13", "两项": "2", "无": "0", "92％": "92", "0.965": "96.5"}
SHA = re.compile(r"\b[0-9a-f]{64}\b")


# --- the files, read by other means ---------------------------------------------------------------------------------------


class Files:
    """Files of a working folder by the names that the workbook tells, cells as texts."""

    def __init__(self, root):
        self.root, self._books, self._sums = root, {}, {}

    def data(self, name):
        path = self.root / name
        if path.is_file():
            return path.read_bytes()
        archive, _, member = name.partition(".zip/")
        with zipfile.ZipFile(self.root / f"{archive}.zip") as found:
            names = {_name(info): info for info in found.infolist()}
            return found.read(names[member])

    def sha256(self, name):
        if name not in self._sums:
            self._sums[name] = hashlib.sha256(self.data(name)).hexdigest()
        return self._sums[name]

    def cell(self, name, sheet, place):
        """What stands in a cell, "" where nothing does; KeyError if there is no such sheet."""
        if name not in self._books:
            self._books[name] = READERS[name.rpartition(".")[2]](self.data(name))
        column, row = openpyxl.utils.cell.coordinate_from_string(place)
        return self._books[name][sheet](row, openpyxl.utils.column_index_from_string(column))


def _name(info):
    return info.filename if info.flag_bits & 0x800 else info.filename.encode("cp437").decode("gbk")


def plain(value):
    """A cell as a reader sees it."""
    if value is None:
        return ""
    return number(D(str(round(value, 6))).normalize()) if isinstance(value, int | float) else str(value).strip()


def xlsx(data):
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {ws.title: lambda row, col, ws=ws: plain(ws.cell(row, col).value) for ws in book.worksheets}


def xls(data):
    book = xlrd.open_workbook(file_contents=data)
    return {ws.name: lambda row, col, ws=ws: plain(ws.cell_value(row - 1, col - 1)) for ws in book.sheets()}


def ods(data):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: _table(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names}


def _table(rows):
    def value(row, col):
        found = rows[row - 1][col - 1] if row <= len(rows) and col <= len(rows[row - 1]) else ""
        return plain(found) if isinstance(found, float) else found

    return value


READERS = {"xlsx": xlsx, "xls": xls, "ods": ods}


# --- the workbook -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def audited(demonstration):
    """The demonstration's folder and its 汇总表."""
    root = demonstration[0]
    book = openpyxl.load_workbook(root / "4汇总" / "汇总表.xlsx")
    sections = [row[0].value for row in book["述职测评"].iter_rows() if row[0].hyperlink and row[0].value in book.sheetnames]
    return SimpleNamespace(root=root, book=book, files=Files(root), sections=sections, sums=receipts(book))


def words(ws):
    """Every text of a sheet."""
    return [str(cell.value) for row in ws.iter_rows() for cell in row if cell.value is not None]


def table(ws, head):
    """Rows below the heading row that holds `head`, by heading (without line breaks), down to the first empty first column."""
    rows = [[cell.value for cell in row] for row in ws.iter_rows()]
    place = next(n for n, row in enumerate(rows) if head in [_flat(value) for value in row])
    heads = [_flat(value) for value in rows[place]]
    for row in rows[place + 1 :]:
        if row[0] is None:
            return
        yield dict(zip(heads, row, strict=True))


def _flat(value):
    return "".join(str(value).split()) if value is not None else None


def places(text):
    """(file, sheet, cell) of every origin in a text of 出处."""
    for line in re.split(r"[\n；]", text):
        file, sheet, cells = line.rsplit(" › ", 2)
        yield from ((file, sheet, cell) for cell in cells.split("、"))


def receipts(book):
    """File → SHA-256, of both tables of 收件登记."""
    found = {}
    for row in book["收件登记"].iter_rows(values_only=True):
        sums = [value for value in row if isinstance(value, str) and SHA.fullmatch(value)]
        if sums:
            found[row[0]] = sums[0]
    return found


def checked(audited, place):
    """What stands at a place that the workbook tells; its file is registered with the SHA-256 of its bytes."""
    file, sheet, cell = place
    assert audited.sums[file] == audited.files.sha256(file), file
    return audited.files.cell(file, sheet, cell)


# --- 收件登记 -------------------------------------------------------------------------------------------------------------------


def test_every_file_is_registered_with_its_whole_sum(audited):
    listed = audited.sums
    for file, sha256 in listed.items():
        assert sha256 == audited.files.sha256(file), file
    on_disk = {path.relative_to(audited.root).as_posix() for path in (audited.root / "2回收").rglob("*") if path.is_file()}
    beside_ = {"方案.xlsx", "决定.xlsx", "台账.xlsx", "市局反馈.xlsx"}
    beside_ |= {path.relative_to(audited.root).as_posix() for path in (audited.root / "3核定").glob("*.xlsx")}
    assert len(beside_) == 9
    assert {file for file in listed if ".zip/" not in file} == on_disk | beside_
    ws = audited.book["收件登记"]
    assert not any(column.hidden for column in ws.column_dimensions.values())
    sizes = {row["文件"]: row for row in table(ws, "大小（字节）") if row["文件"] in beside_}
    assert sizes.keys() == beside_
    assert all((audited.root / file).stat().st_size in row.values() for file, row in sizes.items())


def test_a_sum_that_is_quoted_anywhere_is_that_of_a_registered_file(audited):
    registered = set(audited.sums.values())
    quoted = Counter(sha256 for ws in audited.book.worksheets for text in words(ws) for sha256 in SHA.findall(text))
    assert set(quoted) == registered and sum(quoted.values()) > 100


def test_of_ballots_nothing_is_told(audited):
    """Neither a file nor a sheet, a cell or a hash of a single ballot."""
    ballots = [path for path in (audited.root / "测评").iterdir() if path.is_file()]
    assert len(ballots) > 1
    everything = "\n".join(text for ws in audited.book.worksheets for text in words(ws))
    with zipfile.ZipFile(audited.root / "4汇总" / "汇总表.xlsx") as archive:
        everything += "".join(archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml"))
    for path in ballots:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.name not in everything and path.stem not in everything and sha256[:12] not in everything
    assert "测评/" not in everything and "测评录入表" not in everything
    assert "出处" not in "".join(words(audited.book["述职测评"])) and "述职测评的票不列" in everything


# --- 核定调整, 决定, 突破底线 -----------------------------------------------------------------------------------------------------------


def test_every_adjustment_stands_where_it_says(audited):
    rows = list(table(audited.book["核定调整"], "考评项"))
    kinds = Counter(row["类别"] for row in rows)
    assert {r.BY_REVIEW, r.BY_CITY, r.BY_DECISION, r.BY_TRANSFER} == set(kinds) and len(rows) > 20
    seen = 0
    for row in rows:
        first, *more = found = [(place, checked(audited, place)) for place in places(row["出处"])]
        after = str(row["核定（改为）"])
        if row["类别"] == r.BY_TRANSFER:
            *figures, (where, said) = found
            assert (where[0], said) == ("决定.xlsx", "同意")
            assert re.fullmatch(r"(承担|转出)(.+)分（.+）", after)[2] == number(sum(D(value) for _, value in figures))
        else:
            assert first[1] == after, row
        for (file, sheet, cell), _ in more if row["类别"] == r.BY_REVIEW else ():
            line = [audited.files.cell(file, sheet, f"{column}{cell[1:]}") for column in "ABCDEFGH"]
            assert file == "台账.xlsx" and row["科室"] in line, row
        seen += len(found)
    assert seen > 35


def test_every_decision_stands_where_it_says(audited):
    rows = list(table(audited.book["决定"], "对象"))
    assert len(rows) == 4
    for row in rows:
        (place,) = places(row["出处"])
        assert checked(audited, place) == str(row["改为"])
        line = [audited.files.cell(*place[:2], f"{column}{place[2][1:]}") for column in "ABCDEFGH"]
        assert row["种类"] in line and row["理由"] in line


def test_every_bottom_line_deduction_stands_where_it_says(audited):
    texts = [text for text in words(audited.book["突破底线"]) if "［出处：" in text]
    events = [text for text in texts if "核定者：" in text]
    deducted = sum(D(str(row["扣分合计"])) for row in table(audited.book["突破底线"], "扣分合计"))
    assert len(events) == 1 and deducted == 1
    for text in texts:
        (place,) = places(re.search(r"［出处：(.+)］$", text)[1])
        stands = checked(audited, place)
        assert f"扣 {stands} 分" in text if text in events else stands and stands in text
    assert len(texts) == 2


# --- pages of sections ------------------------------------------------------------------------------------------------------------


class Page:
    """The page of a section: its rows, where its answers come from, what its numbers stand for."""

    def __init__(self, audited, section):
        self.texts = words(audited.book[section])
        said = next(text for text in self.texts if text.startswith("出自："))
        own, sha256 = re.fullmatch(r"出自：(.+)　　SHA-256：([0-9a-f]{64})　　校验码：.*", said).groups()
        self.own = own.rsplit(" › ", 1)
        assert sha256 == audited.sums[self.own[0]]
        self.sources = {}
        for text in self.texts:
            if text[0] in CIRCLED and "SHA-256：" in text:
                mark, source, sha256 = re.fullmatch(r"(.) (.+)　　SHA-256：([0-9a-f]{64})", text).groups()
                self.sources[mark] = source.rsplit(" › ", 1)
                assert sha256 == audited.sums[self.sources[mark][0]]
        rows = [[cell.value for cell in row] for row in audited.book[section].iter_rows()]
        heads = next([_flat(value) for value in row] for row in rows if row[0] == "序号")
        place = [_flat(row[0]) for row in rows].index("序号")
        found = [row for row in rows[place + 1 :] if row[0] != "序号" and _flat(row[-1]) != heads[-1]]
        self.rows = [dict(zip(heads, row, strict=True)) for row in found]

    def quoted(self, text):
        """(file, sheet, cell) of every cell that a text quotes by number."""
        for part in text.split():
            yield from ((*self.sources[part[0]], cell) for cell in part[1:].split("、"))


@pytest.fixture(scope="module")
def pages(audited):
    found = {section: Page(audited, section) for section in audited.sections}
    assert len(found) == 10
    return found


def is_clause(row):
    return re.fullmatch(r"\d+\.\d+", str(row["序号"] or "")) is not None


def test_every_own_answer_stands_in_the_cell_beside_it(audited, pages):
    seen, read = Counter(), {}
    for section, page in pages.items():
        for row in page.rows:
            cell = row["原表单元格"]
            if not cell or not re.fullmatch(r"[A-Z]+\d+", str(cell)):
                continue
            stands, shown = checked(audited, (*page.own, cell)), plain(row["填报"])
            seen["空" if stands == "" else "填"] += 1
            if shown in (*BLANKS, "见下"):  # the answers of what is 见下 stand in rows of their own
                assert stands == "" or shown == "见下", (section, row)
            elif stands != shown:
                read[stands] = shown
    assert seen["填"] > 200 and seen["空"] > 150, seen
    assert read == AS_TYPED


def test_every_clause_leads_to_the_cells_of_its_answer_and_of_its_review(audited, pages):
    own = reviewed = 0
    for section, page in pages.items():
        items = [str(row["序号"]) for row in page.rows if re.fullmatch(r"\d+", str(row["序号"] or ""))]
        for row in page.rows:
            if not is_clause(row):
                continue
            assert list(page.quoted(row["核定出处"])), (section, row)
            reviewed += 1
            if row["填报"] is not None:  # 突破底线 is nothing that sections answer
                assert row["原表单元格"], (section, row)
                own += 1
        assert len(items) > 8
    assert own > 300 and reviewed > own + 50


def test_every_change_stands_in_a_cell_that_its_row_quotes(audited, pages):
    seen = Counter()
    for section, page in pages.items():
        for row in page.rows:
            quote, after = row["核定出处"], row["核定（改动的）"]
            if not quote:
                continue
            stands = [checked(audited, place) for place in page.quoted(quote)]
            seen["格"] += len(stands)
            if after in ("无", None):
                seen["无"] += after == "无" and set(stands) == {"无"}
                assert after is None or set(stands) == {"无"}, (section, row)
                continue
            if str(after).startswith("−"):  # 突破底线: 有, then the points of each event
                points = [value for value in stands if value != "有"]
                assert str(after).startswith(f"−{number(sum(map(D, points)))}（{len(points)}起）")
            else:
                parts = [text.split()[-1] for text in str(after).split("\n")]
                assert set(parts) <= set(stands), (section, row)
            seen["改"] += 1
    assert seen["格"] > 400 and seen["改"] > 20 and seen["无"] > 40, seen


def test_what_stands_below_the_table_tells_its_cells(audited, pages):
    """Transfers, the ledger, decisions."""
    seen = Counter()
    for page in pages.values():
        for text in page.texts:
            found = re.search(r"　［([①-⑳].+)］$", text)
            for place in page.quoted(found[1]) if found else ():
                stands = checked(audited, place)
                seen[place[0]] += 1
                assert stands in text or (stands == rec.AGREED and "承担" in text), (text, place)
    assert seen["台账.xlsx"] == 14 and seen["决定.xlsx"] >= 4 and seen["市局反馈.xlsx"] == 2


def test_every_page_leads_to_origins_in_two_steps(audited):
    """Pages that tell origins themselves, else links to such pages, the first sheet in between at most."""
    book = audited.book
    tells = {ws.title for ws in book.worksheets if any(re.search("出处|单元格|SHA-256", text) for text in words(ws))}
    steps = {}
    for ws in book.worksheets:
        links = [cell.hyperlink.location for row in ws.iter_rows() for cell in row if cell.hyperlink]
        steps[ws.title] = {link.split("'")[1] for link in links}
    for ws in book.worksheets:
        if ws.sheet_state == "visible" and ws.title != "试算":  # what is tried there is no result
            near = {ws.title} | steps[ws.title]
            far = near.union(*(steps[name] for name in near))
            assert far & (tells & set(audited.sections)), ws.title
    assert set(audited.sections) <= steps["汇总"] and set(audited.sections) | {"核定调整", "决定", "突破底线"} <= tells


# --- how origins are told -----------------------------------------------------------------------------------------------------------


def at(file, sheet, cell, field=""):
    return Where(file, sheet, cell, field)


def test_cells_of_one_sheet_stand_on_one_line():
    some = [at("市局反馈.xlsx", "市局反馈", "C5", "a"), at("决定.xlsx", "决定", "E4"), at("市局反馈.xlsx", "市局反馈", "C5", "b"), at("市局反馈.xlsx", "市局反馈", "C9")]
    assert told(some) == "市局反馈.xlsx › 市局反馈 › C5、C9\n决定.xlsx › 决定 › E4"
    assert beside(some[1:2]) == "　［出处：决定.xlsx › 决定 › E4］"
    assert (told([]), told([Where()]), beside([Where()])) == ("—", "—", "")


def test_sources_are_numbered_as_they_are_quoted_and_never_run_out():
    results = SimpleNamespace(received=(), inputs=(r.InputFile("台账", "台账.xlsx", 9, "ab" * 32),), assessments={})
    sources = Sources(results)
    assert sources.quoted([at("决定.xlsx", "决定", "E4"), at("台账.xlsx", "台账", "E5"), at("决定.xlsx", "决定", "E6")]) == "①E4、E6 ②E5"
    assert sources.quoted([Where(), at("台账.xlsx", "台账", "")]) == ""
    assert list(sources.lines()) == ["① 决定.xlsx › 决定", f"② 台账.xlsx › 台账　　SHA-256：{'ab' * 32}"]
    assert sources.quoted(at("a.xlsx", f"表{n}", "A1") for n in range(20)).endswith("⑳A1 (21)A1 (22)A1")


def city(clause, value, row, bearer="", reference=None):
    places = at("市局反馈.xlsx", "市局反馈", f"C{row}"), at("市局反馈.xlsx", "市局反馈", f"D{row}") if reference else Where()
    section = clause.split("/")[1]
    return rec.CityFigure(places[0], section, clause, value, reference, "文号", bearer, reference_where=places[1])


def test_the_citys_word_leads_to_the_rows_that_make_it():
    """Numbers that add up to all their rows, one of several events to its own, a reference figure to its own cell."""
    rules = rules_2021()
    clauses = [c for item in rules.scheme.items if item.part == m.BUSINESS for c in item.clauses]
    each = next(c.id for c in clauses if c.kind == m.DISCRETIONARY_EACH and c.events > 1)
    compared = next(c for c in clauses if any(slot.suffix == sl.REFERENCE for slot in rules.slots[c.id]))
    tasks_, late = "业务/促进法治科/4/1", "业务/办公室/1/2"
    rows = [city(late, D(1), 4), city(late, D(2), 5), city(each, D(1), 6), city(each, D(1), 7)]
    rows += [city(compared.id, D(3), 8, reference=D(4)), city(tasks_, D(1), 9), city(tasks_, D(2), 10, "律公科")]
    agreed = decision(rec.TRANSFER, "促进法治科", tasks_, "律公科：2", where=at("决定.xlsx", "决定", "E4"))
    entry = rec.LedgerEntry(at("台账.xlsx", "台账", "E9"), None, "办公室", late, D(5), "登记")
    reviewer = "政治处"
    changed = {(reviewer, "办公室"): {late: (D(4), "核实")}}
    facts = {(reviewer, "办公室"): {"places": {late: "J8"}, "sheets": {late: "办公室"}}}
    found = prepared(rules.scheme, everyone(rules), reviewed_as_reported(rules.scheme, changed, facts), [agreed], [entry], rows)
    results = summarize(rules.scheme, replace(found, evaluations={})).results
    told_ = {(a.section, a.kind, a.field, a.after): [w.cell for w in a.origins] for f in results.finals.values() for a in f.adjustments}
    owner, other = each.split("/")[1], compared.id.split("/")[1]
    assert told_[("办公室", r.BY_CITY, late, "3")] == ["C4", "C5"]
    assert told_[("办公室", r.BY_REVIEW, late, "4")] == ["J8", "E9"]
    assert [told_[(owner, r.BY_CITY, f"{each}@{k}", "1")] for k in (1, 2)] == [["C6"], ["C7"]]
    assert told_[(other, r.BY_CITY, compared.id, "3")] == ["C8"] and told_[(other, r.BY_CITY, compared.id + sl.REFERENCE, "4")] == ["D8"]
    assert told_[("促进法治科", r.BY_CITY, tasks_, "1")] == ["C9"]
    assert told_[("律公科", r.BY_TRANSFER, tasks_, "承担2分（促进法治科）")] == ["C10", "E4"]
    assert told_[("促进法治科", r.BY_TRANSFER, tasks_, "转出2分（律公科）")] == ["C10", "E4"]
    assert all(cells and all(cells) for cells in told_.values()), told_
    ws = openpyxl.load_workbook(io.BytesIO(summary_workbook(results)))[other]
    quoted = [str(row[-1].value) for row in ws.iter_rows()]
    assert any(text.startswith("①C8") for text in quoted) and any(text.startswith("①D8") for text in quoted)


def test_a_row_that_waits_has_no_cell_yet():
    """This very run writes it into 决定.xlsx; a cell told by the next run alone would tell the two apart."""
    book = openpyxl.load_workbook(io.BytesIO(summary_workbook(made_by_hand.draft(rules_2021()))))
    origins = {row["状态"]: row["出处"] for row in table(book["决定"], "对象")}
    assert origins == {"已生效": "决定.xlsx › 决定 › E6", "未生效": "决定.xlsx › 决定 › E9", "待答复": "—"}


def test_a_correction_names_the_result_it_is_compared_with():
    before = r.InputFile(APPROVED, "5归档/审定结果.json", 7, "cd" * 32)
    results = replace(made_by_hand.corrected(rules_2021()), inputs=(before,))
    book = openpyxl.load_workbook(io.BytesIO(summary_workbook(results)))
    assert "“审定时”的数出自 5归档/审定结果.json，其 SHA-256 见“收件登记”" in words(book["更正对照"])
    assert receipts(book)[before.file] == before.sha256


def test_what_figures_do_not_rest_on_is_no_input():
    """Review books before any review is finished, or that were set aside; the approved result that these figures are."""
    scheme = rules_2021().scheme
    files = [r.InputFile(SCHEME_FILE, "方案.xlsx", 1, "a"), r.InputFile(REVIEWS, "3核定/政治处.xlsx", 2, "b")]
    files += [r.InputFile(REVIEWS, "3核定/另一份.xlsx", 3, "c"), r.InputFile(APPROVED, "5归档/审定结果.json", 4, "d")]
    for reviews, kept in (({}, ["方案.xlsx"]), (reviewed_as_reported(scheme), ["方案.xlsx", "3核定/政治处.xlsx"])):
        found = prepared(scheme, everyone(rules_2021()), reviews)
        first = summarize(scheme, replace(found, inputs=replace(found.inputs, files=tuple(files)))).results
        assert [x.file for x in first.inputs] == kept
        for code, more in ((first.reached.code, []), ("00000000", ["5归档/审定结果.json"])):
            approved = Snapshot(code, {}, "5归档/审定结果.json")
            inputs = replace(found.inputs, files=tuple(files), snapshots=(approved,))
            assert [x.file for x in summarize(scheme, replace(found, inputs=inputs)).results.inputs] == kept + more


# --- files that are written anew ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contested(tmp_path_factory):
    """A small year at 自评汇总 in which two different returns of one section lie: 决定 gets a row that asks which one counts."""
    place = tmp_path_factory.mktemp("两份")
    (place / "方案.xlsx").write_bytes(small.scheme_book())
    root = place / "年"
    commands.new(root, place / "方案.xlsx")
    small.send_in(root)
    path = root / "2回收" / "政治处.xlsx"
    book = openpyxl.load_workbook(path)
    next(cell for cell in book["政治处"]["F"] if cell.value == 0).value = 1
    book.save(root / "2回收" / "政治处（改）.xlsx")
    (root / "3核定" / "说明.xlsx").write_bytes(path.read_bytes())
    before = (root / "决定.xlsx").read_bytes()
    commands.summarize(root)
    assert (root / "决定.xlsx").read_bytes() != before
    return root


def test_the_sum_told_is_that_of_the_file_as_the_run_leaves_it(contested):
    summary = contested / "4汇总" / "汇总表.xlsx"
    book = openpyxl.load_workbook(summary)
    listed = receipts(book)
    assert {name for name in listed if "/" not in name} == {"方案.xlsx", "决定.xlsx", "台账.xlsx", "市局反馈.xlsx"}
    assert all(sha256 == Files(contested).sha256(name) for name, sha256 in listed.items())
    assert not any(name.startswith("3核定") for name in listed)  # nothing rests on reviews yet
    first = summary.read_bytes()
    commands.summarize(contested)
    assert summary.read_bytes() == first


def test_before_review_answers_lead_to_their_cells_too(contested):
    book = openpyxl.load_workbook(contested / "4汇总" / "汇总表.xlsx")
    text = next(text for text in words(book["复议应诉科"]) if text.startswith("出自："))
    assert receipts(book)["2回收/复议应诉科.xlsx"] in text and "2回收/复议应诉科.xlsx › 复议应诉科" in text
    rows = _clauses(book["复议应诉科"])
    assert len(rows) > 20 and all(row["原表单元格"] for row in rows)


def _clauses(ws):
    rows = [[cell.value for cell in row] for row in ws.iter_rows()]
    heads = next([_flat(value) for value in row] for row in rows if row[0] == "序号")
    return [dict(zip(heads, row, strict=True)) for row in rows if re.fullmatch(r"\d+\.\d+", str(row[0] or ""))]


def test_a_summary_that_quotes_an_older_file_is_old_not_edited(tmp_path):
    folder = Folder(tmp_path)
    folder.summary.mkdir()
    folder.state.mkdir()
    folder.summary_book.write_bytes(b"as it was written")
    remember_summary(folder, b"as it was written")
    now = {folder.summary_book: b"as it would be written now"}
    assert [(p.code, p.where.file) for p in archiving._edited(folder, now)] == [("SUMMARY_OLD", "4汇总/汇总表.xlsx")]
    folder.summary_book.write_bytes(b"edited by somebody")
    assert [p.code for p in archiving._edited(folder, now)] == ["SUMMARY_EDITED"]
    folder.summary_book.unlink()
    assert [p.code for p in archiving._edited(folder, now)] == ["SUMMARY_EDITED"]
