"""document ⇄ 方案.yaml, for version control.

Every scalar is a text, exactly as a cell would hold it: `分值: 0.5` is the text 0.5, `必交: 是` the text 是. Problems
point to the cell of the workbook that this text would become, so that both forms read the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from workbook_builder.problems import Problem, Where, problem
from workbook_builder.scheme.document import (
    FIRST_ROW,
    VERSION_KEY,
    VERSION_SHEET,
    Document,
    Row,
    clean_row,
)
from workbook_builder.scheme.names import similar
from workbook_builder.scheme.tables import FORMAT_VERSION, TABLE_BY_NAME, TABLES, Table
from workbook_builder.scheme.version import version_problems

#: The 2021 scheme is about 150 KB.
SIZE_LIMIT = 4 * 1024 * 1024
#: The scheme, a table, a row, a text; more levels have no meaning here.
DEPTH_LIMIT = 5

SCALAR, LIST, MAP = "scalar", "list", "map"


def write_text(document: Document) -> str:
    """The document as YAML: tables and columns in their order, blanks left out."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """2021 and 是 need no quotes, since every scalar is a text."""

        yaml_implicit_resolvers: ClassVar[dict] = {}

    def represent(dumper, text: str):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Dumper.add_representer(str, represent)
    tables = {table.name: [clean_row(table, row.values) for row in document.get(table.name, ())] for table in TABLES}
    return yaml.dump(
        {VERSION_KEY: str(FORMAT_VERSION), **tables},
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=1_000_000,
        indent=2,
    )


def read_text(data: bytes, name: str) -> tuple[Document, list[Problem]]:
    """The tables of the YAML text `data`, called `name` in problems. Tables without a key have no entry."""
    where = Where(name)
    if len(data) > SIZE_LIMIT:
        return {}, [problem("SCHEME_TOO_LARGE", where, len(data), limit=SIZE_LIMIT)]
    try:
        root = _compose(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return {}, [problem("SCHEME_YAML_ENCODING", where)]
    except Refused as refused:
        return {}, [problem(refused.code, where, refused.value, line=refused.line)]
    if root.kind != MAP:
        return {}, [problem("SCHEME_YAML_SHAPE", where, root.text, line=root.line, wanted="“表名: 各行”的形式")]
    return _read_tables(root, where)


def _read_tables(root: Node, where: Where) -> tuple[Document, list[Problem]]:
    keys, problems = _unique(root, where)
    version = keys.pop(VERSION_KEY, None)
    text = None if version is None else version.text.strip()
    problems += version_problems(where.file, VERSION_SHEET, "B1", text)
    missing = [table.name for table in TABLES if table.name not in keys]
    document: Document = {}
    for table in TABLES:
        if table.name in keys:
            document[table.name], more = _read_table(keys[table.name], table, where.at(sheet=table.name))
            problems += more
    problems += [
        problem("SCHEME_SHEET_UNKNOWN", where.at(sheet=key), key, hint=similar(key, missing))
        for key in keys
        if key not in TABLE_BY_NAME
    ]
    return document, problems


def _read_table(node: Node, table: Table, where: Where) -> tuple[list[Row], list[Problem]]:
    if node.kind == SCALAR and not node.text.strip():
        return [], []
    if node.kind != LIST:
        return [], [problem("SCHEME_YAML_SHAPE", where, node.text, line=node.line, wanted="每行以“- ”开头的列表")]
    rows: list[Row] = []
    problems: list[Problem] = []
    known = {column.name for column in table.columns}
    strange: dict[str, str] = {}
    for number, child in enumerate(node.children, start=FIRST_ROW):
        if child.kind != MAP:
            problems.append(
                problem("SCHEME_YAML_SHAPE", where, child.text, line=child.line, wanted="“列名: 内容”的形式")
            )
            continue
        cells, more = _unique(child, where)
        problems += more
        for key, value in cells.items():
            if key not in known:
                strange.setdefault(key, value.text)
            elif value.kind != SCALAR:
                wanted = "单个文字或数字"
                problems.append(problem("SCHEME_YAML_SHAPE", where, key, line=value.line, wanted=wanted))
        values = clean_row(table, {key: value.text for key, value in cells.items() if key in known})
        if values:
            rows.append(Row(values, number))
    problems += [problem("SCHEME_COLUMN_UNKNOWN", where, key, hint=similar(key, known)) for key in strange]
    return rows, problems


def _unique(node: Node, where: Where) -> tuple[dict[str, Node], list[Problem]]:
    """The pairs of a mapping; a key given twice is a problem and keeps its first value."""
    found: dict[str, Node] = {}
    problems: list[Problem] = []
    for key, value in zip(node.children[::2], node.children[1::2], strict=True):
        if key.kind != SCALAR:
            problems.append(problem("SCHEME_YAML_SHAPE", where, "", line=key.line, wanted="用文字作名称"))
        elif key.text.strip() in found:
            problems.append(problem("SCHEME_YAML_KEY", where, key.text, line=key.line))
        else:
            found[key.text.strip()] = value
    return found, problems


# --- YAML without its dangers ----------------------------------------------------------------------


@dataclass(slots=True)
class Node:
    """A piece of YAML and its line. A map's children are keys and values in turn."""

    kind: str
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list)


class Refused(Exception):
    """This text is not taken; never leaves the module."""

    def __init__(self, code: str, line: int, value: str = "") -> None:
        super().__init__(code)
        self.code, self.line, self.value = code, line, value


def _compose(text: str) -> Node:
    """The one YAML document in `text`, built from parser events, so that nothing is ever resolved or constructed."""
    import yaml

    root = Node(LIST, 1)
    open_nodes = [root]
    try:
        for event in _events(yaml, text):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise Refused("SCHEME_YAML_ALIAS", line, event.anchor)
            if isinstance(event, yaml.ScalarEvent):
                open_nodes[-1].children.append(Node(SCALAR, line, event.value))
            elif isinstance(event, yaml.CollectionStartEvent):
                node = Node(MAP if isinstance(event, yaml.MappingStartEvent) else LIST, line)
                open_nodes[-1].children.append(node)
                open_nodes.append(node)
                if len(open_nodes) > DEPTH_LIMIT:
                    raise Refused("SCHEME_YAML_DEPTH", line)
            elif isinstance(event, yaml.CollectionEndEvent):
                open_nodes.pop()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Refused("SCHEME_YAML_SYNTAX", mark.line + 1 if mark else 1) from None
    if len(root.children) != 1:
        raise Refused("SCHEME_YAML_SYNTAX", root.children[1].line if root.children else 1)
    return root.children[0]


def _events(yaml, text: str) -> Iterator:
    """Parser events, by libyaml where the installation has it: it is about ten times as fast."""
    return yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
