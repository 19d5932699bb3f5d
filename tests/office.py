"""Drive LibreOffice from the tests.

``Office`` talks to ``office_server.py``, which runs under a Python that can import uno. One soffice serves the whole
session; it is restarted when it dies or when a call takes longer than its time limit.

Cell values: float, str, None for an empty cell, ``xmlwalk.Error`` (a str such as "#N/A") for an error.
LibreOffice has no boolean type: TRUE arrives as 1.0.
"""

import contextlib
import functools
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

from xmlwalk import Error

SERVER = Path(__file__).with_name("office_server.py")
#: The typefaces of an office PC, as far as free ones can stand in for them.
FONTS = Path(__file__).parent / "data" / "fonts.conf"
START_SECONDS = 90
CALL_SECONDS = 60
RENDER_DPI = 70


class OfficeError(Exception):
    """LibreOffice refused a request."""


class OfficeDied(OfficeError):
    """soffice crashed or exceeded its time limit; it is started again by the next call."""


@functools.cache
def find_soffice():
    """The soffice program, or None."""
    candidates = [os.environ.get("KAOPING_SOFFICE"), shutil.which("soffice"), shutil.which("libreoffice")]
    candidates += ["/Applications/LibreOffice.app/Contents/MacOS/soffice"]
    candidates += [rf"{os.environ.get(name)}\LibreOffice\program\soffice.exe" for name in ("ProgramFiles",)]
    return next((path for path in candidates if path and Path(path).is_file()), None)


@functools.cache
def find_uno_python():
    """A Python that can import uno, or None."""
    candidates = [os.environ.get("KAOPING_UNO_PYTHON"), sys.executable, "/usr/bin/python3"]
    if find_soffice():
        program = Path(find_soffice()).resolve().parent
        candidates += [program / "python", program / "python.exe", program.parent / "Resources" / "python"]
    for path in candidates:
        if path and Path(path).is_file():
            done = subprocess.run([str(path), "-c", "import uno"], capture_output=True, check=False)
            if done.returncode == 0:
                return str(path)
    return None


def missing():
    """Why LibreOffice cannot be driven here; empty when it can."""
    if not find_soffice():
        return "LibreOffice (soffice) is not installed"
    if not find_uno_python():
        return "no Python here can import uno (python3-uno)"
    return ""


def _decode(value):
    """Turn {"e": "#N/A"} into an Error."""
    return Error(value["e"]) if isinstance(value, dict) else value


