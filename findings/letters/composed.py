"""A letter as it reads: its text with each figure and each finding in its place, and what both rest on."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from ..models import Finding
from .freezing import NotCounted, counted_now
from .text import Named, blocks_of, names_in


@dataclass(frozen=True)
class Shown:
    """A figure of the letter: `kept` as sent, or counted now; None with the `problem` in words."""

    name: str
    url: str
    kept: dict | None
    problem: str = ""
    dispute: str = ""  # why the reply disputes it

    @property
    def place(self):
        """What stands for it in the text."""
        return f"{{{{ {self.name} }}}}"

    @property
    def is_table(self):
        return self.kept is not None and "rows" in self.kept


@dataclass(frozen=True)
class Source:
    """A finding that the letter is about; `finding` is None where the person may not see it now."""

    number: int
    reference: str
    finding: Finding | None
    dispute: str = ""  # why the reply disputes it

    @property
    def citations(self):
        return self.finding.citations.all() if self.finding else ()


@dataclass(frozen=True)
class Run:
    """A piece of a line: words, or a number, or the mark of a source; `unknown` where the name stands for nothing."""

    words: str = ""
    shown: Shown | None = None
    source: Source | None = None
    unknown: str = ""


@dataclass(frozen=True)
class Part:
    """`kind`: heading, subheading, paragraph, list, table."""

    kind: str
    lines: tuple[tuple[Run, ...], ...] = ()
    shown: Shown | None = None


class Composed:
    """What a page or a file of the letter is made from, for one person."""

    def __init__(self, letter, user):
        self.letter, self.user = letter, user

    @cached_property
    def figures(self):
        """{name: Shown}: those that the text holds first, in its order."""
        known = {figure.name: self._shown(figure) for figure in self.letter.figures.order_by("pk")}
        held = [name for name in names_in(self.letter.text) if name in known]
        return {name: known[name] for name in dict.fromkeys([*held, *known])}

    def _shown(self, figure):
        url = reverse("letter_figure", args=[self.letter.public_id, figure.name])
        if figure.frozen:
            return Shown(figure.name, url, figure.frozen, dispute=self.disputes.get(figure.name, ""))
        try:
            return Shown(figure.name, url, counted_now(figure, self.user))
        except NotCounted as refusal:
            return Shown(figure.name, url, None, str(refusal))

    @cached_property
    def sources(self):
        """The findings that the letter is about, those in the text first, in its order."""
        about = self.letter.findings.order_by("reference", "pk")
        references = [reference for reference in about.values_list("reference", flat=True) if reference]
        seen = {
            finding.reference: finding
            for finding in self.letter.visible_findings(self.user)
            .select_related("attributed_to", "theme", "inspection__inspected_agency", "inspection__framework")
            .prefetch_related("citations__report")
        }
        named = [name.upper() for name in names_in(self.letter.text)]
        order = dict.fromkeys([*(name for name in named if name in references), *references])
        return [
            Source(number, name, seen.get(name), self.disputes.get(name, ""))
            for number, name in enumerate(order, 1)
        ]

    @cached_property
    def parts(self):
        numbered = {source.reference: source for source in self.sources}
        found = []
        for block in blocks_of(self.letter.text):
            shown = self.figures.get(block.alone)
            if shown is not None and shown.is_table:
                found.append(Part("table", shown=shown))
            else:
                lines = tuple(tuple(self._run(run, numbered) for run in line) for line in block.lines)
                found.append(Part(block.kind, lines))
        return found

    def _run(self, run, numbered):
        if not isinstance(run, Named):
            return Run(words=run)
        if shown := self.figures.get(run.name):
            return Run(shown=shown)
        if source := numbered.get(run.name.upper()):
            return Run(source=source)
        return Run(unknown=run.name)

    @cached_property
    def asks(self):
        return _lines(self.letter.asks)

    @cached_property
    def asked(self):
        """[(what was asked, the answer or None)]"""
        answers = {answer.order: answer for answer in self.letter.answers.all()}
        return [(ask, answers.get(order)) for order, ask in enumerate(self.asks, 1)]

    @property
    def facts(self):
        """[(name, words)] of what a reply can dispute: the figures and findings of the letter."""
        figures = [
            (name, f"{shown.kept['words']}: {shown.kept['title']}")
            for name, shown in self.figures.items()
            if shown.kept
        ]
        findings = [
            (source.reference, f"{source.reference}: {source.finding.summary}")
            for source in self.sources
            if source.finding
        ]
        return [*figures, *findings]

    @cached_property
    def disputes(self):
        """{name of a figure, or reference of a finding: why the reply disputes it}"""
        return {dispute.about: dispute.text for dispute in self.letter.disputes.all()}

    @property
    def enclosures(self):
        return _lines(self.letter.enclosures)

    @property
    def has_problems(self):
        """Whether a figure in the text cannot be counted."""
        return any(shown.problem for shown in self.figures.values())


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]
