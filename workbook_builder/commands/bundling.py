"""bundle: one folder to carry to computers without network: wheels, launchers, handbook.

Comes in: where it goes and which computers it is for. Goes out: an `Outcome`. The folder appears whole or not at all; in
a folder that is there already only what we made is replaced.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from workbook_builder import resources
from workbook_builder.commands import handbook, wheels
from workbook_builder.commands.outcome import Outcome, misuse, shown_path
from workbook_builder.commands.watching import Progress, untold
from workbook_builder.commands.wheels import KNOWN, Target
from workbook_builder.folder import Folder
from workbook_builder.folder.disk import write_problem
from workbook_builder.problems import Problem, Where, problem

BUNDLE_FOLDER = "考评程序"
README, PAGES_FOLDER, WHEELS = "先看这里.txt", "手册", "wheels"
#: Beside the launchers' parts: what the folder is for, and that it is ours.
FACTS = "launch/bundle.json"
#: Pages of the handbook; those that are there go along.
PAGES = ("使用手册", "问题代码", "控制台", "控制台检查")
_MACROS = "macros"
_MEGABYTE = 1024 * 1024


def bundle(
    directory: str | Path = BUNDLE_FOLDER,
    platforms: Sequence[str] = (),
    pythons: Sequence[str] = (),
    progress: Progress | None = None,
) -> Outcome:
    """Make or renew the offline folder for these kinds of computers: Windows and this one, if none are named."""
    place = Path(directory).absolute()
    targets, wrong = _targets(platforms, pythons)
    wrong += _in_the_way(place)
    if not wheels.has_pip():
        wrong.append(problem("BUNDLE_NO_PIP", Where()))
    if wrong:
        return misuse("bundle", *wrong)
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as error:
        return Outcome("bundle", problems=(write_problem(error, shown_path(place)),))
    try:
        return _made(place, made / place.name, targets, progress or untold)
    except OSError as error:
        return Outcome("bundle", problems=(write_problem(error, shown_path(place)),))
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _made(place: Path, new: Path, targets: Sequence[Target], progress: Progress) -> Outcome:
    """Make everything in `new`, then put it in its place."""
    counts, found = _fill(new, targets, progress)
    if found is not None:
        return Outcome("bundle", problems=(found,))
    size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
    entries = sorted(path.name for path in new.iterdir())
    _put(new, place)
    rows = [
        {"platform": t.platform, "name": t.name, "python": t.python, "wheels": count, "console": t.console}
        for t, count in zip(targets, counts, strict=True)
    ]
    return Outcome(
        "bundle",
        outputs=tuple(f"{shown_path(place)}/{name}" for name in entries),
        data={
            "targets": rows,
            "megabytes": -(-size // _MEGABYTE),
            "next": f"把“{place.name}”整个复制到要用的电脑上，照其中的 {README} 双击“安装”；装过的，再双击一次“安装”就更新",
        },
    )


# --- for whom, where ------------------------------------------------------------------------------------------------


def _targets(platforms: Sequence[str], pythons: Sequence[str]) -> tuple[list[Target], list[Problem]]:
    """Every kind of computer with every Python asked for."""
    own = wheels.this_machine()
    wrong = [
        problem("BUNDLE_TARGET", Where(), name, option="platform", example="、".join(dict.fromkeys([*KNOWN, own])))
        for name in platforms
        if name not in (*KNOWN, own)
    ]
    wrong += [
        problem("BUNDLE_TARGET", Where(), version, option="python", example="3.12（3.11 或更新）")
        for version in pythons
        if not re.fullmatch(r"3\.\d{1,2}", version) or int(version[2:]) < 11
    ]
    return [
        Target(platform, version)
        for platform in dict.fromkeys(platforms or ("win_amd64", own))
        for version in dict.fromkeys(pythons or (wheels.this_python(),))
    ], wrong


def _in_the_way(place: Path) -> list[Problem]:
    """What makes `place` impossible."""
    if Folder.find(place) is not None:
        return [problem("BUNDLE_INSIDE_YEAR", Where(), shown_path(place))]
    if place.exists() and not place.is_dir():
        return [problem("NOT_A_FOLDER", Where(), shown_path(place))]
    if not place.parent.is_dir():
        return [problem("FILE_NOT_FOUND", Where(), shown_path(place.parent))]
    if place.is_dir() and any(place.iterdir()) and _made_before(place) is None:
        return [problem("BUNDLE_OCCUPIED", Where(), shown_path(place))]
    return []


def _made_before(place: Path) -> tuple[list[str], set[str]] | None:
    """(what stands at the top, every file) of a bundle of ours in `place`; None if it is none or cannot say so."""
    try:
        facts = json.loads((place / FACTS).read_text(encoding="utf-8"))
        entries, files = list(facts["entries"]), set(facts["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    names = [*entries, *files]
    return (entries, files) if all(isinstance(name, str) for name in names) else None


# --- what is in it --------------------------------------------------------------------------------------------------


def _fill(new: Path, targets: Sequence[Target], progress: Progress) -> tuple[list[int], Problem | None]:
    """Everything of the folder; the number of wheels for each target, or the problem."""
    into = new / WHEELS
    into.mkdir(parents=True)
    progress("打包程序", 0, 0)
    failed = wheels.own_wheel(into)
    if failed is not None:
        return [], failed
    own = next(into.glob("*.whl"))
    counts: list[int] = []
    for target in targets:
        progress(f"取程序包（{target.name}，Python {target.python}）", len(counts), len(targets))
        fetched = new.parent / f"{target.platform}-{target.python}"
        fetched.mkdir()
        failed = wheels.fetch(target, own, fetched)
        if failed is not None:
            return [], failed
        found = list(fetched.iterdir())
        counts.append(len(found) + 1)
        for path in found:
            path.replace(into / path.name)
    progress("写启动文件和手册", 0, 0)
    _launchers(new)
    _handbook(new / PAGES_FOLDER)
    _facts(new, targets)
    return counts, None


def _launchers(new: Path) -> None:
    source = resources.path(resources.LAUNCHERS)
    for path in sorted(source.rglob("*")):
        if path.is_dir() or "__pycache__" in path.parts or path.suffix == ".desktop":
            continue
        target = new / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_bytes().replace(b"\r\n", b"\n")
        # A source tree taken from git may have the line ends of another system.
        target.write_bytes(lines.replace(b"\n", b"\r\n") if path.suffix in (".bat", ".txt") else lines)
        target.chmod(0o755 if path.suffix == ".sh" else 0o644)
    with suppress(FileNotFoundError):  # the buttons for Excel are comfort
        shutil.copytree(resources.path(_MACROS), new / _MACROS)


def _handbook(place: Path) -> None:
    """The pages as HTML, with their pictures."""
    place.mkdir()
    texts = {}
    for name in PAGES:
        with suppress(FileNotFoundError):
            texts[name] = resources.read(f"{resources.DOCS}/{name}.md").decode("utf-8")
    for name, text in texts.items():
        (place / f"{name}.html").write_text(handbook.page(text, texts), encoding="utf-8", newline="\n")
    shutil.copytree(resources.path(f"{resources.DOCS}/图"), place / "图")


def _facts(new: Path, targets: Sequence[Target]) -> None:
    facts = {
        "entries": sorted({*(path.name for path in new.iterdir()), README}),
        "files": sorted({*(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()), README, FACTS}),
        "targets": [{"platform": t.platform, "name": t.name, "python": t.python} for t in targets],
    }
    (new / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    made_for = "\n".join(f"      {t.name}　　Python {t.python}（64 位）" for t in targets)
    text = _README.format(made_for=made_for).replace("\n", "\r\n")
    # With its mark, so that every 记事本 takes it for UTF-8.
    (new / README).write_bytes(text.encode("utf-8-sig"))


_README = """工作考评程序　先看这里

