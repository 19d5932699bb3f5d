"""What people type stays text: in every workbook, letter, screen and JSON that the program writes.

Formula signs, links, control characters, endless texts, template marks, markup, escapes of terminals and the like go into
every field people can type in, and through the whole year. KAOPING_LONG=1 takes more drawn texts.
"""

from __future__ import annotations

import contextlib
import datetime
import getpass
import io
import json
import os
import re
import socket
import tempfile
import zipfile
from decimal import Decimal as D

import docx
import openpyxl
import pytest
import small_year as sy
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from story import neutral

from workbook_builder import commands
from workbook_builder import model as m
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.cli.app import main
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.excel.report import Link, Report
from workbook_builder.excel.stored import CUT_MARK, fitting
from workbook_builder.folder import Folder
from workbook_builder.intake import read_book
from workbook_builder.problems import Where, problem
from workbook_builder.records import CityFigure, LedgerEntry
from workbook_builder.registers import city_workbook, ledger_workbook, read_city, read_ledger
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme, read_document, write_book
from workbook_builder.summary import summary_workbook
from workbook_builder.summary.workbook import SHEETS, problem_workbook

LONG = bool(os.environ.get("KAOPING_LONG"))
#: In every text: nothing of the program's own holds it.
MARK = "毒"
NASTY = (
    "=1+1毒", "+1毒", "-1毒", "@SUM(A1)毒", "\t=1+1毒", "\r=1+1毒", '=HYPERLINK("http://evil.example/毒","点")', "=cmd|' /C calc'!毒",
    "http://evil.example/毒", "file:///etc/毒", "\\\\server\\share\\毒", "mailto:a@evil.example?毒", "internal:'汇总'!A1毒", "external:毒.xlsx",
    "毒\x00\x07\x0b\x1f止", "毒\ud800止", "毒" * 32_767, "毒长" * 20_000, "{{ 7*7 }}毒", "{% for x in y %}毒", "{# 毒", "{{r 毒 }}", "}}{{毒",
    "<w:t>毒</w:t>&amp;]]>", "\x1b[31m毒\x1b[0m", "\x9b31m毒", "[red]毒[/red]", "\u202e毒\u2066", "\u200b毒\ufeff", "一\n二毒\r\n三", "[]:*?/\\毒", "'毒'", "_x000D_毒", "&P&N毒",
    "𠮷" * 20_000 + "毒",
)  # fmt: skip
#: What a cell that arrived can hold at most, and no more than a form holds of it.
LONGEST = 2_000
#: A clause that is answered by a count.
COUNTED = "业务/政治处/2/2"
OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
TEXT = st.sampled_from(NASTY) | st.lists(st.sampled_from(NASTY[:16] + NASTY[18:34]) | st.text(max_size=9), min_size=1, max_size=4).map(lambda texts: "".join(texts) + MARK)
DRAWN = settings(phases=[Phase.explicit, Phase.generate], max_examples=300 if LONG else 10, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck))


# --- what is found in a file -------------------------------------------------------------------------------------------


