"""`kaoping receive`: what was dropped is copied once, whole and under a free name; nothing else is touched."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import small_year
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import at_terminal

from workbook_builder import cli, commands
from workbook_builder.cli import places
from workbook_builder.commands import receiving
from workbook_builder.commands.outcome import Outcome
from workbook_builder.folder import Folder, disk, run_lock
from workbook_builder.folder.nearby import home_of, year_folders

PDF = b"%PDF-1.4\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small year whose sections have sent everything, in 收到 beside it."""
    place = tmp_path_factory.mktemp("receive")
    scheme = place / "方案.xlsx"
    scheme.write_bytes(small_year.scheme_book())
    root = place / "地方" / "2021考评"
    commands.new(root, scheme)
    commands.build(root)
    small_year.send_in(root)
    (root / "2回收").rename(root.parent / "收到")
    (root / "2回收").mkdir()
    return root.parent


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """A copy of that place; we stand elsewhere."""
    place = shutil.copytree(made, tmp_path / "地方")
    (tmp_path / "别处" / "里面").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "别处" / "里面")
    return place


def codes(outcome, *wanted):
    """(code, file, value) of the problems of receiving, or of those of `wanted`."""
    return [
        (p.code, p.where.file, p.value)
        for p in outcome.problems
        if (p.code in wanted if wanted else p.code.startswith(("RECEIVE_", "UNREADABLE")))
    ]


def stored(year):
    root = Path(year) / "2回收"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def quiet(monkeypatch):
    """Without collecting, which is tested elsewhere and takes long."""
    monkeypatch.setattr(receiving, "collect", lambda root, progress=None: Outcome("collect", folder=Folder(Path(root))))


def test_a_folder_of_the_name_of_a_link_goes_beside_it(here, monkeypatch):
    quiet(monkeypatch)
    year, outside = here / "2021考评", here / "外面"
    outside.mkdir()
    (year / "2回收" / "乙").symlink_to(outside)
    (here / "寄来" / "乙").mkdir(parents=True)
    (here / "寄来" / "乙" / "表.pdf").write_bytes(PDF)
    for wanted in ("RECEIVE_RENAMED", "RECEIVE_SAME"):
        outcome = commands.receive([here / "寄来" / "乙"], year)
        assert [code for code, *_ in codes(outcome)] == [wanted]
    assert list(outside.iterdir()) == [] and (year / "2回收" / "乙（2）" / "表.pdf").read_bytes() == PDF


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_not_waited_for(here, monkeypatch):
    quiet(monkeypatch)
    os.mkfifo(here / "管道")
    assert codes(commands.receive([here / "管道"], here / "2021考评")) == [("UNREADABLE", "管道", "")]


def test_a_full_width_blank_ends_no_path(monkeypatch):
    monkeypatch.setenv(places.LAUNCHER, "收集.bat")
    monkeypatch.setenv(places.LINE, 'cmd /c ""D:\\考评\\收集.bat" D:\\收\\办公室　考评表.xlsx "D:\\收\\政治处 表.xlsx""')
    assert [str(path) for path in places.dropped()] == ["D:\\收\\办公室　考评表.xlsx", "D:\\收\\政治处 表.xlsx"]


