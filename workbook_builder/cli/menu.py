"""`kaoping` alone: where the year stands, what is next, and at a terminal a numbered menu a clerk can live in.

Comes in: what the person types. Goes out: the same commands as on the command line. No mistake ends the menu; 0, the end
of input and Ctrl+C leave it quietly.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook_builder.cli.console import Voice, write_json
from workbook_builder.folder import Folder

_OUTSIDE = "这里还不是考评工作文件夹"
_BEGIN = "新建年度文件夹：kaoping new 文件夹名；先看看演示：kaoping demo；已有文件夹的，先进入它再运行"
_LEAVE = {"0", "退出", "q", "quit", "exit"}
Run = Callable[..., int]


class _Leave(Exception):
    """The person wants to go."""


def at_terminal() -> bool:
    """Whether a person sits at both ends."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def overview(help_page: str, as_json: bool) -> int:
    """Not at a terminal: the status of the folder, or the help; always exit code 0."""
    folder = Folder.find(Path("."))
    if folder is not None:
        from workbook_builder import commands

        Voice(as_json).show(commands.status(folder.root))
        return 0
    voice = Voice(as_json)
    voice.say(f"{_OUTSIDE}。{_BEGIN}。\n")
    voice.say(help_page.rstrip())
    if as_json:
        write_json({"command": "kaoping", "folder": None, "outputs": [], "problems": [], "received": [], "next": _BEGIN})
    return 0


def run_menu(run: Run) -> int:
    """The menu until the person leaves; exit code 0. `run` does a command and shows its outcome."""
    menu = Menu(run)
    try:
        menu.live()
    except (_Leave, EOFError, KeyboardInterrupt):
        menu.voice.say("\n再见。")
    return 0


class Menu:
    """The menu and the folder it works in."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.voice = Voice()
        self.folder = Folder.find(Path("."))
        self._choices: tuple[tuple[str, str, Callable[[], object], bool], ...] = (
            ("1", "看进度", self._status, True),
            ("2", "检查方案", self._check, True),
            ("3", "生成下发表", self._build, True),
            ("4", "收集校验", self._collect, True),
            ("5", "生成汇总", self._summarize, True),
            ("6", "新建年度文件夹", self._new, False),
            ("7", "演示", self._demo, False),
            ("8", "换文件夹", self._change, False),
        )

    def live(self) -> None:
        """Ask and do, for ever."""
        self.voice.say("科室工作考评 kaoping")
        if self.folder is None:
            self.voice.say(f"{_OUTSIDE}。可以新建一个（6）、看演示（7），或进入已有的（8）。")
        else:
            self._status()
        while True:
            self._show_choices()
            self._do(self._ask("请输入编号后按回车："))

    # --- talking

    def _show_choices(self) -> None:
        self.voice.say()
        if self.folder is not None:
            self.voice.say(f"当前文件夹：{self.folder.root}")
        offered = [f"{key} {name}" for key, name, _, inside in self._choices if self.folder is not None or not inside]
        offered.append("0 退出")
        for start in range(0, len(offered), 5):
            self.voice.say("   ".join(offered[start : start + 5]))

    def _ask(self, question: str) -> str:
        """One line from the person, full-width digits and quotes of a dragged path understood."""
        try:
            line = input(question)
        except UnicodeDecodeError:  # bytes of another encoding were pasted
            return "?"
        return line.strip().strip("\"'“”").strip()

    def _do(self, typed: str) -> None:
        word = unicodedata.normalize("NFKC", typed).strip().strip(".、").lower()
        if word in _LEAVE:
            raise _Leave
        if not word:
            return
        for key, name, action, inside in self._choices:
            if word in (key, name):
                if inside and self.folder is None:
                    self.voice.say(f"{_OUTSIDE}，请先选 6、7 或 8。")
                else:
                    action()
                return
        self.voice.say(f"没有“{typed}”这一项，请输入前面列出的编号，如 1。")

    # --- doing

    def _here(self, work: Callable[..., Any], **named: Any) -> int:
        assert self.folder is not None
        self.voice.say()
        return self.run(work, self.folder.root, as_json=False, where=self.folder.root, **named)

    def _status(self) -> None:
        from workbook_builder import commands

        self._here(commands.status, progress="读取")

    def _check(self) -> None:
        from workbook_builder import commands

        self._here(commands.check)

    def _build(self) -> None:
        from workbook_builder import commands

        self._here(commands.build)

    def _collect(self) -> None:
        from workbook_builder import commands

        self._here(commands.collect, progress="读取")

    def _summarize(self) -> None:
        from workbook_builder import commands

        self._here(commands.summarize, progress="读取")

    def _beside(self, typed: str) -> Path:
        """Where a new folder of this name goes: beside the present year, not inside it."""
        base = Path(".").absolute() if self.folder is None else self.folder.root.parent
        return base / Path(typed).expanduser()

    def _new(self) -> None:
        from workbook_builder import commands

        name = self._ask("新文件夹的名称或路径，如 2022考评（直接按回车返回）：")
        if not name:
            return
        source = self._ask("方案从哪里来：上一年的文件夹，或方案文件（直接按回车用自带的 2021 年方案）：")
        place, origin = self._beside(name), Path(source).expanduser() if source else None
        if origin is not None and not origin.is_absolute() and not origin.exists():
            origin = self._beside(source)
        scheme = origin if origin is not None and not origin.is_dir() else None
        self.voice.say()
        code = self.run(
            commands.new, place, scheme, None if scheme is not None else origin, as_json=False, where=place
        )
        self._enter(place, code)

    def _demo(self) -> None:
        from workbook_builder import commands

        name = self._ask("演示文件夹的名称（直接按回车用“考评演示”）：") or "考评演示"
        place = self._beside(name)
        self.voice.say()
        self._enter(place, self.run(commands.demo, place, as_json=False, where=place, progress="读取"))

    def _change(self) -> None:
        name = self._ask("工作文件夹的路径，可以把文件夹拖进来（直接按回车返回）：")
        if not name:
            return
        path = Path(name).expanduser()
        found = Folder.find(path) if path.is_dir() else None
        if found is None:
            found = Folder.find(self._beside(name)) if self._beside(name).is_dir() else None
        if found is None:
            self.voice.say(f"“{name}”不是考评工作文件夹（找不到 方案.xlsx），没有更换。")
            return
        self.folder = found
        self._status()

    def _enter(self, place: Path, code: int) -> None:
        if code < 2 and (found := Folder.find(place)) is not None:
            self.folder = found
