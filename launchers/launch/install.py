"""安装: a private virtual environment `.venv` beside the launchers, filled from `wheels` or from the source tree.

Comes in: the Python that runs this file (3.11 or later, standard library only) and what lies beside it. Goes out: `.venv`
with `ready.txt` in it, on Linux also 开始.desktop and 收集.desktop; Chinese lines on the screen; 0, or 1 if it failed.
An older `.venv` is replaced only when the new one works. No administrator rights, no setting outside this folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HOME = Path(os.path.abspath(__file__)).parent.parent
LOG = "安装日志.txt"
#: In an environment that works.
READY = "ready.txt"
STARTERS = (("开始", "工作考评", "打开考评菜单", "%f"), ("收集", "工作考评·收集", "把收到的表拖到这里", "%F"))
ICON = "x-office-spreadsheet"


class Failed(Exception):
    """Why it cannot be installed, in Chinese."""


def main() -> int:
    try:
        return install(HOME)
    except Failed as failed:
        print(f"\n没有装好：{failed}")
    except OSError as error:
        print(f"\n没有装好：写不进这个文件夹（{error.strerror or error}）。")
        print("请把整个文件夹复制到自己电脑的硬盘上（不要在U盘、光盘、压缩包里），关掉开着的考评窗口，再运行一次。")
    return 1


def install(home: Path) -> int:
    wheels = home / "wheels"
    source = home.parent if (home.parent / "pyproject.toml").is_file() else None
    if not wheels.is_dir() and source is None:
        raise Failed("缺少程序包（wheels 文件夹）。请重新复制整个文件夹。")
    if wheels.is_dir():
        other = other_python(home)
        if other:
            return subprocess.run([*other, "-I", "-X", "utf8", __file__], check=False).returncode
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"正在安装（Python {version}），大约要一分钟，请稍候……", flush=True)
    replace_environment(home, wheels if wheels.is_dir() else None, source)
    if sys.platform.startswith("linux"):
        write_starters(home)
    print("\n装好了。下一步：双击“开始”。收到的表可以拖到“收集”上。")
    print("这个文件夹以后搬了地方，再运行一次“安装”。")
    return 0


# --- which Python ---------------------------------------------------------------------------------------------------


def machine() -> str:
    """This kind of computer, as the wheels call it: win_amd64, linux_x86_64, linux_aarch64."""
    return re.sub(r"[-.]", "_", sysconfig.get_platform())


def other_python(home: Path) -> list[str]:
    """Command of a Python that the wheels are made for, if this one is not it; empty if this one is."""
    try:
        targets = json.loads((home / "launch" / "bundle.json").read_text(encoding="utf-8"))["targets"]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # wheels that somebody put there: pip will say whether they fit
    here = machine()
    versions = [row["python"] for row in targets if row["platform"] == here]
    own = "{}.{}".format(*sys.version_info[:2])
    if own in versions:
        return []
    for version in versions:
        command = ["py", f"-{version}"] if os.name == "nt" else [f"python{version}"]
        if shutil.which(command[0]) and answers(command):
            return command
    made_for = "、".join(f"{row['name']} Python {row['python']}" for row in targets)
    raise Failed(
        f"这个文件夹里的程序包是给 {made_for} 用的，这台电脑是 {here}、Python {own}。\n"
        f"请装上面说的 Python，再运行一次“安装”；或请做这个文件夹的人按这台电脑重新做一个（kaoping bundle --platform {here} --python {own}）。"
    )


def answers(command: list[str]) -> bool:
    """Whether there is a Python behind a command."""
    try:
        return subprocess.run([*command, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


# --- the environment ------------------------------------------------------------------------------------------------


def replace_environment(home: Path, wheels: Path | None, source: Path | None) -> None:
    """A new `.venv`; until it works the old one is kept beside it, and comes back if the new one fails."""
    place, kept = home / ".venv", home / ".venv-old"
    if (kept / READY).is_file() and not (place / READY).is_file():
        shutil.rmtree(place, ignore_errors=True)  # half made when the power went; the one that works waits beside it
    if place.exists():
        shutil.rmtree(kept, ignore_errors=True)
        place.rename(kept)  # refused on Windows while a window of the program is open, and then nothing is lost
    try:
        fill(home, place, wheels, source)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        if kept.exists():
            kept.rename(place)
        raise
    shutil.rmtree(kept, ignore_errors=True)
    (home / LOG).unlink(missing_ok=True)


def fill(home: Path, place: Path, wheels: Path | None, source: Path | None) -> None:
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # Without pip: Debian and its kin have no ensurepip until python3-venv is installed, and the wheels bring a pip.
    if run(home, [sys.executable, "-m", "venv", "--without-pip", str(place)]) != 0:
        raise Failed(
            "这个 Python 做不了虚拟环境（缺 venv）。\n"
            "便携 Python 请换成完整的（python.org 的 embeddable 版不行）；统信、麒麟请装 python3-venv 软件包。"
        )
    command = [str(python), *pip_of(home, place, wheels), "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    command.append("--no-compile")  # half the time; Python compiles what is used when it is first used
    if wheels is not None:
        command += ["--isolated", "--no-cache-dir", "--no-index", "--find-links", str(wheels)]
    done = any(run(home, [*command, wanted]) == 0 for wanted in wanted_packages(wheels, source))
    if not done:
        raise Failed(f"程序包装不上。请把“{LOG}”发给维护人员。" + ("" if wheels else "从源代码安装要能上网。"))
    if run(home, [str(python), "-I", "-X", "utf8", "-m", "workbook_builder", "--version"]) != 0:
        raise Failed(f"装上了，但是运行不了。请把“{LOG}”发给维护人员。")
    (place / READY).write_text("installed\n", encoding="ascii")


def pip_of(home: Path, place: Path, wheels: Path | None) -> list[str]:
    """Arguments that make the environment's Python run pip: from its wheel, which need not be installed."""
    found = sorted(wheels.glob("pip-*.whl")) if wheels is not None else []
    if found:
        return [str(found[-1] / "pip")]
    if run(home, [sys.executable, "-m", "venv", "--upgrade", str(place)]) == 0:
        return ["-m", "pip"]
    raise Failed("缺 pip。统信、麒麟请装 python3-venv 软件包；或用带 wheels 的离线安装文件夹。")