# --- laws -----------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["办公室.xlsx", "办公室.XLSX", "总结", "a:b.pdf", "末尾.", "é.txt", "e\u0301.txt"])
SENT = st.lists(st.tuples(st.sampled_from(["", "附件", "附件/一"]), NAMES, st.sampled_from([b"", b"1", b"2"])), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drops=st.lists(st.tuples(SENT, st.booleans()), min_size=1, max_size=3))
def test_nothing_is_lost_replaced_or_stored_twice(drops, tmp_path_factory, monkeypatch):
    place = tmp_path_factory.mktemp("law")
    quiet(monkeypatch)
    year = place / "年"
    (year / "2回收").mkdir(parents=True)
    (year / "方案.xlsx").write_bytes(b"")
    for number, (sent, as_folder) in enumerate(drops):
        folder = place / str(number) / "收到"
        for below, name, data in sent:
            (folder / below).mkdir(parents=True, exist_ok=True)
            (folder / below / name).write_bytes(data)
        folder.mkdir(parents=True, exist_ok=True)
        given_ = [folder] if as_folder else [path for path in folder.rglob("*") if path.is_file()]
        if not given_:
            continue
        inputs = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        before = stored(year)
        outcome = commands.receive(given_, to=year)
        assert outcome.exit_code == 0
        after = stored(year)
        assert {path: path.read_bytes() for path in inputs} == inputs
        assert {name: after[name] for name in before} == before
        assert set(outcome.outputs) == {f"2回收/{name}" for name in after.keys() - before.keys()}
        assert len(outcome.data["stored"]) + len(outcome.data["already"]) == len(inputs)
        held = [*after.values()]
        assert all(held.count(data) >= 1 for data in inputs.values())
        lower = [name.casefold() for name in after]
        assert len(set(lower)) == len(lower)  # Windows would lose one of two
        again = commands.receive(given_, to=year)
        assert again.data["stored"] == [] and stored(year) == after


# --- into which year ------------------------------------------------------------------------------------------------


def test_a_folder_beside_the_only_year(here, tmp_path, monkeypatch):
    """Exactly what lies there afterwards, and what collect makes of it."""
    monkeypatch.chdir(here)
    os.rename(here / "收到", here / "十二月")
    outcome = commands.receive([here / "十二月"])
    sent = {f"{name}{end}" for name in small_year.SECTIONS for end in (".xlsx", " 全年工作总结报告.pdf")}
    assert set(stored(here / "2021考评")) == {f"十二月/{name}" for name in sent}
    assert outcome.command == "receive" and outcome.folder == Folder(here / "2021考评")
    assert outcome.data["stored"] == sorted(f"2回收/十二月/{name}" for name in sent) and outcome.data["already"] == []
    assert outcome.data["returned"] == list(small_year.SECTIONS)
    assert {"2回收/十二月/政治处.xlsx", "4汇总/问题清单.xlsx"} <= set(outcome.outputs)
    assert [r.outcome for r in outcome.received].count("采用") == 3
    assert (outcome.exit_code, codes(outcome)) == (0, [])
    again = commands.receive([here / "十二月" / "政治处.xlsx", here / "十二月"])
    assert again.data["already"] == [f"2回收/{name}" for name in sorted(f"十二月/{n}" for n in sent)] and again.data["stored"] == ["2回收/政治处.xlsx"]
    assert codes(again) == [("RECEIVE_SAME", f"2回收/十二月/{name}", "") for name in sorted(sent)]


def test_the_year_is_looked_for_in_its_order(here, monkeypatch):
    quiet(monkeypatch)
    year, sent = here / "2021考评", here / "收到" / "政治处.xlsx"
    other = shutil.copytree(year, here / "2022考评")

    def went_to(*args, **named):
        return commands.receive(*args, **named).folder

    assert codes(commands.receive([sent])) == [("RECEIVE_NO_YEAR", "", "")]
    assert went_to([sent], to=other) == Folder(other)
    assert went_to([other / "2回收"]) == Folder(other)  # what lies in a year belongs to it
    monkeypatch.chdir(year / "1下发")
    assert went_to([sent]) == Folder(year)
    monkeypatch.chdir(here)
    refused = commands.receive([sent])
    assert refused.misuse and codes(refused) == [("RECEIVE_WHICH_YEAR", "", "2021考评、2022考评")]
    assert f'--to "{year}"' in refused.next_step
    asked = []
    assert went_to([sent], choose=lambda known: asked.append(known) or known[1]) == Folder(other)
    assert asked == [(Folder(year), Folder(other))]
    assert commands.receive([sent], choose=lambda known: None).misuse
    shutil.rmtree(other)
    assert went_to([sent]) == Folder(year)


def test_places_that_are_no_year(here):
    sent = here / "收到" / "政治处.xlsx"
    assert [p.code for p in commands.receive([sent], to=here).problems] == ["NO_FOLDER"]
    assert [p.code for p in commands.receive([sent, here / "没有"], to=here / "2021考评").problems] == ["FILE_NOT_FOUND"]
    assert codes(commands.receive([Path(sent.anchor)])) == [("RECEIVE_DRIVE", "", sent.anchor)]
    assert stored(here / "2021考评") == {}


