"""What the button of 考评控制台.xlsm imports: the macro that xlwings ships takes the module of the workbook's own name."""

from workbook_builder.console import main

__all__ = ["main"]
