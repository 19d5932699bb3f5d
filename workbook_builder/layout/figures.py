"""What a section's sheet shows in its named computed cells, without planning the whole sheet."""

from __future__ import annotations

from workbook_builder.layout import checksum
from workbook_builder.rules import sheet as sh

#: Inputs of a sheet in order, each with the words that may stand in it.
Coded = tuple[tuple[str, tuple[str, ...]], ...]


def sheet_checksum(entries: sh.Entries, coded: Coded) -> str:
    """校验码 of a sheet holding `entries`; `coded` is its inputs in order (`SectionPlan.coded`)."""
    return checksum.total(
        [checksum.code(entries.get(key), legal, position) for position, (key, legal) in enumerate(coded)]
    )


def sheet_figures(
    score: sh.SheetScore, entries: sh.Entries, coded: Coded
) -> dict[str, object]:
    """Field → what a sheet holding `entries` shows there, for every named computed cell."""
    figures: dict[str, object] = {f"{key}#得分": item.figure.shown for key, item in score.section.items.items()}
    figures |= {f"{part}#小计": score.section.parts[part].shown for part in sh.SHEET_PARTS}
    figures[sh.SELF_TOTAL] = score.total.shown
    figures[sh.READY] = score.ready_text
    figures[sh.CHECKSUM] = sheet_checksum(entries, coded)
    return figures