def test_a_whole_year_is_collected_and_never_copied(here):
    year = here / "2021考评"
    other = shutil.copytree(year, here / "2022考评")
    shutil.copy(here / "收到" / "政治处.xlsx", year / "2回收")
    outcome = commands.receive([year])
    assert outcome.data["returned"] == ["政治处"] and outcome.data["stored"] == []
    assert list(stored(year)) == ["政治处.xlsx"]
    assert codes(commands.receive([year, other])) == [("RECEIVE_MANY_YEARS", "", "2021考评、2022考评")]
    assert codes(commands.receive([year], to=other)) == [("RECEIVE_OTHER_YEAR", "", "2021考评")]
    outcome = commands.receive([year, here / "收到" / "复议应诉科.xlsx"])
    assert outcome.data["returned"] == ["政治处", "复议应诉科"]
    whole = commands.receive([here], to=other)
    assert codes(whole) == [("RECEIVE_HOLDS_YEAR", "地方", "2021考评")] and whole.exit_code == 1
    assert stored(other) == {}


@pytest.mark.parametrize("name", ["Temp1_2021考评.zip", "7zO4A1B", "Rar$EXa0.123", "360zip$Temp", ".fr-x1"])
def test_a_year_that_is_only_looked_at_in_an_archive(here, name):
    preview = here / name
    shutil.copytree(here / "2021考评", preview / "2021考评")
    outcome = commands.receive([preview / "2021考评"])
    assert outcome.misuse and codes(outcome) == [("RECEIVE_IN_ARCHIVE", "", "2021考评")]
    assert not (preview / "2021考评" / "4汇总" / "问题清单.xlsx").exists()


def test_files_from_an_archive_that_is_looked_at_are_copied(here, monkeypatch):
    quiet(monkeypatch)
    preview = here / "Temp1_收到.zip"
    shutil.copytree(here / "收到", preview)
    assert commands.receive([preview / "政治处.xlsx"], to=here / "2021考评").data["stored"] == ["2回收/政治处.xlsx"]


# --- what was dropped -----------------------------------------------------------------------------------------------


def test_what_is_the_years_own_stays(here, monkeypatch):
    quiet(monkeypatch)
    year = here / "2021考评"
    own = ["1下发", "1下发/考评表.xlsx", "4汇总", "方案.xlsx", "决定.xlsx", "台账.xlsx", ".kaoping"]
    outcome = commands.receive([year / name for name in own])
    assert codes(outcome) == [("RECEIVE_NOT_RETURNED", name, "") for name in sorted(own)]
    assert stored(year) == {} and outcome.exit_code == 0
    # Mail is often saved right into the year: that is a return, and would otherwise be missed.
    (year / "邮件").mkdir()
    (year / "邮件" / "总结.pdf").write_bytes(PDF)
    (year / "政治处.xlsx").write_bytes(b"1")
    commands.receive([year / "邮件", year / "政治处.xlsx"])
    assert list(stored(year)) == ["政治处.xlsx", "邮件/总结.pdf"]
    deep = year / "2回收" / "一" / "二" / "三" / "四" / "五.pdf"
    deep.parent.mkdir(parents=True)
    deep.write_bytes(PDF)
    assert home_of(deep) == Folder(year)
    assert commands.receive([deep]).data["stored"] == []


