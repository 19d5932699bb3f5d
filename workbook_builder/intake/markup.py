"""Running expat over one part: streaming, no DOCTYPE, bounded tokens, any namespace prefix.

The OOXML readers compare local names. Nearly every program writes the main namespace as the default one; some
write `x:c` instead. The prefix is taken from the root element once, so that the usual file pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.model import Refusal


def _refuse_doctype(*_: object) -> None:
    # Entities are declared there, and no office program writes one.
    raise Refusal("XML_DOCTYPE")


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes], part: str) -> None:
    """Run `parser` over a part to its end. Refuses a DOCTYPE, broken XML, a token or a depth beyond its cap."""
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = 0
    try:
        for chunk in _shallow(chunks, part):
            fed += len(chunk)
            parser.Parse(chunk, False)
            if fed - parser.CurrentByteIndex > LIMITS.token_size:
                raise Refusal("XML_TOKEN_TOO_LONG", part, part=part)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal("XML_BROKEN", part, part=part, line=error.lineno) from error
    except (ValueError, LookupError) as error:
        # An encoding declared in the part that Python does not know, or cannot give expat as a table (GBK).
        raise Refusal("XML_BROKEN", part, part=part, line=1) from error


def _shallow(chunks: Iterable[bytes], part: str) -> Iterator[bytes]:
    """The chunks; those of a large part go through a parser of their own that only counts how deep elements nest.

    The readers watch the ends of elements only where they must, so they cannot tell.
    """
    held: list[bytes] | None = []
    size, guard = 0, _DepthGuard(part)
    for chunk in chunks:
        if held is None:
            guard.see(chunk)
        else:
            held.append(chunk)
            size += len(chunk)
            if size > LIMITS.depth_from:
                guard.see(b"".join(held))
                held = None
        yield chunk


class _DepthGuard:
    """Refuses a part whose elements nest deeper than any program writes them."""

    def __init__(self, part: str) -> None:
        self._part, self._depth, self._broken = part, 0, False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._down
        self._parser.EndElementHandler = self._up

    def _down(self, *_: object) -> None:
        self._depth += 1
        if self._depth > LIMITS.depth:
            raise Refusal("XML_TOO_DEEP", self._part, part=self._part)

    def _up(self, _: str) -> None:
        self._depth -= 1

    def see(self, chunk: bytes) -> None:
        """Take in the next bytes. What is broken is for the reader itself to say."""
        if self._broken:
            return
        try:
            self._parser.Parse(chunk, False)
        except (expat.ExpatError, ValueError, LookupError):
            self._broken = True


class XmlReader:
    """Base of the OOXML readers: `start` is called for each element with its local name and attributes.

    `root` is the element the part must begin with. Handlers switched on later go through `handler`.
    """

    root = ""

    def __init__(self) -> None:
        self.parser: expat.XMLParserType | None = None
        self._prefix = ""
        self._part = ""

    def read(self, chunks: Iterable[bytes], part: str) -> None:
        """Read the part through to its end. Raises Refusal."""
        parser = self.parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._first
        self._part = part
        try:
            feed(parser, chunks, part)
            self.finish()
        finally:
            # Parser and reader hold each other; a thousand files should not wait for the cycle collector.
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
            self.parser = None

    def _first(self, name: str, attributes: dict[str, str]) -> None:
        prefix, colon, local = name.rpartition(":")
        if local != self.root:
            raise Refusal("XML_BROKEN", self._part, part=self._part, line=1)
        self._prefix = prefix + colon
        self.parser.StartElementHandler = self.handler(self.start)
        self.begin(attributes)

    def handler(self, method: Callable) -> Callable:
        """`method(name, …)` as an expat handler, called with local names."""
        prefix = self._prefix
        if not prefix:
            return method

        def stripped(name: str, *rest: object) -> None:
            # Whatever has no prefix here belongs to another vocabulary; "?" keeps it from being mistaken.
            method(name.removeprefix(prefix) if name.startswith(prefix) else "?" + name, *rest)

        return stripped

    def begin(self, attributes: dict[str, str]) -> None:
        """Called once for the root element."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Called for each element below the root."""

    def finish(self) -> None:
        """Called once after the last element."""
