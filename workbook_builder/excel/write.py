"""A planned workbook made real: the template's look, the plan's cells, locks, drop-downs, values of formulas.

Comes in: a `Book` in plan, the template and the names its placeholders use. Goes out: the bytes of an .xlsx.
Whatever the template says about locks is ignored: every cell is locked save the plan's inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from decimal import Decimal

from workbook_builder.excel import measure, sizes
from workbook_builder.excel.pages import begin, set_pages
from workbook_builder.excel.stable import stable_save
from workbook_builder.excel.stored import as_stored
from workbook_builder.excel.template import STATE_KEY, Proto, Template
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout.plan import (
    LISTS_SHEET,
    MANIFEST_HEADER,
    MANIFEST_SHEET,
    Book,
    Cell,
    Row,
    Sheet,
    Validation,
    address,
)

#: Longest list that Excel takes as a literal.
_LIST_LITERAL = 255
#: General inside a section is legal in Excel and, unlike 0.####, never leaves the point behind: 3, not "3.".
_FORMATS = {"points": "General", "signed": "+General;-General;0"}


#: Wider than any text, in units of column width.
_ENDLESS = 1e6

#: A last hand on the openpyxl workbook before it is saved; it adds no formulas.
Finish = Callable[[object], None]


def write_book(
    book: Book,
    template: Template,
    names: Mapping[str, object],
    password: str,
    mark: str = "",
    finish: Finish | None = None,
) -> bytes:
    """The bytes of `book`. `names` fill the template's global placeholders; 科室 is set per sheet.

    `mark` is printed at the head of every page; it is no part of the form.
    """
    return _Writer(book, template, dict(names), password, mark).bytes(finish)


class _Writer:
    def __init__(self, book: Book, template: Template, names: dict[str, object], password: str, mark: str):
        self.book, self.template, self.names, self.password, self.mark = book, template, names, password, mark
        self.workbook = _empty_workbook(template.book)
        self.renderer = template.renderer
        self.cached: dict[str, dict[str, object]] = {}
        self.locked: dict[tuple[str, int, int, str], object] = {}
        self.unlocked: dict[tuple[str, int, int, str], object] = {}
        self.styles: dict[tuple, object] = {}
        self.type: dict[tuple[str, int, int], tuple[float, bool, float]] = {}
        self.list_columns: dict[tuple[str, ...], str] = {}
        self.lists = None
        self.pixels = sizes.unit_pixels(template.book)
        self.protection = _protections(self.workbook)

    def bytes(self, finish: Finish | None) -> bytes:
        self._instructions()
        for sheet in self.book.sheets:
            self._sheet(sheet)
        self._manifest()
        self._workbook_settings()
        if finish is not None:
            finish(self.workbook)
        return stable_save(self.workbook, self.cached)

    # --- whole workbook -----------------------------------------------------------------------------------

    def _workbook_settings(self) -> None:
        from openpyxl.workbook.protection import WorkbookProtection

        from workbook_builder.excel.dress import head_mark

        self.workbook.security = WorkbookProtection(lockStructure=True)
        self.workbook.active = self.workbook.sheetnames.index(self.book.active)
        for ws in self.workbook.worksheets:
            ws.sheet_view.tabSelected = ws.title == self.book.active
            head_mark(ws, self.mark)
        self.workbook.calculation.fullCalcOnLoad = True

    def _instructions(self) -> None:
        proto = self.template.book[self.book.instructions]
        ws = self.workbook.create_sheet(self.book.instructions)
        _copy_setup(proto, ws)
        for merged in proto.merged_cells.ranges:
            ws.merged_cells.add(merged.coord)
        names = {**self.names, "科室": self.book.active if len({s.section for s in self.book.sheets}) == 1 else "各科室"}
        widths, spans = sizes.widths(proto), sizes.spans(proto)
        for sources in proto.iter_rows():
            texts = []
            for source in sources:
                if source.value is None and not source.has_style:
                    continue
                cell = ws.cell(source.row, source.column)
                cell._style = self._style(proto, source.row, source.column, False, "")
                value = source.value
                self._put(cell, self.renderer.render(value, names) if isinstance(value, str) else value)
                if isinstance(value, str):
                    size, _, inset = sizes.type_of(source)
                    first, final = spans.get((source.row, source.column), (source.column, source.column))
                    width = sum(widths.get(col, sizes.WIDTH) for col in range(first, final + 1))
                    texts.append((str(cell.value), width - inset, size))
            row = sources[0].row
            least = proto.row_dimensions[row].height or 15
            ws.row_dimensions[row].height = measure.row_height(texts, least, self.pixels) if texts else least
        self._protect(ws)

    def _protect(self, ws) -> None:
        from openpyxl.worksheet.protection import SheetProtection

        ws.protection = SheetProtection(
            sheet=True,
            objects=True,
            scenarios=True,
            formatCells=True,
            formatRows=False,
            formatColumns=False,
            autoFilter=False,
            sort=True,
            insertRows=True,
            deleteRows=True,
            insertColumns=True,
            deleteColumns=True,
        )
        if self.password:
            ws.protection.set_password(self.password)

    def _manifest(self) -> None:
        ws = self.workbook.create_sheet(MANIFEST_SHEET)
        ws.append(MANIFEST_HEADER)
        for name, section, value in self.book.meta:
            ws.append((name, section or None, None, None, "meta", value or None))
        for place in self.book.fields:
            cell = address(place.row, place.col)
            ws.append((place.name, place.section or None, place.sheet, cell, place.role, place.value or None))
        ws.sheet_state = "veryHidden"
        self._protect(ws)
        if self.lists is not None:
            self.lists.sheet_state = "veryHidden"
            self._protect(self.lists)

    # --- one sheet ----------------------------------------------------------------------------------------

    def _sheet(self, plan: Sheet) -> None:
        proto_ws = self.template.book[plan.proto]
        ws = self.workbook.create_sheet(plan.name)
        _copy_setup(proto_ws, ws)
        widths = _arranged(ws, sizes.widths(proto_ws), plan.face.columns)
        self.cached[plan.name] = {}
        names = {**self.names, "科室": plan.section}
        validations: dict[Validation, list[str]] = {}
        for number, row in enumerate(plan.rows, 1):
            self._row(ws, plan, proto_ws, number, row, names, widths, validations)
        for col in plan.face.hidden:
            ws.column_dimensions[column_letters(col)].hidden = True
        self._validations(ws, validations)
        self._state_rules(ws, plan, proto_ws)
        set_pages(ws, plan, widths, self.pixels)
        begin(ws, plan)
        self._protect(ws)

    def _row(self, ws, plan: Sheet, proto_ws, number: int, row: Row, names, widths, validations) -> None:
        proto = _placed(self.template.rows[plan.proto][row.proto], plan.face.columns)
        context = {**names, **row.texts}
        measured: list[tuple[str, float, float]] = []
        last = max(widths)
        inputs = {planned.col for planned in row.cells if planned.unlocked}
        samples = plan.face.samples.get(row.proto, ())
        for col in range(1, last + 1):
            cell = ws.cell(number, col)
            look = col if col in inputs else plan.face.locked.get((row.proto, col), col)
            cell._style = self._style(proto_ws, proto.row, _source(plan.face.columns, look), False, "")
            text = proto.texts.get(col)
            if text is not None and col > 1 and col not in samples:
                self._put(cell, self.renderer.render(text, context))
                source = _source(plan.face.columns, col)
                measured.append(self._measured(proto_ws, proto, source, str(cell.value or ""), _merged_width(proto, col, widths)))
        key = ws.cell(number, 1)
        self._put(key, row.key)
        for planned in row.cells:
            source = _source(plan.face.columns, planned.col)
            self._program_cell(ws, proto_ws, proto, number, row, planned, source, measured, widths, validations)
        for first, final in proto.merges:
            # Every cell under the merge already has the prototype's look; merge_cells would work it out again.
            ws.merged_cells.add(f"{address(number, first)}:{address(number, final)}")
        ws.row_dimensions[number].height = measure.row_height(measured, proto.height or 18.0, self.pixels)

    def _program_cell(
        self, ws, proto_ws, proto: Proto, number, row: Row, planned: Cell, source, measured, widths, validations
    ) -> None:
        cell = ws.cell(number, planned.col)
        cell._style = self._style(proto_ws, proto.row, source, planned.unlocked, planned.fmt)
        if planned.formula:
            cell.value = "=" + planned.formula
            self.cached[ws.title][cell.coordinate] = planned.value
        else:
            self._put(cell, planned.value)
        width = _merged_width(proto, planned.col, widths)
        if planned.value is not None:
            text = "0" if isinstance(planned.value, Decimal) else str(planned.value)
            measured.append(self._measured(proto_ws, proto, source, text, width))
        if row.reserve and planned.unlocked:
            measured.append(self._measured(proto_ws, proto, source, "汉" * row.reserve, width))
        if planned.validation is not None:
            validations.setdefault(planned.validation, []).append(cell.coordinate)

    def _measured(self, proto_ws, proto: Proto, source: int, text: str, width: float) -> tuple[str, float, float]:
        """(text, column width, font size) of a cell; one that does not wrap is as wide as its text asks."""
        key = (proto_ws.title, proto.row, source)
        if key not in self.type:
            self.type[key] = sizes.type_of(proto_ws.cell(proto.row, source))
        size, wraps, inset = self.type[key]
        return text, width - inset if wraps else _ENDLESS, size

    @staticmethod
    def _put(cell, value: object) -> None:
        """A value that never becomes a formula, whatever it begins with."""
        if value is None:
            return
        if isinstance(value, Decimal):
            cell.value = int(value) if value == value.to_integral_value() else float(value)
        elif isinstance(value, str):
            if value == "":
                return
            cell.value = as_stored(value)
            cell.data_type = "s"
        else:
            cell.value = value

    def _style(self, proto_ws, row: int, col: int, unlocked: bool, fmt: str):
        """The prototype cell's style with our lock and number format, worked out once per combination."""
        known = self.unlocked if unlocked else self.locked
        key = (proto_ws.title, row, col, fmt)
        if key not in known:
            from openpyxl.styles.cell_style import StyleArray

            # A cell that the template does not have has no style at all.
            drawn = proto_ws.cell(row, col)._style or StyleArray()
            kind = (tuple(drawn), unlocked, fmt)
            if kind not in self.styles:
                self.styles[kind] = style = copy(drawn)
                style.protectionId = self.protection[unlocked]
                if fmt or unlocked:
                    style.numFmtId = self._number_format(_FORMATS[fmt] if fmt else "General")
            known[key] = self.styles[kind]
        return known[key]

    def _number_format(self, text: str) -> int:
        from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, BUILTIN_FORMATS_REVERSE

        if text in BUILTIN_FORMATS_REVERSE:
            return BUILTIN_FORMATS_REVERSE[text]
        return self.workbook._number_formats.add(text) + BUILTIN_FORMATS_MAX_SIZE

    # --- validations and states ------------------------------------------------------------------------------

    def _validations(self, ws, validations: dict[Validation, list[str]]) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation

        for check, cells in validations.items():
            made = DataValidation(
                type=None if check.kind == "any" else check.kind,
                allow_blank=True,
                showInputMessage=True,
                showErrorMessage=check.kind != "any",
                errorStyle="stop",
                promptTitle=check.title,
                prompt=check.prompt,
                sqref=" ".join(cells),
            )
            if check.kind != "any":
                made.errorTitle, made.error = "不能这样填", check.error
            self._constrain(made, check)
            ws.add_data_validation(made)

    def _constrain(self, made, check: Validation) -> None:
        if check.kind == "list":
            made.formula1 = self._list(check.choices)
        elif check.kind in ("whole", "decimal"):
            made.operator = "between"
            made.formula1, made.formula2 = str(check.low), str(check.high)
        elif check.kind == "custom":
            made.formula1 = check.condition

    def _list(self, choices: tuple[str, ...]) -> str:
        literal = '"' + ",".join(choices) + '"'
        if len(literal) <= _LIST_LITERAL and not any("," in c or '"' in c for c in choices):
            return literal
        if self.lists is None:
            self.lists = self.workbook.create_sheet(LISTS_SHEET)
        if choices not in self.list_columns:
            col = len(self.list_columns) + 1
            for row, choice in enumerate(choices, 1):
                self._put(self.lists.cell(row, col), choice)
            letter = column_letters(col)
            self.list_columns[choices] = f"{LISTS_SHEET}!${letter}$1:${letter}${len(choices)}"
        return self.list_columns[choices]

    def _state_rules(self, ws, plan: Sheet, proto_ws) -> None:
        """Colours of inputs by state; the look of each state stands in the template."""
        from openpyxl.formatting.rule import FormulaRule
        from openpyxl.styles import Font, PatternFill

        for rule in plan.state_rules:
            for state, condition in rule.conditions:
                proto = self.template.rows[plan.proto].get(STATE_KEY + state)
                if proto is None:
                    continue
                sample = proto_ws.cell(proto.row, plan.face.sample)
                fill = PatternFill(bgColor=sample.fill.fgColor.rgb, fill_type="solid")
                font = Font(color=sample.font.color, bold=sample.font.b)
                ws.conditional_formatting.add(
                    rule.ranges, FormulaRule(formula=[condition], fill=fill, font=font, stopIfTrue=True)
                )


