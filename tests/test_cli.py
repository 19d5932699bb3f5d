"""The command line: exit codes, one JSON object, Chinese throughout, any console, and a menu a clerk can live in."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import workbook_builder
from workbook_builder import cli, commands, results
from workbook_builder.cli import progress, screen, words
from workbook_builder.cli.app import app
from workbook_builder.commands import advice
from workbook_builder.commands.outcome import Outcome, shown_path
from workbook_builder.folder import Folder
from workbook_builder.problems import CATALOGUE, Where, problem

ROOT = Path(workbook_builder.__file__).resolve().parent.parent
COMMANDS = ("new", "demo", "check", "build", "collect", "receive", "bundle", "review", "summarize", "status", "explain", "archive", "templates", "console", "dump", "load")
CODES = {"code", "severity", "file", "sheet", "cell", "field", "value", "message", "fix"}


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    root = tmp_path_factory.mktemp("cli") / "2021 考评"
    commands.new(root)
    commands.build(root)
    return root


@pytest.fixture
def here(issued, tmp_path, monkeypatch):
    """A copy of a folder that has been issued; we stand in it."""
    root = tmp_path / "2021 考评"
    shutil.copytree(issued, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "80")
    return root


@pytest.fixture
def run(capsysbinary, monkeypatch):
    """Run a command line in this process: (exit code, stdout, stderr)."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode("utf-8"), err.decode("utf-8")

    return call


@pytest.fixture
def made_before(demonstration, monkeypatch):
    """`demo` lays down what it has made once already; the menu below really makes it."""
    made, outcome = demonstration

    def demo(directory, progress=None):
        folder = Folder(shutil.copytree(made, directory))
        told = outcome.data["next"].replace(shown_path(made), shown_path(folder.root))
        return replace(outcome, data={**outcome.data, "next": told}, folder=folder)

    monkeypatch.setattr(commands, "demo", demo)


def child(*arguments, cwd, **environment):
    """Run a command line in a process of its own, not at a terminal."""
    search = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, "-m", "workbook_builder", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": search, "COLUMNS": "80", **environment},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


# --- help -----------------------------------------------------------------------------------------------------------


def test_help_is_quick_and_imports_nothing_heavy(tmp_path):
    code = (
        "import sys\nfrom workbook_builder.cli import main\nassert main(['--help']) == 0\n"
        "heavy = {'pandas', 'numpy', 'openpyxl', 'xlsxwriter', 'yaml', 'pydantic', 'jinja2', 'docxtpl', 'docx', 'lxml', 'xlrd'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert "用法：kaoping" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_explained_in_chinese(run, command):
    code, page, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert page.startswith(f"用法：kaoping {command}")
    assert not re.search(r"Usage|Options|Arguments|Show this|default|required|Aborted", page)
    explained = [line for line in page.splitlines() if re.match(r"  (--|\[?[^ ])", line)]
    assert all(re.search(r"[一-鿿]", line.split("  ", 2)[-1]) for line in explained)
    assert "--json" in page
    assert max(words.width_of(line) for line in page.splitlines()) <= 80


def test_the_list_of_commands_is_complete(run):
    page = run("--help")[1]
    registered = {info.name or info.callback.__name__ for info in app.registered_commands}
    assert registered == set(COMMANDS)
    for command in COMMANDS:
        assert re.search(rf"^  {command}  +[^ ]", page, re.MULTILINE)


def test_version(run):
    assert run("--version")[1].startswith("kaoping")


# --- misuse ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words_"),
    [
        (("nope",), "没有“nope”这个命令"),
        (("build", "--frce"), "没有选项 --frce"),
        (("new",), "还缺参数“文件夹”"),
        (("new", "x", "y"), "多写了“y”"),
        (("new", "x", "--scheme"), "选项 --scheme 后面要写内容"),
        (("load", "x", "--force=1"), "选项 --force 后面不能写内容"),
        (("new", "x", "--scheme", "a", "--from", "b"), "只能给一个"),
    ],
)
def test_misuse_is_told_in_chinese(run, tmp_path, monkeypatch, arguments, words_):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words_ in err
    assert "--help" in err
    assert list(tmp_path.iterdir()) == []
    code, out, _ = run(*arguments, "--json") if arguments[-1] != "--scheme" else run("--json", *arguments)
    assert code == 2
    assert [p["code"] for p in json.loads(out)["problems"]] == ["USAGE"]