def test_what_is_no_file_of_a_section_stays_outside(here, monkeypatch):
    quiet(monkeypatch)
    box = here / "收到" / "盒子"
    box.mkdir()
    for name in ("~$表.xlsx", ".DS_Store", "Thumbs.db", "表.lnk", "网址.url"):
        (box / name).write_bytes(b"x")
    (box / "链接.pdf").symlink_to(here / "收到" / "政治处.xlsx")
    (box / "里面.pdf").write_bytes(PDF)
    (box / "又是.pdf").symlink_to(box / "里面.pdf")
    (here / "收到" / "空").mkdir()
    (here / "收到" / "直接.pdf").symlink_to(box / "里面.pdf")
    sent = [box, here / "收到" / "空", here / "收到" / "直接.pdf", box / "Thumbs.db"]
    outcome = commands.receive(sent, to=here / "2021考评")
    assert codes(outcome) == sorted([
        ("RECEIVE_EMPTY", "空", ""),
        ("RECEIVE_LINK", "盒子/又是.pdf", ""), ("RECEIVE_LINK", "盒子/链接.pdf", ""), ("RECEIVE_LINK", "直接.pdf", ""),
        ("RECEIVE_SHORTCUT", "盒子/表.lnk", ""), ("RECEIVE_SHORTCUT", "盒子/网址.url", ""),
        ("RECEIVE_SYSTEM", "Thumbs.db", ""),
        *(("RECEIVE_SYSTEM", f"盒子/{name}", "") for name in (".DS_Store", "Thumbs.db", "~$表.xlsx")),
    ], key=lambda found: found[1])  # fmt: skip
    assert stored(here / "2021考评") == {"盒子/里面.pdf": PDF}


def test_names_that_are_taken_or_not_allowed(here, monkeypatch):
    quiet(monkeypatch)
    year, box = here / "2021考评", here / "收到" / "盒子"
    (box / "二").mkdir(parents=True)
    (year / "2回收" / "表.xlsx").write_bytes(b"old")
    (year / "2回收" / "表（2）.xlsx").write_bytes(b"older")
    (box / "表.xlsx").write_bytes(b"new")
    (box / "二" / "表.XLSX").write_bytes(b"newer")
    (box / "a?b.pdf").write_bytes(PDF)
    outcome = commands.receive([box / "表.xlsx", box / "二" / "表.XLSX", box / "a?b.pdf"], to=year)
    assert codes(outcome) == [
        ("RECEIVE_NAME", "a?b.pdf", "2回收/a_b.pdf"),
        ("RECEIVE_RENAMED", "表.XLSX", "2回收/表（4）.XLSX"),
        ("RECEIVE_RENAMED", "表.xlsx", "2回收/表（3）.xlsx"),
    ]
    assert stored(year) == {
        "a_b.pdf": PDF, "表.xlsx": b"old", "表（2）.xlsx": b"older", "表（3）.xlsx": b"new", "表（4）.XLSX": b"newer",
    }  # fmt: skip
    long = here / "收到" / ("长" * 82 + ".pdf")
    (year / "2回收" / long.name).write_bytes(b"other")
    long.write_bytes(PDF)
    assert commands.receive([long], to=year).data["stored"] == ["2回收/" + "长" * 75 + "（2）.pdf"]


def test_a_file_that_is_open_or_cannot_be_read(here, monkeypatch):
    quiet(monkeypatch)
    sent = here / "收到"
    (sent / "~$政治处.xlsx").write_bytes(b"x")
    read = Path.read_bytes

    def refused(path):
        if path.name == "法律援助中心.xlsx":
            raise PermissionError(13, "in use")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    files = [sent / f"{name}.xlsx" for name in ("政治处", "法律援助中心")]
    outcome = commands.receive(files, to=here / "2021考评")
    assert codes(outcome) == [("RECEIVE_OPEN", "政治处.xlsx", ""), ("UNREADABLE", "法律援助中心.xlsx", "")]
    assert outcome.exit_code == 1 and outcome.data["stored"] == ["2回收/政治处.xlsx"]  # the other one is none the worse


@pytest.mark.parametrize(("files", "megabytes"), [(3, 300), (2000, 0)])
def test_too_much_is_a_mistake(here, monkeypatch, files, megabytes):
    monkeypatch.setattr(receiving, "MOST_FILES", files)
    monkeypatch.setattr(receiving, "MOST_MEGABYTES", megabytes)
    outcome = commands.receive([here / "收到"], to=here / "2021考评")
    assert outcome.misuse and codes(outcome) == [("RECEIVE_TOO_MUCH", "", "")]
    assert f"{files} 个文件、共 {megabytes} MB" in outcome.problems[0].message
    assert stored(here / "2021考评") == {}


