"""docs/其他软件.md: what came back from other programs, and what they had taken away.

Comes in: the year of `programs_year`, filled in and saved by a program. Goes out: `Seen`, and the page told from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import programs as pr
import programs_kept as pk
import programs_year as py
import yearhands as hands
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.intake import read_book
from workbook_builder.problems import CATALOGUE, ERROR, Problem
from workbook_builder.registers import read_city, read_decisions, read_ledger
from workbook_builder.rules.sheet import READY
from workbook_builder.scheme import read_scheme

PAGE = pr.ROOT / "docs" / "其他软件.md"
RESULT, ELSEWHERE = "结果", "别处"
KEPT, PART, GONE, UNKNOWN, CLOSED, NOT_ASKED = "在", "少了", "没了", "—", "打不开", "—"
VALUES, FRESH, STALE, NONE = "算好的数", "重算", "旧的", "没有"
#: Kind of workbook → its sheet, and the features looked for on it.
LOOKED_AT = {
    py.SECTION: (
        py.OFFICE,
        (pk.LOCKED, pk.PASSWORD, pk.STRUCTURE, pk.FREE, pk.LISTS, pk.PROMPTS, pk.HIDDEN, pk.KEYS, pk.FORMULAS, pk.LOOKS,
         pk.MERGED, pk.HEIGHTS, pk.FROZEN, pk.TITLES),
    ),
    py.DECISIONS: (hands.DECISIONS, (pk.NAMES, pk.TABLES)),
    py.SUMMARY: (py.TRIAL, (pk.CHARTS, pk.BARS, pk.LINKS)),
}  # fmt: skip
Place = tuple[str, str, str]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of the year in one program. Keys are (kind, extension).

    wrong   answers that are not what was typed: field → (typed, read)
    codes   what was reported beyond what is reported of the same workbook filled in by openpyxl: code, sheet, cell
    kept    extension → feature → what became of it
    closed  kinds that the program could not open
    """

    program: str
    wrong: Mapping[Key, Mapping[str, tuple]]
    codes: Mapping[Key, tuple[Place, ...]]
    kept: Mapping[str, Mapping[str, str]]
    closed: tuple[str, ...]


def jobs(made: py.Baseline) -> dict[str, pr.Job]:
    """Every workbook in every format in which it may come back."""
    formats = {py.SCHEME: ("xlsx", "ods"), py.SUMMARY: ("xlsx",)}
    return {
        kind: pr.Job(book.blank, book.cells, formats.get(kind, ("xlsx", "xls", "ods"))) for kind, book in made.books.items()
    }


@dataclass(frozen=True, slots=True)
class Before:
    """The year as openpyxl filled it in, to compare with: what it says, and of the whole workbook the places reported."""

    made: py.Baseline
    said: py.Said
    expected: Mapping[str, object]
    whole: tuple[Place, ...]


def before(folder: Path) -> Before:
    """The year, made in `folder`."""
    made = py.baseline(folder / "年")
    said = py.said(made.root)
    book = made.books[py.WHOLE]
    _, problems = py.returned_whole(made, folder / "整本", hands.saved(book.blank, book.cells), "xlsx", said.answers[py.SCHEME])
    return Before(made, said, py.expected(made), tuple(_places(problems, book.place)))


def see(program: str, known: Before, folder: Path, office=None) -> Seen:
    """The year through one program, in each of its formats."""
    asked = jobs(known.made)
    saved = pr.fill(program, asked, folder, office)
    closed = tuple(kind for kind in asked if not any(kind == name for name, _ in saved))
    wrong: dict[Key, Mapping[str, tuple]] = {}
    codes: dict[Key, tuple[Place, ...]] = {}
    for ext in pr.PROGRAMS[program]:
        files = {kind: data for (kind, found), data in saved.items() if found == ext}
        for more_wrong, more_codes in (_year(known, folder, files, ext), _whole(known, folder, files[py.WHOLE], ext)):
            wrong |= more_wrong
            codes |= more_codes
    kept = {ext: dict(_kept(known.made, saved, closed, ext)) for ext in pr.PROGRAMS[program]}
    return Seen(program, {k: v for k, v in wrong.items() if v}, {k: v for k, v in codes.items() if v}, kept, closed)


def _year(known: Before, folder: Path, files: Mapping[str, bytes], ext: str) -> tuple[dict, dict]:
    """All files but the whole workbook, each where a person puts it."""
    mine = {kind: data for kind, data in files.items() if kind != py.WHOLE}
    root = folder / f"year-{ext}"
    py.lay_out(known.made, root, mine, ext)
    said = py.said(root)
    wrong, codes = {}, _codes(known, mine, said, ext)
    for kind in mine:
        answers, found = _part(kind, said.answers), []
        if ext != "xlsx" and kind in py.NAMED:
            answers, found = _apart(kind, files[kind], ext, said.answers[py.SCHEME])
        wrong[kind, ext] = dict(_differing(_part(kind, known.expected), answers))
        codes[kind, ext] += tuple((p.code, p.where.sheet, p.where.cell) for p in found)
    wrong[RESULT, ext] = dict(_differing(known.expected["result"], said.answers["result"]))
    wrong[RESULT, ext] |= dict(_differing(known.said.answers["totals"], said.answers["totals"]))
    return wrong, codes