def parts(data):
    """Name → text of every part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


def harms(name, data):
    """What in a workbook or letter is more than text."""
    found = []
    for part, text in parts(data).items():
        place = f"{name} {part}"
        if re.search(r'TargetMode="External"', text):
            found.append(f"{place}: leads outside")
        if "externalLink" in part or re.search(r"<(ddeLink|oleObject|webPr)\b", text):
            found.append(f"{place}: outside data")
        wrong = [f for f in re.findall(r"<(?:f|definedName|formula1|formula2|cfRule)\b[^>]*>(.*?)<", text, re.DOTALL) if MARK in f]
        wrong += [f for f in re.findall(r"<w:instrText[^>]*>(.*?)<|w:instr=\"([^\"]*)\"", text) if MARK in str(f)]
        wrong += [link for link in re.findall(r"<hyperlink [^>]*>", text) if MARK in link and "location=" not in link]
        found += [f"{place}: {one!r}" for one in wrong]
        if re.search("49毒|毒49", text):
            found.append(f"{place}: calculated")
        if part == "docProps/core.xml":
            dates = set(re.findall(r"<dcterms:\w+[^>]*>([^<]*)<", text))
            found += [f"{place}: dated {date}" for date in dates - {"2000-01-01T00:00:00Z"}]
    return found


def cell_texts(data):
    """Every text of a workbook that holds MARK, as our own reader finds it."""
    book, problems = read_book(data, "x.xlsx")
    assert book is not None, problems
    for sheet in book.sheets:
        for cell in sheet.cells.values():
            if isinstance(cell.value, str) and MARK in cell.value:
                assert cell.formula is None, (sheet.name, cell)
                yield cell.value


# --- one writer at a time ------------------------------------------------------------------------------------------------


@DRAWN
@given(TEXT)
def test_a_report_holds_text_as_text_or_says_that_it_is_cut(text):
    report = Report("边" + text, "0" * 12)
    page = report.page("表", (12.0, 30.0))
    page.line([text, Link("表", text)], "cell")
    page.wide(text, "cell")
    page.captioned(text, text)
    data = report.bytes()
    assert harms("报告", data) == []
    shown = openpyxl.load_workbook(io.BytesIO(data))["表"]
    assert all(cell.data_type != "f" for row in shown.iter_rows() for cell in row)
    whole = fitting(text)
    assert len(whole.encode("utf-16-le")) // 2 <= 32_767
    plain = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert whole == plain or (whole.endswith(CUT_MARK) and plain.startswith(whole.removesuffix(CUT_MARK)))
    read = read_book(data, "x.xlsx")[0].sheets[0]
    column = "".join(str(read.cell(row, 1).value or "") for row in range(1, 2000))
    assert column.replace("\n", "").startswith(whole.replace("\n", "").rstrip()[:50].lstrip())


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small scheme, one of whose sections people write about."""
    path = tmp_path_factory.mktemp("small") / "方案.xlsx"
    path.write_bytes(sy.scheme_book())
    return load_scheme(path)


@DRAWN
@given(TEXT, TEXT)
def test_registers_hold_text_as_text_or_say_that_it_is_cut(small, text, other):
    day = datetime.date(2021, 5, 6)
    ledger = ledger_workbook(small, [LedgerEntry(Where(), day, "政治处", COUNTED, D(1), text, other, text)])
    city = city_workbook(small, [CityFigure(Where(), "政治处", COUNTED, D(1), document=text, note=other)])
    for data, read, wanted in ((ledger, read_ledger, text), (city, read_city, text)):
        assert harms("登记簿", data) == []
        found, _ = read(small, data, "x.xlsx")
        kept = found[0].facts if read is read_ledger else found[0].document
        assert same_or_cut(kept, wanted), (kept[:80], wanted[:80], kept[-20:])


