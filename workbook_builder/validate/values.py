"""One cell → one slot value: understood, understood with a note, or refused at its cell.

Comes in: a slot, the cell and its place. Goes out: the value (None if blank or refused) and the problems. Nothing is
ever clipped or guessed: what is not certain is refused with what may be entered there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal

from workbook_builder import model as m
from workbook_builder.intake import Cell
from workbook_builder.layout.words import allowed
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rules import slots as sl
from workbook_builder.rules.slots import Slot, SlotValue
from workbook_builder.validate.text import clean, meant_number

#: Noise of calculation beyond this many decimals is not meant; a number without any decimals to speak of is none.
_NOISE = 9
_NOISELESS = 10**15
#: The digits of a number that programs show. What is cut off within them is said.
_SHOWN = Context(prec=15)
#: Day 0 of the 1900 system for every date that can be meant, and the last day it knows (9999-12-31).
_EPOCH, _MOST_DAYS = date(1899, 12, 30), 2_958_466


@dataclass(frozen=True, slots=True)
class Reading:
    """value: the accepted value. raw: what the sheet's own formulas see. refused: something stands there but does not count."""

    value: SlotValue
    raw: SlotValue
    problems: tuple[Problem, ...] = ()
    refused: bool = False


def is_blank(cell: Cell) -> bool:
    """The one notion of blank: nothing, or nothing that can be seen."""
    return cell.formula is None and (cell.value is None or (isinstance(cell.value, str) and clean(cell.value) == ""))


def raw_value(cell: Cell) -> SlotValue:
    """The cell as a formula sees it; an error or a boolean as a text that no rule accepts."""
    if cell.value is None or isinstance(cell.value, Decimal):
        return cell.value
    if isinstance(cell.value, bool):
        return f"#{cell.value}"
    return cell.value if cell.value != "" else None


def shown(cell: Cell) -> str:
    """The cell about as a person sees it: to be quoted, or written beside the cell of a form that goes back."""
    if cell.formula:
        return f"={cell.formula}"
    if isinstance(cell.value, bool):
        return str(cell.value).upper()
    if isinstance(cell.value, Decimal) and cell.kind == "d" and 0 < cell.value < _MOST_DAYS:
        return str(_EPOCH + timedelta(days=int(cell.value)))
    if isinstance(cell.value, Decimal) and cell.percent:
        return f"{_denoised(cell.value * 100):f}%"
    return "" if cell.value is None else str(cell.value)


def read_value(slot: Slot, cell: Cell, where: Where, clause: m.Clause | None) -> Reading:
    """Interpret `cell` as an answer to `slot` of `clause` (None for the declaration rows)."""
    raw = raw_value(cell)
    if is_blank(cell):
        return Reading(None, raw)
    refusal = _unreadable(slot, cell, where)
    if refusal is not None:
        return Reading(None, raw, (refusal,), True)
    value, notes = _meaning(slot, cell, where)
    if value is None:
        return Reading(None, raw, tuple(notes), True)
    state = sl.state(slot, value, confirmed=True)
    if state not in (sl.FILLED, sl.PENDING):
        # How it was read says nothing more once it is refused, save for a format that nobody sees in the value.
        telling = [note for note in notes if note.code != "READ_AS"]
        return Reading(None, raw, (*telling, _not_allowed(slot, cell.value, value, where)), True)
    return Reading(value, raw, (*notes, *_flags(slot, cell.value, value, where, clause)))


def _unreadable(slot: Slot, cell: Cell, where: Where) -> Problem | None:
    if cell.formula is not None:
        return problem("FORMULA_IN_INPUT", where, f"={cell.formula}" if cell.formula else cell.value)
    if cell.kind == "e":
        return problem("ERROR_VALUE", where, cell.value)
    if cell.kind == "d":
        return problem("DATE_IN_NUMBER", where, shown(cell), allowed=allowed(slot))
    return None


def _meaning(slot: Slot, cell: Cell, where: Where) -> tuple[SlotValue, list[Problem]]:
    if slot.type in (sl.YESNO, sl.CHOICE):
        return _word(slot, cell, where)
    if isinstance(cell.value, bool):
        return None, [problem("VALUE_NOT_ALLOWED", where, cell.value, allowed=allowed(slot))]
    if isinstance(cell.value, Decimal):
        return _number(slot, cell, cell.value, where)
    return _typed_number(slot, cell, where)


def _word(slot: Slot, cell: Cell, where: Where) -> tuple[SlotValue, list[Problem]]:
    if isinstance(cell.value, bool) and slot.type == sl.YESNO:
        word = m.YES if cell.value else m.NO
        return word, [_read_as(shown(cell), word, where)]
    if cell.value == 0 and slot.type == sl.YESNO:
        return m.NO, [_read_as("0", m.NO, where)]
    if not isinstance(cell.value, str):
        return None, [problem("VALUE_NOT_ALLOWED", where, cell.value, allowed=allowed(slot))]
    text = _legal_form(slot, cell.value)
    if text is None:
        return None, [_word_refused(slot, cell.value, where)]
    if slot.type == sl.YESNO and text in ("无", "没有"):
        return m.NO, [_read_as(cell.value, m.NO, where)]
    return text, ([] if text == cell.value else [_read_as(cell.value, text, where)])


