"""What came back → raw sheets: which file is ours, which sheet is whose, which cell is which field."""

from workbook_builder.collecting.sheets import raw_sheets

__all__ = ["raw_sheets"]