def same_or_cut(found, wanted):
    """Whether a text came back: blanks at its ends and forms of line ends aside, or visibly cut."""

    def bare(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return re.sub(r"\s+", " ", re.sub("[\ufffd\x00-\x1f]", " ", text)).strip()

    found, wanted = bare(found), bare(wanted)
    stem, cut, _ = found.partition(CUT_MARK)
    return found == wanted or (bool(cut) and wanted.startswith(stem.rstrip()))


@pytest.mark.parametrize("text", [t for t in NASTY if len(t) <= LONGEST], ids=range(sum(len(t) <= LONGEST for t in NASTY)))
def test_terminal_and_json_show_nothing_that_a_terminal_obeys(tmp_path, capfdbinary, text):
    name = re.sub("[\x00/]", "", text)[:60]
    for arguments in (["check", str(tmp_path / name)], ["build", str(tmp_path / name)], [name], ["new", str(tmp_path / "年"), "--scheme", name]):
        for json_too in ([], ["--json"]):
            main([*arguments, *json_too])
            out, err = capfdbinary.readouterr()
            assert OBEYED.findall(out.decode("utf-8").replace("\r\n", "\n")) == [], arguments
            assert OBEYED.findall(err.decode("utf-8").replace("\r\n", "\n")) == [], arguments
            if json_too:
                assert isinstance(json.loads(out.decode("utf-8")), dict)


@given(st.text(max_size=80))
def test_a_quoted_value_is_one_line_that_no_terminal_obeys(text):
    assert not OBEYED.search(problem("OUTPUT_NAME", Where(), text).value)


# --- the whole year ------------------------------------------------------------------------------------------------------


def laid(text):
    """A text as a person can bring it into a cell."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")[:LONGEST]


def nasty_returns(root):
    """Every field of text of every return holds something nasty; in one of them every other blank field does too."""
    scheme = load_scheme(root / "方案.xlsx")
    rules, number = Rulebook(scheme), 0
    for points, section in enumerate(scheme.sections):
        entries = neutral(rules, section)
        if points:
            entries |= {"特色工作#自评分": D(points), "特色工作#市局加分": "否"}
        blank = section_workbook(rules, section, bundled_template(), entries)
        manifest = read_manifest(read_book(blank, "x.xlsx")[0])
        for name in sorted({name for places in manifest.places.values() for name in places}):
            if name not in entries and (name.endswith("#说明") or name.startswith("申报/") or "/" not in name or points == 2):
                entries[name] = laid(NASTY[number % len(NASTY)])
                number += 1
        data = section_workbook(rules, section, bundled_template(), entries)
        assert harms(section.name, data) == []
        (root / "2回收" / f"{section.name}.xlsx").write_bytes(data)
    for place, text in enumerate(NASTY):
        name = re.sub("[\x00/]", "", text)[:40].encode("utf-8", "surrogateescape" if "\ud800" not in text else "replace")
        (root / "2回收" / os.fsdecode(name + b"%d.txt" % place)).write_bytes(text.encode("utf-8", "replace"))
    with zipfile.ZipFile(root / "2回收" / "=1+1毒.zip", "w") as package:
        for place, text in enumerate(NASTY[:30]):
            package.writestr(f"{place}{text[:40]}.txt".encode("utf-8", "replace").decode(), b"x")
    return number


def nasty_registers(root):
    scheme = load_scheme(root / "方案.xlsx")
    day = datetime.date(2021, 5, 6)
    entries = [LedgerEntry(Where(), day, "政治处", COUNTED, D(1), laid(t), laid(t), laid(t)) for t in NASTY]
    figures = [CityFigure(Where(), "政治处", COUNTED, D(1), document=laid(t), note=laid(t)) for t in NASTY]
    (root / "台账.xlsx").write_bytes(ledger_workbook(scheme, entries))
    (root / "市局反馈.xlsx").write_bytes(city_workbook(scheme, figures))


def nasty_reviews(root):
    """Every reason and note of the review books."""
    number = 0
    for path in sorted((root / "3核定").glob("*.xlsx")):
        manifest = read_manifest(read_book(path.read_bytes(), path.name)[0])
        book = openpyxl.load_workbook(path)
        for places in manifest.places.values():
            for name, (sheet, row, column) in places.items():
                cell = book[sheet].cell(row, column)
                if cell.value is None and not cell.protection.locked and name.endswith("#核定说明"):
                    text = laid(NASTY[number % len(NASTY)])
                    cell.value = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda found: f"_x{ord(found[0]):04X}_", text)
                    cell.data_type = "s"
                    number += 1
        book.save(path)
    return number


def nasty_scheme(data):
    """Texts of the scheme that people word as they like."""
    document, _ = read_document(data, "方案.xlsx")
    # A scheme that holds control characters is refused when it is read.
    worded = [t for t in NASTY if len(t) < 60 and not re.search("[\x00-\x1f\ud800-\udfff\ufeff]", t)]
    number = 0
    for table in ("业务细则", "队伍细则", "考评项", "口径", "材料"):
        for row in document.get(table, ()):
            for head in ("细则原文", "评分细则", "原文", "内容", "说明", "问题", "名称", "工作内容"):
                if isinstance(row.values.get(head), str) and row.values[head]:
                    row.values[head] += laid(worded[number % len(worded)])
                    number += 1
    return write_book(document), number


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A year in which everybody types what harms; the folder and what the commands said."""
    root = tmp_path_factory.mktemp("neutral") / "2021考评"
    source = root.parent / "方案.xlsx"
    data, worded = nasty_scheme(sy.scheme_book())
    source.write_bytes(data)
    outcomes = [commands.new(root, scheme=source), commands.build(root)]
    assert worded > 20 and outcomes[1].outputs, [p for p in outcomes[1].problems if p.severity == "error"]
    assert nasty_returns(root) > 60
    nasty_registers(root)
    outcomes += [commands.collect(root), commands.review(root)]
    assert nasty_reviews(root) > 10
    sy.type_in_ballots(root)
    outcomes += [commands.summarize(root), commands.review(root), commands.summarize(root), commands.status(root)]
    return root, outcomes


#: Saved by another program, which dates them.
PERSONS = ("3核定", "测评/测评录入表")
OWN = ("1下发", "3核定", "4汇总", "测评", "决定.xlsx", "台账.xlsx", "市局反馈.xlsx", "方案.xlsx")


def outputs(root):
    """What the program has written, by name."""
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    named = [(path.relative_to(root).as_posix(), path) for path in paths]
    return {name: path.read_bytes() for name, path in named if name.startswith(OWN)}


def test_nothing_that_was_typed_acts_anywhere(year):
    files = outputs(year[0])
    packages = {name: data for name, data in files.items() if name.endswith((".xlsx", ".docx"))}
    found = [one for name, data in packages.items() for one in harms(name, data) if not (name.startswith(PERSONS) and "dated" in one)]
    assert found == []
    assert {".xlsx", ".docx"} == {name[-5:] for name in packages}
    holding = [name for name, data in packages.items() if any(MARK in text for text in parts(data).values())]
    assert {"4汇总/汇总表.xlsx", "4汇总/问题清单.xlsx", "1下发/口径确认表.xlsx"} <= set(holding)


def test_every_text_of_the_summary_is_whole_or_says_that_it_is_cut(year):
    texts = list(cell_texts(outputs(year[0])["4汇总/汇总表.xlsx"]))
    assert len(texts) > 50
    whole = "\n".join(texts)
    for text in ("=1+1毒", "@SUM(A1)毒", "http://evil.example/毒", "{{ 7*7 }}毒", "<w:t>毒</w:t>&amp;]]>", "[red]毒[/red]", "&P&N毒"):
        assert text in whole


def test_text_files_and_json_are_utf8_and_hold_no_control_characters(year):
    for name, data in outputs(year[0]).items():
        if name.endswith((".txt", ".json")):
            text = data.decode("utf-8")
            assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text), name
            if name.endswith(".json"):
                json.loads(text)


