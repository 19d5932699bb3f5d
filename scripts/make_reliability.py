"""What was tried against the program → docs/可靠性.md, and the counts of lost power that it tells (a minute or two).

Tests hold the page equal to what is worked out anew, and each of those counts to what they meet themselves.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "可靠性.md"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import reliability
    import reliability_power as power

    power.COUNTED.write_text(json.dumps(power.count(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    TARGET.write_text(reliability.page(), encoding="utf-8", newline="\n")
