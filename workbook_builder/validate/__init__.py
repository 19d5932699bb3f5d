"""Raw sheets → answers and problems: every cell against the scheme, every figure recomputed."""

from workbook_builder.validate.sheet import validate_sheet

__all__ = ["validate_sheet"]
