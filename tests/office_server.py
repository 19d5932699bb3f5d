"""A small LibreOffice server: JSON lines in, JSON lines out.

The tests run in a virtual environment that cannot ``import uno``, so this script runs under whichever Python can.
It starts one private soffice, keeps documents open under small integer handles and does a whole
set + recalculate + read in one request. Only the standard library and uno are used here.

Cell values travel as: number, string, null (empty), or {"e": "#N/A"} for an error.
"""

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException
from com.sun.star.uno import RuntimeException
from office_macros import Macros

FORMULA_FLAG = 16
ERROR_RESULT = 4
MAX_USED_CELLS = 3_000_000
BLOCK_READ_CELLS = 20_000
BLOCK_READ_FROM = 4
# LibreOffice shows these numbers under an Excel-like name; getString() may be localised, the number is not.
ERROR_NAMES = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "pdf": "calc_pdf_Export",
    "csv": "Text - txt - csv (StarCalc)",
}
LETTER_FILTERS = {"pdf": "writer_pdf_Export"}
# Recalculation on load = never (1): otherwise hard=False would not show what is really cached in the file.
# ReplaceCellsWarning off: a paste must not wait for a dialog nobody sees.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>1</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse">
<value>1</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Input"><prop oor:name="ReplaceCellsWarning" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document"><prop oor:name="AutoSave" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="CrashReport" oor:op="fuse">
<value>false</value></prop></item>
</oor:items>
"""


def column_name(index):
    """0 -> A, 27 -> AB."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def position(ref):
    """'B3' -> (1, 2): column and row counted from 0."""
    letters, digits = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", ref.upper()).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(digits) - 1


def prop(name, value):
    """One UNO property."""
    item = PropertyValue()
    item.Name = name
    item.Value = value
    return item


def filter_name(document, ext):
    """The filter that stores a document of this kind under a format."""
    letter = document.supportsService("com.sun.star.text.TextDocument")
    return (LETTER_FILTERS if letter else FILTERS)[ext]


def all_sheets(document):
    """The sheets of a document in order."""
    sheets = document.getSheets()
    return [sheets.getByIndex(index) for index in range(sheets.getCount())]


def error_text(cell):
    """The error of a cell as Excel names it, else Err:nnn."""
    number = cell.getError()
    return ERROR_NAMES.get(number, f"Err:{number}")


class Unreachable(Exception):
    """The cursor cannot be put on this cell."""