def _read_as(typed: str, meant: SlotValue, where: Where) -> Problem:
    text = f"数字 {meant:f}" if isinstance(meant, Decimal) else f"“{meant}”"
    if typed.strip() == meant:
        text += "（多余的空格不计）"
    return problem("READ_AS", where, typed, meant=text)


def _legal_form(slot: Slot, text: str) -> str | None:
    """The legal word that `text` is, blanks and full width aside."""
    wanted = clean(text)
    return next((word for word in sl.all_words(slot) if clean(word) == wanted), None)


def _word_refused(slot: Slot, text: str, where: Where) -> Problem:
    word = clean(text)
    if word in m.NOT_APPLICABLE_WORDS:
        return problem("NOT_APPLICABLE_REFUSED", where, text, allowed=allowed(slot))
    if word == m.PENDING_CITY:
        return problem("PENDING_REFUSED", where, text, allowed=allowed(slot))
    return problem("VALUE_NOT_ALLOWED", where, text, allowed=allowed(slot))


def _number(
    slot: Slot, cell: Cell, number: Decimal, where: Where
) -> tuple[SlotValue, list[Problem]]:
    stored, number = number, _denoised(number)
    if cell.percent:
        if slot.unit != "%":
            return None, [problem("PERCENT_UNEXPECTED", where, f"{number * 100:f}%", allowed=allowed(slot))]
        meant = _denoised(number * 100)
        return meant, [problem("PERCENT_FORMAT", where, number, meant=f"{meant:f}%")]
    if slot.doubt and 0 < number <= 1:
        return None, [problem("PERCENT_OR_FRACTION", where, number)]
    return number, ([] if _SHOWN.plus(stored) == number else [_read_as(str(stored), number, where)])


def _typed_number(
    slot: Slot, cell: Cell, where: Where
) -> tuple[SlotValue, list[Problem]]:
    word = _legal_form(slot, cell.value)
    if word is not None:
        if word in m.NONE_WORDS and slot.zero:
            return Decimal(0), [_read_as(cell.value, Decimal(0), where)]
        return word, ([] if word == cell.value else [_read_as(cell.value, word, where)])
    meant = meant_number(cell.value)
    if meant is None:
        return None, [_word_refused(slot, cell.value, where)]
    number = meant.number
    if meant.unit == "%":
        if slot.unit != "%":
            return None, [problem("PERCENT_UNEXPECTED", where, cell.value, allowed=allowed(slot))]
    elif not _unit_fits(slot, meant.unit):
        return None, [problem("UNIT_UNEXPECTED", where, cell.value, unit=slot.unit)]
    elif slot.doubt and 0 < number <= 1:
        return None, [problem("PERCENT_OR_FRACTION", where, cell.value)]
    return number, [_read_as(cell.value, number, where)]


def _unit_fits(slot: Slot, unit: str) -> bool:
    """A count may be written with its unit or with the general 次, 个; 分 belongs to amounts only, 3月 may be March."""
    if unit in ("", slot.unit):
        return True
    if slot.type == sl.COUNT:
        return unit in ("次", "个", "项", "件", "起", "例", "条", "种", "人", "人次", "篇")
    return slot.type == sl.RANKING and unit in ("名", "位")


def _denoised(number: Decimal) -> Decimal:
    """The number without the noise of binary fractions: 0.30000000000000004 is 0.3."""
    if abs(number) >= _NOISELESS:
        return number
    rounded = round(number, _NOISE) + 0  # never −0
    if rounded == rounded.to_integral_value():
        return rounded.quantize(Decimal(1))
    return rounded.normalize()


def _not_allowed(slot: Slot, found: object, value: SlotValue, where: Where) -> Problem:
    code = "VALUE_OUT_OF_RANGE" if isinstance(value, Decimal) else "VALUE_NOT_ALLOWED"
    return problem(code, where, found, allowed=allowed(slot))


def _flags(slot: Slot, found: object, value: SlotValue, where: Where, clause: m.Clause | None) -> list[Problem]:
    """Accepted, but a person should see it (contract 6)."""
    if value in m.NOT_APPLICABLE_WORDS:
        return [problem("NOT_APPLICABLE", where, value)]
    if value == m.PENDING_CITY:
        return [problem("PENDING_CITY", where, value)]
    if value == m.UNRANKED:
        return [problem("UNRANKED", where, value)]
    deducts = clause is not None and clause.direction == m.DEDUCT
    if deducts and slot.type == sl.AMOUNT and found == 0 and slot.low > 0:
        return [problem("ZERO_AS_NONE", where, value)]
    return []
