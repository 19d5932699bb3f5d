"""`kaoping` alone: where the year stands, what is next, and at a terminal a numbered menu a clerk can live in.

Comes in: what the person types. Goes out: the same commands as on the command line. No mistake ends the menu; 0, the end
of input and Ctrl+C leave it quietly.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_builder.cli import places, steps
from workbook_builder.cli.console import Voice, write_json
from workbook_builder.folder import Folder
from workbook_builder.folder.nearby import year_folders

if TYPE_CHECKING:
    from workbook_builder.commands import Outcome

_OUTSIDE = "这里还不是考评工作文件夹"
_BEGIN = "新建年度文件夹，运行 kaoping new 文件夹名；先看看演示，运行 kaoping demo；已有文件夹的，先进入它再运行 kaoping"
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
    from workbook_builder.cli.pieces import NEXT, STRONG, paragraph, sentence

    voice = Voice(as_json)
    voice.say(f"{_OUTSIDE}。\n")
    voice.say(help_page.rstrip())
    voice.say()
    voice.say(paragraph(sentence(_BEGIN), voice.width, NEXT, style=STRONG))
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
    """The menu, the folder it works in, and how the last command there ended."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.voice = Voice()
        self.folder = Folder.find(places.opened())
        self.last: Outcome | None = None
        self._actions: dict[str, Callable[[], object]] = {
            steps.ENTRIES: self._entries,
            "9": self._status,
            "10": self._new,
            "11": self._demo,
            "12": self._change,
            "13": self._explain,
        }

    def live(self) -> None:
        """Ask and do, for ever."""
        self.voice.say("科室工作考评 kaoping")
        if self.folder is None:
            self.voice.say(f"{_OUTSIDE}。可以新建一个（10）、看演示（11），或进入已有的（12）。")
            self._show_years()
        else:
            self._status()
        while True:
            self._show_choices()
            self._do(self._ask("请输入编号后按回车："))

    # --- talking

    def _show_choices(self) -> None:
        self.voice.say()
        if self.folder is not None:
            marked = steps.next_step(self.last)
            self.voice.say(f"当前文件夹：{self.folder.root}" + ("　（> 是下一步）" if marked else ""))
            for line in steps.lines(marked, self.voice.width):
                self.voice.say(line)
        offered = [f"{key} {name}" for key, name in steps.ALWAYS if self.folder is not None or key not in steps.INSIDE]
        self.voice.say("  " + "   ".join([*offered, "0 退出"]))

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
        key = steps.key_of(word)
        if key is None:
            self.voice.say(f"没有“{typed}”这一项，请输入前面列出的编号，如 1。")
        elif self.folder is None and key in steps.INSIDE:
            self.voice.say(f"{_OUTSIDE}，请先选 10、11 或 12。")
        elif key in self._actions:
            self._actions[key]()
        else:
            self._here(steps.COMMANDS[key])

    # --- doing

    def _work(self, name: str, *args: Any, where: Path, **named: Any) -> int:
        """Run the command `name` and remember how it ended."""
        from workbook_builder import commands

        work = getattr(commands, name)

        @wraps(work)
        def kept(*given: Any, **more: Any) -> Outcome:
            self.last = work(*given, **more)
            return self.last

        self.voice.say()
        return self.run(kept, *args, as_json=False, where=where, **named)

    def _here(self, name: str) -> int:
        assert self.folder is not None
        return self._work(name, self.folder.root, where=self.folder.root, long=name not in steps.QUICK)

    def _status(self) -> None:
        self._here("status")

    def _entries(self) -> None:
        """What people now type in, and where."""
        assert self.folder is not None
        self.voice.say()
        for line in steps.entry_hints(self.folder, self.last, self.voice.width):
            self.voice.say(line)

    def _beside(self, typed: str) -> Path:
        """Where a new folder of this name goes: beside the present year, not inside it."""
        base = places.new_years_place() if self.folder is None else self.folder.root.parent
        return base / Path(typed).expanduser()

    def _new(self) -> None:
        name = self._ask("新文件夹的名称或路径，如 2022考评（直接按回车返回）：")
        if not name:
            return
        source = self._ask("方案从哪里来：上一年的文件夹，或方案文件（直接按回车用自带的 2021 年方案）：")
        place, origin = self._beside(name), Path(source).expanduser() if source else None
        if origin is not None and not origin.is_absolute() and not origin.exists():
            origin = self._beside(source)
        scheme = origin if origin is not None and not origin.is_dir() else None
        self._enter(place, "new", place, scheme, None if scheme is not None else origin)

    def _demo(self) -> None:
        name = self._ask("演示文件夹的名称（直接按回车用“考评演示”）：") or "考评演示"
        place = self._beside(name)
        self._enter(place, "demo", place, long=True)

    def _explain(self) -> None:
        """Where a figure comes from."""
        assert self.folder is not None
        section = self._ask("哪个科室（直接按回车返回）：")
        if not section:
            return
        field = self._ask("哪个数，如 总分、名次、业务工作、业务1、业务1.2（直接按回车是总分）：") or "总分"
        before = self.last
        self._work("explain", section, field, self.folder.root, where=self.folder.root, long=True)
        self.last = before  # the next step is still what the command before said

    def _show_years(self) -> tuple[Folder, ...]:
        """The year folders nearby, by number."""
        years = places.known_years() if self.folder is None else year_folders(self.folder.root)
        if years:
            self.voice.say("附近的年度文件夹" + ("（选 12，再输入编号）：" if self.folder is None else "："))
        for line in places.numbered(years):
            self.voice.say(line)
        return years

    def _change(self) -> None:
        years = self._show_years()
        number = "输入编号，或输入" if years else ""
        name = self._ask(f"{number}工作文件夹的路径，可以把文件夹拖进来（直接按回车返回）：")
        if not name:
            return
        chosen = places.by_number(name, years)
        path = Path(name).expanduser() if chosen is None else chosen.root
        found = Folder.find(path) if path.is_dir() else None
        if found is None:
            found = Folder.find(self._beside(name)) if self._beside(name).is_dir() else None
        if found is None:
            self.voice.say(f"“{name}”不是考评工作文件夹（找不到 方案.xlsx），没有更换。")
            return
        self.folder = found
        self._status()

    def _enter(self, place: Path, name: str, *args: Any, **named: Any) -> None:
        """Make a folder and go in; where that fails, stay."""
        before = self.last
        code = self._work(name, *args, where=place, **named)
        if code < 2 and (found := Folder.find(place)) is not None:
            self.folder = found
        else:
            self.last = before
