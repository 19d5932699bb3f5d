"""The launchers: .sh really run from a real bundle in an awkward place; .bat read line by line, since no cmd is here."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_year
from hypothesis import given
from hypothesis import strategies as st
from once import once
from test_cli import at_terminal
from test_receive import stored

from workbook_builder import commands
from workbook_builder.commands import wheels
from workbook_builder.commands.outcome import Outcome

ROOT = Path(__file__).resolve().parent.parent
LAUNCHERS = ROOT / "launchers"
BATS = sorted(LAUNCHERS.glob("*.bat"))
SHELLS = sorted(LAUNCHERS.glob("*.sh"))
TOLD = sorted((LAUNCHERS / "launch").glob("*.txt"))
#: Where clerks put things.
AWKWARD = "办公 R&D (新) $x 100%"

spec = importlib.util.spec_from_file_location("launch_install", LAUNCHERS / "launch" / "install.py")
install = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = install
spec.loader.exec_module(install)


# --- .bat, as far as it can be checked without Windows --------------------------------------------------------------


def lines_of(path):
    return path.read_bytes().decode("ascii").split("\r\n")


def test_there_are_three_of_each():
    assert [path.stem for path in BATS] == [path.stem for path in SHELLS] == sorted(["安装", "开始", "收集"])
    assert {path.stem for path in TOLD} == {"bad-python", "failed", "no-python", "not-installed"}


@pytest.mark.parametrize("path", BATS, ids=lambda path: path.name)
def test_bat_is_ascii_with_the_line_ends_of_windows(path):
    data = path.read_bytes()
    assert data.isascii() and data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    assert data.startswith(b"@echo off\r\n")


@pytest.mark.parametrize("path", BATS, ids=lambda path: path.name)
def test_bat_goes_nowhere_in_vain_and_never_ends_unread(path):
    lines = lines_of(path)
    labels = {line[1:] for line in lines if line.startswith(":")}
    jumps = {found for line in lines for found in re.findall(r"\bgoto (\S+)", line)}
    assert jumps == labels
    ends = [number for number, line in enumerate(lines) if re.match(r"exit\b", line)]
    assert len(ends) >= 4
    for number in ends:
        before = [line for line in lines[:number] if not line.startswith("rem")][-1]
        clean = path.stem == "开始" and before == ":done" and lines[number] == "exit 0"  # the person has left the menu
        assert before == "pause" or clean, lines[number]
    # Nothing runs on into a part that belongs to another case, nor off the end.
    for number, line in enumerate(lines):
        if line.startswith(":"):
            before = [text for text in lines[:number] if text and not text.startswith("rem")][-1]
            assert re.match(r"exit|goto", before), line
    assert [line for line in lines if line][-1].startswith("exit")


@pytest.mark.parametrize("path", BATS, ids=lambda path: path.name)
def test_bat_keeps_to_what_any_path_survives(path):
    text = "\n".join(line for line in lines_of(path) if not line.startswith("rem "))
    outside = re.sub(r'"[^"\n]*"', "", text)
    assert text.count('"') % 2 == 0
    # A path outside quotes would break at a blank; brackets of a block at one in a path; call reads percent signs twice.
    assert not re.search(r"%~|%[A-Z_]*(PYTHON|HOME|PATH)%|!", outside)
    assert "(" not in re.sub(r"^echo .*$", "", outside, flags=re.MULTILINE)
    assert not re.search(r"(?i)\b(call|powershell|pushd|cd|wmic|curl|bitsadmin|reg|setx|runas)\b", outside)
    # No exclamation mark of a path is lost: delayed expansion is over before any path is used.
    last = text.rfind("EnableDelayedExpansion")
    assert last < text.index("DisableDelayedExpansion") < text.index("%~dp0")
    assert "%*" not in outside or path.stem == "收集"
    for name in re.findall(r"%~dp0([^\"\n]+)\"", text):
        made_later = name.startswith((".venv\\", "python\\"))
        assert made_later or (LAUNCHERS / name.replace("\\", "/")).is_file(), name


@pytest.mark.parametrize("path", [path for path in BATS if path.stem != "安装"], ids=lambda path: path.name)
def test_bat_hands_on_what_was_dropped(path):
    """The whole line goes to Python, and cmd ends for good instead of running what stands behind an ampersand."""
    lines = lines_of(path)
    assert 'set "KAOPING_LINE=!cmdcmdline!"' in lines and 'set "KAOPING_LAUNCHER=%~nx0"' in lines
    assert not [line for line in lines if line.startswith("exit /b")]


def test_python_never_takes_modules_from_the_present_folder():
    """A file called json.py among the returns must not run."""
    for path in (*BATS, *SHELLS):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "-m workbook_builder" not in line or " -I -X utf8 -m workbook_builder" in line, path.name


# --- texts, .sh -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_texts_are_chinese_and_short(path):
    data = path.read_bytes()
    assert b"\n" not in data.replace(b"\r\n", b"") and not data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8").split("\r\n")
    assert lines[0] == "" and "“安装”" in "".join(lines)
    assert max(sum(1 + (sign > "\u2000") for sign in line) for line in lines) <= 80


@pytest.mark.parametrize("path", SHELLS, ids=lambda path: path.name)
def test_shells_are_plain_sh(path):
    assert path.stat().st_mode & 0o111 and b"\r" not in path.read_bytes()
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", str(path)], capture_output=True, check=False).returncode == 0


@pytest.fixture
def bare(tmp_path):
    """The launchers in an awkward place, and a PATH without any Python."""
    home = shutil.copytree(LAUNCHERS, tmp_path / AWKWARD / "考评程序")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "tr"):
        (tools / name).symlink_to(shutil.which(name))
    return home, tools


def run(script, *arguments, path, cwd=None):
    done = subprocess.run(
        ["sh", str(script), *map(str, arguments)],
        env={"PATH": str(path), "HOME": str(Path(script).parent), "LANG": "C.UTF-8", "COLUMNS": "80"},
        cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def fake(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def told(name):
    return (LAUNCHERS / "launch" / f"{name}.txt").read_bytes().decode("utf-8").replace("\r\n", "\n")


def test_nothing_to_install_with(bare):
    home, tools = bare
    assert run(home / "安装.sh", path=tools) == (1, told("no-python"), "")
    fake(tools / "python3", "exit 1")  # too old
    assert run(home / "安装.sh", path=tools) == (1, told("no-python"), "")
    fake(home / "python" / "bin" / "python3", "exit 1")
    assert run(home / "安装.sh", path=tools) == (1, told("bad-python"), "")
    assert [run(home / name, path=tools) for name in ("开始.sh", "收集.sh")] == [(1, told("not-installed"), "")] * 2
    (home / "launch" / "install.py").unlink()
    assert "请先把整个文件夹解压" in run(home / "安装.sh", path=tools)[1]


def test_the_portable_python_comes_first(bare):
    home, tools = bare
    fake(tools / "python3", "echo other")
    fake(home / "python" / "bin" / "python3", 'if [ "$1" = -E ]; then exit 0; fi; printf "%s|" "$@"; exit 7')
    code, out, _ = run(home / "安装.sh", path=tools)
    assert (code, out) == (7, f"-I|-X|utf8|{home / 'launch/install.py'}|")


def test_a_program_that_does_not_end_well(bare):
    home, tools = bare
    (home / ".venv").mkdir()
    (home / ".venv" / "ready.txt").write_bytes(b"")
    for code, (start, collect) in {0: ("", ""), 1: (told("failed"), ""), 3: (told("failed"),) * 2, 127: (told("failed"),) * 2}.items():
        fake(home / ".venv" / "bin" / "python", f"exit {code}")
        assert run(home / "开始.sh", path=tools) == (code, start, "")
        assert run(home / "收集.sh", path=tools) == (code, collect, "")


def test_where_the_menu_opens(bare, tmp_path):
    home, tools = bare
    (home / ".venv").mkdir()
    (home / ".venv" / "ready.txt").write_bytes(b"")
    fake(home / ".venv" / "bin" / "python", "pwd")
    year = tmp_path / "一 年"
    year.mkdir()
    (year / "方案.xlsx").write_bytes(b"")
    for dropped, place in (((), home), ((year,), year), ((year / "方案.xlsx",), year)):
        assert run(home / "开始.sh", *dropped, path=tools, cwd=tmp_path)[1] == f"{place}\n"


# --- install.py -----------------------------------------------------------------------------------------------------


def test_wheels_for_another_python(tmp_path, monkeypatch):
    (tmp_path / "launch").mkdir()
    facts = tmp_path / "launch" / "bundle.json"
    own = "{}.{}".format(*sys.version_info[:2])

    def made_for(*targets):
        rows = [{"platform": p, "python": v, "name": f"电脑{p}"} for p, v in targets]
        facts.write_text(json.dumps({"targets": rows}), encoding="utf-8")

    here = install.machine()
    assert here == wheels.this_machine()
    made_for(("win_amd64", "3.40"), (here, own))
    assert install.other_python(tmp_path) == []
    made_for(("win_amd64", "3.40"), (here, "3.41"))
    with pytest.raises(install.Failed, match=f"电脑{here} Python 3.41 用的，这台电脑是 {here}、Python {re.escape(own)}"):
        install.other_python(tmp_path)
    fake(tmp_path / "bin" / "python3.41", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert install.other_python(tmp_path) == ["python3.41"]
    fake(tmp_path / "bin" / "python3.41", "exit 1")
    with pytest.raises(install.Failed, match="kaoping bundle --platform"):
        install.other_python(tmp_path)


def test_an_old_installation_stays_until_the_new_one_works(tmp_path, monkeypatch, capsys):
    (tmp_path / "wheels").mkdir()
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready.txt").write_bytes(b"old")
    calls = []

    def failing(home, command):
        calls.append(command)
        (home / install.LOG).write_bytes(b"log")
        Path(tmp_path / ".venv").mkdir(exist_ok=True)
        return int(len(calls) in fails)

    monkeypatch.setattr(install, "run", failing)
    monkeypatch.setattr(install, "HOME", tmp_path)
    fails = set()
    (tmp_path / "wheels" / "pip-26.0-py3-none-any.whl").write_bytes(b"")
    (tmp_path / "wheels" / "xlwings-1-py3-none-any.whl").write_bytes(b"")
    for broken, said in (({1}, "python3-venv"), ({2, 3}, "程序包装不上"), ({3}, "运行不了")):
        fails = broken
        calls.clear()
        assert install.main() == 1
        assert said in capsys.readouterr().out
        assert (tmp_path / ".venv" / "ready.txt").read_bytes() == b"old" and not (tmp_path / ".venv-old").exists()
    # The power went while it was renewed: the one that works waits beside a half-made one.
    (tmp_path / ".venv").rename(tmp_path / ".venv-old")
    (tmp_path / ".venv").mkdir()
    fails = {1}
    calls.clear()
    assert install.main() == 1
    assert (tmp_path / ".venv" / "ready.txt").read_bytes() == b"old"
    capsys.readouterr()
    fails = {2}  # the extra does not fit: without it
    calls.clear()
    monkeypatch.setattr(install.sys, "platform", "win32")
    assert install.main() == 0
    assert "装好了" in capsys.readouterr().out
    assert [command[-1] for command in calls] == [str(tmp_path / ".venv"), "kaoping[console]", "kaoping", "--version"]
    assert calls[0][3] == "--without-pip" and "--no-index" in calls[1]  # Debian's Python cannot make one with pip
    assert (tmp_path / ".venv" / "ready.txt").is_file() and not (tmp_path / install.LOG).exists()


def test_a_folder_that_cannot_be_written_and_one_without_wheels(tmp_path, monkeypatch, capsys):
    home = tmp_path / "程序"
    home.mkdir()
    monkeypatch.setattr(install, "HOME", home)
    assert install.main() == 1 and "缺少程序包" in capsys.readouterr().out
    (home / "wheels").mkdir()

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(install, "replace_environment", refused)
    assert install.main() == 1
    assert "复制到自己电脑的硬盘上" in capsys.readouterr().out


def test_from_the_source_tree(tmp_path, monkeypatch):
    """Without `wheels`, pip comes with the environment or there is none; our own name is never asked of an index."""
    (tmp_path / "pyproject.toml").write_bytes(b"")
    home = tmp_path / "launchers"
    home.mkdir()
    calls = []
    monkeypatch.setattr(install, "run", lambda _, command: calls.append(command) or (home / ".venv").mkdir(exist_ok=True) or 0)
    monkeypatch.setattr(install.sys, "platform", "win32")
    assert install.install(home) == 0
    assert [command[-1] for command in calls] == [str(home / ".venv")] * 2 + [f"{tmp_path}[console]", "--version"]
    monkeypatch.setattr(install, "run", lambda _, command: (home / ".venv").mkdir(exist_ok=True) or int("--upgrade" in command))
    with pytest.raises(install.Failed, match="缺 pip"):
        install.install(home)


# --- .desktop -------------------------------------------------------------------------------------------------------


def read_entry(text):
    """Keys and values of a desktop entry, unescaped by the book (Desktop Entry Specification, "Possible value types")."""
    head, *lines = text.splitlines()
    assert head == "[Desktop Entry]"
    signs = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    return {key: re.sub(r"\\(.)", lambda found: signs[found[1]], value) for key, _, value in (line.partition("=") for line in lines)}


def command_of(value, files):
    """The arguments of Exec ("The Exec key"): quoted ones unescaped, field codes replaced."""
    words = []
    for quoted, plain in re.findall(r'"((?:[^"\\`$]|\\["\\`$])*)"|(\S+)', value):
        if plain in ("%f", "%F"):
            words += files
        else:
            words.append(re.sub(r"\\(.)", r"\1", quoted or plain).replace("%%", "%"))
    return words


@given(st.text(st.sampled_from("考 a\"'`$\\%&;=#~()[]!\n\t"), min_size=1, max_size=20))
def test_any_path_survives_a_desktop_entry(name):
    home = Path("/") / f"x{name}x"
    entry = read_entry(install.starter(home, "收集", "名", "话", "%F"))
    assert command_of(entry["Exec"], ["/一", "/二"]) == ["sh", f"{home}/收集.sh", "/一", "/二"]
    assert entry["Path"] == str(home)
    assert (entry["Type"], entry["Terminal"], entry["Name"]) == ("Application", "true", "名")


def test_starters_are_written_beside_and_offered_for_the_menu(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for typed, there in (("", []), ("y", ["kaoping-1.desktop", "kaoping-2.desktop"])):
        monkeypatch.setattr("builtins.input", lambda _, typed=typed: typed)
        monkeypatch.setattr(install.sys.stdin, "isatty", lambda: True, raising=False)
        install.write_starters(tmp_path)
        menu = tmp_path / "data" / "applications"
        assert sorted(path.name for path in menu.glob("*")) == there
    assert (menu / "kaoping-1.desktop").read_bytes() == (tmp_path / "开始.desktop").read_bytes()
    assert all(path.stat().st_mode & 0o777 == 0o755 for path in (*menu.iterdir(), *tmp_path.glob("*.desktop")))
    assert str(menu) in capsys.readouterr().out


# --- from a real bundle to a real result ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A bundle for this computer, carried to an awkward place and installed there without network; a year beside it."""

    def make(place: Path) -> tuple[Outcome, tuple[int, str, str] | None]:
        made = commands.bundle(place / "考评程序", [wheels.this_machine()])
        if made.exit_code:
            return made, None
        home = place / AWKWARD / "考评程序"
        home.parent.mkdir()
        (place / "考评程序").rename(home)
        done = run(home / "安装.sh", path="/nowhere:" + str(python_path(place)))
        (place / "方案.xlsx").write_bytes(small_year.scheme_book())
        year = home.parent / "2021考评"
        commands.new(year, place / "方案.xlsx")
        (place / "方案.xlsx").unlink()
        commands.build(year)
        small_year.send_in(year)
        (year / "2回收").rename(home.parent / "收到")
        (year / "2回收").mkdir()
        return made, done

    place, (made, done) = once(tmp_path_factory, "bundle", make)
    if [p.code for p in made.problems] == ["BUNDLE_NO_NETWORK"]:
        pytest.skip("the package index cannot be reached, which only `kaoping bundle` needs")
    assert (made.exit_code, made.problems) == (0, ())
    return place / AWKWARD / "考评程序", done


