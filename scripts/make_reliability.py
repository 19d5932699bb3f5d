"""What was tried against the program → docs/可靠性.md. A test holds the page equal to what is worked out anew."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "可靠性.md"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import reliability

    TARGET.write_text(reliability.page(), encoding="utf-8", newline="\n")
