"""VBA projects for the tests: read by oletools, read by LibreOffice, and made to run in LibreOffice.

Comes in: workbooks with macros, the xlwings that is installed. Goes out: {module: text} without what a reader adds, and
xlwings' own module as LibreOffice can run it on this system.

LibreOffice's Basic skips every line that begins with "#": both branches of "#If Mac" would run, and xlwings would not even
compile. So the branches are chosen here, as Excel on 64-bit Windows chooses them. The few leaves that need Windows (its
shell, its slashes, Excel's own window) are replaced one by one, each exactly where it stands, and GetConfig, which
has omitted arguments too; all else, RunPython and its command line above all, is xlwings' own text.
"""

import re
import shlex
import warnings
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

with warnings.catch_warnings():
    # oletools calls pyparsing by names that are going out of use.
    warnings.simplefilter("ignore")
    from oletools.olevba import VBA_Parser, VBA_Scanner

PACKAGE = Path(find_spec("xlwings").origin).parent
SHIPPED = PACKAGE / "quickstart_standalone.xlsm"
PROJECT = "xl/vbaProject.bin"
MODULE_TEXT = (PACKAGE / "xlwings.bas").read_text(encoding="utf-8")
#: Public text of a module that LibreOffice compiles.
OFFICE_HEAD = "Option VBASupport 1\n"
_ADDED = re.compile(r"^(?:Attribute |Rem Attribute |Option VBASupport|Option ClassModule)")
_CONDITIONS = {
    "Mac": False,
    "Not Mac": True,
    "VBA7": True,
    "Win64": True,
    "MAC_OFFICE_VERSION >= 15": False,
    'App = "Microsoft Excel"': True,
    'App = "Microsoft Word"': False,
    'App = "Microsoft Access"': False,
    'App = "Microsoft PowerPoint"': False,
}
#: What only Windows and Excel have → what stands in for it.
_LEAVES = (
    ("WScript.Run(", "StandInRun("),
    ("WScript.ExpandEnvironmentStrings(s)", "s"),
    ('WScript.Popup Content, AUTO_DISMISS, "Error", OK_BUTTON_ERROR', "StandInPopup Content"),
    ('Application.Path & "\\" & Application.Name', '"/opt/excel"'),
    ("Application.Hwnd", "4711"),
    ("ThisWorkbook.FullName", 'ThisWorkbook.Path & "/" & ThisWorkbook.Name'),
    ("GetFullName = wb.FullName", 'GetFullName = wb.Path & "/" & wb.Name'),
    ('pathSeparator = "\\"', 'pathSeparator = "/"'),
    ('InStrRev(Path, "\\")', 'InStrRev(Path, "/")'),
    ('InStrRev(Folder, "\\")', 'InStrRev(Folder, "/")'),
    ('TempDir & "\\xlwings-" & CreateGUID()', 'TempDir & "/xlwings"'),
    # An omitted argument of a type, with a value of its own, is an error there.
    ('Optional Message As String = ""', "Optional Message"),
    ('If Message = "" Then', "If IsMissing(Message) Then"),
)
#: The settings beside the workbook, read by xlwings' own GetConfigFromFile.
_GET_CONFIG = """Function GetConfig(configKey As String, Optional otherwise As Variant) As Variant
    Dim found As String
    GetConfig = ""
    If Not IsMissing(otherwise) Then
        GetConfig = otherwise
    End If
    If GetConfigFromFile(GetDirectoryConfigFilePath(), configKey, found) Then
        GetConfig = found
    End If
End Function
"""
#: Not "Print #": that writes in the encoding of the system, whatever it is.
_WRITE = """
Sub StandInWrite(Name As String, Text As String)
    Dim files As Object
    Dim stream As Object
    files = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
    If files.exists("file://{folder}/" & Name) Then
        files.kill("file://{folder}/" & Name)
    End If
    stream = CreateUnoService("com.sun.star.io.TextOutputStream")
    stream.setOutputStream(files.openFileWrite("file://{folder}/" & Name))
    stream.setEncoding("UTF-8")
    stream.writeString(Text)
    stream.closeOutput()
End Sub
"""
#: In `folder`: line.txt is what Windows' command processor would be given; run.sh runs it; code.txt is how it ended.
_STAND_INS = """
Function StandInRun(Given As String, Style As Integer, Wait As Boolean) As Long
    Dim n As Integer
    Dim code As String
    StandInWrite "line.txt", Mid(Given, Len("cmd.exe /C ") + 1)
    Shell "/bin/sh", 0, "{folder}/run.sh", Wait
    n = FreeFile
    Open "{folder}/code.txt" For Input As #n
    Input #n, code
    Close #n
    StandInRun = Val(code)
End Function

Sub StandInPopup(Content)
    StandInWrite "popup.txt", Content
End Sub
""" + _WRITE