@pytest.mark.parametrize("command", ["status", "collect", "summarize", "check"])
def test_the_screen_obeys_nobody(year, capfdbinary, command):
    main([command, str(year[0])])
    out, err = capfdbinary.readouterr()
    assert len(out) > 100
    assert OBEYED.findall((out + err).decode("utf-8").replace("\r\n", "\n")) == []
    main([command, str(year[0]), "--json"])
    out, err = capfdbinary.readouterr()
    assert json.loads(out.decode("utf-8"))["command"] == command
    assert OBEYED.findall((out + err).decode("utf-8").replace("\r\n", "\n")) == []


def test_nothing_of_the_machine_is_in_any_output(year):
    now = datetime.datetime.now()
    host, user = socket.gethostname(), getpass.getuser()
    told = {tempfile.gettempdir() + "/", str(year[0]), str(year[0].parent.name), now.strftime("%Y-%m-%d"), now.strftime("%Y/%m/%d")}
    told |= {f"{now.year}年{now.month}月{now.day}日", now.strftime("%Y%m%d"), now.strftime("%d %b %Y"), now.strftime("%m/%d/%Y")}
    told |= {name for name in (host, user) if len(name) > 4}
    for name, data in outputs(year[0]).items():
        if name.startswith(PERSONS):
            continue
        texts = parts(data) if name.endswith((".xlsx", ".docx")) else {"": data.decode("utf-8", "replace")}
        for part, text in texts.items():
            assert [one for one in told if one in text] == [], (name, part)
            assert not (user and re.search(rf"[>\"/\\]{re.escape(user)}[<\"/\\]", text)), (name, part)
        if name.endswith((".xlsx", ".docx")):
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}, name


