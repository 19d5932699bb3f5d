"""The voice of the command line: what goes to stdout, what to stderr, in which encoding, and what a crash looks like.

Comes in: outcomes. Goes out: text for a person, or exactly one JSON object. Part of the command line: `cli` and `menu`
print through here and nothing else does.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_builder.problems.core import CONTROL

if TYPE_CHECKING:
    from workbook_builder.commands import Outcome

INTERNAL, MISUSE = 3, 2
#: Screens are made for this many columns at least and at most: longer lines are hard to read.
_NARROWEST, _WIDEST = 40, 120
#: All of it but the end of a line.
_OBEYED = re.compile(f"(?!\n){CONTROL.pattern}")


def prepare_streams() -> None:
    """A sign that the console cannot show becomes "?", instead of ending the program; its encoding stays."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def write_json(value: dict[str, object]) -> None:
    """One JSON object on stdout, UTF-8 whatever the console's encoding."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    # JSON itself only escapes what is below the blank; a terminal obeys others as well.
    text = CONTROL.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)
    data = (text + "\n").encode("utf-8", "replace")
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:  # replaced by a program that calls main()
        sys.stdout.write(data.decode("utf-8"))
        return
    sys.stdout.flush()
    stream.write(data)
    stream.flush()


def shown(line: object) -> object:
    """`line` (a str or a rich Text) without what a terminal would obey instead of showing it: names of files may hold it."""
    from rich.text import Text

    if isinstance(line, str):
        return _OBEYED.sub("?", line)
    if isinstance(line, Text):
        line.plain = _OBEYED.sub("?", line.plain)  # one for one: colours keep their places
    return line


class Voice:
    """Speaks to a person on stdout, or on stderr while a program reads stdout."""

    def __init__(self, as_json: bool = False) -> None:
        from rich.console import Console

        self.as_json = as_json
        # Lines are broken and coloured by us; file names must not be taken for markup.
        self.console = Console(stderr=as_json, highlight=False, markup=False, emoji=False)

    @property
    def width(self) -> int:
        return max(_NARROWEST, min(self.console.width, _WIDEST))

    def say(self, line: object = "") -> None:
        self.console.print(shown(line), soft_wrap=True)

    def show(self, outcome: Outcome) -> None:
        """The outcome for a person, and for a program if one asked."""
        from workbook_builder.cli.screen import report

        for line in report(outcome, self.width):
            self.say(line)
        if self.as_json:
            write_json(outcome.to_json())


# --- what is no outcome of a command --------------------------------------------------------------------------------


def misused(error: object, command: str, as_json: bool) -> int:
    """A command line that cannot be understood: one Chinese line, exit code 2."""
    from workbook_builder.problems import Where, problem

    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", "") or ("kaoping " + command).strip()
    found = problem("USAGE", Where(), _in_chinese(error), command=path)
    return _end(found, command or path.removeprefix("kaoping").strip() or "kaoping", as_json, MISUSE)


def crash(error: Exception, command: str, where: Path, as_json: bool) -> int:
    """A fault of the program: one Chinese line, the traceback into the folder's log (or shown, if there is none)."""
    from workbook_builder.folder import Folder, log_trace
    from workbook_builder.problems import Where, problem

    trace = "".join(traceback.format_exception(error))
    folder = Folder.find(where)
    kept = folder is not None and log_trace(folder, trace)
    if not kept:
        Voice(True).say(trace)
    log = f" {folder.log_file} " if kept and folder is not None else "上面的全部文字"
    found = problem("INTERNAL_ERROR", Where(), f"{type(error).__name__}: {error}", log=log)
    return _end(found, command, as_json, INTERNAL)


def _end(found: Any, command: str, as_json: bool, code: int) -> int:
    from rich.text import Text

    from workbook_builder.cli.pieces import NEXT, STRONG, paragraph, sentence

    voice = Voice(True)
    for line in (paragraph(sentence(found.message), voice.width), Text(), paragraph(sentence(found.fix), voice.width, NEXT, style=STRONG)):
        voice.say(line)
    if as_json:
        write_json(
            {
                "command": command,
                "folder": None,
                "outputs": [],
                "problems": [found.to_json()],
                "received": [],
                "next": found.fix,
            }
        )
    return code


def _in_chinese(error: object) -> str:
    """What is wrong with the command line, by the kind of typer's exception."""
    if isinstance(error, str):
        return error
    kind = type(error).__name__
    message = str(getattr(error, "message", error))
    parameter = getattr(error, "param", None)
    name = getattr(parameter, "metavar", None) or getattr(parameter, "name", "") or ""
    quoted = message.split("'")[1] if message.count("'") >= 2 else message.rpartition(" ")[2]
    if kind == "NoSuchOption":
        near = "、".join(getattr(error, "possibilities", None) or ())
        return f"没有选项 {getattr(error, 'option_name', '')}" + (f"，是不是 {near}" if near else "")
    if kind == "NoSuchCommand" or message.startswith("No such command"):
        return f"没有“{quoted}”这个命令"
    if kind == "MissingParameter":
        return f"还缺参数“{name}”"
    if "requires an argument" in message:
        return f"选项 {getattr(error, 'option_name', '')} 后面要写内容"
    if "does not take a value" in message:
        return f"选项 {getattr(error, 'option_name', '')} 后面不能写内容"
    if message.startswith("Got unexpected extra argument"):
        return "多写了" + message.rpartition("(")[2].rstrip(")").join("“”")
    return f"参数“{name}”的内容不对：{message}" if name else message