@pytest.mark.parametrize("command", ["build", "collect", "review", "summarize", "status", "archive", "templates", "check"])
def test_outside_a_folder_is_misuse(run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(command)
    assert code == 2
    # The place may be long and wrap anywhere.
    assert "不是考评工作文件夹" in "".join(out.split())
    assert "kaoping new" in out


# --- JSON -----------------------------------------------------------------------------------------------------------


def lines(here):
    return {
        "new": ("new", here.parent / "另一年"),
        "demo": ("demo", here.parent / "演示"),
        "check": ("check",),
        "build": ("build",),
        "collect": ("collect",),
        "receive": ("receive", here / "2回收"),
        "review": ("review",),
        "summarize": ("summarize",),
        "archive": ("archive",),
        "templates": ("templates",),
        "console": ("console",),
        "status": ("status",),
        "explain": ("explain", "办公室", "总分"),
        "dump": ("dump", "方案.xlsx"),
        "load": ("load", "方案.yaml", "方案2.xlsx"),
    }


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "bundle"])  # which is none of a year's
def test_json_is_one_object_and_nothing_else(run, here, made_before, command):
    if command == "load":
        commands.dump(here / "方案.xlsx")
    (here / "2回收/坏.xlsx").write_bytes(b"PK\3\4 broken")
    (here / "2回收/Thumbs.db").write_bytes(b"")
    code, out, err = run(*lines(here)[command], "--json")
    value = json.loads(out)
    read = ("collect", "receive", "review", "summarize", "status")
    assert code == (2 if command == "archive" else 1 if command in read else 0)
    assert value["command"] == command
    assert {"outputs", "problems", "received"} <= set(value)
    assert all(set(p) == CODES and p["severity"] in ("error", "warning", "info") for p in value["problems"])
    assert all(set(r) == {"file", "sha256", "section", "outcome"} for r in value["received"])
    folder = Path(value["folder"])
    assert all((folder / name).is_file() and "\\" not in name for name in value["outputs"])
    assert "下一步" in err or "没有改动" in err or "没有完成" in err or (command == "explain" and "尚缺：" in err)
    if command in read:
        named = {p["file"] for p in value["problems"]} | {r["file"] for r in value["received"]}
        assert {"2回收/坏.xlsx", "2回收/Thumbs.db"} <= named
    if command in ("summarize", "demo"):
        assert {"batch", "stage", "provisional", "pending", "standings", "missing"} <= set(value)


def test_json_may_stand_before_the_command(run, here):
    assert json.loads(run("--json", "check")[1])["command"] == "check"


