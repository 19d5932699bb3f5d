"""The macro project in 考评控制台.xlsm: whose it is, what two readers find in it, and what its button does.

LibreOffice presses the button as a hand would; xlwings' own RunPython starts a real Python, which does a real step. What
this cannot show: whether Excel or WPS take the file as LibreOffice does (docs/控制台检查.md).
"""

import hashlib
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
import small_year
import vba
import xl_engine

from workbook_builder import commands, console
from workbook_builder.console import places as at

CAPTION = "执　行"
MODULES = {"ThisWorkbook", "Sheet1", "Sheet2", "Module1", "xlwings", "Dictionary"}
SAMPLE_CALL = """Sub SampleCall()
    mymodule = Left(ThisWorkbook.Name, (InStrRev(ThisWorkbook.Name, ".", -1, vbTextCompare) - 1))
    RunPython "import " & mymodule & ";" & mymodule & ".main()"
End Sub"""
MACROS = Path(__file__).resolve().parent.parent / "macros" / "Kaoping.bas"
STEPS = {
    "RunChosen": "c.main()",
    "CheckScheme": "c.run('check')",
    "BuildForms": "c.run('build')",
    "Collect": "c.run('collect')",
    "Summarize": "c.run('summarize')",
    "Review": "c.run('review')",
    "Archive": "c.run('archive')",
    "ShowStatus": "c.run('status')",
}


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The folder of a small year to which one section has returned its sheet, with its console."""
    place = tmp_path_factory.mktemp("vba")
    root, work = place / "kaoping 2021", place / "work"
    work.mkdir()
    assert commands.new(root).exit_code == 0
    (root / "方案.xlsx").write_bytes(small_year.scheme_book())
    assert commands.build(root).exit_code == 0 and console.console(root).exit_code == 0
    small_year.send_in(root)
    for path in (root / "2回收").iterdir():
        if path.name != f"{small_year.SECTIONS[0]}.xlsx":
            path.unlink()
    return SimpleNamespace(root=root, work=work, book=root / at.BOOK)


class Desk:
    """LibreOffice with one console open, where it lies; two at once it takes for one another.

    xlwings, which does not compile there, is for each test to replace.
    """

    def __init__(self, office):
        self.office, self.book, self.handle = office, None, None

    def open(self, book):
        """The console at `book`: what was read from it, what can be done with it."""
        if book != self.book:
            self.close()
            self.handle, self.book = self.office.call("open_macros", path=str(book)), book
            self.modules, self.buttons = self.call("modules"), self.call("buttons")
            self.call("drop_module", name="Dictionary")
        return self

    def call(self, op, **args):
        return self.office.call(op, handle=self.handle, **args)

    def put(self, name, text):
        self.call("put_module", name=name, text=text)

    def press(self):
        self.call("press", caption=CAPTION)

    def run(self, module, name):
        self.call("run_macro", module=module, name=name)

    def close(self):
        if self.book is not None:
            self.call("close")
            self.book = None


@pytest.fixture(scope="module")
def desk(office):
    place = Desk(office)
    yield place
    place.close()


@pytest.fixture
def opened(year, desk):
    """The console of the year."""
    return desk.open(year.book)


@pytest.fixture(scope="module")
def analysed(year):
    return vba.analysed(year.book)


# --- the project ------------------------------------------------------------------------------------------------------


def test_the_project_is_xlwings_own(year):
    ours, theirs = (hashlib.sha256(vba.project(path)).hexdigest() for path in (year.book, vba.SHIPPED))
    assert ours == theirs


def test_two_readers_find_the_same_modules(analysed, opened):
    found, _ = analysed
    assert set(found) == MODULES
    assert {name: vba.plain(text) for name, text in opened.modules.items()} == found


def test_the_modules_are_the_published_texts(analysed):
    found, _ = analysed
    assert found["xlwings"] == vba.plain(vba.MODULE_TEXT) and len(found["xlwings"]) > 40_000
    assert found["Module1"] == SAMPLE_CALL
    assert {name for name, text in found.items() if not text} == {"ThisWorkbook", "Sheet1", "Sheet2"}


def test_nothing_runs_by_itself(analysed):
    _, words = analysed
    assert len(words) > 10 and [word for kind, word in words if kind == "AutoExec"] == []
    # The same analysis does see it where it is.
    assert ("AutoExec", "Auto_Open") in vba.keywords("Sub Auto_Open()\nEnd Sub\n")


def test_the_button_is_bound_in_the_file(year):
    with ZipFile(year.book) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        rels = package.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
        wanted = re.search(r'<legacyDrawing r:id="(\w+)"', sheet)[1]
        link = next(tag for tag in re.findall(r"<Relationship [^>]+>", rels) if f'Id="{wanted}"' in tag)
        drawing = package.read("xl/" + re.search(r'Target="\.\./([^"]+)"', link)[1]).decode()
        codes = re.findall(r'codeName="(\w+)"', package.read("xl/workbook.xml").decode() + sheet)
    assert re.findall(r"<x:FmlaMacro>(.*?)</x:FmlaMacro>", drawing) == ["[0]!SampleCall"]
    assert f">{CAPTION}</font>" in drawing and 'ObjectType="Button"' in drawing
    assert codes == ["ThisWorkbook", "Sheet1"]


def test_the_button_is_bound_in_libreoffice(opened):
    script = "vnd.sun.star.script:VBAProject.Module1.SampleCall?language=Basic&location=document"
    assert opened.buttons == [[at.FRONT, CAPTION, ["XActionListener", "actionPerformed", "Script", script]]]


# --- from the button to the files -------------------------------------------------------------------------------------


@pytest.fixture
def settled(year):
    """The settings, with a place for xlwings' log, which on Windows has one."""
    settings = year.root / at.SETTINGS
    before = settings.read_bytes()
    settings.write_bytes(before + f'"TEMP DIR","{year.work}"\r\n'.encode())
    for name in ("code.txt", "popup.txt"):
        (year.work / name).unlink(missing_ok=True)
    yield
    settings.write_bytes(before)


