"""The speed claims, measured as ratios in one run on the same files: python benchmarks/run.py [number of files]

Prints a table: what is measured, ours, the yardstick, the ratio, the limit. Exits 1 if a limit is missed.
Reading (guards, styles, validation, scoring; no outputs) is compared with openpyxl's load_workbook and with inflating
the same parts and running expat with empty handlers; collecting many files with one openpyxl pass; building with
openpyxl writing the same cells and styles.
"""

from __future__ import annotations

import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

import openpyxl

from workbook_builder import model as m
from workbook_builder import pipeline, resources
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.folder import Folder
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme

ROUNDS = 7


def filled(rules: Rulebook, section: m.Section, seed: int) -> dict:
    """Plausible complete answers; `seed` makes files differ."""
    entries: dict = {sh.CONFIRM: m.YES, sh.PROPOSED: Decimal(3), sh.AWARD: m.NO, "建议": f"演示数据 第{seed}份"}
    for item in sh.sheet_items(rules.scheme, section):
        for clause in item.clauses:
            for slot in rules.slots[clause.id]:
                if slot.suffix == sl.MORE:
                    continue
                numeric = slot.type in sl.NUMERIC_TYPES
                entries[clause.id + slot.suffix] = slot.low if numeric else slot.choices[-1]
    return entries


def median_ms(run, files) -> float:
    times = []
    for _ in range(ROUNDS):
        # Processor time: what else the machine is doing does not count.
        start = time.process_time()
        for data in files:
            run(data)
        times.append(time.process_time() - start)
    return statistics.median(times) / len(files) * 1000


def empty_expat(data: bytes) -> None:
    """Inflate every part and parse it with Python handlers that do nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            parser = expat.ParserCreate()
            parser.buffer_text = True
            parser.StartElementHandler = lambda name, attributes: None
            parser.EndElementHandler = lambda name: None
            parser.CharacterDataHandler = lambda text: None
            parser.Parse(package.read(name), True)


def load_openpyxl(data: bytes) -> None:
    openpyxl.load_workbook(io.BytesIO(data))


def rewrite_openpyxl(source: openpyxl.Workbook) -> bytes:
    """openpyxl writing the cells and styles of `source` anew, the fastest way it knows: shared style tables."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in ("_fonts", "_fills", "_borders", "_alignments", "_protections", "_number_formats", "_cell_styles"):
        setattr(book, table, getattr(source, table))
    for sheet in source.worksheets:
        target = book.create_sheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                made = target.cell(cell.row, cell.column, cell.value)
                made._style = cell._style
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def child_peak(folder: Path, files: int) -> tuple[float, float]:
    """(seconds, peak MB of the largest process) of collecting `files` files in a process of its own."""
    code = (
        "import sys, time, resource; from pathlib import Path; from workbook_builder import pipeline, resources;"
        "from workbook_builder.scheme import load_scheme; from workbook_builder.folder import Folder;"
        "scheme = load_scheme(resources.path('samples/2021/方案.xlsx')); start = time.perf_counter();"
        "pipeline.collect(Folder(Path(sys.argv[1])), scheme); seconds = time.perf_counter() - start;"
        "own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "kids = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss; print(seconds, own, kids)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    seconds, own, kids = (float(x) for x in done.stdout.split())
    return seconds, (own + 2 * kids) / 1024


def collect_many(base: list[tuple[str, bytes]], rules: Rulebook, count: int) -> list[tuple[str, float, float, str]]:
    template = bundled_template()
    sections = rules.scheme.sections
    distinct = [
        (s.name, section_workbook(rules, s, template, filled(rules, s, seed))) for seed in range(5) for s in sections
    ]
    rows = []
    with tempfile.TemporaryDirectory() as large, tempfile.TemporaryDirectory() as small:
        for root, number in ((large, count), (small, max(1, count // 10))):
            returned = Folder(Path(root)).returned
            returned.mkdir(parents=True)
            for k in range(number):
                name, data = distinct[k % len(distinct)]
                (returned / f"{k:05d}-{name}.xlsx").write_bytes(data)
        small_seconds, small_peak = child_peak(Path(small), max(1, count // 10))
        seconds, peak = child_peak(Path(large), count)
        start = time.perf_counter()
        for path in sorted(Folder(Path(large)).returned.iterdir()):
            load_openpyxl(path.read_bytes())
        yardstick = time.perf_counter() - start
        rows.append((f"collect {count} files, s (openpyxl, one process)", seconds, yardstick, ">= 5"))
        rows.append((f"peak MB, {count} files against {max(1, count // 10)}", peak, small_peak, "<= 1.2"))
    return rows


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    scheme = load_scheme(resources.path(resources.SCHEME_2021))
    rules, template = Rulebook(scheme), bundled_template()
    answers = {s.name: filled(rules, s, 0) for s in scheme.sections}
    named = [(s.name, section_workbook(rules, s, template, answers[s.name])) for s in scheme.sections]
    files = [data for _, data in named]
    reader = pipeline.Reader.of(scheme)
    ours = median_ms(lambda data: reader.read("x.xlsx", data), files)
    rows = [
        ("read one file, ms (openpyxl load_workbook)", ours, median_ms(load_openpyxl, files), ">= 3"),
        ("read one file, ms (inflate + empty expat)", ours, median_ms(empty_expat, files), "<= 3"),
    ]
    sources = [openpyxl.load_workbook(io.BytesIO(data)) for data in files]
    build = median_ms(lambda s: section_workbook(rules, s, template, answers[s.name]), scheme.sections)
    rows.append(("build one workbook, ms (openpyxl rewriting)", build, median_ms(rewrite_openpyxl, sources), "<= 2"))
    rows += collect_many(named, rules, count)
    missed = 0
    for label, mine, yardstick, limit in rows:
        sign, bound = limit.split()
        ratio = yardstick / mine if sign == ">=" else mine / yardstick
        good = ratio >= float(bound) if sign == ">=" else ratio <= float(bound)
        missed += not good
        print(f"{label:52} {mine:9.2f} {yardstick:9.2f}  ratio {ratio:5.2f}  wanted {limit}  {'ok' if good else 'MISSED'}")
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
