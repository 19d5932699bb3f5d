"""Help pages in Chinese: usage, what the command does, its arguments and options, aligned by the width of the signs.

Comes in: a typer command and its context. Goes out: text.
"""

from __future__ import annotations

import shutil
from typing import Any

from workbook_builder.cli.words import width_of, wrap

_HELP = "显示这份说明。"


def command_help(command: Any, ctx: Any) -> str:
    """The help page of `command` (a group or a single command)."""
    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    pieces = [f"用法：{_usage(command, ctx)}\n"]
    for text in (command.help or "").strip().split("\n\n"):
        pieces += ["\n", *(line + "\n" for line in wrap(" ".join(text.split()), width))]
    arguments = [(p.metavar or p.name, p.help or "") for p in command.params if p.param_type_name == "argument"]
    options = [
        (" ".join([", ".join(p.opts), *([p.metavar] if p.metavar else [])]), p.help or "")
        for p in command.params
        if p.param_type_name == "option" and not p.hidden
    ]
    options.append((", ".join(ctx.help_option_names), _HELP))
    pieces += _block("参数", arguments, width) + _block("选项", options, width)
    if hasattr(command, "list_commands"):
        names = [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]
        rows = [(name, _first_line(sub.help or "")) for name, sub in names if sub is not None and not sub.hidden]
        pieces += _block("命令", rows, width)
        pieces += ["\n", f"看某个命令的说明：{ctx.command_path} 命令 --help\n"]
        pieces += ["退出码：0 没有要改正的 · 1 有错误 · 2 用法不对或方案读不了 · 3 程序内部出错\n"]
    return "".join(pieces)


def _usage(command: Any, ctx: Any) -> str:
    words = [ctx.command_path, *(p.metavar or p.name for p in command.params if p.param_type_name == "argument")]
    words.append("[选项]")
    if hasattr(command, "list_commands"):
        words.append("[命令]")
    return " ".join(words)


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0].strip()


def _block(title: str, rows: list[tuple[str, str]], width: int) -> list[str]:
    if not rows:
        return []
    column = min(max(width_of(name) for name, _ in rows), 24) + 4
    lines = [f"\n{title}：\n"]
    for name, text in rows:
        told = wrap(text, width - column)
        head = f"  {name}"
        if width_of(head) > column - 2:
            lines.append(head + "\n")
            head = ""
        lines.append(head + " " * (column - width_of(head)) + told[0] + "\n")
        lines += [" " * column + line + "\n" for line in told[1:]]
    return lines
