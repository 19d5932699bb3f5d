"""The little language of the templates: print a text, ask for a flag, go through a list; nothing else.

Comes in: the XML of a part with jinja2 tags in it. Goes out: a compiled template, or problems that quote the
placeholder. Because only names that exist may be used, a template that passes cannot fail on any letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from workbook_builder.letters.names import Names
from workbook_builder.problems import Problem, Where, problem

_PARAGRAPH = re.compile(r"<w:p([ >])")
_MARKED = re.compile(r"\n<w:p([ >])")
_MARKUP = re.compile(r"<[^>]*>")
_TAGS = re.compile(r"(?:\{\{|\{%|\{#).*?(?:\}\}|%\}|#\}|$)")
#: Tags that are written as they should be, whatever their names.
_PLAIN = re.compile(r"\{\{\s*[\w.]+\s*\}\}|\{%\s*(?:(?:el)?if\s.*|for\s+\w+\s+in\s+[\w.]+\s*|else\s*|end\w+\s*)%\}")
#: What may stand in a template; a call, a filter, an assignment or an import is none of it.
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.Not,
    nodes.And,
    nodes.Or,
)

#: docxtpl knows how Word tears tags to pieces and where rows and paragraphs begin; it never sees a document here.
_WORD = DocxTemplate("")
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, keep_trailing_newline=True)


def compiled(xml: str) -> Template:
    """The template of one part. TemplateSyntaxError if it is not written properly."""
    return _ENVIRONMENT.from_string(_source(xml))


def rendered(template: Template, values: Mapping[str, object]) -> str:
    """The XML of one part for one letter; line breaks and tabs of the texts as Word has them.

    Not docxtpl's render: that turns the signs {_{ of somebody's text into tags and compiles anew for every letter.
    """
    return _WORD.resolve_listing(_MARKED.sub(r"<w:p\1", template.render(values)))


def check_language(xml: str, names: Names, where: Where) -> tuple[list[Problem], set[str]]:
    """Everything wrong with the tags of one part, and the names it uses."""
    source = _source(xml)
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        return [problem("LETTER_TEMPLATE_SYNTAX", where, _quote(source, error.lineno))], set()
    except (RecursionError, ValueError):  # brackets without end, a number of thousands of digits
        return [problem("LETTER_TEMPLATE_SYNTAX", where, " ".join(_TAGS.findall(_MARKUP.sub("", source))))], set()
    return _Check(source, where).run(tree, names)


def _source(xml: str) -> str:
    # A line for each paragraph, so that the line of a mistake leads to its text.
    return _PARAGRAPH.sub(r"\n<w:p\1", _WORD.patch_xml(xml))


def _quote(source: str, line: int, name: str = "") -> str:
    """The tag with `name` in the paragraph at `line`; without a name, those that look wrong, or all there are."""
    lines = source.split("\n")
    text = _MARKUP.sub("", lines[min(line, len(lines)) - 1]).strip()
    tags = [tag for tag in _TAGS.findall(text) if name in tag]
    if name:
        return tags[0] if tags else text
    return " ".join([tag for tag in tags if not _PLAIN.fullmatch(tag)] or tags) or text


class _Check:
    """One walk over the tags of one part."""

    def __init__(self, source: str, where: Where) -> None:
        self._source, self._where = source, where
        self._found: list[Problem] = []
        self._used: set[str] = set()

    def run(self, tree: nodes.Template, names: Names) -> tuple[list[Problem], set[str]]:
        for child in tree.body:
            self._statement(child, {"": names})
        return self._found, self._used

    def _statement(self, node: nodes.Node, scope: Mapping[str, Names]) -> None:
        """`scope`: "" → the letter's own names, variable of a loop → the names of its rows."""
        if isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.If):
            self._condition(node.test, scope)
            for child in (*node.body, *node.elif_, *node.else_):
                self._statement(child, scope)
        elif isinstance(node, nodes.Output):
            for child in node.nodes:
                if not isinstance(child, nodes.TemplateData):
                    self._text(child, scope)
        elif self._known_kind(node):
            for child in node.iter_child_nodes():
                self._statement(child, scope)

    def _loop(self, node: nodes.For, scope: Mapping[str, Names]) -> None:
        rows = self._lookup(node.iter, scope, "lists")
        plain = isinstance(node.target, nodes.Name) and not (node.else_ or node.test or node.recursive)
        if not plain:
            self._tell("LETTER_TEMPLATE_TAG", node)
        if rows is None or not plain:
            return
        name = node.target.name
        if name in scope[""].every or name == "loop":
            self._tell("LETTER_TEMPLATE_TAG", node)
            return
        for child in node.body:
            self._statement(child, {**scope, name: rows})

    def _condition(self, node: nodes.Node, scope: Mapping[str, Names]) -> None:
        if isinstance(node, nodes.Not | nodes.And | nodes.Or):
            for child in node.iter_child_nodes():
                self._condition(child, scope)
        else:
            self._lookup(node, scope, "every")

    def _text(self, node: nodes.Node, scope: Mapping[str, Names]) -> None:
        if not isinstance(node, nodes.Const):
            self._lookup(node, scope, "texts")

    def _lookup(self, node: nodes.Node, scope: Mapping[str, Names], kind: str) -> Names | None:
        """The names of the list's rows, for a list; None for anything else, which is told unless it is known."""
        if not isinstance(node, nodes.Name | nodes.Getattr):
            self._known_kind(node, refuse=True)
            return None
        owner, name = ("", node.name) if isinstance(node, nodes.Name) else (_variable(node), node.attr)
        if owner not in scope or owner is None:
            self._unknown(_written(node), (*scope[""].every, *(key for key in scope if key)), node)
        elif name not in getattr(scope[owner], kind):
            known = scope[owner].every
            self._unknown(_written(node), tuple(getattr(scope[owner], kind)), node, misused=name in known)
        else:
            self._used.add(name)
            return scope[owner].lists.get(name)
        return None

    def _known_kind(self, node: nodes.Node, refuse: bool = False) -> bool:
        if refuse or not isinstance(node, _ALLOWED):
            self._tell("LETTER_TEMPLATE_TAG", node)
            return False
        return True

    def _unknown(self, name: str, known: tuple[str, ...], node: nodes.Node, misused: bool = False) -> None:
        code = "LETTER_TEMPLATE_PLACEHOLDER_MISUSED" if misused else "LETTER_TEMPLATE_PLACEHOLDER_UNKNOWN"
        where = self._where.at(field=name)
        self._found.append(problem(code, where, name, known="、".join(sorted(known)), tag=self._tag(node, name)))

    def _tell(self, code: str, node: nodes.Node) -> None:
        self._found.append(problem(code, self._where, self._tag(node)))

    def _tag(self, node: nodes.Node, name: str = "") -> str:
        return _quote(self._source, node.lineno, name)


def _variable(node: nodes.Getattr) -> str | None:
    return node.node.name if isinstance(node.node, nodes.Name) else None


def _written(node: nodes.Node) -> str:
    """The name as it stands in the template."""
    parts: list[str] = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    if isinstance(node, nodes.Name):
        parts.append(node.name)
    return ".".join(reversed(parts))
