"""`python -m workbook_builder` is `kaoping`."""

import sys

from workbook_builder.cli import main

if __name__ == "__main__":
    sys.exit(main())