# --- a year that is approved, and corrected ------------------------------------------------------------------------------

#: Short enough that several stand in one letter.
SHORT = tuple(text for text in NASTY if len(text) < 60)


def typed(cell, text):
    """A text as a person brings it into a cell."""
    cell.value = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda found: f"_x{ord(found[0]):04X}_", laid(text))
    cell.data_type = "s"


def nasty_deductions(root):
    """Every section loses points in review by a count and by 突破底线, each for a reason."""
    scheme, number = load_scheme(root / "方案.xlsx"), 0
    bottom = next(clause for item in scheme.items if item.part == m.BOTTOM_LINE for clause in item.clauses)
    for path in sorted((root / "3核定").glob("*.xlsx")):
        manifest = read_manifest(read_book(path.read_bytes(), path.name)[0])
        book = openpyxl.load_workbook(path)
        for places in manifest.places.values():
            counted = (c.id for item in scheme.items for c in item.clauses if (c.kind, c.direction) == (m.PER_OCCURRENCE, m.DEDUCT))
            entries = {f"{clause}#核定": (1, f"{clause}#核定说明") for clause in counted if f"{clause}#核定" in places}
            entries = dict(list(entries.items())[:2])
            if f"{bottom.id}#核定" in places:
                entries[f"{bottom.id}#核定"] = ("有", f"{bottom.id}@1#核定说明")
                entries[f"{bottom.id}@1#核定"] = (bottom.high or bottom.points, "")
            for name, (value, reason) in entries.items():
                sheet, row, column = places[name]
                book[sheet].cell(row, column).value = value
                if reason:
                    start = 5 * number % len(SHORT)
                    typed(book[places[reason][0]].cell(*places[reason][1:]), "；".join((*SHORT[start:], *SHORT[:start])))
                    number += 1
        book.save(path)
    return number


def nasty_decision(root, kind, number, *answer, **more):
    """A decision whose reason, basis and maker are nasty, each beginning with another text."""
    sy.decide(root, kind, *answer, **more)
    book = openpyxl.load_workbook(root / "决定.xlsx")
    heads = {cell.value: cell.column for cell in book["决定"][3] if cell.value}
    row = next(row for row in range(4, 40) if book["决定"].cell(row, heads["理由"]).value == "会议决定")
    for place, head in enumerate(("理由", "依据", "决定者（职务或机构）")):
        start = (3 * number + place) % len(SHORT)
        typed(book["决定"].cell(row, heads[head]), "；".join((*SHORT[start:], *SHORT[:start])))
    book.save(root / "决定.xlsx")


@pytest.fixture(scope="module")
def approved(tmp_path_factory):
    """A year whose registers, reviews and decisions are nasty, to the archive and on to a correction.

    The folder, what the commands said, and the check copies, which an approval clears away.
    """
    root = tmp_path_factory.mktemp("approved") / "2021考评"
    source = root.parent / "方案.xlsx"
    source.write_bytes(sy.scheme_book())
    commands.new(root, scheme=source)
    commands.build(root)
    sy.send_in(root)
    nasty_registers(root)
    commands.review(root)
    sy.fill_reviews(root)
    assert nasty_deductions(root) >= 3
    sy.type_in_ballots(root)
    said = [commands.summarize(root), commands.review(root)]
    copies = {path.name: path.read_bytes() for path in (root / "4汇总/核对稿").iterdir()}
    for number, kind in enumerate(("送审", "审定")):
        nasty_decision(root, kind, number)
        said.append(commands.summarize(root))
    assert (said[-1].data["stage"], said[-1].data["approved"]) == ("审定稿", True)
    said.append(commands.archive(root))
    item = json.loads((root / "4汇总/结果.json").read_text(encoding="utf-8"))["items"]["复议应诉科"]["业务/复议应诉科/3"]
    nasty_decision(root, "复核更正", 2, str(item["final"] - 1), 科室="复议应诉科", 对象="业务/复议应诉科/3", 原为=str(item["final"]))
    said.append(commands.summarize(root))
    nasty_decision(root, "审定", 3)
    said.append(commands.summarize(root))
    assert (said[-1].data["stage"], said[-1].data["approved"]) == ("更正稿1", True)
    said.append(commands.archive(root))
    return root, said, copies