def _whole(known: Before, folder: Path, data: bytes, ext: str) -> tuple[dict, dict]:
    """The workbook of all sections, returned alone."""
    made = known.made
    answers, problems = py.returned_whole(made, folder / f"whole-{ext}", data, ext, known.said.answers[py.SCHEME])
    new = _new(problems, made.books[py.WHOLE].place, ext, known.whole)
    return {(py.WHOLE, ext): dict(_differing(made.typed["before"], answers))}, {(py.WHOLE, ext): new}


def _codes(known: Before, kinds: Iterable[str], said: py.Said, ext: str) -> dict[Key, tuple[Place, ...]]:
    codes, told = {}, set()
    for kind in kinds:
        place = known.made.books[kind].place
        codes[kind, ext] = _new(said.problems, place, ext, _places(known.said.problems, place))
        told |= {place, _saved_as(place, ext)}
    others = [p for p in said.problems if p.where.file not in told]
    # The copy of 复议应诉科 that nobody has filled in anew, and 法律援助中心, stay as openpyxl saved them.
    old = {(p.code, p.where) for p in known.said.problems}
    codes[ELSEWHERE, ext] = tuple((p.code, p.where.sheet, p.where.cell) for p in others if (p.code, p.where) not in old)
    return codes


def _saved_as(place: str, ext: str) -> str:
    return Path(place).with_suffix(f".{ext}").as_posix()


def _places(problems: Iterable[Problem], file: str) -> list[Place]:
    return [(p.code, p.where.sheet, p.where.cell) for p in problems if p.where.file == file]


def _new(problems: Iterable[Problem], place: str, ext: str, known: Iterable[Place]) -> tuple[Place, ...]:
    """openpyxl does not calculate either: that is told of others all the same."""
    old = [found for found in known if found[0] != "NOT_CALCULATED"]
    return tuple(found for found in _places(problems, _saved_as(place, ext)) if found not in old)


# --- answers ----------------------------------------------------------------------------------------------------------


def _part(kind: str, answers: Mapping[str, object]) -> object:
    """What `kind` is the source of."""
    if kind in (py.SECTION, py.BACK):
        return answers["returns"][py.OFFICE if kind == py.SECTION else py.APPEALS]
    if kind in (py.BALLOT, py.ENTRY):
        group = py.LEADERS if kind == py.BALLOT else py.EVERYBODY
        return {name: groups[group] for name, groups in answers[py.BALLOT].items()}
    return answers.get(kind)


def _apart(kind: str, data: bytes, ext: str, scheme) -> tuple[object, list[Problem]]:
    """A workbook that no folder reads in this format, read by itself; its errors."""
    name = f"{kind}.{ext}"
    if kind == py.SCHEME:
        found, problems, _ = read_scheme(data, name)
    else:
        read = {py.LEDGER: read_ledger, py.CITY: read_city, py.DECISIONS: read_decisions}[kind]
        rows, problems = read(scheme, data, name)
        found = py.records(rows)
    return found, [p for p in problems if p.severity == ERROR]


def _differing(typed: object, read: object, name: str = "") -> Iterator[tuple[str, tuple]]:
    if isinstance(typed, Mapping) and isinstance(read, Mapping):
        for key in dict.fromkeys([*typed, *read]):
            yield from _differing(typed.get(key), read.get(key), f"{name} {key}".strip())
    elif typed != read:
        yield name, (typed, read)


# --- outfit -----------------------------------------------------------------------------------------------------------


def _kept(made: py.Baseline, saved: pr.Saved, closed: tuple[str, ...], ext: str) -> Iterator[tuple[str, str]]:
    for kind, (sheet, features) in LOOKED_AT.items():
        book = made.books[kind]
        if (kind, ext) not in saved:
            yield from ((feature, CLOSED if kind in closed else NOT_ASKED) for feature in features)
            continue
        typed = [_row_col(ref) for ref in book.cells[sheet]]
        before, after = pk.outfit(book.blank, "xlsx", sheet, typed), pk.outfit(saved[kind, ext], ext, sheet, typed)
        heights = [pk.heights(book.blank, "xlsx", sheet), pk.heights(saved[kind, ext], ext, sheet)]
        before[pk.HEIGHTS], after[pk.HEIGHTS] = len(heights[0]), pk.rows_alike(*heights)
        for feature in features:
            assert before[feature] > 0, feature
            yield feature, _word(before[feature], after.get(feature))
    before, after = (_progress(data, ext) for data in (made.books[py.SECTION].blank, saved[py.SECTION, ext]))
    yield VALUES, NONE if after in (None, "") else STALE if after == before else FRESH


def _progress(data: bytes, ext: str) -> object:
    """What the sheet says of how far it is."""
    book = read_book(data, f"考评表.{ext}")[0]
    sheet, row, col = read_manifest(book).places[py.OFFICE][READY]
    return book.sheet(sheet).cell(row, col).value


