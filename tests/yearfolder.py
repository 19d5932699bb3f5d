"""A real working folder taken through the year: what the tests of the commands share."""

from __future__ import annotations

import datetime
import io
import shutil
from decimal import Decimal as D
from pathlib import Path

import openpyxl
from years import returned, reviewed_as_reported

from workbook_builder import commands
from workbook_builder.ballots import ENTRY_FILE, EntryReading, entry_book
from workbook_builder.ballots.forms import PASSES, section_key
from workbook_builder.building import bundled_template, section_file, section_workbook
from workbook_builder.commands import tally
from workbook_builder.commands.session import open_scheme
from workbook_builder.folder import Folder
from workbook_builder.pipeline import year
from workbook_builder.reviewing import review_books
from workbook_builder.rules.items import Rulebook

DECIDED = {"理由": "演示理由", "依据": "会议纪要", "决定日期": datetime.date(2021, 12, 20), "决定者（职务或机构）": "考评工作领导小组"}
HEAD_ROW = 3


class YearFolder:
    """One year's folder under 2021年方案, and the people who work in it."""

    def __init__(self, root: Path) -> None:
        assert commands.new(root).exit_code == 0 and commands.build(root).exit_code == 0
        self.root, self.folder = root, Folder(root)

    def copied(self, place: Path) -> YearFolder:
        """The same year, to work in, in a folder of its own below `place`."""
        other = object.__new__(YearFolder)
        other.root = Path(shutil.copytree(self.root, place / self.root.name))
        other.folder = Folder(other.root)
        return other

    @property
    def source(self):
        return open_scheme(self.folder)[0]

    @property
    def scheme(self):
        return self.source.scheme

    def year(self):
        return year(self.folder, self.source)

    # --- people ------------------------------------------------------------------------------------------------------

    def everyone_returns(self, changes=None) -> None:
        """Every section's workbook, complete, no two totals alike."""
        for place, section in enumerate(self.scheme.sections):
            self.returns(section.name, (changes or {}).get(section.name, {}), D(1) + D("0.4") * place)

    def returns(self, name, changes=(), proposed=3, file="") -> Path:
        rules = Rulebook(self.scheme)
        section = self.scheme.section(name)
        entries = returned(rules, name, changes, proposed).entries
        path = self.folder.returned / (file or section_file(section))
        path.write_bytes(section_workbook(rules, section, bundled_template(), entries))
        return path

    def everyone_reviews(self, changes=None) -> None:
        """Every review workbook as its reviewer leaves it: as reported, no 突破底线, save `changes`."""
        prepared, _ = self.year()
        reviews = reviewed_as_reported(self.scheme, changes)
        books = review_books(Rulebook(self.scheme), prepared.bases, bundled_template(), reviews)
        for name, data in books.items():
            (self.folder.review / name).write_bytes(data)

    def ballots(self, mark=90, count=4) -> None:
        """As many equal paper ballots of every group, typed twice."""
        row = {section_key(s.name): D(mark) for s in self.scheme.sections}
        rows = {number: dict(row) for number in range(1, count + 1)}
        typed = {(g.name, which): rows for g in self.scheme.rater_groups for which in PASSES}
        (self.folder.ballots / ENTRY_FILE).write_bytes(entry_book(self.scheme, EntryReading(D(100), typed)))

    def decide(self, kind, after="同意", **more) -> None:
        """Answer the first waiting row of `kind` in 决定.xlsx; with `more` texts the row is first written by hand."""
        path = self.folder.decisions
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        sheet = book["决定"]
        heads = {cell.value: cell.column for cell in sheet[HEAD_ROW] if cell.value}
        rows = range(HEAD_ROW + 1, sheet.max_row + 2)
        if more:
            row = next(r for r in rows if all(sheet.cell(r, c).value is None for c in heads.values()))
            for head, value in {"种类": kind, **more}.items():
                sheet.cell(row, heads[head]).value = value
        else:
            row = next(r for r in rows if sheet.cell(r, heads["种类"]).value == kind and sheet.cell(r, heads["改为"]).value is None)
        for head, value in {"改为": after, **DECIDED}.items():
            sheet.cell(row, heads[head]).value = value
        book.save(path)

    # --- commands ----------------------------------------------------------------------------------------------------

    def run(self, name, readings=False):
        """One command. `readings`: with what other readings of the policies would change, which takes half the time."""
        kept = tally._other_readings
        if not readings:
            tally._other_readings = lambda *_: ()
        try:
            return getattr(commands, name)(self.root)
        finally:
            tally._other_readings = kept

    def sent(self) -> None:
        """On to 送审稿."""
        assert self.run("summarize").data["stage"] == "核定稿"
        self.decide("送审")
        assert self.run("summarize").data["stage"] == "送审稿"

    def approved(self) -> None:
        """On to 审定稿."""
        self.sent()
        self.decide("审定")
        assert self.run("summarize").data["stage"] == "审定稿"

    def files(self, *places) -> dict[str, bytes]:
        roots = [self.root / place for place in places] or [self.root]
        paths = [path for root in roots for path in sorted(root.rglob("*")) if path.is_file() and ".kaoping" not in path.parts]
        return {self.folder.relative(path): path.read_bytes() for path in paths}


def codes(outcome, severity="") -> list[str]:
    return sorted(p.code for p in outcome.problems if severity in ("", p.severity))
