"""The console: the file as it is made, a click as it ends, nothing on the screen but Chinese lines, text that stays text."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xl_engine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from yearfolder import YearFolder

from workbook_builder import commands, console
from workbook_builder.commands.outcome import Outcome
from workbook_builder.commands.steps import YEAR
from workbook_builder.console import board as b
from workbook_builder.console import live, making
from workbook_builder.console import places as at
from workbook_builder.console.book import console_book
from workbook_builder.folder import Folder
from workbook_builder.problems import Where, problem

PROJECT = making.shipped_project()
ANSWERS = {"result": (at.RESULT_ROW, 3), "advice": (at.NEXT_ROW, 3), "last": (at.LAST_ROW, 3), "chosen": (at.CHOSEN_ROW, 3)}


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """A year whose forms are out and one of whose sections has sent its form, with a console."""
    made = YearFolder(tmp_path_factory.mktemp("控制台 演示") / "2021 考评")
    made.returns("办公室")
    (made.folder.returned / "说明 #1.txt").write_text("不是表", encoding="utf-8")
    outcome = console.console(made.root)
    assert (outcome.exit_code, outcome.outputs) == (0, (at.SETTINGS, at.BOOK))
    return made


@pytest.fixture
def mine(issued, tmp_path):
    return issued.copied(tmp_path)


@pytest.fixture
def book(mine):
    """The console of that year, open; clicking its button is `console.main()`."""
    opened = xl_engine.opened(mine.root / at.BOOK)
    opened.set_mock_caller()
    return opened


def cell(book, row, col, sheet=at.FRONT):
    return book.impl.xl[sheet].cell(row, col).value


def answers(book):
    return {name: cell(book, *place) for name, place in ANSWERS.items()}


def choose(book, name):
    book.sheets[at.FRONT].range((at.CHOSEN_ROW, at.VALUE_COLUMN)).value = "'" + name


# --- kaoping console ------------------------------------------------------------------------------------------------


def test_the_file(issued):
    path = issued.root / at.BOOK
    found = openpyxl.load_workbook(path, keep_vba=True)
    assert found.sheetnames == [at.FRONT, at.PROBLEMS]
    assert [ws.sheet_properties.codeName for ws in found] == ["Sheet1", "Sheet2"]
    assert not any(ws.protection.sheet for ws in found)  # Excel lets no program write on locked cells
    assert found[at.FRONT].cell(at.CHOSEN_ROW, 3).value == "汇总"
    choices = found[at.FRONT].data_validations.dataValidation
    assert [(str(v.sqref), v.formula1) for v in choices] == [("C4", '"' + ",".join(b.CHOICES) + '"')]
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/vbaProject.bin") == PROJECT
        drawing = package.read("xl/drawings/vmlDrawing1.vml").decode()
    assert drawing.count("<x:FmlaMacro>") == 1 and "<x:FmlaMacro>[0]!SampleCall</x:FmlaMacro>" in drawing
    assert list(b.CHOICES) == ["核对方案", "生成下发表", "收集校验", "汇总", "核定", "再次汇总", "归档", "看进度"]


def test_settings_name_this_python_and_nothing_of_the_folder(issued):
    rows = (issued.root / at.SETTINGS).read_bytes().decode("gbk").split("\r\n")
    entry = Path(console.__file__).parent / "entry"
    assert rows == [
        f'"INTERPRETER_WIN","{sys.executable}"',
        f'"PYTHONPATH","{entry}"',
        '"ADD_WORKBOOK_TO_PYTHONPATH","false"',
        "",
    ]
    assert (entry / at.BOOK).with_suffix(".py").is_file()


def test_no_path_of_the_machine_is_in_the_workbook(issued):
    with zipfile.ZipFile(issued.root / at.BOOK) as package:
        for name in package.namelist():
            if not name.endswith("vbaProject.bin"):
                text = package.read(name).decode("utf-8", "replace")
                assert str(issued.root) not in text and sys.executable not in text


def test_a_console_that_is_there_stays(mine):
    path = mine.root / at.BOOK
    path.write_bytes(path.read_bytes() + b"mine")
    (mine.root / at.SETTINGS).write_text("old")
    before = path.read_bytes()
    outcome = console.console(mine.root)
    assert (outcome.exit_code, outcome.outputs) == (0, (at.SETTINGS,))
    assert [(p.code, p.where.file) for p in outcome.problems] == [("CONSOLE_KEPT", at.BOOK)]
    assert path.read_bytes() == before and "INTERPRETER_WIN" in (mine.root / at.SETTINGS).read_text("gbk")


def test_the_same_bytes(mine):
    first = (mine.root / at.BOOK).read_bytes()
    (mine.root / at.BOOK).unlink()
    console.console(mine.root)
    assert (mine.root / at.BOOK).read_bytes() == first


def test_without_xlwings(mine, monkeypatch):
    (mine.root / at.BOOK).unlink()
    monkeypatch.setattr(making, "find_spec", lambda name: None)
    outcome = console.console(mine.root)
    assert outcome.exit_code == 2 and [p.code for p in outcome.problems] == ["XLWINGS_MISSING"]
    assert "安装" in outcome.next_step and not (mine.root / at.BOOK).exists()


def test_with_a_broken_xlwings(mine, monkeypatch):
    monkeypatch.setattr(making, "_SHIPPED", "没有.xlsm")
    outcome = console.console(mine.root)
    assert [(p.code, p.value) for p in outcome.problems] == [("XLWINGS_BROKEN", "没有.xlsm")]


def test_a_path_that_vba_cannot_read(mine, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/😀/python")
    outcome = console.console(mine.root)
    assert [(p.code, p.value) for p in outcome.problems] == [("CONSOLE_PATH", "😀")]


def test_outside_a_year(tmp_path):
    assert [p.code for p in console.console(tmp_path).problems] == ["NO_FOLDER"]


def test_a_scheme_that_cannot_be_read(mine):
    (mine.root / at.BOOK).unlink()
    mine.folder.scheme.write_bytes(b"")
    outcome = console.console(mine.root)
    assert outcome.outputs == (at.SETTINGS, at.BOOK)
    found = openpyxl.load_workbook(mine.root / at.BOOK)
    assert found[at.PROBLEMS].cell(at.FIRST_PROBLEM, 1).value == "错误"


# --- a click --------------------------------------------------------------------------------------------------------


def test_collect(book, mine):
    choose(book, "收集校验")
    console.main()
    expected = commands.collect(mine.root)
    said = answers(book)
    assert said["result"].startswith("做完了，写出 ") and "见“问题”表" in said["result"]
    assert said["last"].endswith("　收集校验") and "kaoping" not in said["advice"]
    assert (mine.folder.summary / "问题清单.xlsx").is_file()
    ws = book.impl.xl[at.PROBLEMS]
    rows = [[c.value for c in row] for row in ws.iter_rows(at.FIRST_PROBLEM, at.FIRST_PROBLEM + len(expected.problems), max_col=8)]
    assert rows[-1] == [None] * 8
    assert sorted((row[4] or "", row[6] or "", row[2]) for row in rows[:-1]) == sorted(
        (p.where.file, p.where.cell, p.message) for p in expected.problems
    )
    front = book.impl.xl[at.FRONT]
    sections = {front.cell(r, 2).value: front.cell(r, 3).value for r in range(at.FIRST_SECTION, at.FIRST_SECTION + 10)}
    assert sections == {s.name: "完整" if s.name == "办公室" else "未交" for s in mine.scheme.sections}
    told = book.app.impl.told
    assert told[-1] is False and any("读取交回的文件" in str(text) for text in told)


def test_every_choice_runs_its_command(book, mine, monkeypatch):
    ran, status = [], commands.status(mine.root)
    for name in {step.command for step in b.CHOICES.values()}:
        outcome = status if name == "status" else Outcome(name, folder=mine.folder, data={"next": "运行 kaoping archive"})
        monkeypatch.setattr(commands, name, _remembering(ran, outcome, name))
    for name, step in b.CHOICES.items():
        ran.clear()
        choose(book, name)
        console.main()
        assert [command for command in ran if command != "status"] == ([] if step.command == "status" else [step.command])
        assert answers(book)["last"].endswith("　" + name)
        ran.clear()
        console.run(step.command)
        assert ran[0] == step.command


def _remembering(ran, outcome, name):
    def told(directory, progress=None):
        ran.append(name)
        return outcome

    return told


@pytest.mark.parametrize("name", ["", "收集", "=1+1", "录入测评、决定"])
def test_no_such_step(book, name):
    choose(book, name)
    console.main()
    assert answers(book)["result"] == f"没有“{name}”这一步，什么也没有做。请在“要做的事”的下拉中选一步。"


def test_moved_out_of_its_folder(mine, tmp_path):
    shutil.copy(mine.root / at.BOOK, tmp_path / at.BOOK)
    book = xl_engine.opened(tmp_path / at.BOOK)
    book.set_mock_caller()
    console.main()
    assert "没有 方案.xlsx" in answers(book)["result"]


def test_on_a_cloud_drive(book):
    book.impl.fullname = "https://d.docs.live.net/1/考评控制台.xlsm"
    console.main()
    assert answers(book)["result"].startswith("找不到本文件在电脑上的位置")


def test_a_fault_of_ours_is_one_line(book, mine, monkeypatch, capfd):
    def broken(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(commands, "collect", broken)
    choose(book, "收集校验")
    console.main()
    assert answers(book)["result"] == (
        "程序内部出错（ZeroDivisionError），这不是填报的问题。再点一次“执行”；仍然出错，请把 .kaoping/日志.txt 发给维护人员。"
    )
    assert answers(book)["chosen"] == "收集校验" and book.app.impl.told[-1:] == [False]
    assert "ZeroDivisionError: secret" in mine.folder.log_file.read_text("utf-8")
    assert capfd.readouterr() == ("", "")


def test_a_step_that_cannot_be_done(book, mine):
    choose(book, "归档")
    console.main()
    assert answers(book)["result"].startswith("没有做成：") and "审定" in answers(book)["result"]
    mine.folder.scheme.unlink()
    mine.folder.scheme.mkdir()
    console.main()
    assert answers(book)["result"]


# --- RunPython's own command line -------------------------------------------------------------------------------------


def command_line(root, conf):
    """What the macro of xlwings starts, word for word but for the system's slashes."""
    settings = dict(line.strip('"').split('","') for line in conf.decode("gbk").splitlines())
    workbook = root / at.BOOK
    paths = f"{settings['ADD_WORKBOOK_TO_PYTHONPATH']};{workbook};{workbook};;;;{settings['PYTHONPATH']}"
    module = at.BOOK.removesuffix(".xlsm")
    code = f'import xlwings.utils;xlwings.utils.prepare_sys_path("{paths}"); import {module};{module}.main()'
    return [settings["INTERPRETER_WIN"], "-B", "-c", code, f"--wb={at.BOOK}", "--from_xl=1", "--app=x", "--hwnd=123"]


