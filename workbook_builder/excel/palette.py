"""Typefaces and colours of everything a person opens: forms, registers, ballots, summaries, letters are one family.

Comes in: nothing. Goes out: names of typefaces and colours as RRGGBB. Every colour that means something stands beside
a word that says the same, so that a grey print and a colour-blind reader lose nothing.
"""

from __future__ import annotations

#: Typefaces of official documents (GB/T 9704: title 小标宋, heads 黑体, text 仿宋); tables are set in 宋体.
TITLE, HEI, FANG, SONG, KAI = "方正小标宋简体", "黑体", "仿宋", "宋体", "楷体"
#: What an office PC without 方正 fonts takes instead.
FALLBACKS = {TITLE: "宋体", FANG: "仿宋_GB2312", KAI: "楷体_GB2312"}
#: GB2312. A workbook cannot name a second typeface: with the set of signs Excel and WPS choose a Chinese one by themselves.
CHARSET = 134

INK, SOFT_INK, FAINT = "000000", "404040", "6B6B6B"
NAVY, BLUE, PALE, GREY = "1F3864", "D9E2F3", "EEF3FA", "F2F2F2"
LINE, HAIR = "A6A6A6", "BFBFBF"
#: What may be filled in, and its frame.
INPUT, INPUT_LINE = "FFF8DC", "A67C00"
#: Still to be filled in or decided; wrong; good; waiting for the city.
TO_DO, TO_DO_INK = "FFE699", "7F6000"
WRONG, RED = "FAD7C3", "C00000"
GOOD, GREEN = "E2EFDA", "375623"
WAITING = "BDD7EE"
LINK = "0563C1"
#: The red of 发文机关标志 and of the line below it.
LETTERHEAD = "FF0000"
WHITE = "FFFFFF"

#: Parts of a bar, from dark to light: told apart in grey print too (lightness 25, 55, 80 of 100).
PART_FILLS = ("1F3864", "5B8BC9", "F2C14E")
#: What is taken off: striped, so that no colour is needed to see it.
DEDUCTED = RED
#: One hue from light to dark, paper colour last: how much of a figure is lacking. Lightness 100, 92, 80, 62, 33 of 100.
HEAT = (WHITE, "E3EBF6", "BACCE8", "829FCE", "2F528F")
