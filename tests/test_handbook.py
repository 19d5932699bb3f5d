"""docs/使用手册.md says what is: every command, file, sheet, head, word, kind, stage, limit, code, link and picture in it.

A year is lived in a temporary folder with the demonstration's entries; what the handbook names is looked up there.
"""

import html
import io
import re
import shutil
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.main import get_command

from workbook_builder import commands, resources
from workbook_builder import model as m
from workbook_builder import records as r
from workbook_builder import results as res
from workbook_builder.cli import steps
from workbook_builder.cli.app import app
from workbook_builder.commands.year import DEMO_MARK, bundled_scheme, scheme_book
from workbook_builder.folder import SUBFOLDERS
from workbook_builder.intake import read_book
from workbook_builder.intake.limits import LIMITS, MB
from workbook_builder.letters import OFFICE_TEMPLATES
from workbook_builder.problems import CATALOGUE
from workbook_builder.scheme import load_scheme

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PICTURES = DOCS / "图"
BOOK = (DOCS / "使用手册.md").read_text(encoding="utf-8")
#: The fenced screens are compared apart.
TEXT = re.sub(r"```.*?```", "", BOOK, flags=re.DOTALL)
CODED = re.findall(r"`([^`\n]+)`", TEXT)
QUOTED = sorted(set(re.findall(r"“([^”]+)”", TEXT)))

