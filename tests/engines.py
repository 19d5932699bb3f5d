"""ironcalc as the second engine: fast, pip-installable, no LibreOffice needed.

Known quirks (0.9.1), to be avoided in formulas rather than papered over here:

* Inside SUMPRODUCT, and in array formulas, only operators work on a whole range; a function of one value (ISNUMBER,
  ISTEXT, LEN, ROUND, MOD, MID, IF, N) takes the formula's own row of it, or #VALUE!: a silent wrong number. SUMPRODUCT(($H$1:$H$9="是")*$G$1:$G$9) is fine, SUMPRODUCT(--ISNUMBER(…)) is not.
* COUNTIF(…,"<>x") counts text cells only, no blanks, numbers or booleans. COUNTIF(…,3) counts the text "3", LibreOffice does not; COUNTIF(…,"?*")
  counts numbers in LibreOffice only.
* MIN/MAX(INDEX(block,n),10) read the text "3" as 3 and fail on other text; LibreOffice skips text. Guard with ISNUMBER.
* TEXT(3,"0.##") is "3." here as in Excel, "3" in LibreOffice. CODE and UNICODE disagree on Chinese characters.
* A value-less cell with t="n" is read as 0; save_to_xlsx loses validations and protection.
"""

import re
import tempfile
from pathlib import Path

import ironcalc
from xmlwalk import Error, formula_cells

_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def _place(ref):
    letters, digits = _REF.fullmatch(ref.replace("$", "").upper()).groups()
    return int(digits), ironcalc.column_number_from_name(letters)


def _load(source):
    """A model from a path or from the bytes of an .xlsx."""
    if not isinstance(source, (bytes, bytearray)):
        return ironcalc.load_from_xlsx(str(Path(source).resolve()))
    # ironcalc.load_from_bytes reads ironcalc's own format, not .xlsx.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(source)
        return ironcalc.load_from_xlsx(str(path))


class IronSession:
    """One loaded model (path or bytes) for many pokes; the same eval signatures as office.Session."""

    def __init__(self, source):
        self.model = _load(source)
        names = [sheet["name"] for sheet in self.model.get_worksheets_properties()]
        self._index = {name: number for number, name in enumerate(names)}
        self.model.evaluate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def value(self, sheet, ref):
        """float, str, bool, Error, or None for an empty cell."""
        place = self.place(sheet, ref)
        value = self.model.get_cell_value(*place)
        if isinstance(value, str) and self.model.get_cell_type(*place) == ironcalc.CellType.ErrorValue:
            return Error(value)
        return value

    def place(self, sheet, ref):
        """(sheet number, row, column) as ironcalc wants it."""
        return (self._index[sheet], *_place(ref))

    def _set(self, sheet, ref, value):
        place = self.place(sheet, ref)
        if value is None or value == "":
            # update_cell_with_text("") would leave an empty text that ISBLANK, COUNTA and MIN tell from a blank.
            self.model.clear_cell_contents(*place)
        elif isinstance(value, bool):
            self.model.update_cell_with_bool(*place, value)
        elif isinstance(value, str):
            self.model.update_cell_with_text(*place, value)
        else:
            self.model.update_cell_with_number(*place, float(value))

    def eval_many(self, sets, reads):
        """Set {sheet: {A1: value}}, evaluate, read {sheet: [A1]}: {sheet: {A1: value}}. Sets pile up."""
        for sheet, cells in (sets or {}).items():
            for ref, value in cells.items():
                self._set(sheet, ref, value)
        self.model.evaluate()
        return {sheet: {ref: self.value(sheet, ref) for ref in refs} for sheet, refs in reads.items()}

    def eval(self, sheet, sets, reads):
        """eval_many for one sheet."""
        return self.eval_many({sheet: sets}, {sheet: reads})[sheet]

    def close(self):
        """Nothing to release; here so that both engines are used the same way."""


def ironcalc_values(path):
    """{sheet: {A1: {"f": True, "v": value}}} of every formula cell, computed afresh."""
    session = IronSession(path)
    return {
        sheet: {ref: {"f": True, "v": session.value(sheet, ref)} for ref in cells}
        for sheet, cells in formula_cells(path).items()
    }


def ironcalc_eval(path_or_bytes, sets, reads):
    """Load, set {sheet: {A1: value}}, evaluate, read {sheet: [A1]}; for many pokes keep an IronSession."""
    return IronSession(path_or_bytes).eval_many(sets, reads)
