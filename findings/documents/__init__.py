"""Documents: what letters and briefings say, once, and four ways of writing it: page, PDF, Word and plain text."""

from .content import (
    Chart,
    Cite,
    Document,
    Heading,
    Items,
    Link,
    Marking,
    Paragraph,
    Source,
    TableBlock,
    Text,
    paragraph,
)

__all__ = [
    "Chart",
    "Cite",
    "Document",
    "Heading",
    "Items",
    "Link",
    "Marking",
    "Paragraph",
    "Source",
    "TableBlock",
    "Text",
    "paragraph",
]
