"""Look at what really stands in an .xlsx: raw XML, no spreadsheet library between us and the file."""

import re
import zipfile
from collections import Counter
from itertools import accumulate
from posixpath import join, normpath
from xml.etree import ElementTree

LIMITS = {
    "list literal": 255,
    "validation formula": 255,
    "prompt title": 32,
    "prompt": 255,
    "error title": 32,
    "error": 225,
    "formula": 8192,
    "formula text literal": 255,
    "formula nesting": 64,
    "conditional format formula": 255,
    "row height": 409,
    "column width": 255,
    "text": 32767,
    "line feeds": 253,
    "sheet name": 31,
    "defined name": 255,
    "header/footer": 255,
    "styles": 65490,
    "number formats": 250,
    "hyperlink": 2079,
    "hyperlink tooltip": 255,
    "hyperlinks": 65530,
    "validations": 65534,
}
REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# One pass from left to right: an apostrophe inside a text is no quoted sheet, a quote inside a sheet name no text.
_TOKEN = re.compile(
    r""" "(?P<text>(?:[^"]|"")*)" | '(?P<sheet>(?:[^']|'')+)'! | \#(?:REF!|DIV/0!|NAME\?|VALUE!|NUM!|NULL!|N/A) """,
    re.VERBOSE,
)
_ONE_TEXT = re.compile(r'"(?:[^"]|"")*"')
_BARE_SHEET = re.compile(r"([^\s'\"(),+\-*/^&=<>{};:!]+)!")
_PLAIN_SHEET = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}|[Rr][0-9]*(?:[Cc][0-9]*)?|[Cc][0-9]*")
_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class Error(str):
    """An error value such as #N/A, told apart from the text "#N/A"."""

    def __repr__(self):
        return f"Error({str.__repr__(self)})"


class Book:
    """The parts of one .xlsx, parsed when asked for."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self._trees = {}
        self.workbook = self.tree("xl/workbook.xml")
        links = self.relations("xl/workbook.xml")
        self.sheets = {}
        for sheet in named(self.workbook, "sheet"):
            kind, target = links[sheet.get(REL_ID)]
            if kind == "worksheet":
                self.sheets[sheet.get("name")] = target
        self.sheet_names = [sheet.get("name") for sheet in named(self.workbook, "sheet")]
        self.folded_names = {name.casefold() for name in self.sheet_names}
        self.shared = self._shared_strings()

    def tree(self, part):
        """The root element of a part, None when there is no such part."""
        if part not in self._trees:
            data = self.parts.get(part)
            self._trees[part] = None if data is None else ElementTree.fromstring(data)
        return self._trees[part]

    def relations(self, part):
        """{id: (kind, target)} of a part; targets inside the package become part names."""
        folder, _, name = part.rpartition("/")
        out = {}
        for link in named(self.tree(f"{folder}/_rels/{name}.rels"), "Relationship"):
            target = link.get("Target")
            if link.get("TargetMode") != "External":
                target = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            out[link.get("Id")] = (link.get("Type").rpartition("/")[2], target)
        return out

    def _shared_strings(self):
        root = self.tree("xl/sharedStrings.xml")
        return [] if root is None else [item_text(item) for item in children(root, "si")]

    def formulas(self):
        """Every (place, kind, formula) of the package: kind is a key of LIMITS."""
        for name, part in self.sheets.items():
            root = self.tree(part)
            for cell in cells(root):
                for formula in children(cell, "f"):
                    yield f"{name}!{cell.get('r')}", "formula", formula.text or ""
            yield from self._rule_formulas(name, root)
        for item in named(self.workbook, "definedName"):
            yield f"name {item.get('name')}", "formula", item.text or ""
        for part in self.parts:
            if part.startswith("xl/charts/") and part.endswith(".xml"):
                for item in named(self.tree(part), "f"):
                    yield part, "formula", item.text or ""

    @staticmethod
    def _rule_formulas(name, root):
        for rule in named(root, "dataValidation"):
            for item in rule.iter():
                if local(item) in ("formula1", "formula2") and (item.text or "").strip():
                    yield f"{name}!{sqref(rule)}", "validation formula", item.text
                elif local(item) == "f":
                    yield f"{name}!{sqref(rule)}", "validation formula", item.text or ""
        for block in named(root, "conditionalFormatting"):
            for item in block.iter():
                if local(item) in ("formula", "f"):
                    yield f"{name}!{sqref(block)}", "conditional format formula", item.text or ""


# --- small helpers -------------------------------------------------------------------------------------------------


def local(element):
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def named(root, name):
    """All descendants with this local name."""
    return [] if root is None else [element for element in root.iter() if local(element) == name]


def children(element, name):
    """Direct children with this local name."""
    return [] if element is None else [child for child in element if local(child) == name]


def cells(root):
    """All <c> elements of a sheet."""
    return named(root, "c")


def sqref(element):
    """The range a validation or a conditional format applies to (x14 writes it as a child)."""
    return element.get("sqref") or " ".join(item.text or "" for item in named(element, "sqref"))


def unescape(text):
    """_x000a_ stands for one character."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def size(text):
    """Length as Excel counts it: UTF-16 units."""
    return len(unescape(text).encode("utf-16-le", "surrogatepass")) // 2


