"""The commands as functions: each takes a folder or a file and returns an `Outcome`. They never print and never exit.

    from workbook_builder import build, collect, summarize
    outcome = summarize("2021考评")
    outcome.exit_code, outcome.outputs, outcome.problems, outcome.data["standings"]

`workbook_builder.cli` gives them a voice.
"""

from workbook_builder.commands.archiving import archive
from workbook_builder.commands.bundling import bundle
from workbook_builder.commands.explaining import explain
from workbook_builder.commands.issue import build
from workbook_builder.commands.outcome import Outcome
from workbook_builder.commands.progress import status
from workbook_builder.commands.receiving import receive
from workbook_builder.commands.reviewing import review
from workbook_builder.commands.schemes import check, dump, load
from workbook_builder.commands.tally import collect, summarize
from workbook_builder.commands.templates import templates
from workbook_builder.commands.year import demo, new

__all__ = [
    "Outcome",
    "archive",
    "build",
    "bundle",
    "check",
    "collect",
    "demo",
    "dump",
    "explain",
    "load",
    "new",
    "receive",
    "review",
    "status",
    "summarize",
    "templates",
]