def test_run_python(mine, tmp_path):
    env = {**os.environ, "PYTHONPATH": xl_engine.launch(tmp_path), "KAOPING_TEST_BOOK": str(mine.root / at.BOOK)}
    line = command_line(mine.root, (mine.root / at.SETTINGS).read_bytes())
    done = subprocess.run(line, capture_output=True, text=True, env=env, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = openpyxl.load_workbook(mine.root / at.BOOK)
    assert found[at.FRONT].cell(at.LAST_ROW, 3).value.endswith("　汇总")
    assert mine.folder.summary_book.is_file()


def test_called_by_hand(mine, tmp_path):
    line = command_line(mine.root, (mine.root / at.SETTINGS).read_bytes())[:4]
    env = {**os.environ, "PYTHONPATH": str(Path(console.__file__).parents[2]), "PYTHONUTF8": "1"}
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", env=env, cwd=tmp_path)
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr == "考评控制台只能从 Excel 里运行：打开 考评控制台.xlsm，点“执行”。不用 Excel 的，运行 kaoping 用菜单。\n"


def test_clicked_in_a_program_that_xlwings_does_not_reach(mine, tmp_path):
    line = command_line(mine.root, (mine.root / at.SETTINGS).read_bytes())
    env = {**os.environ, "PYTHONPATH": str(Path(console.__file__).parents[2]), "PYTHONUTF8": "1"}
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", env=env, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "程序接不上这个表格软件，什么也没有做。控制台只能在微软 Excel 里用；用 WPS 的，请在菜单（开始.bat）里做。\n"


# --- what stands on the sheets ----------------------------------------------------------------------------------------

NASTY = ["=1+1", "1-2", "'引号", "+3", "@x", "-", "2021-1-1", "1e5", "TRUE", "一\n二", 'a"b', "字" * 400]
words = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp"]), max_size=60))
values = st.one_of(st.none(), st.integers(0, 99), words, st.builds(b.Link, words, words.filter(bool)))


@st.composite
def boards(draw):
    rows = st.lists(st.tuples(*[st.just("有"), *[values] * 7]), max_size=3).map(tuple)
    return b.Board(
        draw(st.sampled_from(list(b.CHOICES))),
        *(draw(words) for _ in range(3)),
        marked=draw(st.one_of(st.none(), st.integers(0, len(YEAR) - 1))),
        states=tuple(draw(st.sampled_from(["可读", "=1+1", "1/2"])) for _ in YEAR),
        sections=draw(rows),
        problems=draw(rows),
        told=draw(words),
    )


def grid(found):
    """Every value by place, empty texts as nothing, and the heights of rows that hold something."""
    cells, heights = {}, {}
    for ws in found:
        for row in ws.iter_rows():
            for place in row:
                if place.value not in (None, ""):
                    cells[ws.title, place.coordinate] = (place.value, place.data_type)
                    heights[ws.title, place.row] = ws.row_dimensions[place.row].height
    return cells, heights


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=boards(), new=boards())
def test_what_is_written_in_excel_is_what_the_file_would_hold(old, new, tmp_path):
    path = tmp_path / at.BOOK
    path.write_bytes(console_book(old, "演示", PROJECT))
    book = xl_engine.opened(path)
    live.show(book, new)
    expected = openpyxl.load_workbook(io.BytesIO(console_book(new, "演示", PROJECT)))
    seen, wanted = grid(book.impl.xl), grid(expected)
    # The note over the problems is never empty in a new file.
    if not new.told:
        wanted[0].pop((at.PROBLEMS, "A2"), None)
    assert seen[0] == wanted[0]
    for place in seen[1].keys() - {(at.PROBLEMS, at.TOLD_ROW)}:
        # XlsxWriter rounds heights to whole pixels.
        assert seen[1][place] == pytest.approx(wanted[1][place], abs=0.75), place


