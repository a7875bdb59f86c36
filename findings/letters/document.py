"""A letter as a document: what its files say, from the same composed text as its page."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.tables import Cell, Column, Table

from ..documents import (
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
from ..models.letter_life import SENT


def document_of(composed, *, address):
    """The document of a composed letter; `address`: of its page, absolute."""
    letter = composed.letter
    sources = {source.reference: _source(source) for source in composed.sources}
    return Document(
        code=f"letter-{letter.public_id}",
        title=letter.subject,
        subtitle=letter.get_level_display(),
        blocks=tuple(_blocks(composed, sources)),
        marking=_marking(letter),
        generated_by=composed.user.get_full_name() or composed.user.email,
        generated_at=timezone.now(),
        address=address,
        as_of=letter.sent_on,
    )


def _marking(letter):
    if letter.status not in SENT:
        return Marking.draft()
    words = _("Sent on %(day)s to %(agency)s") % {
        "day": date_format(letter.sent_on, "j F Y"),
        "agency": letter.to_agency.full_name,
    }
    return Marking("published", words)


def _blocks(composed, sources):
    letter = composed.letter
    yield paragraph(
        Text(_("From:"), strong=True), " ", _post(letter.from_agency, letter.get_from_post_display())
    )
    yield paragraph(Text(_("To:"), strong=True), " ", _post(letter.to_agency, letter.get_to_post_display()))
    for part in composed.parts:
        yield from _part(part, sources)
    yield from _list(_("What is asked"), composed.asks, numbered=True)
    if letter.reply_due_on:
        day = date_format(letter.reply_due_on, "j F Y")
        yield paragraph(_("We ask for a reply by %(day)s.") % {"day": day})
    yield from _list(_("Enclosed"), composed.enclosures)
    if letter.reply:
        yield Heading(_("The reply"))
        for words in letter.reply.split("\n\n"):
            yield paragraph(words)
    if composed.sources:
        yield Heading(_("Findings it is about"))
        yield Items(tuple(_about(source, sources) for source in composed.sources))
    if composed.figures:
        yield Heading(_("Figures in it"))
        yield Items(tuple(_figure(shown) for shown in composed.figures.values()))


def _post(agency, post):
    return f"{post}, {agency.full_name}" if post else agency.full_name


def _list(title, lines, *, numbered=False):
    if lines:
        yield Heading(title)
        yield Items(tuple((Text(line),) for line in lines), numbered=numbered)


def _part(part, sources):
    if part.kind == "table":
        yield TableBlock(_table(part.shown))
    elif part.kind in ("heading", "subheading"):
        for line in part.lines:
            words = "".join(run.words for run in _runs(line, sources) if not isinstance(run, Cite))
            yield Heading(words, level=2 if part.kind == "heading" else 3)
    elif part.kind == "list":
        yield Items(tuple(_runs(line, sources) for line in part.lines))
    else:
        for line in part.lines:
            yield Paragraph(_runs(line, sources))


def _runs(line, sources):
    found = []
    for run in line:
        if run.shown:
            words = run.shown.kept["words"] if run.shown.kept else run.shown.problem
            found.append(Link(words, run.shown.url))
        elif run.source:
            found.append(Cite(sources[run.source.reference]))
        else:
            found.append(Text(run.words or run.unknown))
    return tuple(found)


def _table(shown):
    kept = shown.kept
    return Table(
        code=shown.name,
        title=f"{kept['label']} ({kept['window']})",
        columns=tuple(Column(column["label"], numeric=column["numeric"]) for column in kept["columns"]),
        rows=tuple(tuple(Cell(cell["value"], shown=cell["text"]) for cell in row) for row in kept["rows"]),
        note=kept["note"],
        empty=kept["empty"],
    )


def _source(source):
    finding = source.finding
    if finding is None:
        return Source(source.reference, _("withdrawn since"))
    places = "; ".join(str(citation) for citation in finding.citations.all())
    return Source(f"{source.reference}: {finding.inspection}", places, finding.get_absolute_url())


def _about(source, sources):
    finding = source.finding
    cite = Cite(sources[source.reference])
    if finding is None:
        return (Text(_("%(reference)s: withdrawn since") % {"reference": source.reference}), Text(" "), cite)
    facts = "; ".join(
        filter(None, (finding.attributed_to.full_name, finding.theme.name, finding.get_severity_display()))
    )
    return (Text(f"{source.reference}: {finding.summary} ({facts})"), Text(" "), cite)


def _figure(shown):
    if shown.kept is None:
        return (Text(f"{shown.name}: {shown.problem}"),)
    kept = shown.kept
    scope = f": {kept['scope']}" if kept["scope"] else ""
    return (
        Link(kept["words"], shown.url),
        Text(f" {kept['title']}{scope}; {kept['window']}. {kept['counts']} {kept['of']}".rstrip()),
    )