def test_limits_are_those_of_the_handbook():
    book = (Path(__file__).parent.parent / "docs" / "使用手册.md").read_text(encoding="utf-8")
    assert f"{receiving.MOST_FILES} 个文件、共 {receiving.MOST_MEGABYTES} MB" in book


def test_a_zip_is_stored_as_it_is_and_read(here):
    archive = shutil.make_archive(str(here / "交来"), "zip", here / "收到")
    outcome = commands.receive([archive], to=here / "2021考评")
    assert outcome.data["stored"] == ["2回收/交来.zip"]
    assert outcome.data["returned"] == list(small_year.SECTIONS)


# --- whole or not at all --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", ["stage:2回收/收到/复议应诉科.xlsx", "journal", "rename:2回收/收到/复议应诉科.xlsx"])
def test_interrupted_and_run_again(here, monkeypatch, cut):
    quiet(monkeypatch)

    def fault(step):
        if step == cut:
            raise KeyboardInterrupt

    monkeypatch.setattr(disk, "FAULT", fault)
    with pytest.raises(KeyboardInterrupt):
        commands.receive([here / "收到"], to=here / "2021考评")
    monkeypatch.setattr(disk, "FAULT", None)
    commands.receive([here / "收到"], to=here / "2021考评")
    sent = {path.name: path.read_bytes() for path in (here / "收到").iterdir()}
    assert stored(here / "2021考评") == {f"收到/{name}": data for name, data in sent.items()}


def test_while_another_run_holds_the_year(here):
    with run_lock(Folder(here / "2021考评")):
        outcome = commands.receive([here / "收到"], to=here / "2021考评")
    assert [p.code for p in outcome.problems] == ["RUN_IN_PROGRESS"] and outcome.exit_code == 1
    assert stored(here / "2021考评") == {}


def test_a_year_whose_scheme_is_broken_still_takes_the_files(here):
    (here / "2021考评" / "方案.xlsx").write_bytes(b"junk")
    outcome = commands.receive([here / "收到" / "政治处.xlsx"], to=here / "2021考评")
    assert outcome.misuse and outcome.outputs == ("2回收/政治处.xlsx",)
    assert "kaoping check" in outcome.next_step


# --- at the terminal ------------------------------------------------------------------------------------------------


def test_one_json_object(here, capsysbinary, monkeypatch):
    monkeypatch.chdir(here)
    assert cli.main(["receive", str(here / "收到"), "--json"]) == 0
    out, err = capsysbinary.readouterr()
    value = json.loads(out)
    assert (value["command"], len(value["stored"]), len(value["received"])) == ("receive", 6, 6)
    assert "新存放 6 个文件" in err.decode("utf-8")
    assert cli.main(["receive", str(here / "收到")]) == 0
    shown = capsysbinary.readouterr()[0].decode("utf-8")
    assert shown.startswith("收集校验完成。") and "没有新存放的文件，已有 6 个未重复存放。" in shown.replace("\n", "")
    assert cli.main(["receive"]) == 2
    assert "还没有写要收哪些文件" in capsysbinary.readouterr()[1].decode("utf-8")


def test_without_arguments_it_asks_for_files_and_for_the_year(here):
    shutil.copytree(here / "2021考评", here / "2022考评")
    with at_terminal(here, "receive") as (talk, end):
        talk("", "就不收了）：")
        shown = talk(f"'{here / '收到'}'\n", "就不收了）：")
        assert "  1 2021考评（在 " in shown and "  2 2022考评（在 " in shown
        assert "新存放 6 个文件" in talk("２\n", "下一步：")
        assert end() == 0
    assert len(stored(here / "2022考评")) == 6 and stored(here / "2021考评") == {}


def test_the_menu_lists_the_years_nearby(here):
    shutil.copytree(here / "2021考评", here / "2022考评")
    (here / "程序").mkdir()
    with at_terminal(here / "程序") as (talk, end):
        prompt = "请输入编号后按回车："
        shown = talk("", prompt)
        assert "附近的年度文件夹（选 12，再输入编号）" in shown and "  2 2022考评（在 " in shown
        talk("12\n", "返回）：")
        assert f"当前文件夹：{here / '2022考评'}" in talk("2\n", prompt).replace("\n", "")
        assert "  1 2021考评（在 " in talk("12\n", "返回）：")
        assert f"当前文件夹：{here / '2021考评'}" in talk("1\n", prompt)
        talk("12\n", "返回）：")
        assert "没有更换" in talk("3\n", prompt)
        talk("0\n", "再见")
        assert end() == 0


