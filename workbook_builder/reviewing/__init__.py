"""核定: review workbooks written, read back, adopted and scored.

Comes in: the basis of every section (`basis.Base`). Goes out: workbooks, `records.Review`s, problems, figures.
"""

from workbook_builder.reviewing.adopt import adopt_reviews, touched
from workbook_builder.reviewing.books import review_books, review_file
from workbook_builder.reviewing.reading import read_review_file
from workbook_builder.reviewing.score import ReviewedSection, complete, reviewed

__all__ = ["ReviewedSection", "adopt_reviews", "complete", "read_review_file", "review_books", "review_file", "reviewed", "touched"]
