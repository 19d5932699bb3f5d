"""Every limit a foreign file is held to, in one place.

A limit exists to keep one file from costing the run its memory or its afternoon; each is far above what an
assessment workbook needs.
"""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds, the rest in counts."""

    file_size: int = 50 * MB
    #: A larger file is judged by its first bytes alone and never held in memory: films find their way into folders.
    unread_size: int = 200 * MB
    inflated_total: int = 200 * MB
    part_size: int = 100 * MB
    part_count: int = 2_000
    #: Size of the zip directory itself; a million empty entries would be slow to list before they are counted.
    directory_size: int = 2 * MB
    ratio: int = 200
    #: Smaller parts may be as repetitive as they like: styles and empty grids compress very well.
    ratio_from: int = 10 * MB
    #: Longest single tag, comment or instruction of an XML part. Expat scans an unfinished one anew with every
    #: chunk, so without this cap a 100 MB attribute costs minutes.
    token_size: int = 1 * MB
    #: Expat keeps 130 bytes for each element that is still open: 50 MB of "<a>" would cost 2 GB.
    depth: int = 256
    #: Only a part larger than this is worth the second parser that counts the depth.
    depth_from: int = 2 * MB
    #: Characters in one cell. Excel allows 32,767; LibreOffice does not mind more.
    text: int = 100_000
    #: Excel allows 65,490 cell formats.
    styles: int = 100_000
    cells: int = 500_000
    max_row: int = 20_000
    max_col: int = 500
    shared_strings: int = 200_000
    sheets: int = 1_000
    merged: int = 50_000
    chunk: int = 64 * 1024
    #: Reading one file that was handed in, with all that an archive holds.
    seconds: float = 30.0
    xls_seconds: float = 20.0
    xls_memory: int = 1024 * MB
    #: What the .xls child may answer; 500,000 short cells take about 25 MB.
    xls_answer: int = 150 * MB
    #: A zip inside a returned zip is opened; one inside that is not.
    zip_depth: int = 2


LIMITS = Limits()