def _empty_workbook(template):
    """A workbook without sheets that has the template's styles under the same numbers, and its theme.

    Cheaper than loading the template again for every workbook; what is built never shows in the template.
    """
    from openpyxl import Workbook
    from openpyxl.utils.indexed_list import IndexedList

    book = Workbook()
    book.remove(book.active)
    for table in ("_fonts", "_fills", "_borders", "_alignments", "_protections", "_number_formats", "_cell_styles"):
        setattr(book, table, IndexedList(getattr(template, table)))
    book._named_styles = copy(template._named_styles)
    book.loaded_theme = template.loaded_theme
    return book


def _protections(book) -> tuple[int, int]:
    """Numbers of the styles of a locked cell and of an input."""
    from openpyxl.styles import Protection

    return book._protections.add(Protection(locked=True)), book._protections.add(Protection(locked=False))


# --- what is copied from the prototype sheet ------------------------------------------------------------------


def _copy_setup(proto, ws) -> None:
    ws.page_setup = copy(proto.page_setup)
    ws.page_setup._parent = ws
    ws.page_margins = copy(proto.page_margins)
    ws.print_options = copy(proto.print_options)
    ws.sheet_properties.pageSetUpPr = copy(proto.sheet_properties.pageSetUpPr)
    ws.sheet_properties.tabColor = copy(proto.sheet_properties.tabColor)
    ws.HeaderFooter = copy(proto.HeaderFooter)
    ws.sheet_view.showGridLines = proto.sheet_view.showGridLines
    ws.sheet_view.zoomScale = proto.sheet_view.zoomScale
    for col, width in sizes.widths(proto).items():
        ws.column_dimensions[column_letters(col)].width = width