def item_text(item):
    """Text of an <si> or <is>, rich or plain, without phonetic hints."""
    parts = [child.text or "" for child in children(item, "t")]
    for run in children(item, "r"):
        parts += [child.text or "" for child in children(run, "t")]
    return "".join(parts)


def position(ref):
    """'B3' -> (3, 2): row and column counted from 1."""
    letters, digits = _REF.fullmatch(ref.replace("$", "")).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits), column


def column_name(number):
    """1 -> A."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def area(ref):
    """'A1:B3' -> (top, left, bottom, right)."""
    first, _, last = ref.partition(":")
    return position(first) + position(last or first)


# --- formulas and their cached values ------------------------------------------------------------------------------


def cached_value(cell, shared=()):
    """The cached value of a cell: float, str, bool, Error, or None when nothing is cached."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        found = children(cell, "is")
        return item_text(found[0]) if found else None
    found = children(cell, "v")
    if not found:
        return None
    text = found[0].text or ""
    if kind == "str":
        return unescape(text)
    if text == "":
        return None
    if kind == "s":
        return unescape(shared[int(text)])
    if kind == "b":
        return text in ("1", "true")
    return Error(text) if kind == "e" else float(text)


def formula_cells(path):
    """{sheet: {A1: (formula, cached value)}}; None where nothing is cached.

    A follower of a shared formula has the formula text "". t="str" with an empty <v> is the cached text "".
    """
    book = Book(path)
    out = {}
    for name, part in book.sheets.items():
        found = out[name] = {}
        for cell in cells(book.tree(part)):
            for formula in children(cell, "f"):
                found[cell.get("r")] = (formula.text or "", cached_value(cell, book.shared))
    return out


def _number(value):
    return isinstance(value, (int, float))


def same_value(cached, computed, tolerance=1e-9):
    """Whether two values agree; LibreOffice says 1.0 for TRUE, so a boolean equals its number."""
    if _number(cached) and _number(computed):
        return abs(cached - computed) <= tolerance * max(1.0, abs(cached), abs(computed))
    if isinstance(cached, Error) != isinstance(computed, Error):
        return False
    return isinstance(cached, str) and isinstance(computed, str) and str(cached) == str(computed)


def assert_cached_equals(path, engine_values, tolerance=1e-9):
    """Differences between the cached values and an engine's, both ways; an empty list when they agree.

    engine_values: {sheet: {A1: {"f": bool, "v": value}}} as from Office.values or ironcalc_values.
    """
    book = formula_cells(path)
    plain_bools = _boolean_cells(path)
    problems = []
    for sheet, found in book.items():
        computed = engine_values.get(sheet, {})
        for ref, (formula, cached) in found.items():
            entry = computed.get(ref)
            if entry is None or not entry["f"]:
                problems.append(f"{sheet}!{ref}: the engine has no formula here (={formula})")
            elif cached is None:
                problems.append(f"{sheet}!{ref}: nothing cached, engine {entry['v']!r} (={formula})")
            elif not same_value(cached, entry["v"], tolerance):
                problems.append(f"{sheet}!{ref}: cached {cached!r}, engine {entry['v']!r} (={formula})")
    for sheet, computed in engine_values.items():
        known = book.get(sheet, {}).keys() | plain_bools.get(sheet, set())
        extra = [ref for ref, entry in computed.items() if entry["f"] and ref not in known]
        problems += [f"{sheet}!{ref}: the engine has a formula, the file has none" for ref in extra]
    return problems


def _boolean_cells(path):
    # LibreOffice turns a plain boolean into the formula =TRUE(); that is no difference.
    book = Book(path)
    return {
        name: {c.get("r") for c in cells(book.tree(part)) if c.get("t") == "b"} for name, part in book.sheets.items()
    }


# --- locks ---------------------------------------------------------------------------------------------------------


def locked_state(path):
    """{sheet: (protected, unlocked)}; unlocked holds A1 refs, and "C:C" or "7:7" for a whole unlocked column or row."""
    book = Book(path)
    styles = book.tree("xl/styles.xml")
    formats = [xf for block in named(styles, "cellXfs") for xf in children(block, "xf")]
    unlocked = {index for index, xf in enumerate(formats) if _is_unlocked(xf)}
    return {name: _sheet_locks(book.tree(part), unlocked) for name, part in book.sheets.items()}


def _is_unlocked(xf):
    return any(item.get("locked") in ("0", "false") for item in children(xf, "protection"))