#: The folder as it was before the approval.
BEFORE = "审定前"
#: Caption of a limit in the handbook → its number there.
LIMIT_ROWS = {
    "一个文件（包括压缩包）的大小": LIMITS.file_size // MB,
    "一个文件或压缩包解开后的总大小": LIMITS.inflated_total // MB,
    "解开后其中一件的大小": LIMITS.part_size // MB,
    "一个文件里的部件数": LIMITS.part_count,
    "压缩包的层数": LIMITS.zip_depth,
    "一本表里有内容的格子": LIMITS.cells,
    "读到的行数": LIMITS.max_row,
    "读到的列数": LIMITS.max_col,
    "一本表里的工作表": LIMITS.sheets,
    "一本表里的文字条目": LIMITS.shared_strings,
    "合并单元格": LIMITS.merged,
    "一本表里的单元格样式": LIMITS.styles,
    "一格里的文字": LIMITS.text,
    "读一个文件（包括压缩包）的时间": int(LIMITS.seconds),
    "读一个旧版 .xls 的时间": int(LIMITS.xls_seconds),
}
#: Quoted words that are a sheet, a head, a label or a word of a drop-down: the workbook, and exactly what stands there.
FOUND = {
    "决定.xlsx": ["决定", "种类", "科室", "对象", "原为", "改为", "理由", "依据", "决定日期", "决定者（职务或机构）"],
    "台账.xlsx": ["台账", "细则"],
    "市局反馈.xlsx": ["承担科室", "参照数据", "特色工作是否获市局加分"],
    "方案.xlsx": ["说明", "基本信息", "口径", "取值", "其他读法", "报送截止", "联系方式", "考评项", "谁填谁核",
                "联合科室", "述职测评权重", "优秀递补", "测评细节最少票数", "通报内容", "反馈内容"],
    "1下发/分科室/01-办公室.xlsx": ["填表说明", "填报", "说明及佐证", "状态", "进度", "待填", "待市局反馈", "是", "否"],
    "2回收/办公室考评表.xlsx": ["可以报送"],
    "3核定/核定表-政治处.xlsx": ["核定说明", "核定", "突破底线", "核定确认", "核定完成", "可以交回", "有", "无", "差异"],
    "测评/测评录入表.xlsx": ["特别情况", "空白票", "作废票"],
    "4汇总/汇总表.xlsx": ["汇总", "核定调整", "部分与项目", "述职测评", "突破底线", "决定", "口径说明", "尚待补齐或决定",
                       "自评与核定", "失分分析", "失分细则", "特色工作", "试算", "±"],
    "4汇总/退回修改/01-办公室.xlsx": ["退回说明", "位置"],
}  # fmt: skip
#: Quoted words that stand inside a longer text of the program: a label, a hint, a file name, what the screen says.
INSIDE = {
    "自评确认", "不适用", "校验码", "申报", "两遍一致", "第一遍", "第二遍", "有误", "还缺N项", "待定", "未审定", "未定",
    "自评汇总", "自评排序（供核对）", "核定稿", "送审稿", "审定稿", "更正对照", "提醒", "错误", "提示", "与上次相比", "缺少",
    "待重核", "下一步", "年度文件夹已建好。", "没有发现问题。", "里已经有 方案.xlsx，没有改动", "（新表1）", "（2）", "校验清单.txt",
    "同意", "送审", "审定", "调整", "复核更正", "旧版放行", "采用哪份", "考评演示",
    "返回汇总", "已被改动，以系统结果为准", "试算　不作为考评结果",
}  # fmt: skip
#: Quoted, and no words of the program: other programs' menus, a section's slips, parts of this handbook.
ORDINARY = {"执行", "打开", "不是内部或外部命令", "未找到命令", "在终端中打开", "在终端中运行", "装好了", "收集", "启用宏", "粘贴为数值", "大约3次", "两三次", "给科室", "给核定人"}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    part = BOOK.split(f" {heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE).group(0).splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A year from new to archive, and the texts of its workbooks."""
    place = tmp_path_factory.mktemp("手册")
    scheme = place / "方案.xlsx"
    scheme.write_bytes(scheme_book(bundled_scheme(), DEMO_MARK)[0])
    root, sample = place / "2021考评", resources.path(resources.DEMO)
    said = [commands.new(root, scheme), commands.build(root)]
    for name in ("2回收", "3核定", "测评"):
        shutil.copytree(sample / name, root / name, dirs_exist_ok=True)
    for name in ("台账.xlsx", "市局反馈.xlsx", "决定.xlsx"):
        shutil.copyfile(sample / name, root / name)
    decided = (root / "决定.xlsx").read_bytes()
    (root / "决定.xlsx").write_bytes(unapproved(decided))
    said += [commands.collect(root), commands.review(root)]
    shutil.copytree(root, place / BEFORE)
    (root / "决定.xlsx").write_bytes(decided)
    said += [commands.summarize(root), commands.archive(root)]
    assert [outcome.command for outcome in said if outcome.misuse] == []
    return root


def at(year: Path, name: str) -> Path:
    """A file of the year; of what the approval clears away, as it was before."""
    return next((place / name for place in (year, year.parent / BEFORE) if (place / name).exists()), year / name)


def unapproved(decided: bytes) -> bytes:
    """决定.xlsx as it was before the leading group met."""
    book = load_workbook(io.BytesIO(decided))
    for row in book["决定"].iter_rows(min_row=4):
        if row[0].value in (r.SUBMIT, r.APPROVE):
            row[4].value = None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def words(year):
    """Every text in the workbooks that the handbook quotes, by workbook: cells, sheets, words of drop-downs."""
    return {name: texts(at(year, name)) for name in FOUND}


def texts(path: Path) -> set[str]:
    book, _ = read_book(path.read_bytes(), path.name)
    found = {sheet.name for sheet in book.sheets}
    for sheet in book.sheets:
        for cell in sheet.cells.values():
            if isinstance(cell.value, str):
                found.add(cell.value)
                found |= {flat(cell.value), *cell.value.split(" ")}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                lists = re.findall(r'<formula1>"([^"<]+)"</formula1>', html.unescape(package.read(name).decode()))
                found |= {word for words in lists for word in words.split(",")}
    return found


def flat(text: str) -> str:
    return text.replace("\n", "")


# --- commands, menu ---------------------------------------------------------------------------------------------------


def test_commands_exist_with_their_options():
    known = get_command(app).commands
    named = [text.split() for text in CODED if re.fullmatch(r"kaoping( .*)?", text)]
    assert {words[1] for words in named if len(words) > 1} == set(known)
    for words in named:
        if len(words) < 2:
            continue
        options = {option for param in known[words[1]].params for option in param.opts}
        assert [word for word in words[2:] if word.startswith("-") and word not in options] == []
        places = [param for param in known[words[1]].params if param.param_type_name == "argument"]
        values = [word for word in words[2:] if not word.startswith("-")]
        taken = sum(1 for word in words if word.startswith("--") and word not in ("--json", "--force"))
        assert len(values) - taken <= len(places), words
    for option in ("--force",):
        assert option in CODED


def test_menu_is_the_menu():
    shown = re.search(r"```text\n(.+?)```", BOOK, re.DOTALL).group(1).splitlines()
    expected = [str(line).rstrip() for line in steps.lines("1", 100)]
    expected.append("  " + "   ".join([*(f"{key} {name}" for key, name in steps.ALWAYS), "0 退出"]))
    assert shown == expected


def test_menu_numbers_run_the_commands_beside_them():
    rows = {cells[0]: cells[1].strip("`").split()[1] for cells in table("怎样打开程序")}
    numbers = {number: name for key, name in rows.items() for number in key.split("、")}
    others = {"9": "status", "10": "new", "11": "demo", "13": "explain"}
    assert numbers == steps.COMMANDS | others
    assert all(key in dict(steps.ALWAYS) for key in others)


# --- files ------------------------------------------------------------------------------------------------------------


def test_files_of_the_table_are_made(year):
    named = [cells[0].strip("`") for cells in table("文件夹里有什么")]
    assert len(named) >= 20
    assert [name for name in named if not at(year, name).exists()] == []


def test_every_file_made_is_in_the_table(year):
    named = [cells[0].strip("`") for cells in table("文件夹里有什么")]
    families = [name.split("-")[0] for name in named if "-" in name]
    made = [
        path.relative_to(root).as_posix()
        for root in (year, year.parent / BEFORE)
        for path in root.rglob("*")
        if path.is_file() and ".kaoping" not in path.parts
    ]
    assert len(made) > 200
    missing = [
        name for name in made
        if not any(name == n or name.startswith((n + "/", *(f"{f}-" for f in families))) for n in named)
    ]  # fmt: skip
    assert missing == []


def test_other_files_and_folders_named_are_there(year):
    """Whatever stands in code style and looks like a file is made, or is one of the few that people make."""
    people = {"台账2.xlsx", "2022考评", "2021考评", "方案.yaml", "NN-科室.xlsx", "templates", *OFFICE_TEMPLATES.values()}
    people |= {"考评表模板.xlsx", "核定表-您的名称.xlsx", "5归档/更正稿1", "5归档/更正稿1结果.json", "cmd", "xlwings.conf", "4汇总/留存"}
    names = [t for t in CODED if not t.startswith(("kaoping", ">", "--")) and t not in CATALOGUE and t not in people]
    assert {"1下发", "2回收", "01-办公室.xlsx", ".kaoping/日志.txt", "5归档/审定稿"} - set(names) in (set(), {"1下发"})
    lost = [n for n in names if not at(year, n).exists() and not list(year.glob(f"*/{n}")) and not list(year.glob(f"*/*/{n}"))]
    assert lost == []
    assert [n for n in SUBFOLDERS if f"`{n}" not in BOOK] == []


def test_letter_templates_are_those_the_program_looks_for():
    named = {cells[0].strip("`") for cells in table("明年怎么做、换一个单位怎么做")}
    assert named == {"考评表模板.xlsx", *OFFICE_TEMPLATES.values()}


# --- words ------------------------------------------------------------------------------------------------------------


def test_quoted_words_stand_in_the_workbooks(words):
    assert [(name, word) for name, quoted in FOUND.items() for word in quoted if word not in words[name]] == []


def test_longer_texts_of_the_program_hold_the_others(words):
    pool = [text for found in words.values() for text in found]
    pool += [re.sub(r"\{[^}]*\}", "", entry.message + entry.fix) for entry in CATALOGUE.values()]
    pool += [path.read_text(encoding="utf-8") for path in (ROOT / "workbook_builder").rglob("*.py")]
    # Numbers are filled in and full stops added when the program speaks.
    spoken = {word: word.rstrip("。") for word in INSIDE} | {"还缺N项": "还缺", "（新表1）": "（新表{}）", "（2）": "名（2）.xlsx"}
    assert [word for word, text in spoken.items() if not any(text in found for found in pool)] == []


def test_every_quoted_word_is_accounted_for():
    """A word may be quoted only if one of the lists above vouches for it, and the lists hold nothing else."""
    known = {word for quoted in FOUND.values() for word in quoted} | INSIDE | ORDINARY
    assert [word for word in QUOTED if word not in known] == []
    assert sorted(known - set(QUOTED) - _UNQUOTED) == []


#: Heads of 决定.xlsx, kinds and states that the handbook writes in tables, without quotation marks.
_UNQUOTED = {"原为", "依据", "核定", "有", "无", "台账", "决定"}


def test_words_are_counted_as_they_are_written():
    """The lists are tested with a word that is not there."""
    assert "核定完毕" not in QUOTED
    assert "核定完成" in QUOTED and "自评确认" in QUOTED


# --- decisions, stages ------------------------------------------------------------------------------------------------


def test_every_kind_of_decision_has_its_row():
    rows = table("决定怎么填")
    assert tuple(cells[0] for cells in rows) == r.KINDS
    by_kind = {cells[0]: cells for cells in rows}
    after = 5
    for kind in (r.TRANSFER, r.SUBMIT, r.APPROVE):
        assert by_kind[kind][after] == f"{r.AGREED}，或 {r.REFUSED}"
    assert by_kind[r.RELEASE][after] == f"{r.RELEASED}，或 {r.NOT_RELEASED}"
    assert r.NOBODY in by_kind[r.ADOPT][after] and r.NOBODY in by_kind[r.RULING][after]
    objects = {r.ADOPT: r.SECTION_BOOK, r.RULING: r.EXCELLENT, r.SUBMIT: r.WHOLE_YEAR, r.APPROVE: r.WHOLE_YEAR}
    assert [kind for kind, thing in objects.items() if thing not in by_kind[kind][3]] == []
    assert m.SPECIAL in by_kind[r.ADJUST][3] and m.BOTTOM_LINE in by_kind[r.ADJUST][3]


def test_stages_stand_in_their_order():
    names = [cells[0] for cells in table("稿次与更正")]
    assert names[:4] == [res.SELF_STAGE, res.REVIEW_STAGE, res.SUBMITTED, res.APPROVED]
    assert names[4].startswith(f"{res.CORRECTED}1")


def test_policies_say_what_the_handbook_says():
    scheme = load_scheme(bundled_scheme())
    facts = {"述职测评权重": "0", "优秀递补": "不递补", "测评细节最少票数": "3", "通报内容": "只列等次", "反馈内容": "只列等次"}
    assert {name: scheme.policy(name) for name in facts} == facts
    assert "默认 3 张" in BOOK and "默认只列等次" in BOOK and "不计入总分（口径“述职测评权重”可改）" in BOOK
    assert [(g.name, str(g.weight)) for g in scheme.rater_groups] == [("局领导", "0.6"), ("局属各单位、各部门", "0.4")]
    assert "局领导 60%、局属各单位各部门 40%" in BOOK
    assert [str(n) for n in (*scheme.special_awarded, *scheme.special_other)] == ["5", "10", "1", "5"]
    assert "填 5 至 10 分并选“是”，没加分的填 1 至 5 分" in BOOK


# --- limits, codes, links, pictures -----------------------------------------------------------------------------------


def test_limits_are_those_of_the_program():
    shown = {cells[0]: int(cells[1].split()[0]) for cells in table("限度")}
    assert shown == LIMIT_ROWS


def test_codes_exist():
    codes = re.findall(r"`([A-Z][A-Z_]{4,})`", BOOK)
    assert len(codes) >= 25
    assert [code for code in codes if code not in CATALOGUE] == []


def test_messages_are_told_in_their_own_words():
    """Whoever looks up what stands on the screen finds it: each row of the table holds a piece of the real message."""
    rows = [(cells[0], re.findall(r"`([A-Z_]+)`", cells[0])) for cells in table("常见的提示")]
    assert len(rows) >= 25
    strange = []
    for told, codes in rows:
        pieces = [plain(piece) for piece in re.split(r"[，；：（…]", told.split("（`")[0])]
        messages = "｜".join(plain(CATALOGUE[code].message) for code in codes)
        if not any(len(piece) >= 4 and piece in messages for piece in pieces):
            strange.append(told)
    assert strange == []


def plain(text: str) -> str:
    """Without what is filled in, quotation marks, blanks and numbers."""
    return re.sub(r"\{[^}]*\}|[“”\s0-9几]", "", text)


def test_what_new_takes_over_from_last_year(tmp_path):
    """考评表模板 is copied; of Word templates the handbook says what happens."""
    last, bundled = tmp_path / "2021考评", bundled_scheme()
    last.mkdir()
    shutil.copyfile(bundled, last / "方案.xlsx")
    for name in ("考评表模板.xlsx", *OFFICE_TEMPLATES.values()):
        (last / name).write_bytes(b"own")
    commands.new(tmp_path / "2022考评", from_dir=last)
    assert (tmp_path / "2022考评" / "考评表模板.xlsx").exists()
    copied = all((tmp_path / "2022考评" / name).exists() for name in OFFICE_TEMPLATES.values())
    assert copied != ("自己改过的 Word 模板请手工复制过去" in BOOK)


def slug(heading: str) -> str:
    """The anchor of a heading as GitHub makes it."""
    kept = (sign for sign in heading.strip().lower() if sign in " -_" or unicodedata.category(sign)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", BOOK)
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.+)$", BOOK, re.MULTILINE)}
    assert len(links) > 25
    lost = [
        link for link in links
        if not ("#" + slug(link[1:]) in {f"#{a}" for a in anchors} if link.startswith("#") else (DOCS / link).exists())
    ]  # fmt: skip
    assert lost == []
    first = BOOK.split("## 一页速览")[0]
    assert re.findall(r"\]\(#([^)]+)\)", first) == [slug(h) for h in re.findall(r"^## (.+)$", BOOK, re.MULTILINE)]


def test_pictures_and_links_are_the_same_set():
    linked = re.findall(r"!\[([^\]]+)\]\(图/([^)]+)\.png\)", BOOK)
    assert all(text == name for text, name in linked)
    there = {path.stem for path in PICTURES.iterdir()}
    made = set(re.findall(r'Picture\("([^"]+)"', (ROOT / "scripts" / "make_pictures.py").read_text(encoding="utf-8")))
    assert {name for _, name in linked} == there == made
    assert len(linked) == len(there) >= 15


def test_pictures_are_small():
    sizes = {}
    for path in PICTURES.iterdir():
        data = path.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", data[16:24])
        assert 300 < width <= 1400 and height > 100, path.name
        assert len(data) <= 200_000, path.name
        sizes[path.name] = len(data)
    assert sum(sizes.values()) <= 3_000_000


@pytest.mark.parametrize("heading", ["给科室", "给核定人"])
def test_page_to_hand_out_fits_one_sheet_of_a4(heading):
    page = BOOK.split(f"## {heading}\n")[1].split("（本页完）")[0]
    assert "（本页可单独打印）" in page and "![" not in page and "\n## " not in page
    # 五号 on A4 with ordinary margins: 40 signs a line, 46 lines.
    lines = [line for line in page.replace("**", "").splitlines() if line]
    assert sum(-(-len(line) // 40) for line in lines) <= 46