def _plain(value):
    """What JSON carries: numpy and Decimal numbers become floats, errors and paths become text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return float(value)


def _plain_sets(sets):
    return {sheet: {ref: _plain(value) for ref, value in cells.items()} for sheet, cells in (sets or {}).items()}


class Office:
    """One LibreOffice for many documents; a context manager."""

    def __init__(self, timeout=CALL_SECONDS):
        self.timeout = timeout
        self.process = None
        self.generation = 0
        self._info = {}
        self._replies = None

    def __enter__(self):
        self._ensure()
        return self

    def __exit__(self, *_):
        self.close()

    # --- the process -----------------------------------------------------------------------------------------------

    def _ensure(self):
        if self.process is not None and self.process.poll() is None:
            return
        if missing():
            raise OfficeError(missing())
        command = [find_uno_python(), str(SERVER), find_soffice()]
        # The virtual environment's variables would lead another Python to the wrong modules.
        env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        env["FONTCONFIG_FILE"] = str(FONTS)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        self.generation += 1
        self._replies = queue.Queue()
        threading.Thread(target=self._listen, args=(self.process, self._replies), daemon=True).start()
        self._info = self._reply(START_SECONDS, "start")

    @staticmethod
    def _listen(process, replies):
        # A thread and a queue, not select(): pipes cannot be selected on Windows.
        for line in process.stdout:
            replies.put(line)
        replies.put(None)

    def _reply(self, seconds, what):
        try:
            line = self._replies.get(timeout=seconds)
        except queue.Empty:
            self.kill()
            raise OfficeDied(f"{what}: no answer within {seconds} s") from None
        if line is None:
            self.kill()
            raise OfficeDied(f"{what}: the server ended")
        reply = json.loads(line)
        if "dead" in reply:
            self.kill()
            raise OfficeDied(f"{what}: soffice died: {reply['dead']}")
        if "error" in reply:
            raise OfficeError(f"{what}: {reply['error']}\n{reply['trace']}")
        return reply["ok"]

    def call(self, op, *, seconds=None, **args):
        """One request to the server; starts it first when it is not running."""
        self._ensure()
        request = json.dumps({"op": op, "args": args}).encode() + b"\n"
        try:
            self.process.stdin.write(request)
            self.process.stdin.flush()
        except OSError as problem:
            self.kill()
            raise OfficeDied(f"{op}: {problem}") from None
        return self._reply(seconds or self.timeout, op)

    def _retry(self, op, **args):
        """A request that needs no open document may simply be repeated after a crash."""
        try:
            return self.call(op, **args)
        except OfficeDied:
            return self.call(op, **args)

    def kill(self):
        """End server and soffice at once; the next call starts them again."""
        process, self.process = self.process, None
        if process is None:
            return
        group = self._info.get("group")
        self._info, home = {}, self._info.get("home")
        if group and hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        if home:
            shutil.rmtree(home, ignore_errors=True)

    def close(self):
        """End LibreOffice in good order."""
        if self.process is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self.process.stdin.close()
                self.process.wait(8)
        self.kill()

    # --- whole files -----------------------------------------------------------------------------------------------

    def values(self, path, hard=True):
        """{sheet: {A1: {"f": is a formula, "v": value}}} of every formula and every non-empty cell.

        hard=True recalculates everything first; hard=False shows what is cached in the file.
        """
        sheets = self._retry("values", path=str(Path(path).resolve()), hard=hard)
        for cells in sheets.values():
            for cell in cells.values():
                cell["v"] = _decode(cell["v"])
        return sheets

    def poke_and_read(self, path, sets, read):
        """Set cells by API in a copy, recalculate, read: {sheet: {A1: value}}."""
        with self.open(path) as session:
            return session.eval_many(sets, read)

    def convert(self, path, ext, out_dir, hard=False):
        """Store as xlsx, xls, ods, pdf or csv in out_dir; returns the new path."""
        return self.fill_and_save(path, {}, ext, Path(out_dir) / f"{Path(path).stem}.{ext}", hard=hard)

    def fill_and_save(self, path, sets, ext, out, hard=True):
        """Fill cells in by API (locks do not matter), recalculate, store as ext at out: a person using LibreOffice."""
        out = Path(out).resolve()
        out.parent.mkdir(parents=True, exist_ok=True)
        source = str(Path(path).resolve())
        self._retry("convert", path=source, ext=ext, out=str(out), hard=hard, sets=_plain_sets(sets))
        return out

    def render(self, path, out_dir):
        """The printed pages of a workbook or letter as PNG files, in order; needs pdftoppm."""
        pdf = self.convert(path, "pdf", out_dir)
        stem = pdf.with_suffix("")
        subprocess.run(["pdftoppm", "-r", str(RENDER_DPI), "-png", str(pdf), str(stem)], check=True)
        return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"), key=lambda page: int(page.stem.rpartition("-")[2]))

    def open(self, path):
        """Open a private copy and keep it open: see Session."""
        return Session(self, path)


class Session:
    """One open document. Also a context manager.

    set/read/eval survive a crash of soffice: the document is opened again and everything set so far is set again.
    After a keyboard command (type, clear, try_*, cut_paste) that is no longer honest, so a crash is raised.
    """

    def __init__(self, office, path):
        self.office = office
        self.path = str(Path(path).resolve())
        self._done = {}
        self._touched = False
        self._open()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _open(self):
        # Not hidden: a hidden document has no view to dispatch keyboard commands to.
        self.handle = self.office._retry("open", path=self.path, hidden=False)
        self.generation = self.office.generation

    def _alive(self):
        return self.office.process is not None and self.generation == self.office.generation

    def _call(self, op, **args):
        if not self._alive():
            raise OfficeDied(f"{op}: soffice was restarted since this document was opened")
        return self.office.call(op, handle=self.handle, **args)

    def _keyboard(self, op, **args):
        self._touched = True
        return self._call(op, **args)

    # --- by API ----------------------------------------------------------------------------------------------------

    def eval_many(self, sets, reads, hard=True):
        """Set {sheet: {A1: value}}, recalculate, read {sheet: [A1]}: one round trip; {sheet: {A1: value}}.

        Sets pile up from call to call. None empties a cell; a str is always text, never a formula.
        """
        sets = _plain_sets(sets)
        reads = {sheet: list(refs) for sheet, refs in reads.items()}
        for sheet, cells in sets.items():
            self._done.setdefault(sheet, {}).update(cells)
        try:
            out = self._call("eval", sets=sets, reads=reads, hard=hard)
        except OfficeDied:
            if self._touched:
                raise
            self._open()
            out = self._call("eval", sets=self._done, reads=reads, hard=hard)
        return {sheet: {ref: _decode(value) for ref, value in cells.items()} for sheet, cells in out.items()}

    def eval(self, sheet, sets, reads, hard=True):
        """eval_many for one sheet: {A1: value} in, [A1] to read, {A1: value} out."""
        return self.eval_many({sheet: sets}, {sheet: reads}, hard)[sheet]

    def set(self, sheet, sets):
        """Set cells without a full recalculation (LibreOffice still recalculates what depends on them)."""
        self.eval_many({sheet: sets}, {}, hard=False)

    def read(self, sheet, refs, hard=True):
        """Recalculate and read cells."""
        return self.eval_many({}, {sheet: refs}, hard)[sheet]

    def formulas(self, sheet, refs):
        """Formula texts as LibreOffice writes them ('=$Sheet.A1;2'), the content of other cells."""
        return self._call("formulas", sheet=sheet, refs=list(refs))

    def locked(self, sheet, refs):
        """Whether each cell carries the lock flag."""
        return self._call("locked", sheet=sheet, refs=list(refs))

    def sheets(self):
        """[(name, visible, protected)] in order."""
        return [tuple(sheet) for sheet in self._call("sheets")]

    def store(self, ext, out):
        """Store the document as it now is; returns the path."""
        out = Path(out).resolve()
        self._call("store", ext=ext, out=str(out))
        return out

    # --- by keyboard commands, which honour the locks --------------------------------------------------------------

    def type(self, sheet, ref, text):
        """Type text and press Enter; the value found in the cell afterwards."""
        return _decode(self._keyboard("type", sheet=sheet, ref=ref, text=text))

    def clear(self, sheet, ref):
        """Press Delete; the value found in the cell afterwards."""
        return _decode(self._keyboard("clear", sheet=sheet, ref=ref))

    def try_insert_row(self, sheet, row):
        """Insert a row above this one; whether the sheet changed."""
        return self._keyboard("row", sheet=sheet, row=row)

    def try_delete_row(self, sheet, row):
        """Delete this row; whether the sheet changed."""
        return self._keyboard("row", sheet=sheet, row=row, delete=True)

    def cut_paste(self, sheet, source, target):
        """Cut one cell and paste it over another."""
        self._keyboard("move", sheet=sheet, source=source, target=target)

    def copy_paste(self, sheet, source, target):
        """Copy one cell and paste it over another."""
        self._keyboard("move", sheet=sheet, source=source, target=target, cut=False)

    def close(self):
        """Close without saving."""
        if self._alive():
            self.office.call("close", handle=self.handle)
