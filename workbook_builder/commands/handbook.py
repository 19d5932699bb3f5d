"""Pages of the handbook for a browser: Markdown → one HTML file that needs no network and prints on A4.

Comes in: the text of a page and the names of the pages that go with it. Goes out: HTML.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Collection

from workbook_builder.excel import palette

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}</body>
</html>
"""
#: Typefaces of Windows, then of 统信 and 麒麟.
_SANS = '"Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "WenQuanYi Micro Hei", sans-serif'
_MONO = 'Consolas, "NSimSun", "Noto Sans Mono CJK SC", "Source Han Mono SC", monospace'
_STYLE = f"""body {{ max-width: 52em; margin: 2em auto; padding: 0 1.2em; font: 16px/1.75 {_SANS}; color: #{palette.INK}; }}
h1, h2, h3 {{ color: #{palette.NAVY}; font-family: {_SANS}; line-height: 1.35; }}
h1 {{ font-size: 1.8em; text-align: center; }}
h2 {{ font-size: 1.4em; margin-top: 2.2em; padding-bottom: .2em; border-bottom: 2px solid #{palette.NAVY}; }}
h3 {{ font-size: 1.15em; margin-top: 1.8em; }}
a {{ color: #{palette.LINK}; }}
table {{ border-collapse: collapse; width: 100%; margin: 1em 0; font-size: .92em; line-height: 1.55; }}
th, td {{ border: 1px solid #{palette.LINE}; padding: .35em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }}
th {{ background: #{palette.BLUE}; white-space: nowrap; }}
code {{ background: #{palette.GREY}; padding: .1em .3em; font-family: {_MONO}; font-size: .92em; overflow-wrap: anywhere; }}
pre {{ background: #{palette.GREY}; padding: .8em 1em; line-height: 1.45; white-space: pre-wrap; }}
pre code {{ padding: 0; background: none; }}
img {{ display: block; max-width: 100%; margin: 1em auto; border: 1px solid #{palette.HAIR}; }}
@media print {{
  @page {{ size: A4; margin: 18mm 16mm; }}
  body {{ max-width: none; margin: 0; padding: 0; font-size: 10.5pt; line-height: 1.6; }}
  h2 {{ break-before: page; margin-top: 0; }}
  h1, h2, h3 {{ break-after: avoid; }}
  thead {{ display: table-header-group; }}
  tr, img, pre {{ break-inside: avoid; }}
  img {{ max-height: 210mm; }}
  a {{ color: inherit; text-decoration: none; }}
}}
"""


def page(text: str, pages: Collection[str]) -> str:
    """`text` as HTML. Links to other Markdown files lead to their HTML if they are among `pages` (without ending)."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    title = ""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[place + 1].content
            title = title or heading
            token.attrSet("id", slug(heading))
        if token.children:
            token.children = _joined(_with_links(token.children, pages))
    body = markdown.renderer.render(tokens, markdown.options, {})
    return _PAGE.format(title=html.escape(title), style=_STYLE, body=body)


def _with_links(tokens: list, pages: Collection[str]) -> list:
    """Links to pages that are there lead to their HTML; of others only the words stay."""
    kept, dropped = [], False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrGet("href"))
            name, _, place = target.partition("#")
            lost = bool(name) and "://" not in name and _decoded(name).removesuffix(".md") not in pages
            if lost:
                dropped = True
                continue
            if name.endswith(".md"):
                token.attrSet("href", name.removesuffix(".md") + ".html" + (f"#{place}" if place else ""))
            elif place:
                token.attrSet("href", f"{name}#{slug(_decoded(place))}")
        elif token.type == "link_close" and dropped:
            dropped = False
            continue
        kept.append(token)
    return kept


def _joined(tokens: list) -> list:
    """Lines of one paragraph put together: between Chinese signs without the blank that a browser would show."""
    kept = []
    for place, token in enumerate(tokens):
        if token.type == "softbreak":
            around = [near.content for near in (*tokens[place - 1 : place], *tokens[place + 1 : place + 2])]
            if len(around) == 2 and _is_wide(around[0][-1:]) and _is_wide(around[1][:1]):
                continue
        kept.append(token)
    return kept


def _is_wide(sign: str) -> bool:
    return bool(sign) and unicodedata.east_asian_width(sign) in "WFA"


def _decoded(address: str) -> str:
    from urllib.parse import unquote

    return unquote(address)


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    kept = (sign for sign in heading.strip().lower() if sign in " -_" or unicodedata.category(sign)[0] in "LN")
    return "".join(kept).replace(" ", "-")
