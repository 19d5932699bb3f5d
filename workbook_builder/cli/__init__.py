"""The command line, the only part of the program that prints and exits.

`app` has the commands, `menu` the clerk's menu, `console` the streams, `screen` what an outcome looks like.
"""

from __future__ import annotations

from workbook_builder.cli.app import main

__all__ = ["main"]