def shown(text):
    """A text as a document or cell of ours shows it."""
    return re.sub(r"\s+", " ", re.sub("[\x00-\x1f]", " ", laid(text))).strip()


def letter_text(data):
    found = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return shown("\n".join([*(p.text for p in found.paragraphs), *cells]))


def test_nothing_acts_in_an_approved_year(approved):
    root, _, copies = approved
    files = copies | {name: data for name, data in outputs(root).items() if name.endswith((".xlsx", ".docx"))}
    files |= {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "5归档").rglob("*.docx")}
    # Decisions and reviews were last saved by another program.
    found = [one for name, data in files.items() for one in harms(name, data) if not (name.startswith((*PERSONS, "决定")) and "dated" in one)]
    assert found == []
    assert {"4汇总/通报.docx", "4汇总/汇总首页.docx", "5归档/审定稿/4汇总/通报.docx", "5归档/更正稿1/4汇总/通报.docx"} <= set(files)


def test_reasons_of_an_approved_year_are_told_as_text(approved):
    """In 汇总表 those of decisions, reviews, ledger and city; of reviews also in the check copies; none in what is published."""
    root, _, copies = approved
    whole = "\n".join(map(shown, cell_texts((root / "4汇总/汇总表.xlsx").read_bytes())))
    plain = ("=1+1毒", "@SUM(A1)毒", "http://evil.example/毒", "{{ 7*7 }}毒", "{% for x in y %}毒", "<w:t>毒</w:t>&amp;]]>", "[red]毒[/red]", "&P&N毒")
    for number in range(4):
        for place in range(3):
            first = shown(SHORT[(3 * number + place) % len(SHORT)])
            assert re.search(rf"^{re.escape(first[:6])}.*；", whole, re.MULTILINE), (number, place, first)
    assert [text for text in plain if text not in whole] == []
    told = list(map(letter_text, copies.values()))
    assert len(told) == 3 and all(text in copy for text in plain for copy in told)
    letters = [*(root / "4汇总/反馈").iterdir(), root / "4汇总/通报.docx"]
    assert [path.name for path in letters if MARK in letter_text(path.read_bytes())] == []


def test_json_and_screen_of_an_approved_year_obey_nobody(approved, capfdbinary):
    root, said, _ = approved
    for outcome in said:
        text = json.dumps(outcome.to_json(), ensure_ascii=False)
        assert json.loads(text.encode("utf-8")) and not re.search(r"[\x00-\x1f]", text)
    assert json.loads((root / "4汇总/结果.json").read_text(encoding="utf-8"))["approved"] is True
    asked = ("复议应诉科", "业务/复议应诉科/3")
    for arguments in (["status", str(root)], ["summarize", str(root)], ["archive", str(root)], ["explain", *asked], ["explain", "政治处", "总分"]):
        for json_too in ([], ["--json"]):
            with contextlib.chdir(root):
                main([*arguments, *json_too])
            out, err = capfdbinary.readouterr()
            assert len(out) > 50 and OBEYED.findall((out + err).decode("utf-8").replace("\r\n", "\n")) == [], arguments
            if json_too:
                assert json.loads(out.decode("utf-8"))["command"] == arguments[0]


# --- names of sheets ------------------------------------------------------------------------------------------------------


