"""samples/demo/全年.yaml → 台账, 市局反馈, 3核定, 测评录入表 and 决定 of `kaoping demo`.

The real commands are run in a temporary folder and the workbooks they make are filled in, as people do through the year.
Run it after every change of 全年.yaml, 2回收 (see make_demo.py), of the forms or of the 2021 scheme. 台账.xlsx and one
review workbook are saved by LibreOffice: they are made anew only if they no longer hold what 全年.yaml says on the
current form, or with --afresh, since LibreOffice writes the time into them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import yearhands as hands  # noqa: E402
from office import Office  # noqa: E402

from workbook_builder.basis import bases  # noqa: E402
from workbook_builder.commands import build, review, summarize  # noqa: E402
from workbook_builder.commands.year import DEMO_MARK, bundled_scheme, new, scheme_book  # noqa: E402
from workbook_builder.duties import tasks  # noqa: E402
from workbook_builder.folder import Folder  # noqa: E402
from workbook_builder.gathering import collect, prepare  # noqa: E402
from workbook_builder.inputs import read_inputs  # noqa: E402
from workbook_builder.registers import read_ledger  # noqa: E402
from workbook_builder.reviewing import read_review_file, review_file  # noqa: E402
from workbook_builder.rules.items import Rulebook  # noqa: E402
from workbook_builder.scheme import load_scheme  # noqa: E402

FOLDER = ROOT / "samples" / "demo"
SOURCE = FOLDER / "全年.yaml"
LEDGER, CITY, DECISIONS, ENTRY = "台账.xlsx", "市局反馈.xlsx", "决定.xlsx", "测评/测评录入表.xlsx"
#: Whose review workbook is saved by LibreOffice.
BY_OFFICE = "律公科"
TRANSFERS = ("转由某科室承担",)
LATER = ("复核更正", "送审", "审定")


def source() -> dict:
    return yaml.safe_load(SOURCE.read_text(encoding="utf-8"))


class Year:
    """The year of 全年.yaml, lived in `root`."""

    def __init__(self, root: Path):
        self.root, self.told = root, source()
        scheme = root.parent / "方案.xlsx"
        scheme.write_bytes(scheme_book(bundled_scheme(), DEMO_MARK)[0])
        self._done(new(root, scheme))
        self._done(build(root))
        self.scheme = load_scheme(root / "方案.xlsx")
        self.blank_ledger = self._read(LEDGER)
        self.blank_review = b""

    def live(self) -> None:
        """From the first entry of the ledger to the approval."""
        self._type(LEDGER, hands.register_cells(self.scheme, hands.LEDGER, self._read(LEDGER), self.told["台账"]))
        shutil.copytree(FOLDER / "2回收", self.root / "2回收", dirs_exist_ok=True)
        self._type(CITY, hands.register_cells(self.scheme, hands.CITY, self._read(CITY), self.told["市局反馈"]))
        self._done(summarize(self.root))
        self._decide(TRANSFERS)
        self._done(review(self.root))
        self.blank_review = self._read(f"3核定/{review_file(self.scheme, BY_OFFICE)}")
        for reviewer in tasks(self.scheme):
            self._type(f"3核定/{review_file(self.scheme, reviewer)}", self._reviewed(reviewer))
        # Renewed, the books show the figures that the entries make.
        self._done(review(self.root))
        self._type(ENTRY, hands.ballot_cells(self.scheme, self._read(ENTRY), self.told["测评"]))
        for kind in LATER:
            self._done(summarize(self.root))
            self._decide((kind,))
        approved = self._done(summarize(self.root))
        assert approved.data["approved"], approved.data["stage"]

    def _reviewed(self, reviewer: str) -> hands.Cells:
        told = self.told["核定"].get(reviewer, {})
        return hands.review_cells(self.scheme, reviewer, self._read(f"3核定/{review_file(self.scheme, reviewer)}"), told)

    def _decide(self, kinds: tuple[str, ...]) -> None:
        for row in self.told["决定"]:
            if row["种类"] in kinds:
                self._type(DECISIONS, hands.decision_cells(self.scheme, self._read(DECISIONS), row))

    def _read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def _type(self, name: str, cells: hands.Cells) -> None:
        hands.save(self.root / name, cells)

    @staticmethod
    def _done(outcome):
        errors = [f"{p.code} {p.where.text()} {p.message}" for p in outcome.problems if p.severity == "error"]
        assert not errors and not outcome.misuse, (outcome.command, errors)
        return outcome

    # --- what LibreOffice saves -----------------------------------------------------------------------------------

    def office_files(self, afresh: bool) -> dict[str, bytes]:
        """The two files that LibreOffice saves: those that lie there, while they still say what 全年.yaml says."""
        name = f"3核定/{review_file(self.scheme, BY_OFFICE)}"
        ledger_cells = hands.register_cells(self.scheme, hands.LEDGER, self.blank_ledger, self.told["台账"])
        told = self.told["核定"].get(BY_OFFICE, {})
        review_cells = hands.review_cells(self.scheme, BY_OFFICE, self.blank_review, told)
        wanted = {
            LEDGER: (self.blank_ledger, ledger_cells, self._ledger_says),
            name: (self.blank_review, review_cells, self._review_says),
        }
        found, stale = {}, {}
        for file, (blank, cells, says) in wanted.items():
            kept = FOLDER / file
            current = kept.exists() and not afresh and says(kept.read_bytes()) == says(self._read(file))
            if current:
                found[file] = kept.read_bytes()
            else:
                stale[file] = (blank, cells)
        return found | (_saved_by_office(stale) if stale else {})

    def _ledger_says(self, data: bytes) -> object:
        entries, problems = read_ledger(self.scheme, data, LEDGER)
        lists = [cell.value for sheet in hands.read_book(data, LEDGER)[0].sheets for cell in sheet.cells.values()
                 if sheet.name == "_manifest"]  # fmt: skip
        return entries, problems, sorted(map(str, lists))

    def _review_says(self, data: bytes) -> object:
        folder = Folder(self.root)
        collected = collect(folder, self.scheme)
        prepared = prepare(self.scheme, collected, read_inputs(folder, self.scheme, ()))
        rules = Rulebook(self.scheme)
        reviews, problems = read_review_file(rules, bases(rules, collected.adopted.returns, prepared.beside), data, "a.xlsx")
        return [(r.section, dict(r.values), dict(r.reasons), r.done, r.reopened) for r in reviews], problems


def _saved_by_office(files: dict[str, tuple[bytes, hands.Cells]]) -> dict[str, bytes]:
    made = {}
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        for number, (file, (blank, cells)) in enumerate(files.items()):
            form = Path(folder) / f"blank{number}.xlsx"
            form.write_bytes(blank)
            sets = {s: {ref: hands.serial(value) for ref, value in typed.items()} for s, typed in cells.items()}
            made[file] = office.fill_and_save(form, sets, "xlsx", Path(folder) / f"filled{number}.xlsx").read_bytes()
    return made


def made(afresh: bool = False) -> dict[str, bytes]:
    """Name below samples/demo → bytes."""
    with tempfile.TemporaryDirectory() as folder:
        year = Year(Path(folder) / "演示")
        year.live()
        names = [LEDGER, CITY, DECISIONS, ENTRY]
        names += [f"3核定/{review_file(year.scheme, reviewer)}" for reviewer in tasks(year.scheme)]
        files = {name: (year.root / name).read_bytes() for name in names}
        return files | year.office_files(afresh)


def main() -> None:
    files = made("--afresh" in sys.argv[1:])
    shutil.rmtree(FOLDER / "3核定", ignore_errors=True)
    for name, data in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