@pytest.fixture
def real(year, opened, settled):
    """xlwings' own RunPython in the open console; gives what it started, once that has ended."""
    environment = {"PYTHONPATH": xl_engine.launch(year.work), "KAOPING_TEST_BOOK": str(year.book)}
    opened.put("xlwings", vba.runnable(year.work, environment))
    return lambda: started(year.work)


def started(work):
    """(the command line, its exit code)."""
    code = awaited(work / "code.txt")
    return (work / "line.txt").read_text(encoding="utf-8"), int(code)


def awaited(path):
    """What is written at `path`, once something is."""
    limit = time.monotonic() + 30
    while not path.exists() or not path.stat().st_size:
        assert time.monotonic() < limit, sorted(there.name for there in path.parent.iterdir())
        time.sleep(0.05)
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def line(year, python, book=None):
    """RunPython's command line, as on Windows but for the slashes and the drive."""
    entry, book = Path(console.__file__).parent / "entry", book or year.book
    paths = f"false;{book};{book};;;;{entry}"
    return (
        f'"{sys.executable}" -B -c "import xlwings.utils;xlwings.utils.prepare_sys_path(\\"{paths}\\"); {python}"'
        f'  --wb="{book.name}" --from_xl=1 --app="/opt/excel" --hwnd="4711" 2> "{year.work}/xlwings.log" '
    )


def shown(office, book):
    """The console as it is now on disk, read by LibreOffice."""
    sheets = office.values(book, hard=False)
    return {ref: cell["v"] for ref, cell in sheets[at.FRONT].items()}, sheets[at.PROBLEMS]