def renamed(names):
    """The small scheme whose three sections are called `names`."""
    document, _ = read_document(sy.scheme_book(), "方案.xlsx")
    for rows in document.values():
        for row in rows:
            for head, value in row.values.items():
                if isinstance(value, str):
                    for old, new in zip(sy.SECTIONS, names, strict=True):
                        value = value.replace(old, new)
                    row.values[head] = value
    return write_book(document)


LONG_NAME = "一二三四五六七八九十一二三四五六七八九十一二三四五"


#: Triples of names; the first few are tried always, all with KAOPING_LONG.
NAMES_ALIKE = (
    ("汇总", "试算", "核验"),
    ("Abc", "aBC", "ABC"),
    (LONG_NAME + "甲", LONG_NAME + "乙", LONG_NAME + "丙"),
    ("填表说明", "核定说明", "填写说明"),
    ("失分分析", "特色工作", "更正对照"),
    ("问题清单", "收件登记", "不同版本对照"),
    ("突破底线", "决定事项", "说明"),
    ("申报1-甲", "甲", "乙"),
    ("考评表", "工作考评", "科室"),
)


@pytest.mark.parametrize("names", NAMES_ALIKE if LONG else NAMES_ALIKE[:4])
def test_sections_called_like_our_pages_or_like_each_other(tmp_path, names):
    """Either the scheme is refused with a word of why, or every workbook has a sheet of its own for each of them."""
    source = tmp_path / "方案.xlsx"
    source.write_bytes(renamed(names))
    root = tmp_path / "年"
    commands.new(root, scheme=source)
    outcome = commands.build(root)
    if outcome.misuse:
        assert {"SCHEME_SECTION_NAME", "SCHEME_DUPLICATE"} & {p.code for p in outcome.problems}
        return
    scheme = load_scheme(root / "方案.xlsx")
    rules = Rulebook(scheme)
    book = openpyxl.load_workbook(io.BytesIO((root / "1下发/考评表.xlsx").read_bytes()))
    assert set(names) <= set(book.sheetnames)
    for section in scheme.sections:
        (root / "2回收" / f"{section.order}.xlsx").write_bytes(section_workbook(rules, section, bundled_template(), neutral(rules, section)))
    assert commands.summarize(root).outputs
    assert commands.review(root).outputs
    found = json.loads((root / "4汇总/结果.json").read_text(encoding="utf-8"))
    assert [row["section"] for row in found["standings"]] and not found["missing"]
    for path in [root / "4汇总/汇总表.xlsx", *(root / "3核定").glob("*.xlsx"), *(root / "1下发").rglob("*.xlsx")]:
        sheets = openpyxl.load_workbook(path).sheetnames
        assert len({name.casefold() for name in sheets}) == len(sheets), path.name
        assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in sheets)


@pytest.mark.parametrize("name", ["a[b", "a]b", "a:b", "a*b", "a?b", "a/b", "a\\b", "'a", "a'", "History", "con", "填表说明", "突破底线", "申报1-甲", "_lists", "名" * 40])
def test_names_that_no_sheet_can_have_are_refused(tmp_path, name):
    source = tmp_path / "方案.xlsx"
    document, _ = read_document(sy.scheme_book(), "方案.xlsx")
    document["科室"][0].values["科室"] = name
    source.write_bytes(write_book(document))
    codes = {p.code for p in commands.check(source).problems}
    assert codes & {"SCHEME_SECTION_NAME", "SCHEME_TEXT"}, codes


def test_the_list_of_our_own_pages_is_complete(year):
    from workbook_builder.commands.session import open_scheme
    from workbook_builder.pipeline import year as figures

    folder = Folder(year[0])
    source = open_scheme(folder)[0]
    _, found = figures(folder, source)
    sections = {section.name for section in source.scheme.sections}
    for data in (summary_workbook(found.results), (year[0] / "4汇总/汇总表.xlsx").read_bytes()):
        assert set(openpyxl.load_workbook(io.BytesIO(data)).sheetnames) - sections <= set(SHEETS)
    listing = openpyxl.load_workbook(io.BytesIO(problem_workbook((), "标题", results=found.results)))
    assert set(listing.sheetnames) <= set(SHEETS)