def _sheet_locks(root, unlocked):
    protected = any(item.get("sheet") in ("1", "true") for item in children(root, "sheetProtection"))
    free = {cell.get("r") for cell in cells(root) if int(cell.get("s", 0)) in unlocked}
    # Cells never written take their row's or column's format: a hole nobody sees in the <c> elements.
    for row in named(root, "row"):
        if row.get("customFormat") in ("1", "true") and int(row.get("s", 0)) in unlocked:
            free.add(f"{row.get('r')}:{row.get('r')}")
    for column in named(root, "col"):
        if int(column.get("style", 0)) in unlocked:
            free.add(f"{column_name(int(column.get('min')))}:{column_name(int(column.get('max')))}")
    return protected, free


# --- Excel's limits ------------------------------------------------------------------------------------------------


def excel_limit_violations(path):
    """Everything in the file Excel would refuse, repair or silently cut; an empty list when all is well."""
    book = Book(path)
    problems = _sheet_name_problems(book) + _defined_name_problems(book) + _style_problems(book)
    for place, kind, formula in book.formulas():
        problems += _formula_problems(book, place, kind, formula)
    for index, text in enumerate(book.shared):
        problems += _text_problems(f"shared string {index}", text)
    for name, part in book.sheets.items():
        root = book.tree(part)
        problems += _validation_problems(name, root)
        problems += _dimension_problems(name, root)
        problems += _cell_problems(name, root)
        problems += _merge_problems(name, root)
        problems += _header_problems(name, root)
        problems += _link_problems(book, name, part)
    return problems


def _too_long(place, kind, text):
    length = size(text)
    return [f"{place}: {kind} has {length} characters, limit {LIMITS[kind]}"] if length > LIMITS[kind] else []


def _text_problems(place, text):
    problems = _too_long(place, "text", text)
    feeds = unescape(text).count("\n")
    if feeds > LIMITS["line feeds"]:
        problems.append(f"{place}: line feeds {feeds}, limit {LIMITS['line feeds']}")
    return problems


def _sheet_name_problems(book):
    problems = []
    for name in book.sheet_names:
        place = f"sheet {name!r}"
        problems += _too_long(place, "sheet name", name)
        if not name or re.search(r"[\[\]:*?/\\\x00-\x1f]", name):
            problems.append(f"{place}: sheet name is empty or has a forbidden character")
        if name.startswith("'") or name.endswith("'"):
            problems.append(f"{place}: sheet name begins or ends with an apostrophe")
        if name.casefold() == "history":
            problems.append(f"{place}: sheet name is reserved by Excel")
    doubles = [name for name, times in Counter(name.casefold() for name in book.sheet_names).items() if times > 1]
    return problems + [f"sheet {name!r}: sheet name used twice (Excel ignores case)" for name in doubles]


def _defined_name_problems(book):
    problems = []
    items = named(book.workbook, "definedName")
    for item in items:
        name = item.get("name")
        place = f"defined name {name!r}"
        if not name.startswith("_xlnm.") and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name):
            problems.append(f"{place}: defined name is not plain ASCII")
        if _LIKE_CELL.fullmatch(name):
            problems.append(f"{place}: defined name looks like a cell")
        problems += _too_long(place, "defined name", name)
    seen = Counter((item.get("localSheetId"), item.get("name").casefold()) for item in items)
    return problems + [f"defined name {key[1]!r}: defined name used twice" for key, times in seen.items() if times > 1]


def _style_problems(book):
    styles = book.tree("xl/styles.xml")
    problems = []
    count = sum(len(children(block, "xf")) for block in named(styles, "cellXfs"))
    if count > LIMITS["styles"]:
        problems.append(f"styles: {count} cell styles, limit {LIMITS['styles']}")
    formats = len(named(styles, "numFmt"))
    if formats > LIMITS["number formats"]:
        problems.append(f"styles: {formats} number formats, limit {LIMITS['number formats']}")
    for name, part in book.sheets.items():
        wrong = [cell.get("r") for cell in cells(book.tree(part)) if int(cell.get("s", 0)) >= max(count, 1)]
        problems += [f"{name}!{ref}: style index does not exist" for ref in wrong]
    return problems


def _formula_problems(book, place, kind, formula):
    if kind == "validation formula" and _ONE_TEXT.fullmatch(formula.strip()):
        return _too_long(place, "list literal", formula.strip()[1:-1])
    # The "=" is not in the file but counts when Excel shows the formula.
    problems = _too_long(place, kind, "=" + formula if kind == "formula" else formula)
    tokens = list(_TOKEN.finditer(formula))
    for text in (token["text"] for token in tokens if token["text"]):
        problems += _too_long(place, "formula text literal", text.replace('""', '"'))
    rest = _TOKEN.sub(" ", formula)
    depth = max(accumulate((char == "(") - (char == ")") for char in rest), default=0)
    if depth > LIMITS["formula nesting"]:
        problems.append(f"{place}: formula nesting {depth}, limit {LIMITS['formula nesting']}")
    quoted = [token["sheet"].replace("''", "'") for token in tokens if token["sheet"]]
    return problems + _sheet_reference_problems(book, place, quoted, _BARE_SHEET.findall(rest))


