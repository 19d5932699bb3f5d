"""The way back: what a section is sent to mend, what it is reminded of, how its returns differ.

Comes in: collected returns with their problems. Goes out: workbooks as bytes, texts, plain rows. Nothing is written here.
"""

from workbook_builder.returning.differences import Difference, differences
from workbook_builder.returning.mending import to_mend
from workbook_builder.returning.reminders import reminders
from workbook_builder.returning.sendback import sent_back

__all__ = ["Difference", "differences", "reminders", "sent_back", "to_mend"]