def test_json_is_utf8_even_on_a_gbk_console(here):
    done = child("summarize", "--json", cwd=here, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert json.loads(done.stdout.decode("utf-8"))["standings"][0]["section"]
    assert "下一步" in done.stderr.decode("gbk")


# --- what a person sees ---------------------------------------------------------------------------------------------


def test_a_year_at_the_terminal(run, tmp_path, made_before, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("demo")
    assert (code, err) == (0, "")
    assert "演示已就绪" in out
    assert re.search(r"名次 +科室 +业务 +队伍 +特色 +底线 +总分 +等次 +差距", out)
    assert re.search(r"^审定稿：考评结果　已审定　结果码 [0-9A-F]{8}$", out, re.MULTILINE)
    assert "4汇总/汇总表.xlsx" in out
    assert out.rstrip().splitlines()[-2].startswith("下一步：") or "下一步：" in out
    assert max(words.width_of(line) for line in out.splitlines()) <= 80
    assert "\x1b" not in out
    monkeypatch.chdir(tmp_path / "考评演示")
    done = "已审定并归档；以后有更正，在决定.xlsx写明，再运行kaopingsummarize。"
    send = "把4汇总里的通报、反馈印发，再运行kaopingarchive归档。"
    for command, advised in (
        ("status", send),
        ("check", "下发表与方案一致；运行kaopingstatus看进度。"),
        ("build", "结果已审定，不用再发表；运行kaopingstatus看进度。"),
        ("summarize", send),  # build may have renewed the registers
        ("collect", send),
        ("review", send),
        ("summarize", send),
        ("archive", "把5归档/审定稿整个复制到档案介质；以后有更正，在决定.xlsx写明，再运行kaopingsummarize。"),
        ("status", done),
        ("collect", done),
    ):
        code, out, err = run(command)
        assert (code, err) == (0, ""), command
        assert next_of(out) == advised, command
        assert max(words.width_of(line) for line in out.splitlines()) <= 80, command


def test_problems_are_grouped_with_place_message_and_remedy(run, here):
    (here / "2回收/坏.xlsx").write_bytes(b"PK\3\4 broken")
    code, out, _ = run("collect")
    assert code == 1
    place = out.splitlines().index("2回收/坏.xlsx")
    assert out.splitlines()[place + 1].startswith("  错误  ")
    assert "4汇总/问题清单.xlsx" in out
    assert "未报送的科室（10 个）" in out


def test_only_the_heaviest_problems_are_listed():
    infos = [problem("FILE_IGNORED", Where(f"a{number:02}")) for number in range(30)]
    outcome = Outcome("collect", ("4汇总/问题清单.xlsx",), (*infos, problem("FILE_EMPTY", Where("z"))))
    shown = "\n".join(str(line) for line in screen.report(outcome, 80))
    assert shown.index("错误  文件是空的") < shown.index("a00")  # what concerns a whole file comes first
    assert shown.count("  提示  ") == screen.LISTED - 1
    assert "另有 11 条，全部见 4汇总/问题清单.xlsx" in shown


def test_a_gbk_console_shows_everything_and_a_strange_one_ends_nothing(here):
    done = child("summarize", cwd=here, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    text = done.stdout.decode("gbk")
    assert done.returncode == 0, done.stderr.decode("gbk", "replace")
    assert "下一步：" in text
    assert "?" not in text
    (here / "2回收/😀.xlsx").write_bytes(b"")
    assert child("summarize", cwd=here, PYTHONIOENCODING="gbk", PYTHONUTF8="0").returncode == 1
    assert child("summarize", cwd=here, PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 1
    assert child("--help", cwd=here, PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 0


def test_our_own_words_are_in_gbk():
    texts = [text for entry in CATALOGUE.values() for text in (entry.message, entry.fix)]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "workbook_builder/cli").glob("*.py")]
    for text in texts:
        text.encode("gbk")


def test_a_file_name_that_is_no_text(here):
    try:
        with open(os.fsencode(here / "2回收") + b"/\xb0\xec.pdf", "wb") as file:
            file.write(b"%PDF-1.4\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    done = child("collect", "--json", cwd=here)
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("utf-8"))["received"][0]["file"] == "2回收/办.pdf"


def test_alone_and_not_at_a_terminal(here, tmp_path):
    done = child(cwd=here)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "收回 0/10" in done.stdout.decode("utf-8")
    assert json.loads(child("--json", cwd=here).stdout)["command"] == "status"
    done = child(cwd=tmp_path)
    assert done.returncode == 0
    assert "kaoping new" in done.stdout.decode("utf-8")
    value = json.loads(child("--json", cwd=tmp_path).stdout)
    assert (value["folder"], value["problems"]) == (None, [])


# --- when we are wrong ----------------------------------------------------------------------------------------------


def test_a_fault_of_ours_is_one_line_and_a_trace_in_the_log(run, here, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("workbook_builder.pipeline.collect", broken)
    code, out, err = run("summarize")
    assert (code, out) == (3, "")
    assert "程序内部出错" in err
    assert "Traceback" not in err
    log = (here / ".kaoping/日志.txt").read_text(encoding="utf-8")
    assert "ZeroDivisionError: surprise" in log
    value = json.loads(run("summarize", "--json")[1])
    assert [p["code"] for p in value["problems"]] == ["INTERNAL_ERROR"]


def test_a_fault_without_a_folder_shows_its_trace(run, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("surprise")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands, "new", broken)
    broken.__name__ = "new"
    code, _, err = run("new", "x")
    assert code == 3
    assert "Traceback" in err


def test_ctrl_c_is_not_a_fault(run, here, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("workbook_builder.pipeline.collect", interrupted)
    code, out, err = run("summarize")
    assert (code, out) == (130, "")
    assert "已中断" in err


# --- lines of Chinese -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [20, 41, 80])
def test_lines_break_where_chinese_may_break(width):
    text = "把“1下发/分科室”里的表发给各科室（报送截止 12 月 10 日），收回的放进 2回收，再运行 kaoping collect。" * 3
    made = words.wrap(text, width)
    assert "".join(made).replace(" ", "") == text.replace(" ", "")
    assert all(words.width_of(line) <= width for line in made)
    assert not [line for line in made if line[0] in "，。、）”"]
    assert not [line for line in made if line[-1] in "（“"]


def test_a_path_longer_than_the_line_is_broken_anywhere():
    assert "".join(words.wrap("/tmp/" + "x" * 100, 30)) == "/tmp/" + "x" * 100


# --- the menu -------------------------------------------------------------------------------------------------------


def in_terminal(*arguments, cwd, **environment):
    """Run a command line at a pseudo-terminal: everything that appeared there."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    search = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-m", "workbook_builder", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": search, "COLUMNS": "80", "TERM": "xterm-256color", "PYTHONUTF8": "1", **environment},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    seen = b""
    with contextlib.suppress(OSError):  # what a closed terminal raises
        while part := os.read(master, 65536):
            seen += part
    os.close(master)
    process.wait()
    return seen.decode("utf-8").replace("\r\n", "\n")


@contextlib.contextmanager
def at_terminal(cwd, *arguments, command=(sys.executable, "-m", "workbook_builder")):
    """A session of `kaoping`, or of another command, at a pseudo-terminal: a function (keys, until) → what appeared until `until` did."""
    pty = pytest.importorskip("pty")
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ.update(PYTHONPATH=str(ROOT), COLUMNS="80", LINES="40", TERM="xterm", PYTHONUTF8="1")
        # Tests that run in the background hand on that Ctrl+C is to be ignored; at a terminal it is not.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execv(command[0], [*map(str, command), *map(str, arguments)])
    seen = b""

    def talk(keys, until):
        nonlocal seen
        if keys:
            os.write(master, keys.encode("utf-8"))
        began, text = time.monotonic(), b""
        while until.encode("utf-8") not in text and time.monotonic() - began < 100:
            if select.select([master], [], [], 0.2)[0]:
                try:
                    text += os.read(master, 65536)
                except OSError:
                    break
        seen += text
        shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text.decode("utf-8", "replace"))
        assert until in shown, seen.decode("utf-8", "replace")
        return shown

    def end():
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    try:
        yield talk, end
    finally:
        with contextlib.suppress(OSError):
            os.close(master)


PROMPT = "请输入编号后按回车："


def test_the_menu_survives_every_mistake(here):
    with at_terminal(here) as (talk, end):
        assert "收回 0/10" in talk("", PROMPT)
        assert "没有“99”这一项" in talk("99\n", PROMPT)
        assert "没有“删除”这一项" in talk("删除\n", PROMPT)
        talk("\n", PROMPT)
        assert "没有发现问题" in talk("１\n", PROMPT)
        assert "汇总已生成" in talk("4\n", PROMPT)
        assert "汇总：最新" in talk("看进度\n", PROMPT)
        talk("12\n", "返回）：")
        assert "没有更换" in talk("/没有/这里\n", PROMPT)
        talk("10\n", "返回）：")
        talk("\n", PROMPT)
        talk("10\n", "返回）：")
        talk(f"{here}\n", "方案）：")
        assert "已经有方案.xlsx" in re.sub(r"\s", "", talk("\n", PROMPT))
        talk("10\n", "返回）：")
        talk("2022考评\n", "方案）：")
        assert "年度文件夹已建好" in talk(f"{here}\n", PROMPT)
        (here.parent / "2022考评/方案.xlsx").write_bytes(b"junk")
        assert "没有完成" in talk("2\n", PROMPT)
        talk("0\n", "再见")
        assert end() == 0
    assert (here.parent / "2022考评/2回收").is_dir()


@pytest.mark.parametrize("leave", ["\x04", "\x03", "q\n"])
def test_the_menu_is_left_quietly(tmp_path, leave):
    with at_terminal(tmp_path) as (talk, end):
        shown = talk("", PROMPT)
        assert "这里还不是考评工作文件夹" in shown
        assert "2 生成下发表" not in shown
        assert "9 看进度" not in shown
        assert "请先选" in talk("3\n", PROMPT)
        time.sleep(0.5)  # Ctrl+C in the instant between prompt and reading would wait for the next key
        assert "Traceback" not in talk(leave, "再见")
        assert end() == 0


def test_from_nothing_to_a_demonstration_in_the_menu(tmp_path):
    with at_terminal(tmp_path) as (talk, end):
        talk("", PROMPT)
        talk("11\n", "”）：")
        shown = talk("\n", PROMPT)
        assert "演示已就绪" in shown
        assert "9 看进度" in shown
        assert "收回 10/10" in talk("9\n", PROMPT)
        talk("11\n", "”）：")
        assert "不是空文件夹" in re.sub(r"\s", "", talk("\n", PROMPT))
        talk("0\n", "再见")
        assert end() == 0


# --- progress and colours -------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def screen_of(text):
    """What a terminal shows after `text`: a carriage return goes back to the start of the line."""
    line = ""
    for part in text.split("\r"):
        line = part + line[len(part) :] if words.width_of(part) < words.width_of(line) else part
    return line


def test_progress_is_one_line_that_writes_over_itself_and_goes_away(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress_line() as tell:
        tell("读取交回的文件", 0, 31)
        tell("读取交回的文件", 31, 31)
        assert stream.getvalue().endswith("\r正在读取交回的文件：31/31")
        tell("写汇总表", 0, 0)
        assert stream.getvalue().endswith("\r正在写汇总表，请稍候" + " " * 5)
        tell("写" + "很长的" * 30, 1, 2)
    shown = stream.getvalue()
    assert "\n" not in shown
    assert max(words.width_of(part) for part in shown.split("\r")) < 40
    assert screen_of(shown).strip() == "" and shown.endswith("\r")


def test_progress_of_the_same_work_is_not_drawn_a_thousand_times(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(progress.time, "monotonic", lambda: 5.0)
    line = progress.Line(stream)
    for done in range(1001):
        line("读取交回的文件", done, 1000)
    assert stream.getvalue().count("正在") == 2  # the first and the last


@pytest.mark.parametrize(
    ("stream", "quiet", "term"), [(io.StringIO(), False, "xterm"), (Terminal(), True, "xterm"), (Terminal(), False, "dumb"), (None, False, "")]
)
def test_no_progress_for_programs_files_and_terminals_without_a_cursor(monkeypatch, stream, quiet, term):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", term)
    with progress.progress_line(quiet) as tell:
        tell("读取交回的文件", 1, 2)
    assert stream is None or stream.getvalue() == ""


def test_the_line_goes_away_when_the_work_fails(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(KeyboardInterrupt), progress.progress_line() as tell:
        tell("读取交回的文件", 1, 2)
        raise KeyboardInterrupt
    assert screen_of(stream.getvalue()).strip() == ""


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("build", ("生成考评表", "核对 1下发 里已有的表", "生成口径确认表、测评票")),
        ("collect", ("读取交回的文件",)),
        ("summarize", ("读取交回的文件", "试算其他口径", "写汇总表")),
        ("review", ("读取交回的文件", "写 5 本核定表")),
        ("status", ("读取交回的文件",)),
    ],
)
def test_long_commands_tell_what_they_are_at_and_how_far(here, command, told):
    (here / "2回收/说明.txt").write_text("一", encoding="utf-8")
    calls = []
    getattr(commands, command)(here, lambda *call: calls.append(call))
    assert [what for what in dict.fromkeys(what for what, _, _ in calls) if what in told] == list(told)
    assert all(0 <= done <= total for _, done, total in calls)
    for what in dict.fromkeys(what for what, _, _ in calls):
        counts = [done for known, done, _ in calls if known == what]
        assert counts == sorted(counts)
    assert getattr(commands, command)(here).exit_code == 0  # nobody needs to listen


def test_progress_and_colours_at_a_terminal_and_without(here):
    (here / "2回收/坏.xlsx").write_bytes(b"PK\3\4 broken")
    seen = in_terminal("collect", cwd=here)
    assert re.match(r"\r正在准备，请稍候\r正在读取交回的文件：1/1", seen)
    head = seen.partition("\n")[0]
    assert re.search(r"\r +\r[^\r]*收集校验完成。", head)
    assert screen_of(re.sub(r"\x1b\[[0-9;]*m", "", head)).rstrip() == "收集校验完成。"
    assert "\x1b[1;31m  错误  " in seen
    plain = in_terminal("collect", cwd=here, NO_COLOR="1")
    assert set(re.findall(r"\x1b\[([0-9;]*)m", plain)) <= {"0", "1", "2"}
    piped = child("collect", cwd=here)
    assert b"\x1b" not in piped.stdout + piped.stderr
    assert (b"\r" in piped.stdout.replace(b"\r\n", b"\n"), piped.stderr) == (False, b"")
    as_json = in_terminal("collect", "--json", cwd=here)
    assert "正在" not in as_json


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_screens_keep_to_the_width_of_the_window(here, run, monkeypatch, width):
    (here / "2回收/坏.xlsx").write_bytes(b"PK\3\4 broken")
    monkeypatch.setenv("COLUMNS", str(width))
    for command in ("status", "check", "collect", "nope"):
        _, out, err = run(command)
        assert max(words.width_of(line) for line in (out + err).splitlines()) <= width, command


# --- what to do next ------------------------------------------------------------------------------------------------


def next_of(out):
    """The last paragraph of a screen, which says what to do next."""
    lines = out.rstrip().splitlines()
    at = max(number for number, line in enumerate(lines) if line.startswith("下一步："))
    assert at == 0 or lines[at - 1] == ""
    assert sum(line.startswith("下一步：") for line in lines) == 1
    return "".join(line.strip() for line in lines[at:]).removeprefix("下一步：").replace(" ", "")


def test_every_state_ends_in_its_next_step(run, issued, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    again = shutil.copytree(issued, tmp_path / "年")
    bare = tmp_path / "新"
    commands.new(bare)

    def told(*arguments, cwd=tmp_path):
        monkeypatch.chdir(cwd)
        _, out, err = run(*arguments)
        return next_of(out or err)

    assert told("nope") == "用kaoping--help看用法。"
    assert told("build", "--frce") == "用kaopingbuild--help看用法。"
    assert told() == "新建年度文件夹，运行kaopingnew文件夹名；先看看演示，运行kaopingdemo；已有文件夹的，先进入它再运行kaoping。"
    outside = "先进入工作文件夹再运行；还没有的，用kaopingnew文件夹名新建。"
    assert [told(command) for command in ("build", "status", "archive", "templates")] == [outside] * 4
    assert told("check", "没有.xlsx") == "检查名称和路径是否写对，再运行kaopingcheck。"
    assert told("new", "新") == "换一个文件夹名，再运行kaopingnew；要接着用它，进入该文件夹，运行kaopingstatus。"
    assert told("demo", "新") == "换一个文件夹名，如kaopingdemo演示2；或先把它改名、移走。"
    assert told("status", cwd=bare) == "核对方案（kaopingcheck），再运行kaopingbuild生成下发表。"
    assert told("check", cwd=bare) == "运行kaopingbuild生成下发表。"
    for command in ("collect", "review", "archive"):
        assert told(command, cwd=bare) == "还没有生成下发表，先运行kaopingbuild。"
    assert told("check", cwd=again) == "下发表与方案一致；运行kaopingstatus看进度。"
    assert told("collect", cwd=again) == "2回收里还没有文件；各科室交回的表放进去，再运行kaopingcollect。"
    assert told("review", cwd=again) == "2回收里还没有文件；各科室交回的表放进去，再运行kaopingreview。"
    assert told("status", cwd=again) == "把1下发/分科室里的表发给各科室；收回的放进2回收，再运行kaopingcollect。"
    restyled = "在Excel、Word里改样子，{{}}里的字不要改；改好后运行kaopingcheck检查。"
    assert [told("templates", cwd=again) for _ in range(2)] == [restyled] * 2
    assert told("dump", "方案.xlsx", cwd=again) == "文本可以留存、比较；改好后用kaopingload方案.yaml变回工作簿。"
    assert told("load", "方案.yaml", cwd=again) == "运行kaopingcheck检查方案，再运行kaopingbuild。"
    assert told("load", "方案.yaml", "乙.txt", cwd=again) == "输出文件名应以.xlsx结尾，再运行kaopingload。"
    (again / "方案.xlsx").write_bytes(b"junk")
    mend = "打开方案.xlsx改正上面列出的错误，再运行kaopingcheck。"
    assert [told(command, cwd=again) for command in ("build", "status", "summarize")] == [mend] * 3
    assert told("check", cwd=again) == "按上面列出的位置改正，再运行kaopingcheck。"


def year_of(stage, approved=False, pending=(), problems=(), received=("一份",), missing=()):
    """Results as far as advice looks at them."""
    return SimpleNamespace(
        is_final=stage != results.SELF_STAGE,
        reached=results.Stage(stage, approved),
        pending=[results.Pending(section, "业务/甲科/1", reason) for section, reason in pending],
        problems=problems,
        received=received,
        missing=missing,
        assessments={},
        scheme=SimpleNamespace(sections=[SimpleNamespace(name=name) for name in ("甲科", "乙科")]),
    )


SELF, REVIEWED, APPROVED = (year_of(stage, stage == "审定稿") for stage in ("自评汇总", "核定稿", "审定稿"))
EARLY = year_of("自评汇总", received=())
UNREVIEWED = year_of("核定稿", pending=[("乙科", results.NOT_REVIEWED)], problems=(problem("FILE_EMPTY", Where("3核定/甲.xlsx")),))
HAND_OUT = "把 3核定 里的核定表交给各核定人填写，审定表打印上会后由政治处录入；填好后运行 kaoping summarize"
LOOK = "打开 4汇总/汇总表.xlsx 核对，再运行 kaoping review 生成核定表，交各核定人填写"
DONE = "已审定并归档；以后有更正，在 决定.xlsx 写明，再运行 kaoping summarize"
SEND = "把 4汇总 里的通报、反馈印发，再运行 kaoping archive 归档"
NEW, OLD = advice.Place(current=True), advice.Place()


@pytest.mark.parametrize(
    ("year", "place", "collected", "summarized", "reviewed"),
    [
        (
            EARLY,
            advice.Place(issued=False),
            "还没有生成下发表，先运行 kaoping build",
            "还没有生成下发表，先运行 kaoping build",
            "还没有生成下发表，先运行 kaoping build",
        ),
        (SELF, OLD, "都齐了，运行 kaoping summarize 生成汇总", LOOK, HAND_OUT),
        (SELF, NEW, f"都齐了，{LOOK}", LOOK, HAND_OUT),
        (SELF, advice.Place(current=True, reviewing=True), f"都齐了，{HAND_OUT}", HAND_OUT, HAND_OUT),
        (
            UNREVIEWED,
            OLD,
            "运行 kaoping summarize 生成汇总",
            "按 4汇总/问题清单.xlsx 改正错误；催核定表（乙科尚未核定完）；再运行 kaoping summarize",
            "改正上面列出的错误；把 3核定 里没有核定完的表（乙科）交给核定人填写；填好后运行 kaoping summarize",
        ),
        (
            REVIEWED,
            OLD,
            "运行 kaoping summarize 生成汇总",
            "看 4汇总/汇总表.xlsx 中尚待补齐或决定的事项；再运行 kaoping summarize",
            "核定都已完成；运行 kaoping summarize 生成汇总",
        ),
        (APPROVED, NEW, SEND, SEND, SEND),
        (APPROVED, advice.Place(current=True, archived=True), DONE, DONE, DONE),
    ],
)
def test_advice_is_true_for_where_the_year_stands(year, place, collected, summarized, reviewed):
    came = SimpleNamespace(received=year.received, problems=(), refused=(), missing=year.missing)
    assert advice.after_collect(came, year, (), place) == collected
    assert advice.after_summarize(year, (), place) == summarized
    assert advice.after_review(year, (), place) == reviewed


def test_advice_on_returns_that_are_missing_or_go_back():
    came = SimpleNamespace(received=("一份",), problems=(), refused=("乙科",), missing=("甲科",))
    late = year_of("自评汇总", missing=("甲科",))
    refused = "乙科交来的文件没有采用，原因见 4汇总/问题清单.xlsx；催报甲科"
    assert advice.after_collect(came, late, (), OLD) == f"{refused}；运行 kaoping summarize 看目前的汇总"
    assert advice.after_collect(came, late, (), NEW) == f"{refused}；收到后再运行 kaoping summarize"
    assert advice.after_review(late, (), NEW) == f"{HAND_OUT}；甲科交来后，再运行一次 kaoping review"
    whole = SimpleNamespace(received=("一份",), problems=(), refused=(), missing=())
    back = "把 4汇总/退回修改 里的表发回甲科核对"
    assert advice.after_collect(whole, SELF, (), OLD, ["甲科"]) == f"{back}；运行 kaoping summarize 看目前的汇总"
    assert advice.after_collect(whole, SELF, (), NEW, ["甲科"]) == f"{back}；都齐了，{LOOK}"
    reviewing = advice.Place(current=True, reviewing=True)
    assert advice.after_collect(whole, SELF, (), reviewing, ["甲科"]) == f"都齐了，{HAND_OUT}"
    assert advice.unwritten("collect", "（如关闭表）") == "先处理上面的错误（如关闭表），再运行 kaoping collect"
