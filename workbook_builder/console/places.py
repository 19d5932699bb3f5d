"""Where things stand on the console's sheets, and how wide and how high.

Comes in: nothing. Goes out: rows and columns (from 1), names, widths; the writer of the file and the hand that fills it
later both look here.
"""

from __future__ import annotations

from workbook_builder.commands.steps import YEAR

BOOK = "考评控制台.xlsm"
#: What tells the macro which Python to start; the macro looks for it beside the workbook under this name.
SETTINGS = "xlwings.conf"
FRONT, PROBLEMS = "控制台", "问题"
#: The macro behind the button, as xlwings ships it.
MACRO = "SampleCall"

FRONT_WIDTHS = (6, 26, 18, 8, 8, 8, 12, 54)
#: On the front sheet: what is asked for and what came of it, each in this column to the last one.
VALUE_COLUMN = 3
CHOSEN_ROW, RESULT_ROW, NEXT_ROW, LAST_ROW = 4, 5, 6, 7
#: Columns of the choice and of the button beside it.
CHOSEN_LAST, BUTTON_FIRST = 4, 5
STEPS_HEAD = 9
FIRST_STEP = STEPS_HEAD + 1
SECTIONS_HEAD = FIRST_STEP + len(YEAR) + 1
FIRST_SECTION = SECTIONS_HEAD + 1
#: Rows kept for sections, and for problems; what is more stands in 问题清单.xlsx.
MOST_SECTIONS, MOST_PROBLEMS = 60, 300

PROBLEM_WIDTHS = (8, 20, 54, 46, 30, 18, 8, 8)
TOLD_ROW, PROBLEMS_HEAD = 2, 3
FIRST_PROBLEM = PROBLEMS_HEAD + 1

#: Looks (excel/looks.py) of the rows of sections and of problems; the frame comes with the content.
SECTION_LOOKS = ("plain+mid", "plain", "plain+mid", "plain+mid", "plain+mid", "plain+mid", "plain+mid", "plain+small")
PROBLEM_LOOKS = ("plain+mid", "plain", "plain", "plain", "plain+small", "plain+small", "plain+mid", "plain+mid")
ANSWER_LOOK = "cell+left"
NEXT_MARK = "→"

#: Row heights in points: of tables, of the answers, of the choice.
LEAST, ANSWER, TALL = 18.0, 22.5, 33.75
