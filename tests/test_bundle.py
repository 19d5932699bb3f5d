"""`kaoping bundle`: the right wheels for another computer, a folder whole or not at all, a handbook that needs no network."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution
from pathlib import Path
from urllib.parse import unquote

import pytest
from test_cli import ROOT

from workbook_builder import cli, commands, resources
from workbook_builder.commands import bundling, handbook, wheels
from workbook_builder.commands.wheels import Target
from workbook_builder.problems import Where, problem

WINDOWS, LINUX = Target("win_amd64", "3.12"), Target("linux_aarch64", "3.11")


# --- wheels ---------------------------------------------------------------------------------------------------------


def wheel(place: Path, name: str, version: str, *requires: str, tag="py3-none-any", extras=()) -> Path:
    """A wheel with nothing in it."""
    place.mkdir(exist_ok=True)
    path = place / f"{name}-{version}-{tag}.whl"
    facts = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    facts += [f"Provides-Extra: {extra}" for extra in extras] + [f"Requires-Dist: {text}" for text in requires]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(facts) + "\n")
        file.writestr(f"{name}-{version}.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        file.writestr(f"{name}-{version}.dist-info/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels, the only thing that pip knows."""
    place = tmp_path / "index"
    wheel(place, "pip", "26.0")
    for key, value in {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(place)}.items():
        monkeypatch.setenv(key, value)
    return place


def fetched(target, own, place):
    place.mkdir()
    failed = wheels.fetch(target, own, place)
    return failed, sorted(path.name for path in place.iterdir())


def test_needs_are_judged_for_the_other_computer(index, tmp_path):
    """pip itself judges conditions by the computer it runs on, and would leave out what only Windows needs."""
    own = wheel(
        tmp_path / "own", "kaoping", "1", "table>=2", 'colour; sys_platform == "win32"',
        'shell; platform_machine == "aarch64"', 'old; python_version < "3.12"', 'buttons; extra == "console"',
        'never; extra == "test"', extras=("console", "test"),
    )  # fmt: skip
    for name in ("colour", "shell", "old", "never"):
        wheel(index, name, "1")
    wheel(index, "deep", "1")
    wheel(index, "deep_more", "1")
    wheel(index, "deep", "2", 'Deep.More; extra == "full"', extras=("full",))
    wheel(index, "buttons", "1", 'com; platform_system == "Windows"', tag="cp312-cp312-win_amd64")
    wheel(index, "com", "1", tag="cp312-cp312-win_amd64")
    wheel(index, "table", "1")
    wheel(index, "table", "2", "deep[full]>1", tag="cp312-cp312-win_amd64")
    wheel(index, "table", "2", "deep[full]>1", tag="cp311-cp311-manylinux_2_28_aarch64")
    wheel(index, "table", "3", tag="cp311-cp311-manylinux_2_34_aarch64")  # too new for 统信 20 and 麒麟 V10
    pure = ["deep-2-py3-none-any.whl", "deep_more-1-py3-none-any.whl", "pip-26.0-py3-none-any.whl"]
    assert fetched(WINDOWS, own, tmp_path / "w") == (None, sorted([
        *pure, "buttons-1-cp312-cp312-win_amd64.whl", "com-1-cp312-cp312-win_amd64.whl", "colour-1-py3-none-any.whl",
        "table-2-cp312-cp312-win_amd64.whl",
    ]))  # fmt: skip
    assert fetched(LINUX, own, tmp_path / "l") == (None, sorted([
        *pure, "old-1-py3-none-any.whl", "shell-1-py3-none-any.whl", "table-2-cp311-cp311-manylinux_2_28_aarch64.whl",
    ]))  # fmt: skip


def test_a_later_need_of_an_older_version_is_met(index, tmp_path):
    own = wheel(tmp_path / "own", "kaoping", "1", "core", "model")
    wheel(index, "core", "2")
    wheel(index, "core", "1")
    wheel(index, "model", "1", "core==1")
    assert fetched(LINUX, own, tmp_path / "l")[1] == [f"{name}-py3-none-any.whl" for name in ("core-1", "model-1", "pip-26.0")]


