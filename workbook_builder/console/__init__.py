"""The console: a workbook whose one button does the steps of the year from inside Excel, through xlwings.

Comes in: a click, or `kaoping console`. Goes out: 考评控制台.xlsm; later what each step found, on its sheets. Comfort only:
the menu of `kaoping` does the same without Excel. Nothing here prints; xlwings is imported only when Excel calls.
"""

from __future__ import annotations

from workbook_builder.console.making import console
from workbook_builder.console.running import main, run

__all__ = ["console", "main", "run"]