def test_a_press_collects(year, opened, real, office):
    assert not any((year.root / "4汇总").iterdir())
    opened.press()
    assert real() == (line(year, "import 考评控制台;考评控制台.main()"), 0)
    front, problems = shown(office, year.book)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d　收集校验", front[f"C{at.LAST_ROW}"])
    assert re.match(r"做完了，写出 \d+ 个文件。", front[f"C{at.RESULT_ROW}"])
    rows = range(at.FIRST_SECTION, at.FIRST_SECTION + len(small_year.SECTIONS))
    returned = {front[f"B{row}"]: (front[f"C{row}"] != "未交", front.get(f"H{row}")) for row in rows}
    first, *others = small_year.SECTIONS
    assert returned == {first: (True, f"2回收/{first}.xlsx"), **{name: (False, None) for name in others}}
    assert f"A{at.FIRST_PROBLEM}" in problems
    written = {path.name for path in (year.root / "4汇总").iterdir()}
    assert {"问题清单.xlsx", "催办文字.txt"} <= written
    # The lock files of the program that holds the console are nobody's return.
    assert not any("lock" in str(cell["v"]) for cell in problems.values())
    assert sorted(path.name for path in year.work.glob("*.log")) == [] and not (year.work / "popup.txt").exists()


def test_a_macro_of_ours_does_its_step(year, opened, real, office):
    opened.put("Kaoping", in_office())
    before = {path.name: path.read_bytes() for path in (year.root / "4汇总").iterdir() if path.is_file()}
    opened.run("Kaoping", "ShowStatus")
    assert real() == (line(year, "import workbook_builder.console as c; c.run('status')"), 0)
    front, _ = shown(office, year.book)
    assert front[f"C{at.LAST_ROW}"].endswith("　看进度")
    assert before == {path.name: path.read_bytes() for path in (year.root / "4汇总").iterdir() if path.is_file()}


def test_a_renamed_copy_does_nothing_and_says_why(year, settled, desk):
    copy = year.book.with_name("控制台备份.xlsm")
    copy.write_bytes(year.book.read_bytes())
    renamed = desk.open(copy)
    renamed.put("xlwings", vba.runnable(year.work, {"PYTHONPATH": str(Path(__file__).parent.parent)}))
    before = stamps(year.root)
    renamed.press()
    assert started(year.work) == (line(year, "import 控制台备份;控制台备份.main()", copy), 1)
    told = awaited(year.work / "popup.txt")
    assert "ModuleNotFoundError: No module named '控制台备份'\n" in told and "Press Ctrl+C to copy" in told
    assert stamps(year.root) == before
    desk.close()
    copy.unlink()


def stamps(root):
    return {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


# --- the macros for importing by hand ---------------------------------------------------------------------------------


def in_office(path=None):
    """Kaoping.bas as LibreOffice takes it; `path` (Basic) stands for where the workbook lies."""
    text = re.sub(r"^Attribute .*\n", "", MACROS.read_text(encoding="utf-8"))
    assert text.count("MsgBox ") == 1
    text = text.replace("MsgBox ", "StandInSay ")
    return vba.OFFICE_HEAD + (text if path is None else text.replace("ThisWorkbook.Path", path))


@pytest.fixture
def listening(year, opened):
    """Runs a macro of Kaoping.bas; gives (what it asked Python to run, what it told the person)."""
    opened.put("xlwings", vba.listening(year.work))

    def run(name, path=None):
        kept = [year.work / "ran.txt", year.work / "said.txt"]
        for file in kept:
            file.unlink(missing_ok=True)
        opened.put("Kaoping", in_office(path))
        opened.run("Kaoping", name)
        return tuple(file.read_text(encoding="utf-8") if file.exists() else "" for file in kept)

    return run


@pytest.mark.parametrize("name", STEPS)
def test_every_macro_asks_for_its_step(listening, name):
    assert listening(name) == (f"import workbook_builder.console as c; {STEPS[name]}", "")


@pytest.mark.parametrize(
    ("path", "told"),
    [('""', "还没有保存过"), ('"/nowhere"', "旁边没有 xlwings.conf"), ('"https://d.docs.live.net/1/2021"', "")],
)
def test_the_guard_speaks_first(listening, path, told):
    ran, said = listening("Collect", path)
    assert (told in said, bool(said)) == (True, bool(told))
    assert ran == ("" if told else "import workbook_builder.console as c; c.run('collect')")
    if said:
        title, _, text = said.split("|")
        assert title == "工作考评" and "什么也没有做" in text and "再点一次" in text