def test_what_is_not_there_for_that_computer(index, tmp_path):
    own = wheel(tmp_path / "own", "kaoping", "1", "table>=2")
    wheel(index, "table", "2", tag="cp312-cp312-win_amd64")
    failed, _ = fetched(LINUX, own, tmp_path / "l")
    assert (failed.code, failed.value) == ("BUNDLE_NO_WHEEL", "table>=2")
    assert "Linux（ARM64，如鲲鹏、飞腾）、Python 3.11" in failed.message


def test_without_network(tmp_path, monkeypatch):
    own = wheel(tmp_path / "own", "kaoping", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    failed, _ = fetched(LINUX, own, tmp_path / "l")
    assert failed.code == "BUNDLE_NO_NETWORK"


def test_anything_else_that_pip_says(index, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_NO_INDEX", "perhaps")
    failed, _ = fetched(LINUX, wheel(tmp_path / "own", "kaoping", "1"), tmp_path / "l")
    assert failed.code == "BUNDLE_PIP_FAILED" and "perhaps" in failed.value


# --- the folder -----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """`bundle` with two made-up wheels per target instead of forty real ones."""

    def own(place):
        wheel(place, "kaoping", "1")

    def fetch(target, _, place):
        wheel(place, "pip", "26.0")
        wheel(place, "table", "2", tag=f"cp{target.python.replace('.', '')}-none-{target.platform}")

    monkeypatch.setattr(wheels, "own_wheel", own)
    monkeypatch.setattr(wheels, "fetch", fetch)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tree(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def found(outcome) -> list[tuple[str, str]]:
    return [(p.code, p.value) for p in outcome.problems]


def test_what_is_in_it(quick):
    outcome = commands.bundle("程序", ["win_amd64", "linux_x86_64"], ["3.11", "3.12"])
    assert (outcome.exit_code, found(outcome)) == (0, [])
    files = tree(quick / "程序")
    starters = [f"{name}.{end}" for name in ("安装", "开始", "收集") for end in ("bat", "sh")]
    assert {*starters, "先看这里.txt", "launch/install.py", "手册/使用手册.html", "手册/图/汇总.png"} <= set(files)
    assert sorted(name for name in files if name.startswith("wheels/")) == sorted([
        "wheels/kaoping-1-py3-none-any.whl", "wheels/pip-26.0-py3-none-any.whl",
        *(f"wheels/table-2-cp{n}-none-{p}.whl" for n in ("311", "312") for p in ("win_amd64", "linux_x86_64")),
    ])  # fmt: skip
    assert [path.stat().st_mode & 0o111 != 0 for path in ((quick / "程序" / name) for name in starters)] == [False, True] * 3
    assert [(row["platform"], row["python"], row["wheels"], row["console"]) for row in outcome.data["targets"]] == [
        ("win_amd64", "3.11", 3, True), ("win_amd64", "3.12", 3, True),
        ("linux_x86_64", "3.11", 3, False), ("linux_x86_64", "3.12", 3, False),
    ]  # fmt: skip
    read_me = files["先看这里.txt"]
    assert read_me.startswith(b"\xef\xbb\xbf") and b"\n" not in read_me.replace(b"\r\n", b"")
    assert "64 位 Windows　　Python 3.11（64 位）" in read_me.decode("utf-8-sig")
    assert [path.name for path in quick.iterdir()] == ["程序"]  # nothing is left beside it
    assert set(outcome.outputs) == {f"{quick / '程序'}/{path.name}" for path in (quick / "程序").iterdir()}
    commands.bundle("又一个", ["win_amd64", "linux_x86_64"], ["3.11", "3.12"])
    assert tree(quick / "又一个") == files


def test_windows_and_this_computer_unless_told_otherwise(quick):
    rows = commands.bundle("程序").data["targets"]
    assert [row["platform"] for row in rows] == list(dict.fromkeys(["win_amd64", wheels.this_machine()]))
    assert {row["python"] for row in rows} == {"{}.{}".format(*sys.version_info[:2])}


def test_renewed_without_touching_what_others_put_there(quick):
    commands.bundle("程序", ["win_amd64"], ["3.11"])
    place = quick / "程序"
    (place / "python").mkdir()
    (place / "python" / "python.exe").write_bytes(b"portable")
    (place / ".venv").mkdir()
    (place / "我的笔记.txt").write_bytes(b"mine")
    (place / "开始.bat").write_bytes(b"altered")
    (place / "手册" / "本局.docx").write_bytes(b"ours")
    (place / "macros" / "己").mkdir()
    (place / "macros" / "己" / "a.bas").write_bytes(b"own")
    (place / "旧页").mkdir()
    facts = json.loads((place / "launch/bundle.json").read_text(encoding="utf-8"))
    facts["entries"].append("旧页")  # as an older version may have made
    (place / "launch/bundle.json").write_text(json.dumps(facts), encoding="utf-8")
    assert commands.bundle("程序", ["win_amd64"], ["3.12"]).exit_code == 0
    commands.bundle("新的", ["win_amd64"], ["3.12"])
    mine = {"python/python.exe": b"portable", "我的笔记.txt": b"mine", "手册/本局.docx": b"ours", "macros/己/a.bas": b"own"}
    assert tree(place) == {**tree(quick / "新的"), **mine}
    assert (place / ".venv").is_dir() and not (place / "旧页").exists()


@pytest.mark.parametrize("damaged", [b"", b'{"entries": ', b"[]", b'{"entries": [1], "files": []}', b"{}"])
def test_a_folder_that_cannot_say_it_is_ours_stays(quick, damaged):
    commands.bundle("程序", ["win_amd64"], ["3.11"])
    (quick / "程序" / "launch" / "bundle.json").write_bytes(damaged)
    before = tree(quick / "程序")
    outcome = commands.bundle("程序", ["win_amd64"], ["3.12"])
    assert (outcome.exit_code, [p.code for p in outcome.problems]) == (2, ["BUNDLE_OCCUPIED"])
    assert tree(quick / "程序") == before


def test_all_or_nothing(quick, monkeypatch):
    commands.bundle("程序", ["win_amd64"], ["3.11"])
    before = tree(quick / "程序")
    rename, done = Path.rename, []

    def stubborn(source, target):
        done.append(source)
        if len(done) == 6:
            raise PermissionError(13, "in use")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    outcome = commands.bundle("程序", ["win_amd64"], ["3.12"])
    assert (outcome.exit_code, [p.code for p in outcome.problems]) == (1, ["FOLDER_READONLY"])
    assert tree(quick / "程序") == before
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(wheels, "fetch", lambda *_: problem("BUNDLE_NO_NETWORK", Where()))
    assert found(commands.bundle("程序")) == found(commands.bundle("另一个")) == [("BUNDLE_NO_NETWORK", "")]
    assert tree(quick / "程序") == before
    assert [path.name for path in quick.iterdir()] == ["程序"]


def test_refused(quick, monkeypatch):
    (quick / "别的").mkdir()
    (quick / "别的" / "文件.txt").write_bytes(b"")
    (quick / "空").mkdir()
    commands.new(quick / "2021考评")
    assert [p.code for p in commands.bundle("别的").problems] == ["BUNDLE_OCCUPIED"]
    assert [p.code for p in commands.bundle("2021考评/程序").problems] == ["BUNDLE_INSIDE_YEAR"]
    assert [p.code for p in commands.bundle("没有/程序").problems] == ["FILE_NOT_FOUND"]
    assert [p.code for p in commands.bundle("别的/文件.txt").problems] == ["NOT_A_FOLDER"]
    assert commands.bundle("空").exit_code == 0
    wrong = commands.bundle("程序", ["win32", "linux_x86_64"], ["3.10", "3", "3.12"])
    assert wrong.misuse and found(wrong) == [("BUNDLE_TARGET", value) for value in ("3", "3.10", "win32")]
    monkeypatch.setitem(sys.modules, "pip", None)
    assert found(commands.bundle("程序")) == [("BUNDLE_NO_PIP", "")]
    assert not (quick / "程序").exists()


def test_at_the_terminal(quick, capsysbinary, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["bundle", "--platform", "win_amd64", "--python", "3.12"]) == 0
    shown = capsysbinary.readouterr()[0].decode("utf-8")
    assert shown.startswith("离线安装文件夹已做好。\n可装在：64 位 Windows，Python 3.12，带 Excel 控制台（xlwings）；程序包 3 个。\n")
    assert (quick / "考评程序" / "安装.bat").is_file()
    assert cli.main(["bundle", "--json"]) == 0
    value = json.loads(capsysbinary.readouterr()[0])
    assert (value["command"], value["folder"], value["targets"][0]["platform"]) == ("bundle", None, "win_amd64")


# --- the handbook ---------------------------------------------------------------------------------------------------


def test_pages_need_no_network_and_lead_nowhere_in_vain(quick):
    commands.bundle("程序", ["win_amd64"], ["3.12"])
    pages = {path.name: path.read_text(encoding="utf-8") for path in (quick / "程序" / "手册").glob("*.html")}
    assert set(pages) == {f"{name}.html" for name in bundling.PAGES}
    for name, text in pages.items():
        assert re.findall(r"<(?:link|script|iframe|base)|@import|url\(", text) == []
        for address in re.findall(r'(?:src|href)="([^"]+)"', text):
            file, _, anchor = unquote(address).partition("#")
            assert not re.match(r"[a-z]+:|//", file), address
            assert (quick / "程序" / "手册" / (file or name)).is_file(), address
            assert not anchor or f'id="{anchor}"' in pages[file or name], address
    text = pages["使用手册.html"]
    assert text.startswith('<!DOCTYPE html>\n<html lang="zh-CN">') and "<title>工作考评使用手册</title>" in text
    assert text.count("<table>") >= 10 and text.count("<img ") >= 15 and "| --- |" not in text


def test_a_page_exactly():
    shown = handbook.page("# 甲 & 乙\n\n一行\n又一行\nand more [他页](他页.md#一、二) [别处](x.md) <b>\n", {"他页"})
    body = shown.split("<body>\n")[1].split("</body>")[0]
    assert body == (
        '<h1 id="甲--乙">甲 &amp; 乙</h1>\n<p>一行又一行\nand more '
        '<a href="%E4%BB%96%E9%A1%B5.html#%E4%B8%80%E3%80%81%E4%BA%8C">他页</a> 别处 &lt;b&gt;</p>\n'
    )


# --- our own wheel --------------------------------------------------------------------------------------------------


def test_an_installed_program_becomes_the_same_wheel_again(tmp_path, monkeypatch):
    """Installed by pip from a wheel, put together again from what was installed: the same files, a true record."""
    made = tmp_path / "kaoping-1.0-py3-none-any.whl"
    contents = {
        "workbook_builder/__init__.py": b"x = 1\n",
        "workbook_builder/bundled/launchers/安装.sh": b"#!/bin/sh\n",
        "kaoping-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: kaoping\nVersion: 1.0\n",
        "kaoping-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "kaoping-1.0.dist-info/entry_points.txt": b"[console_scripts]\nkaoping = workbook_builder:main\n",
    }
    with zipfile.ZipFile(made, "w") as file:
        for name, data in contents.items():
            file.writestr(name, data)
        file.writestr("kaoping-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in contents))
    site, again = tmp_path / "site", tmp_path / "again"
    again.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target", str(site), str(made)]
    subprocess.run(pip, check=True, capture_output=True)
    monkeypatch.setattr(wheels.metadata, "distribution", lambda name: Distribution.at(site / f"{name}-1.0.dist-info"))
    monkeypatch.setattr(resources, "__file__", str(site / "workbook_builder" / "resources.py"))
    assert wheels.own_wheel(again) is None
    with zipfile.ZipFile(again / made.name) as file:
        packed = {name: file.read(name) for name in file.namelist()}
        record = packed.pop("kaoping-1.0.dist-info/RECORD").decode("utf-8").splitlines()
    assert packed == contents
    sums = {name: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=") for name, data in contents.items()}
    assert record == [*(f"{n},sha256={sums[n]},{len(contents[n])}" for n in sorted(contents)), "kaoping-1.0.dist-info/RECORD,,"]


def test_a_python_without_pip(monkeypatch):
    monkeypatch.setitem(sys.modules, "pip", None)
    assert not wheels.has_pip()


def test_only_pip_talks_to_the_network():
    """No module of ours opens a connection."""
    for path in (ROOT / "workbook_builder").rglob("*.py"):
        assert not re.search(r"\b(urllib\.request|http\.client|socket|requests|ftplib)\b", path.read_text(encoding="utf-8")), path
    assert bundling.BUNDLE_FOLDER == "考评程序"
