"""macros/: the text for people, its copies for importing, and what docs/控制台.md says about them.

The same text run in LibreOffice is in test_vba.py.
"""

import ast
import re
import sys
from pathlib import Path

import pytest
import vba

import workbook_builder
from workbook_builder.console import board as b
from workbook_builder.console import making, running
from workbook_builder.console import places as at

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(workbook_builder.__file__).parent
sys.path.insert(0, str(ROOT / "scripts"))
try:
    import make_macros
finally:
    sys.path.pop(0)

SOURCES = make_macros.sources()
KAOPING = (make_macros.MACROS / "Kaoping.bas").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "控制台.md").read_text(encoding="utf-8")
#: What Excel and Windows themselves say: nothing here can say it for them.
FROM_OFFICE = (
    "Microsoft has blocked macros from running because the source of this file is untrusted.",
    "Macros have been disabled.",
    "PROTECTED VIEW",
    "Cannot run the macro",
    "Compile error",
    "'python' is not recognized as an internal or external command",
    "Python was not found",
)
_STRING = re.compile(r'"(?:[^"]|"")*"')
names = [path.name for path in SOURCES]


def code(text):
    """(number, line) without what stands in strings and comments."""
    for number, line in enumerate(text.split("\n"), 1):
        yield number, _STRING.sub('""', line).split("'")[0].rstrip()


def subs(text):
    return re.findall(r"^Public Sub (\w+)\(\)$", text, re.MULTILINE)


# --- the copies for importing -----------------------------------------------------------------------------------------


def test_copies_are_current():
    folder = make_macros.MACROS / make_macros.IMPORTABLE
    assert SOURCES and {path.name for path in folder.iterdir()} == set(names)
    for path in SOURCES:
        wanted = make_macros.importable(path.read_text(encoding="utf-8"))
        assert (folder / path.name).read_bytes() == wanted, "run python scripts/make_macros.py"


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_nothing_is_lost_in_a_copy(path):
    source = path.read_bytes()
    copy = (make_macros.MACROS / make_macros.IMPORTABLE / path.name).read_bytes()
    assert copy.decode("gbk").replace("\r\n", "\n").encode("utf-8") == source
    assert b"\r" not in source and not source.startswith(b"\xef\xbb\xbf") and source.endswith(b"\n")
    assert copy.count(b"\n") == copy.count(b"\r\n") == source.count(b"\n")
    assert any(byte > 127 for byte in copy)


@pytest.mark.parametrize(("text", "why"), [("' " + "x" * 1022, "line 1"), ("a\n' ¥ 😀", "gbk")])
def test_what_the_editor_cannot_take_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        make_macros.importable(text)
    assert make_macros.importable("' " + "字" * 1021 + "\n").endswith(b"\r\n")


# --- the text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_the_text_is_old_and_plain(path):
    text = path.read_text(encoding="utf-8")
    first, second = text.split("\n")[:2]
    assert (first, second) == (f'Attribute VB_Name = "{path.stem}"', "Option Explicit")
    for number, line in code(text):
        assert line.isascii(), f"{path.name}:{number}: Chinese only in strings and comments"
        assert ":" not in line and not line.endswith(" _"), f"{path.name}:{number}: one statement, one line"
        assert not re.search(r"\b(?:Declare|Shell|CreateObject|GetObject|Application\.Run|Kill|LongPtr|#)", line), f"{path.name}:{number}"
    assert len(re.findall(r"^(?:Public|Private) (?:Sub|Function) ", text, re.MULTILINE)) == len(
        re.findall(r"^End (?:Sub|Function)$", text, re.MULTILINE)
    )


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_nothing_runs_by_itself_and_nothing_looks_like_it(path):
    # "run" stands in c.run('…').
    assert set(vba.keywords(path.read_text(encoding="utf-8"))) <= {("Suspicious", "run")}


def test_a_macro_for_every_step():
    asked = dict(re.findall(r"^Public Sub (\w+)\(\)\n    RunConsole \"(.+)\"\nEnd Sub$", KAOPING, re.MULTILINE))
    assert list(asked) == subs(KAOPING)
    commands = {step.command for step in b.CHOICES.values()}
    assert set(asked.values()) == {f"c.run('{command}')" for command in commands} | {"c.main()"}


def test_no_name_is_taken():
    theirs = {name.lower() for name in re.findall(r"(?:Sub|Function|Const) (\w+)", vba.MODULE_TEXT)} | {"samplecall"}
    ours = {name.lower() for name in re.findall(r"(?:Sub|Function|Const) (\w+)", KAOPING)}
    assert len(ours) > 10 and not ours & theirs