def python_path(place):
    """A PATH with this Python as python3 and what the scripts need, and no pip in sight."""
    tools = place / "tools"
    if not tools.exists():
        tools.mkdir()
        for name in ("sh", "dirname", "tr"):
            (tools / name).symlink_to(shutil.which(name))
        (tools / "python3").symlink_to(getattr(sys, "_base_executable", sys.executable))
    return tools


@pytest.mark.slow
def test_installed_without_network_administrator_or_pip(installed):
    home, (code, out, err) = installed
    assert (code, err) == (0, ""), out
    assert "装好了" in out
    python = home / ".venv" / "bin" / "python"
    asked = subprocess.run([python, "-P", "-c", "import workbook_builder, os; print(os.path.dirname(workbook_builder.__file__))"], capture_output=True, check=True, cwd=home)
    assert Path(asked.stdout.decode("utf-8").strip()).is_relative_to(home / ".venv")
    assert subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 1
    entry = read_entry((home / "收集.desktop").read_text(encoding="utf-8"))
    assert command_of(entry["Exec"], []) == ["sh", str(home / "收集.sh")]
    assert not (home / install.LOG).exists()


@pytest.mark.slow
def test_dropped_on_collect(installed, tmp_path):
    """Exactly what then lies in the year, by the very command that the desktop runs."""
    home, _ = installed
    year = shutil.copytree(home.parent / "2021考评", tmp_path / "2021考评")
    entry = read_entry((home / "收集.desktop").read_text(encoding="utf-8"))
    sent = shutil.copytree(home.parent / "收到", tmp_path / "收 到&(1)")
    (year / "json.py").write_text("raise SystemExit('a file of the folder was run')", encoding="utf-8")
    command = command_of(entry["Exec"], [str(sent), str(sent / "政治处.xlsx")])
    done = subprocess.run(command, cwd=year, env={"PATH": os.environ["PATH"], "COLUMNS": "80"}, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    shown = done.stdout.decode("utf-8")
    assert (done.returncode, done.stderr) == (0, b""), shown
    assert shown.startswith("已存放并收集。\n") and "新存放 7 个文件" in shown and "收到 7 个文件" in shown
    expected = {f"收 到&(1)/{path.name}": path.read_bytes() for path in sent.iterdir()}
    assert stored(year) == {**expected, "政治处.xlsx": (sent / "政治处.xlsx").read_bytes()}
    assert (year / "4汇总" / "问题清单.xlsx").is_file()
    code, out, _ = run(home / "收集.sh", path=os.environ["PATH"], cwd=home)
    assert code == 2 and "还没有写要收哪些文件" in _


@pytest.mark.slow
def test_the_menu_from_its_launcher(installed):
    home, _ = installed
    shell = shutil.which("sh")
    with at_terminal(home.parent.parent, home / "开始.sh", command=(shell,)) as (talk, end):
        prompt = "请输入编号后按回车："
        shown = talk("", prompt)
        assert "这里还不是考评工作文件夹" in shown and "  1 2021考评（在 " in shown
        talk("12\n", "返回）：")
        assert "收回 0/3" in talk("1\n", prompt)
        talk("0\n", "再见")
        assert end() == 0
    with at_terminal(home, home / "收集.sh", command=(shell,)) as (talk, end):
        talk("", "就不收了）：")
        assert "还没有写要收哪些文件" in talk("\n", "按回车键关闭")
        talk("\n", "")
        assert end() == 2


@pytest.mark.slow
def test_the_bundle_carries_this_very_program(installed):
    """The wheel in the bundle holds the launchers and pages that the bundle is made of: the installed program can make one."""
    home, _ = installed
    code = (
        "import sys; from pathlib import Path; from workbook_builder import resources as r\n"
        "print(*sorted(p.relative_to(r.path(n)).as_posix() for n in (r.LAUNCHERS, r.DOCS) for p in r.path(n).rglob('*') if p.is_file()), sep='\\n')\n"
        "from workbook_builder.commands import wheels; print(wheels.own_wheel(Path(sys.argv[1])))"
    )
    place = home.parent.parent / "again"
    place.mkdir(exist_ok=True)
    done = subprocess.run([home / ".venv/bin/python", "-P", "-X", "utf8", "-c", code, place], capture_output=True, check=True, cwd=home)
    *names, told_ = done.stdout.decode("utf-8").splitlines()
    assert {"安装.bat", "launch/install.py", "使用手册.md", "图/汇总.png"} <= set(names) and told_ == "None"
    made, again = (next(folder.glob("kaoping-*.whl")) for folder in (home / "wheels", place))
    assert contents(made) == contents(again)


def contents(path):
    import zipfile

    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if not name.endswith("/RECORD")}


def test_exec_is_what_a_shell_would_write():
    """Our reading of the specification against another's quoting, on an ordinary path."""
    entry = read_entry(install.starter(Path("/a b"), "开始", "n", "c", "%f"))
    assert shlex.split(entry["Exec"]) == ["sh", "/a b/开始.sh", "%f"]
