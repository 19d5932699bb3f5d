"""README stays true: its first command runs word for word on a copy of the tree, every command and page it names exists."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.+?)\n```", README, re.DOTALL)
SHIPPED = ("workbook_builder", "templates", "samples", "launchers", "docs", "macros", "pyproject.toml", "README.md", "CHANGELOG.md")


def test_two_commands_one_line_each():
    assert len(COMMANDS) == 2
    assert all("\n" not in command for command in COMMANDS)
    assert COMMANDS[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(targets) >= 3
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_subcommand_is_in_readme():
    from workbook_builder.cli.app import app

    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert len(names) >= 9
    assert [name for name in names if f"kaoping {name}" not in README] == []


def test_problem_page_is_current():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import make_codes
    finally:
        sys.path.pop(0)
    assert (ROOT / "docs" / "问题代码.md").read_text(encoding="utf-8") == make_codes.page(), (
        "run python scripts/make_codes.py"
    )


def test_scheme_book_is_the_twin_of_its_text():
    from workbook_builder.scheme import load_scheme

    folder = ROOT / "samples" / "2021"
    assert load_scheme(folder / "方案.xlsx") == load_scheme(folder / "方案.yaml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """README's first command on a copy of what is shipped; the copy is then moved away."""
    place = tmp_path_factory.mktemp("一台 新机器")
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, place / name)
    bin_folder = place / "bin"
    bin_folder.mkdir()
    (bin_folder / "python").symlink_to(getattr(sys, "_base_executable", sys.executable))
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")}
    environment["PATH"] = f"{bin_folder}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        COMMANDS[0], shell=True, cwd=place, env=environment, capture_output=True, timeout=600, check=False
    )
    for name in SHIPPED:
        (place / name).rename(place / f"{name}.away")
    return place, environment, done


def test_first_command_installs_and_shows_the_way(installed):
    place, _, done = installed
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    shown = done.stdout.decode("utf-8")
    assert "审定稿：考评结果" in shown
    assert "汇总表.xlsx" in shown
    for line in re.findall(r"^[0-9]+ +\S.*$", README, re.MULTILINE):
        assert line in shown.splitlines(), f"README shows a line that the demo does not: {line}"
    assert (place / "考评演示" / "4汇总" / "汇总表.xlsx").exists()


def test_installed_package_needs_nothing_of_the_source_tree(installed, tmp_path):
    place, environment, _ = installed
    kaoping = place / ".venv" / "bin" / "kaoping"
    work = tmp_path / "年度 考评"
    for arguments in (["new", str(work)], ["check"], ["build"], ["status"]):
        cwd = work if work.exists() else tmp_path
        done = subprocess.run(
            [str(kaoping), *arguments], cwd=cwd, env=environment, capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, (arguments, done.stderr.decode(errors="replace")[-2000:])
    assert len(list((work / "1下发" / "分科室").iterdir())) == 10