def test_the_guard_looks_for_the_right_file():
    assert re.search(r'SETTINGS As String = "(.+)"', KAOPING)[1] == at.SETTINGS == "xlwings.conf"


# --- xlwings: only its free part, only behind its door ----------------------------------------------------------------


def _texts():
    places = [*PACKAGE.rglob("*.py"), *(ROOT / "scripts").glob("*.py"), *SOURCES]
    return {path: path.read_text(encoding="utf-8") for path in places}


def _xlwings_imports(path, text):
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "xlwings")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "xlwings":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_free_part_of_xlwings_is_used():
    texts = _texts()
    assert len(texts) > 100
    door = PACKAGE / "console"
    imports = {(path, name) for path, text in texts.items() for name in _xlwings_imports(path, text)}
    assert imports and {path for path, _ in imports if door not in path.parents} == set()
    assert {name for _, name in imports if re.match(r"xlwings\.(pro|reports|server|com_server|udfs)\b", name)} == set()
    paid = re.compile(r"xlwings\.(?:pro|reports|server)\b|LICENSE_KEY|noncommercial", re.IGNORECASE)
    assert {path.name for path, text in texts.items() if paid.search(text)} == set()


# --- the page ---------------------------------------------------------------------------------------------------------


def section(title):
    """The text under a heading of the page."""
    return re.split(r"^## ", PAGE.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def rows(text):
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| ")]


def test_the_page_lists_the_macros():
    listed = {cells[0].strip("`"): cells[1] for cells in rows(section("多几个按钮：手工导入宏")) if cells[0].startswith("`")}
    assert list(listed) == subs(KAOPING)
    commands = dict(re.findall(r"Public Sub (\w+)\(\)\n    RunConsole \"c\.run\('(\w+)'\)\"", KAOPING))
    for name, command in commands.items():
        assert listed[name].split("、") == [step.name for step in b.CHOICES.values() if step.command == command]


def test_the_page_names_what_stands_on_the_sheets():
    text = section("表上各是什么")
    heads = {cells[0] for cells in rows(text)}
    assert {"要做的事", "执行", "结果", "下一步", "上次运行", "全年步骤", "科室", "问题"} <= heads
    for word in (*b.CHOICES, at.FRONT, at.PROBLEMS, f"前 {at.MOST_PROBLEMS} 条", f"带 {at.NEXT_MARK} 的"):
        assert word in text


def _of_python(statement):
    """The last line of what Python says when a statement fails."""
    try:
        exec(compile(statement, "<string>", "exec"), {})
    except (SyntaxError, ModuleNotFoundError) as error:
        return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    raise AssertionError(statement)


def test_the_page_quotes_what_is_really_shown():
    quoted = [word for cells in rows(section("点不动、出错了")) for word in re.findall(r"`([^`]+)`", cells[0])]
    renamed = [_of_python(f"import {name}") for name in ("控制台备份", "考评控制台 - 副本", "考评控制台(1)")]
    assert renamed[0].startswith("ModuleNotFoundError: No module named") and renamed[1].startswith("SyntaxError")
    said = [*renamed, *(f"ModuleNotFoundError: No module named '{name}'" for name in ("xlwings", PACKAGE.name)), vba.MODULE_TEXT, *FROM_OFFICE, KAOPING]
    said += [text for name, text in vars(running).items() if name.startswith("_") and isinstance(text, str)]
    assert len(quoted) > 8
    assert [word for word in quoted if not any(word in text for text in said)] == []


def test_links_within_the_page_lead_somewhere():
    heads = {re.sub(r"[^\w-]", "", head.replace(" ", "-")).lower() for head in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}
    wanted = re.findall(r"\]\(#([^)]+)\)", PAGE)
    assert len(wanted) > 9 and [target for target in wanted if target not in heads] == []


def test_the_page_names_the_files_there_are():
    for name in (at.BOOK, at.SETTINGS, "macros/导入用", "Kaoping.bas", "xlwings.bas", "开始.bat"):
        assert name in PAGE
    assert vba.SHIPPED.name in PAGE and vba.SHIPPED.name == making._SHIPPED
    links = re.findall(r"\]\(([^)#:]+)", PAGE)
    assert links and [target for target in links if not (ROOT / "docs" / target).exists()] == []