def _sheet_reference_problems(book, place, quoted, bare):
    problems = [
        f"{place}: sheet name {name} must be quoted in a formula"
        for name in bare
        if not _PLAIN_SHEET.fullmatch(name) or _LIKE_CELL.fullmatch(name)
    ]
    lost = [name for name in quoted + bare if name.casefold() not in book.folded_names]
    return problems + [f"{place}: formula names a sheet that does not exist: {name}" for name in lost]


def _validation_problems(name, root):
    problems = []
    texts = {"promptTitle": "prompt title", "prompt": "prompt", "errorTitle": "error title", "error": "error"}
    for rule in named(root, "dataValidation"):
        for attribute, kind in texts.items():
            problems += _too_long(f"{name}!{sqref(rule)}", kind, rule.get(attribute, ""))
    for block in named(root, "dataValidations"):
        rules = len(children(block, "dataValidation"))
        if block.get("count") is not None and int(block.get("count")) != rules:
            problems.append(f"{name}: dataValidations says {block.get('count')}, has {rules}")
        if rules > LIMITS["validations"]:
            problems.append(f"{name}: {rules} validations, limit {LIMITS['validations']}")
        if not rules:
            problems.append(f"{name}: dataValidations is empty")
    return problems


def _dimension_problems(name, root):
    problems = []
    for row in named(root, "row") + named(root, "sheetFormatPr"):
        height = float(row.get("ht") or row.get("defaultRowHeight") or 0)
        if height > LIMITS["row height"]:
            problems.append(f"{name} row {row.get('r', 'default')}: row height {height}, limit {LIMITS['row height']}")
    for column in named(root, "col"):
        width = float(column.get("width", 0))
        if width > LIMITS["column width"]:
            where = column_name(int(column.get("min")))
            problems.append(f"{name} column {where}: column width {width}, limit {LIMITS['column width']}")
    return problems


def _cell_problems(name, root):
    problems = []
    last = (0, 0)
    for cell in cells(root):
        ref = cell.get("r")
        place = f"{name}!{ref}"
        if position(ref) <= last:
            problems.append(f"{place}: cell out of order or written twice")
        last = position(ref)
        problems += _content_problems(place, cell)
    return problems


def _content_problems(place, cell):
    formula, value, inline = children(cell, "f"), children(cell, "v"), children(cell, "is")
    kind = cell.get("t")
    if not formula and not value and not inline:
        return [f'{place}: value-less cell carries t="{kind}"'] if kind else []
    # t="str" with an empty <v> is how Excel itself writes the result ""; anything else empty is no value at all.
    if value and not value[0].text and kind != "str":
        return [f"{place}: empty <v/>" + (" in a formula cell" if formula else "")]
    if formula and not value:
        return [f"{place}: formula cell without <v>"]
    text = item_text(inline[0]) if inline else (value[0].text or "") if kind == "str" else ""
    return _text_problems(place, text)


def _merge_problems(name, root):
    areas = sorted((area(item.get("ref")), item.get("ref")) for item in named(root, "mergeCell"))
    problems = [f"{name}!{ref}: merged range of one cell" for box, ref in areas if box[:2] == box[2:]]
    for index, (one, first) in enumerate(areas):
        for other, second in areas[index + 1 :]:
            if other[0] > one[2]:
                break
            if other[1] <= one[3] and one[1] <= other[3]:
                problems.append(f"{name}: merged ranges overlap: {first} {second}")
    return problems


def _header_problems(name, root):
    kinds = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
    found = [element for element in (root.iter() if root is not None else ()) if local(element) in kinds]
    return [p for element in found for p in _too_long(f"{name} {local(element)}", "header/footer", element.text or "")]


def _link_problems(book, name, part):
    targets = book.relations(part)
    links = named(book.tree(part), "hyperlink")
    problems = []
    if len(links) > LIMITS["hyperlinks"]:
        problems.append(f"{name}: {len(links)} hyperlinks, limit {LIMITS['hyperlinks']}")
    for link in links:
        place = f"{name}!{link.get('ref')}"
        if link.get(REL_ID) is not None and link.get(REL_ID) not in targets:
            problems.append(f"{place}: hyperlink without a target")
        target = targets.get(link.get(REL_ID), ("", ""))[1] + (link.get("location") or "")
        problems += _too_long(place, "hyperlink", target)
        problems += _too_long(place, "hyperlink tooltip", link.get("tooltip", ""))
    return problems