# --- which files a person means -------------------------------------------------------------------------------------

EXPLORER = r'C:\Windows\system32\cmd.exe /c ""D:\考评 程序\收集.bat" {}"'


def as_explorer_writes(paths):
    return EXPLORER.format(" ".join(f'"{path}"' if " " in path else path for path in paths))


@given(st.lists(st.text(st.sampled_from("R&D ()^%!,;=考评.x收集bat"), min_size=1, max_size=12).map(lambda t: "D:\\" + t.strip() + "x"), max_size=4))
def test_every_path_that_explorer_writes_is_understood(paths):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(places.LINE, as_explorer_writes(paths))
        patch.setenv(places.LAUNCHER, "收集.bat")
        assert [str(path) for path in places.dropped()] == paths


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        (r'cmd /c ""D:\收集.bat" D:\R&D\a.xlsx"', [r"D:\R&D\a.xlsx"]),
        (r'cmd /c ""D:\收集.bat" "D:\a b\c.xlsx" D:\d.xlsx"', [r"D:\a b\c.xlsx", r"D:\d.xlsx"]),
        (r'cmd /c ""D:\收集.bat" "', []),
        (r'cmd /c D:\收集.BAT D:\a', ["D:\\a"]),
        (r'"C:\Windows\system32\cmd.exe" ', ["typed"]),  # started by hand in a window
        (r'cmd /c ""D:\收集.bat的备份\收集.bat" D:\a"', ["D:\\a"]),
    ],
)
def test_lines_of_explorer(monkeypatch, line, paths):
    monkeypatch.setenv(places.LINE, line)
    monkeypatch.setenv(places.LAUNCHER, "收集.bat")
    assert [str(path) for path in places.dropped([Path("typed")])] == (paths or ["typed"])


def test_a_dropped_year_is_opened(here, monkeypatch):
    assert places.opened() == Path(".")
    monkeypatch.setenv(places.LAUNCHER, "开始.bat")
    monkeypatch.setenv(places.LINE, f'cmd /c ""D:\\开始.bat" "{here}""')
    assert places.opened() == here


@pytest.mark.skipif(os.name == "nt", reason="quoting of a Linux terminal")
def test_what_is_dragged_into_a_window(tmp_path):
    strange = tmp_path / "it's 一个"
    strange.write_bytes(b"")
    assert places.typed_paths(f" {strange} ") == [strange]
    assert places.typed_paths(f"'{tmp_path}' /a\\ b file:///c%20d") == [tmp_path, Path("/a b"), Path("/c d")]
    assert places.typed_paths("it's") == [Path("it's")]
    assert places.typed_paths(" ''\n") == []


def test_years_nearby_are_one_level_away(here, monkeypatch):
    year = here / "2021考评"
    (here / "深" / "更深").mkdir(parents=True)
    shutil.copytree(year, here / "深" / "更深" / "2020考评")
    (here / ".隐藏").mkdir()
    shutil.copy(year / "方案.xlsx", here / ".隐藏")
    assert year_folders(here) == year_folders(year / "1下发") == year_folders(here / "收到", here) == (Folder(year),)
    assert year_folders(here / "深" / "更深") == (Folder(here / "深" / "更深" / "2020考评"),)
    assert year_folders(here / "没有" / "这里") == ()
    program = here / "程序"
    (program / "launch").mkdir(parents=True)
    (program / "launch" / "install.py").write_bytes(b"")
    monkeypatch.setattr(sys, "prefix", str(program / ".venv"))
    assert places.program_folder() == program
    assert places.known_years() == (Folder(year),)
    monkeypatch.chdir(program)
    assert places.new_years_place() == here  # a new year goes beside the program, which may be replaced
