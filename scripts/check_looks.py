"""Every workbook and letter of the demonstration year at every stage, looked at by machine: tests/looks.py, tests/printed.py.

    python scripts/check_looks.py            builds the year in a temporary folder
    python scripts/check_looks.py FOLDER     looks at the files below FOLDER

Prints a line for each kind of finding, with the first place and how many more there are, and ends with 1 if there is any.
Needs LibreOffice; about two minutes.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from looks import PALE, Finding  # noqa: E402
from looks_rules import looked_at  # noqa: E402
from year_stages import Papers, years  # noqa: E402

#: Not the templates of letters: unfilled they are no letters.
TEMPLATE = ROOT / "templates" / "考评表模板.xlsx"
#: What people send in, in words of their own.
FOREIGN = ("总结", "报告")
TAB = "\t"


def files(*roots: Path) -> Iterator[tuple[str, Path]]:
    """Every different workbook and letter of ours below `roots`, with the name to show."""
    seen = set()
    for root in roots:
        for path in sorted(root.rglob("*")):
            ours = path.suffix in (".xlsx", ".docx") and not any(word in path.name for word in FOREIGN)
            if ours and ".kaoping" not in path.parts:
                sha = hashlib.sha256(path.read_bytes()).hexdigest()
                if sha not in seen:
                    seen.add(sha)
                    yield path.relative_to(root).as_posix(), path


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, Papers(Path(name) / "pdf") as papers:
        if len(sys.argv) > 1:
            roots = [Path(argument) for argument in sys.argv[1:]]
        else:
            roots = [Path(name) / "年", Path(name) / "模板"]
            for root in roots:
                root.mkdir()
            years(roots[0])
            shutil.copy2(TEMPLATE, roots[1])
        looked, found = 0, {}
        for shown, path in files(*roots):
            looked += 1
            for finding in looked_at(path, papers.pdf(path)):
                places = found.setdefault((finding.kind, _kind_of(finding)), [])
                places.append(f"{shown}\t{finding.sheet}!{finding.cell}")
                if len(places) == 1:
                    print(f"{finding.kind}\t{places[0]}\t{finding.what}", flush=True)
    for (kind, what), places in sorted(found.items()):
        if len(places) > 1:
            print(f"另有 {len(places) - 1} 处\t{kind}\t{what}：{'；'.join(places[1:4]).replace(TAB, ' ')}")
    counted = Counter(kind for (kind, _), places in found.items() for _ in places)
    told = "、".join(f"{kind} {count}" for kind, count in sorted(counted.items())) or "没有发现"
    print(f"看了 {looked} 个文件，{time.monotonic() - began:.0f} 秒：{told}")
    return 1 if found else 0


def _kind_of(finding: Finding) -> str:
    """What findings have in common that one change mends: the same colours, else the same text in the same place."""
    if finding.kind == PALE:
        return finding.what.split("，共")[0]
    return f"{finding.cell} {finding.what}"


if __name__ == "__main__":
    sys.exit(main())