def wanted_packages(wheels: Path | None, source: Path | None) -> list[str]:
    """What to install, the fuller one first. xlwings serves Excel, which is not there on Linux."""
    if wheels is None:
        return [str(source)] if sys.platform.startswith("linux") else [f"{source}[console]", str(source)]
    return ["kaoping[console]", "kaoping"] if any(wheels.glob("xlwings-*.whl")) else ["kaoping"]


def run(home: Path, command: list[str]) -> int:
    """Exit code of a command; what it says goes into the log."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        command, env={**environment, "PYTHONUTF8": "1"}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    with open(home / LOG, "ab") as log:
        log.write(" ".join(command).encode("utf-8", "replace") + b"\n" + done.stdout + done.stderr + b"\n")
    return done.returncode


# --- 统信UOS, 麒麟 ----------------------------------------------------------------------------------------------------


def write_starters(home: Path) -> None:
    """开始.desktop and 收集.desktop beside this folder's launchers; in the menu of the desktop if the person wants it."""
    for name, title, comment, files in STARTERS:
        write_starter(home / f"{name}.desktop", starter(home, name, title, comment, files))
    if not sys.stdin.isatty():
        return
    if input("\n也放进开始菜单吗？放，就输入 y 再按回车；不放，只按回车：").strip().lower() in ("y", "yes", "ｙ", "要"):
        menu = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "applications"
        add_to_menu(home, menu)
        print(f"已放进开始菜单（{menu}）。")


def add_to_menu(home: Path, menu: Path) -> None:
    menu.mkdir(parents=True, exist_ok=True)
    for number, (name, title, comment, files) in enumerate(STARTERS, 1):
        write_starter(menu / f"kaoping-{number}.desktop", starter(home, name, title, comment, files))


def write_starter(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
    path.chmod(0o755)  # file managers start nothing else


def starter(home: Path, name: str, title: str, comment: str, files: str) -> str:
    """The text of a desktop entry, escaped as the specification wants it."""
    lines = {
        "Type": "Application",
        "Version": "1.0",
        "Name": escaped(title),
        "Comment": escaped(comment),
        "Exec": escaped(f"sh {argument(str(home / (name + '.sh')))} {files}"),
        "Path": escaped(str(home)),
        "Icon": ICON,
        "Terminal": "true",
        "Categories": "Office;",
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def argument(text: str) -> str:
    """An argument of Exec: quoted, a percent sign doubled because single ones stand for files."""
    return '"' + re.sub(r'(["`$\\])', r"\\\1", text).replace("%", "%%") + '"'


def escaped(text: str) -> str:
    """A value of a desktop entry."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


if __name__ == "__main__":
    sys.exit(main())