def _source(columns: tuple[int, ...], col: int) -> int:
    """The template's column for column `col` of a sheet."""
    return columns[col - 1] if columns else col


def _arranged(ws, widths: dict[int, float], columns: tuple[int, ...]) -> dict[int, float]:
    """The widths of a sheet whose columns are not those of the template one for one, set and returned."""
    if not columns:
        return widths
    arranged = {col: widths.get(source, 8.43) for col, source in enumerate(columns, 1)}
    for col, width in arranged.items():
        ws.column_dimensions[column_letters(col)].width = width
    return arranged


def _placed(proto: Proto, columns: tuple[int, ...]) -> Proto:
    """The prototype row with its texts and merges where the sheet has those columns."""
    if not columns:
        return proto
    first = {source: col for col, source in reversed(list(enumerate(columns, 1)))}
    last = {source: col for col, source in enumerate(columns, 1)}
    texts = {first[col]: text for col, text in proto.texts.items()}
    return Proto(proto.row, proto.height, [(first[a], last[b]) for a, b in proto.merges], texts)


def _merged_width(proto: Proto, col: int, widths: dict[int, float]) -> float:
    for first, last in proto.merges:
        if first <= col <= last:
            return sum(widths.get(c, sizes.WIDTH) for c in range(first, last + 1))
    return widths.get(col, 8.43)