def project(path):
    """The bytes of a workbook's macro project."""
    with ZipFile(path) as package:
        return package.read(PROJECT)


def plain(text):
    """The text of a module without what a reader adds and without differences nobody sees."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines if not _ADDED.match(line)).strip("\n")


def analysed(path):
    """What oletools finds: ({module: text}, [(kind, keyword)])."""
    parser = VBA_Parser(str(path))
    try:
        modules = {Path(name).stem: plain(text) for _, _, name, text in parser.extract_macros()}
        return modules, [(kind, word) for kind, word, _ in parser.analyze_macros()]
    finally:
        parser.close()


def keywords(text):
    """What oletools finds remarkable in a text of Basic: [(kind, keyword)]."""
    return [(kind, word) for kind, word, _ in VBA_Scanner(text).scan()]


def chosen(text):
    """A module as Excel on 64-bit Windows sees it: of "#If" the branch that holds."""
    kept, branches = [], []
    for line in text.splitlines():
        word = line.strip()
        asked = re.fullmatch(r"#(If|ElseIf) (.+?) Then.*", word)
        if asked and asked[1] == "If":
            branches.append([_CONDITIONS[asked[2]]] * 2)
        elif asked:
            now = not branches[-1][1] and _CONDITIONS[asked[2]]
            branches[-1] = [now, now or branches[-1][1]]
        elif word == "#Else":
            branches[-1] = [not branches[-1][1], True]
        elif word == "#End If":
            branches.pop()
        elif not word.startswith("#") and all(open_ for open_, _ in branches):
            kept.append(line)
    assert not branches
    return "\n".join(kept) + "\n"


def runnable(folder, environment):
    """xlwings' module for LibreOffice here. Its command line is started with `environment`; see `_STAND_INS` for `folder`."""
    text = re.sub(r"^Attribute .*\n", "", chosen(MODULE_TEXT), flags=re.MULTILINE)
    for old, new in _LEAVES:
        assert old in text, old
        text = text.replace(old, new)
    text, times = re.subn(r"^Function GetConfig\(.*?^End Function\n", lambda _: _GET_CONFIG, text, flags=re.MULTILINE | re.DOTALL)
    assert times == 1
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    (folder / "run.sh").write_text(f"{exports}sh {folder}/line.txt >{folder}/out.txt\necho $? >{folder}/code.txt\n")
    return OFFICE_HEAD + text + _STAND_INS.replace("{folder}", str(folder))


def listening(folder):
    """A module in the place of xlwings that only keeps what it is asked to run (ran.txt) and to say (said.txt)."""
    text = """
Function RunPython(PythonCommand As String)
    StandInWrite "ran.txt", PythonCommand
End Function

Sub StandInSay(Text, Buttons, Title)
    StandInWrite "said.txt", Title & "|" & Buttons & "|" & Text
End Sub
"""
    return OFFICE_HEAD + (text + _WRITE).replace("{folder}", str(folder))