class Server(Macros):
    """One soffice process and its open documents."""

    def __init__(self, soffice):
        self.home = tempfile.mkdtemp(prefix="office-")
        self.documents = {}
        self.next_handle = 1
        self.process = self._launch(soffice)
        try:
            self.context = self._connect()
        except BaseException:
            self.kill()
            raise
        manager = self.context.ServiceManager
        self.desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        self.dispatcher = manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", self.context)

    def _launch(self, soffice):
        profile = os.path.join(self.home, "profile")
        os.makedirs(os.path.join(profile, "user"))
        with open(os.path.join(profile, "user", "registrymodifications.xcu"), "w", encoding="utf-8") as file:
            file.write(SETTINGS)
        self.pipe = f"office{os.getpid()}_{int(time.time() * 1000) % 1_000_000_000}"
        command = [
            soffice,
            "-env:UserInstallation=" + uno.systemPathToFileUrl(profile),
            "--headless",
            "--invisible",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            f"--accept=pipe,name={self.pipe};urp;",
        ]
        silent = subprocess.DEVNULL
        # Its own process group: soffice is a script around a starter around the real program, all must go together.
        return subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True)

    def _connect(self):
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        address = f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext"
        limit = time.monotonic() + 60
        while True:
            try:
                return resolver.resolve(address)
            except NoConnectException:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.05)

    # --- documents -------------------------------------------------------------------------------------------------

    def _load(self, path, hidden=True):
        """Open a private copy, so that neither a lock file nor a change reaches the caller's folder."""
        folder = tempfile.mkdtemp(dir=self.home)
        copy = os.path.join(folder, os.path.basename(path))
        shutil.copyfile(path, copy)
        options = (prop("Hidden", hidden), prop("MacroExecutionMode", 0), prop("UpdateDocMode", 0))
        document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(copy), "_blank", 0, options)
        if document is None:
            raise ValueError(f"LibreOffice cannot open {path}")
        return document, folder

    def _close(self, document, folder):
        document.close(True)
        shutil.rmtree(folder, ignore_errors=True)

    def op_open(self, path, hidden=True):
        """Open a document and keep it under a handle."""
        document, folder = self._load(path, hidden)
        handle = self.next_handle
        self.next_handle += 1
        self.documents[handle] = (document, folder)
        return handle

    def op_close(self, handle):
        """Close a kept document without saving."""
        self._close(*self.documents.pop(handle))

    def op_sheets(self, handle):
        """Sheet names in order with their visibility and lock."""
        sheets = all_sheets(self.documents[handle][0])
        return [[sheet.getName(), bool(sheet.IsVisible), bool(sheet.isProtected())] for sheet in sheets]

    # --- whole-book reading ----------------------------------------------------------------------------------------

    def op_values(self, path, hard=True):
        """Every non-empty or formula cell of every sheet."""
        document, folder = self._load(path)
        try:
            if hard:
                document.calculateAll()
            return {sheet.getName(): self._sheet_values(sheet) for sheet in all_sheets(document)}
        finally:
            self._close(document, folder)

    def _used(self, sheet):
        cursor = sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        area = cursor.getRangeAddress()
        cells = (area.EndRow - area.StartRow + 1) * (area.EndColumn - area.StartColumn + 1)
        if cells > MAX_USED_CELLS:
            raise ValueError(f"used range of {sheet.getName()} has {cells} cells")
        return cursor, area

    def _sheet_values(self, sheet):
        cursor, area = self._used(sheet)
        left, top = area.StartColumn, area.StartRow
        formulas = set()
        for part in cursor.queryContentCells(FORMULA_FLAG).getRangeAddresses():
            for row in range(part.StartRow, part.EndRow + 1):
                formulas.update((row, column) for column in range(part.StartColumn, part.EndColumn + 1))
        out = {}
        for row, line in enumerate(cursor.getDataArray(), top):
            for column, value in enumerate(line, left):
                formula = (row, column) in formulas
                if formula or value not in ("", None):
                    out[column_name(column) + str(row + 1)] = {"f": formula, "v": value}
        # getDataArray gives nothing usable for errors, so ask for them by name.
        for part in cursor.queryFormulaCells(ERROR_RESULT).getRangeAddresses():
            for row in range(part.StartRow, part.EndRow + 1):
                for column in range(part.StartColumn, part.EndColumn + 1):
                    text = error_text(sheet.getCellByPosition(column, row))
                    out[column_name(column) + str(row + 1)] = {"f": True, "v": {"e": text}}
        return out

    # --- poking ----------------------------------------------------------------------------------------------------

    def op_eval(self, handle, sets, reads, hard=True):
        """Set cells by API (ignores locks), recalculate, read: one round trip for a property test."""
        document = self.documents[handle][0]
        self._apply(document, sets)
        if hard:
            document.calculateAll()
        return {name: self._read(self._sheet(document, name), refs) for name, refs in reads.items()}

    @staticmethod
    def _sheet(document, name):
        sheets = document.getSheets()
        if not sheets.hasByName(name):
            raise KeyError(f"no sheet {name}")
        return sheets.getByName(name)

    def _apply(self, document, sets):
        # Off while setting: otherwise every single cell triggers its own recalculation, row height and picture.
        automatic = document.isAutomaticCalculationEnabled()
        document.enableAutomaticCalculation(False)
        document.lockControllers()
        document.addActionLock()
        try:
            for name, cells in sets.items():
                sheet = self._sheet(document, name)
                for ref, value in cells.items():
                    self._set(sheet.getCellByPosition(*position(ref)), value)
        finally:
            document.removeActionLock()
            document.unlockControllers()
            document.enableAutomaticCalculation(automatic)

    @staticmethod
    def _set(cell, value):
        if value is None:
            cell.setFormula("")
        elif isinstance(value, bool):
            # Calc has no boolean value type: a boolean in an .xlsx also arrives as this formula.
            cell.setFormula("=TRUE()" if value else "=FALSE()")
        elif isinstance(value, (int, float)):
            cell.setValue(value)
        else:
            # setString turns the cell into a text cell ('@'), after which a typed 7 would be the text "7".
            number_format = cell.NumberFormat
            cell.setString(value)
            cell.NumberFormat = number_format

    def _read(self, sheet, refs):
        places = {ref: position(ref) for ref in refs}
        block = self._block(sheet, set(places.values()))
        return {
            ref: block[place] if place in block else self._one(sheet.getCellByPosition(*place))
            for ref, place in places.items()
        }

    @staticmethod
    def _block(sheet, places):
        """Many cells in two calls; errors are left out, to be asked one by one."""
        if len(places) < BLOCK_READ_FROM:
            return {}
        columns = [column for column, _ in places]
        rows = [row for _, row in places]
        left, right, top, bottom = min(columns), max(columns), min(rows), max(rows)
        if (right - left + 1) * (bottom - top + 1) > BLOCK_READ_CELLS:
            return {}
        area = sheet.getCellRangeByPosition(left, top, right, bottom)
        data, formulas = area.getDataArray(), area.getFormulaArray()
        out = {}
        for column, row in places:
            value = data[row - top][column - left]
            # "" is both an empty cell and a formula's empty text: only the latter has a formula.
            if value == "" and not formulas[row - top][column - left]:
                out[column, row] = None
            elif value is not None:
                out[column, row] = value
        return out

    @staticmethod
    def _one(cell):
        kind = cell.getType().value
        if kind == "EMPTY":
            return None
        if kind == "VALUE":
            return cell.getValue()
        if kind == "TEXT":
            return cell.getString()
        if cell.getError():
            return {"e": error_text(cell)}
        return cell.getValue() if cell.FormulaResultType2 == 1 else cell.getString()

    def op_formulas(self, handle, sheet, refs):
        """The formula text of cells as LibreOffice writes it (';' between arguments, '$Sheet.A1')."""
        where = self._sheet(self.documents[handle][0], sheet)
        return {ref: where.getCellByPosition(*position(ref)).getFormula() for ref in refs}

    def op_locked(self, handle, sheet, refs):
        """Whether cells carry the lock flag (the sheet's own protection is asked through op_sheets)."""
        where = self._sheet(self.documents[handle][0], sheet)
        return {ref: bool(where.getCellByPosition(*position(ref)).CellProtection.IsLocked) for ref in refs}

    # --- storing ---------------------------------------------------------------------------------------------------

    def op_convert(self, path, ext, out, hard=False, sets=None):
        """Open, optionally fill in by API, optionally recalculate, store under another format."""
        document, folder = self._load(path)
        try:
            if sets:
                self._apply(document, sets)
            if hard:
                document.calculateAll()
            target = uno.systemPathToFileUrl(os.path.abspath(out))
            document.storeToURL(target, (prop("FilterName", filter_name(document, ext)), prop("Overwrite", True)))
            return out
        finally:
            self._close(document, folder)

    def op_store(self, handle, ext, out):
        """Store an open document, with everything done to it, under a format."""
        document = self.documents[handle][0]
        target = uno.systemPathToFileUrl(os.path.abspath(out))
        document.storeToURL(target, (prop("FilterName", filter_name(document, ext)), prop("Overwrite", True)))
        return out

    # --- the dispatcher: what a person at the keyboard may do ------------------------------------------------------

    def _dispatch(self, document, command, *options):
        frame = document.getCurrentController().getFrame()
        self.dispatcher.executeDispatch(frame, ".uno:" + command, "", 0, options)

    def _go(self, document, name, ref):
        sheet = self._sheet(document, name)
        controller = document.getCurrentController()
        controller.setActiveSheet(sheet)
        if controller.getActiveSheet().getName() != name:
            raise ValueError(f"sheet {name} cannot be shown: nothing can be typed there")
        column, row = position(ref)
        self._dispatch(document, "GoToCell", prop("ToPoint", f"${column_name(column)}${row + 1}"))
        area = document.getCurrentSelection().getRangeAddress()
        # A sheet that forbids selecting locked cells leaves the cursor elsewhere: the next command would hit there.
        if (area.StartColumn, area.StartRow) != (column, row):
            raise Unreachable(ref)
        return sheet

    def op_type(self, handle, sheet, ref, text):
        """Type into a cell as a person does; returns the value found there afterwards."""
        return self._keyboard(handle, sheet, ref, "EnterString", prop("StringName", text))

    def op_clear(self, handle, sheet, ref):
        """Press Delete on a cell; returns the value found there afterwards."""
        return self._keyboard(handle, sheet, ref, "ClearContents")

    def _keyboard(self, handle, sheet, ref, command, *options):
        document = self.documents[handle][0]
        try:
            self._go(document, sheet, ref)
            self._dispatch(document, command, *options)
        except Unreachable:
            pass
        return self._one(self._sheet(document, sheet).getCellByPosition(*position(ref)))

    def op_move(self, handle, sheet, source, target, cut=True):
        """Cut (or copy) one cell and paste it over another."""
        document = self.documents[handle][0]
        self._go(document, sheet, source)
        self._dispatch(document, "Cut" if cut else "Copy")
        self._go(document, sheet, target)
        self._dispatch(document, "Paste")

    def op_row(self, handle, sheet, row, delete=False):
        """Try to insert a row above, or delete, row number `row`; returns whether the sheet changed."""
        document = self.documents[handle][0]
        where = self._sheet(document, sheet)
        # A cell object follows its cell: it also betrays a row that moved below everything written.
        anchor = where.getCellByPosition(0, row if delete else row - 1)
        before = self._fingerprint(where), anchor.getCellAddress().Row
        try:
            self._go(document, sheet, f"A{row}")
            self._dispatch(document, "DeleteRows" if delete else "InsertRowsBefore")
        except Unreachable:
            pass
        return before != (self._fingerprint(where), anchor.getCellAddress().Row)

    def _fingerprint(self, sheet):
        cursor, area = self._used(sheet)
        return area.StartRow, area.StartColumn, cursor.getFormulaArray()

    def op_crash(self):
        """Kill soffice: lets the harness prove that it survives a crash."""
        self.kill()

    def op_hang(self):
        """Do nothing for a long time: lets the harness prove its time limit."""
        time.sleep(3600)

    def kill(self):
        """End soffice without asking."""
        try:
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        except OSError:
            pass

    def stop(self):
        """End soffice and remove its profile."""
        # terminate() answers with a broken connection as often as not.
        with contextlib.suppress(RuntimeException):
            self.desktop.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def read_requests(inbox, server):
    """Read requests in a thread, so that the parent's death is noticed even during a hung UNO call."""
    for line in sys.stdin.buffer:
        inbox.put(line)
    inbox.put(None)
    time.sleep(10)
    server.kill()
    os._exit(1)


def answer(server, line):
    """Run one request; never raises."""
    try:
        request = json.loads(line)
        return {"ok": getattr(server, "op_" + request["op"])(**request["args"])}
    except DisposedException as gone:
        return {"dead": str(gone)}
    except Exception as problem:  # noqa: BLE001 - the caller gets it, the server goes on
        return {"error": f"{type(problem).__name__}: {problem}", "trace": traceback.format_exc()}


def main():
    """Serve until stdin closes."""
    output = sys.stdout.buffer
    server = Server(sys.argv[1])
    inbox = queue.Queue()
    threading.Thread(target=read_requests, args=(inbox, server), daemon=True).start()
    reply = {"ok": {"home": server.home, "group": server.process.pid}}
    while True:
        output.write(json.dumps(reply, ensure_ascii=True).encode("ascii") + b"\n")
        output.flush()
        line = inbox.get()
        if line is None:
            server.stop()
            return
        reply = answer(server, line)


if __name__ == "__main__":
    main()
