"""The walk from a figure to its cells as a person reads it: indented, in words, the files with their SHA-256 at the end.

Comes in: the data of an outcome of `explain`. Goes out: rich texts; nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rich.text import Text

from workbook_builder.cli.pieces import ASIDE, STRONG, WRONG, paragraph
from workbook_builder.cli.words import wrap
from workbook_builder.results import UNAPPROVED
from workbook_builder.rules.clauses import OPEN_TEXT

_STEP = "  "
_START, _POLICY, _MISSING = "起始分", "口径·", "尚缺"
#: Of a SHA-256 in a line; all of it stands in --json.
_DIGITS = 12
#: Columns of a clause's own words.
_CLAUSE_WIDTH = 44


def walk(outcome, width: int) -> Iterator[object]:
    """The figure, what makes it, down to the cells; then the files."""
    data = outcome.data
    state = "已审定" if data.get("approved") else UNAPPROVED
    tree = data["tree"]
    yield paragraph(f"{data['section']}　{str(tree['label']).rstrip('。')}　{_value(tree)}　（{data['stage']}，{state}）", width, style=STRONG)
    seen: set[str] = set()
    yield from _told(tree, 1, width)
    yield from _below(tree["children"], 1, width, seen)
    yield from _files(tree, width)


def _below(steps: Sequence[Mapping], depth: int, width: int, seen: set[str]) -> Iterator[Text]:
    for step in steps:
        if step["name"] == _START or step["label"] in seen:
            continue
        if step["label"].startswith(_POLICY):
            seen.add(step["label"])  # a policy bears on many clauses; once told is enough
        yield _line(step, depth, width)
        yield from _told(step, depth + 1, width)
        yield from _below(step["children"], depth + 1, width, seen)


def _line(step: Mapping, depth: int, width: int) -> Text:
    """What the step is and its value."""
    label, words = str(step["label"]), ""
    if "　" in label:
        label, _, words = label.partition("　")
        lines = wrap(words, _CLAUSE_WIDTH)
        words = "　" + lines[0].rstrip("。") + ("…" if len(lines) > 1 else "")
    value = _value(step)
    style = WRONG if step["name"] == _MISSING else STRONG if step["factor"] is not None and depth < 3 else ""
    text = f"{label}{words}" + (f"：{value}" if value else "")
    if _says_why(step):
        text = f"{label}{words}：{step['how']}"
    return paragraph(text, width, _STEP * depth, style=style)


def _told(step: Mapping, depth: int, width: int) -> Iterator[Text]:
    """The sum, how it comes about, the cell."""
    if step["formula"]:
        yield paragraph(step["formula"], width, _STEP * depth + "＝ ")
    if step["how"] and not _says_why(step):
        yield paragraph(step["how"], width, _STEP * depth, style=ASIDE)
    source = step["source"]
    if source is not None:
        place = "，".join(part for part in (source["file"], source["sheet"], source["cell"]) if part)
        yield paragraph(place, width, _STEP * depth + "来自 ", style=ASIDE)


def _says_why(step: Mapping) -> bool:
    """Whether there is no value to tell, only why."""
    return bool(step["how"]) and (step["name"] == _MISSING or not _value(step))


def _value(step: Mapping) -> str:
    value = step["value"]
    if value is None:
        return OPEN_TEXT if step["factor"] is not None or step["children"] else ""
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, float) else str(value)


def _files(tree: Mapping, width: int) -> Iterator[Text]:
    """Every file the figure comes from, with the beginning of its SHA-256."""
    found = dict(sorted(_sources(tree)))
    if not found:
        return
    yield Text()
    yield paragraph(f"出自这些文件（SHA-256 前 {_DIGITS} 位，全部位数用 --json 看）：", width, style=STRONG)
    for file, sha256 in found.items():
        yield paragraph(file, width, f"  {sha256[:_DIGITS] or '（文件已不在）':<{_DIGITS}}  ")


def _sources(step: Mapping) -> Iterator[tuple[str, str]]:
    if step["source"] is not None:
        yield step["source"]["file"], step["source"]["sha256"]
    for child in step["children"]:
        yield from _sources(child)