def _row_col(ref: str) -> tuple[int, int]:
    letters, row = coordinate_from_string(ref)
    return row, column_index_from_string(letters)


def _word(before: float, after: float | None) -> str:
    if after is None:
        return UNKNOWN
    return GONE if not after else PART if after < before else KEPT


# --- the page ---------------------------------------------------------------------------------------------------------

HEAD = """# 其他软件

每一种要人填的表，用几种别的软件打开、填写、另存，再交回来，看答案是不是一样。本页由 `python scripts/make_programs.py` 生成，
`tests/test_programs.py` 每次重做一遍并比对。**这里没有 Excel 和 WPS**：它们只能由人在 Windows 上试，见 [Windows检查](Windows检查.md)。

怎么试的：三个科室的一年，从方案到送审。每种表填上整数、小数、名称、下拉选项、日期、多行文字、长文字、生僻字；
LibreOffice 通过它自己的接口填，SheetJS、exceljs 用它们的函数填，Gnumeric 的命令行只能填最前面的一张工作表（其余各张事先填好，
由它打开、重算、保存）。交回后走 `kaoping` 读文件夹的同一条路，逐字段与**填进去的内容**比较，结果码也要相同。

- “同”：每一个填报、核定、票、登记都与填进去的一样。代码是比用 openpyxl 填的多报的问题，含义见[问题代码](问题代码.md)。
- 台账、市局反馈、决定、方案靠文件名认，只认 .xlsx：另存成别的格式，文件夹里不读；登记簿会报 `REGISTER_NOT_READ`。表中的“同”是单独读那个文件的结果。
- 汇总表只看“试算”：填了试算格再存，除试算外不应报任何改动。

给填表人的一句话：**用 Excel 或 WPS 填，存成原来的 .xlsx。** 别的软件见下。
"""
ADVICE = {
    pr.LIBRE: "可以用。直接按“保存”，格式选“保留 .xlsx”。结构锁会没有，不影响。",
    pr.GNUMERIC: "答案读得对，但锁没有密码；存成 .xlsx 时隐藏的表会露出来，存成 .ods 时锁全没有：不要去动它们。能用别的就用别的。",
    pr.SHEETJS: (
        "这是网页、小程序、办公系统常用的组件，不是给人用的软件。经它转存过的表，锁和下拉列表都没有了，表上的分数是旧的，不能打印签字；"
        "存成 .xls 时文字超过 255 个字会被截断，它自己不提示，收集时逐格提醒；存成 .ods 时日期变成一串数，会报出来。请发原来的文件，不要发系统转存的。"
    ),
    pr.EXCELJS: "也是系统用的组件。锁和下拉列表还在，但表上的分数是旧的，不能打印签字。请发原来的文件。",
}
_KINDS_HEAD, _FEATURES_HEAD = "表", "样子和锁"


def page(seen: Iterable[Seen]) -> str:
    """The whole document."""
    return HEAD + "".join(section(one) for one in seen)


def section(seen: Seen) -> str:
    """What the page says of one program."""
    formats = pr.PROGRAMS[seen.program]
    answers = [(kind, *(_answer(seen, kind, ext) for ext in formats)) for kind in py.KINDS]
    answers.append(("结果码、总分、名次", *("不同" if (RESULT, ext) in seen.wrong else "同" for ext in formats)))
    features = [*(feature for _, found in LOOKED_AT.values() for feature in found), VALUES]
    rows = [(feature, *(seen.kept[ext][feature] for ext in formats)) for feature in features]
    heads = tuple(f".{ext}" for ext in formats)
    return (
        f"\n## {seen.program}\n\n{ADVICE[seen.program]}\n\n"
        f"{table((_KINDS_HEAD, *heads), answers)}\n\n{table((_FEATURES_HEAD, *heads), rows)}\n"
    )


def _answer(seen: Seen, kind: str, ext: str) -> str:
    if kind in seen.closed:
        return CLOSED
    if ext == "xls" and kind == py.SCHEME:
        return f"不读 {_shown('SCHEME_FILE_KIND')}"
    if ext != "xlsx" and kind == py.SUMMARY:
        return NOT_ASKED
    lost = seen.wrong.get((kind, ext), {}).values()
    cut = sum(isinstance(read, str) for _, read in lost)
    words = [*([f"{cut} 处文字被截断"] if cut else []), *([f"{len(lost) - cut} 处没有采用"] if len(lost) > cut else [])]
    codes = [code for code, _, _ in seen.codes.get((kind, ext), ())]
    told = [f"{_shown(code)}{f'×{codes.count(code)}' if codes.count(code) > 1 else ''}" for code in dict.fromkeys(codes)]
    return "；".join([*(words or ["同"]), *told])


def _shown(code: str) -> str:
    assert code in CATALOGUE, code
    return f"`{code}`"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def told(program: str) -> str:
    """What the page that is there says of a program."""
    parts = re.split(r"(?m)^(?=## )", PAGE.read_text(encoding="utf-8"))
    return "\n" + next(part for part in parts if part.startswith(f"## {program}\n")).rstrip("\n") + "\n"