def test_links(tmp_path):
    (tmp_path / "2回收").mkdir()
    for name in ("a.xlsx", "b#1.xlsx", "c.zip", "d.pdf", "长" * 60 + ".xlsx"):
        (tmp_path / "2回收" / name).touch()

    def target(*where):
        found = b.link(tmp_path, *where)
        return found and found.target

    assert target("2回收/a.xlsx", "一'科", "B3") == "2回收/a.xlsx#'一''科'!B3"
    assert target("2回收/a.xlsx", "一科") == "2回收/a.xlsx#'一科'!A1"
    assert target("2回收/a.xlsx") == "2回收/a.xlsx"
    assert target("2回收/d.pdf", "表", "A1") == "2回收/d.pdf"
    assert target("2回收/c.zip/内/x.xlsx", "表", "A1") == "2回收/c.zip"
    assert target("2回收/b#1.xlsx", "表") is None  # Excel would look for a place called 1.xlsx
    assert target("2回收/没有.xlsx") is target("") is None
    assert target("2回收/" + "长" * 60 + ".xlsx", "表" * 250) is None
    assert b.Link('a"b', 'c"d').formula == 'HYPERLINK("a""b","c""d")'


def test_advice_in_the_names_of_the_steps():
    assert b.in_steps("运行 kaoping summarize 生成汇总") == "运行“汇总”生成汇总"
    assert b.in_steps("改正后再运行 kaoping summarize", "7") == "改正后再运行“再次汇总”"
    assert b.in_steps("核对方案（kaoping check），再运行 kaoping build 生成下发表") == "核对方案（运行“核对方案”），再运行“生成下发表”"
    assert b.in_steps("印发，再运行 kaoping archive 归档") == "印发，再运行“归档”"
    assert b.in_steps("用 kaoping new 文件夹名 新建") == "用 kaoping new 文件夹名 新建"


def test_more_sections_than_there_is_room_for(mine):
    row = {"returned": False, "status": "", "errors": 0, "warnings": 0, "attachments": 0, "file": None}
    for count in (at.MOST_SECTIONS, at.MOST_SECTIONS + 10):
        data = {"sections": [{"section": f"科{n}", **row} for n in range(count)], "reviewers": []}
        rows = b._sections(mine.folder, data)
        assert len(rows) == at.MOST_SECTIONS
        assert rows[-1][1] == ("科59" if count == at.MOST_SECTIONS else "另有 11 个科室")


def test_only_so_many_problems(mine):
    found = tuple(problem("FILE_NOT_FOUND", Where("2回收/x"), f"{n:04d}") for n in range(at.MOST_PROBLEMS + 5))
    status = commands.status(mine.root)
    shown = b.board(Folder(mine.root), status, Outcome("collect", problems=found, outputs=("x",)), "收集校验", "现在")
    assert len(shown.problems) == at.MOST_PROBLEMS and shown.told.endswith("其余 5 条见 4汇总/问题清单.xlsx")
