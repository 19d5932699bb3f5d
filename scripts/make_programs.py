"""What other programs make of our workbooks → docs/其他软件.md. A test does it all again and compares.

Needs LibreOffice, Gnumeric, and SheetJS and exceljs under node (see tests/programs.py).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write the page."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    import office
    import programs
    import programs_seen

    with tempfile.TemporaryDirectory() as place, office.Office() as driver:
        known = programs_seen.before(Path(place))
        seen = []
        for program in programs.PROGRAMS:
            folder = Path(place) / program
            folder.mkdir()
            seen.append(programs_seen.see(program, known, folder, driver))
    programs_seen.PAGE.write_text(programs_seen.page(seen), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