1. 把这个文件夹整个复制到自己电脑的硬盘上。不要在U盘里、压缩包里直接用。

2. 电脑上要有 Python。这个文件夹里的程序包是给下面的 Python 用的：
{made_for}
   没有的，请信息管理员装一个同样版本的；
   或者把一份完整的便携 Python 解压到这个文件夹里，文件夹名就叫 python。

3. 装（一次就行，不要管理员权限，不上网）：
      Windows：双击 安装.bat
      统信、麒麟：右键点 安装.sh，选“在终端中运行”；没有这一项的，打开终端，输入 sh 和一个空格，
      把 安装.sh 拖进来，按回车

4. 用：
      Windows：双击 开始.bat；收到的表拖到 收集.bat 上
      统信、麒麟：装好后双击 开始.desktop；收到的表拖到 收集.desktop 上

5. 手册：打开 手册 文件夹里的 使用手册.html，不上网也能看，可以打印。

这个文件夹搬了地方、换了新的，再双击一次“安装”。
不想用了，把这个文件夹删掉就行，系统里什么都没有留下（放进过开始菜单的，菜单里那一项另删）。
"""


# --- in its place ---------------------------------------------------------------------------------------------------


def _put(new: Path, place: Path) -> None:
    """The new folder in its place; of an older one only what we made is replaced. OSError: all is as it was."""
    if not place.exists() or not any(place.iterdir()):
        if place.exists():
            place.rmdir()
        new.rename(place)
        return
    old, files = _made_before(place) or ([], set())
    kept = new.parent / "old"
    kept.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for name in sorted({*old, *(path.name for path in new.iterdir())}):
            for source, target in ((place / name, kept / name), (new / name, place / name)):
                if source.exists():
                    source.rename(target)
                    moved.append((source, target))
    except OSError:
        for source, target in reversed(moved):
            target.rename(source)
        raise
    _give_back(kept, place, files)


def _give_back(kept: Path, place: Path, ours: set[str]) -> None:
    """What others had put into our folders, where it was; under another name if we now have a file there."""
    for path in sorted(path for path in kept.rglob("*") if path.is_file()):
        name = path.relative_to(kept)
        if name.as_posix() in ours:
            continue
        target = place / name
        while target.exists():
            target = target.with_name(f"原有-{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)

