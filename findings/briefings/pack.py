"""A briefing pack as a document: which figures, charts and lists it has, for a force, a council, a theme or the country."""

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Nation

from ..charts import grade_bars, grade_history, quarters
from ..documents import Chart, Document, Heading, Marking, Text, paragraph
from .matter import LISTED, Matter
from .numbers import Numbers

IN_SHORT = {
    "force": ("force-inspections", "findings", "recurrence"),
    "council": ("serious-weakness", "any-weakness", "findings", "recurrence"),
    "theme": ("spread", "recurrence"),
    "country": (
        "serious-weakness",
        "any-weakness",
        "forces-with-serious-weakness",
        "findings",
        "recurrence",
        "coverage",
    ),
}
NEXT = ("open-recommendations", "overdue", "days-to-response", "closure", "claims", "found-again")
QUESTIONS = 2  # of seven: overall, and help and protection
QUARTERS = 12


def briefing(scope, *, address):
    """The pack of this scope as a Document. `address`: of its page, absolute, with day and window."""
    pack = _Pack(scope)
    blocks = tuple(pack.blocks())
    return Document(
        code=f"briefing-{pack.slug}",
        title=_("Briefing: %(of)s") % {"of": pack.name},
        subtitle=_("The protection of children by the police: inspections %(period)s")
        % {"period": scope.period},
        blocks=blocks,
        # What agencies answered is for inspectorates, auditors and the agency itself.
        marking=Marking.restricted() if pack.matter.shows_responses else Marking.published(),
        generated_by=scope.known.user.get_full_name(),
        generated_at=timezone.now(),
        address=address,
        as_of=scope.on,
    )


class _Pack:
    def __init__(self, scope):
        self.scope = scope
        self.matter = Matter(scope)
        self.numbers = Numbers(scope)
        self.of = scope.force or scope.council or scope.theme
        self.kind = next((kind for kind in ("force", "council", "theme") if getattr(scope, kind)), "country")

    @property
    def name(self):
        if self.kind == "country":
            return _("the national picture")
        return self.of.name if self.kind == "theme" else self.of.full_name

    @property
    def slug(self):
        return {"country": "national", "theme": getattr(self.of, "code", "")}.get(self.kind) or self.of.slug

    def blocks(self):
        yield from self._in_short()
        yield Heading(_("Serious and critical weaknesses, latest first"))
        yield from self.matter.serious_list(6 if self.kind == "country" else LISTED)
        yield from self._again()
        yield from self._grades()
        yield from self._over_time()
        yield from self._next()
        yield Heading(_("What improved, and how it was verified"))
        yield from self.matter.improved_list()

    # Parts

    def _in_short(self):
        yield Heading(_("In short"))
        yield from self._what_is_known()
        yield self.numbers.values(IN_SHORT[self.kind], code="in-short", title=_("What inspections found"))
        if self.kind == "theme":
            own = self.of.get_absolute_url()
            yield Numbers(self.scope.of(theme=None)).table("themes", only=lambda row: row[0].url == own)

    def _what_is_known(self):
        """How much of it was read, what was withdrawn and corrected since: what silence does not mean."""
        scope = self.scope
        total, read = scope.inspections_total, scope.read_total
        if not total:
            yield paragraph(
                Text(
                    _("No inspection of this window is known: nothing below is evidence of good practice."),
                    strong=True,
                )
            )
        elif read < total:
            words = _(
                "Findings about the police are recorded for %(read)s of the %(total)s inspections of this window. "
                "Where none are recorded, nothing is known: it does not mean that nothing was found."
            )
            yield paragraph(Text(words % {"read": read, "total": total}, strong=not read))
        else:
            words = _("Findings about the police are recorded for all %(total)s inspections of this window.")
            yield paragraph(words % {"total": total})
        if getattr(self.of, "nation", "") == Nation.WALES:
            yield paragraph(_("Ofsted does not inspect councils in Wales."))
        if scope.known.corrected:
            yield paragraph(_("With findings as corrected since, and without those withdrawn since."))
        withdrawn, corrected = scope.withdrawn_since.count(), scope.corrected_since.count()
        if withdrawn or corrected:
            words = _(
                "Since the day: %(withdrawn)s findings withdrawn, %(corrected)s corrected. The figures show what was published then."
            )
            yield paragraph(words % {"withdrawn": withdrawn, "corrected": corrected})

    def _again(self):
        yield Heading(_("What came back"))
        own = {"force": (_("Force"),), "theme": (_("Theme"),)}.get(self.kind, ())
        yield self.numbers.table(
            "recurrence",
            only=lambda row: row[2].value == _("Yes"),
            leave=(*own, _("Came back")),
            note=_("Only those that came back."),
            empty=_("Nothing that was found in this window had been found before."),
        )
        if self.kind == "theme":
            has_it = _("Yes")
            yield self.numbers.table(
                "spread",
                only=lambda row: row[1].value == has_it,
                leave=(_("Has it"),),
                note=_("Only those where a weakness of it was found."),
                empty=_("No force has a weakness of it in this window."),
            )
            return
        yield Heading(_("Themes"))
        yield self.numbers.table(
            "themes",
            leave=(
                _("Inspections read"),
                _("Forces inspected"),
                _("Councils inspected"),
                *(() if self.kind == "country" else (_("Forces where it came back"),)),
            ),
        )
        if self.kind == "force":
            yield self.numbers.table("councils")

    def _grades(self):
        if self.kind == "theme":
            return
        yield Heading(_("Grades"))
        if self.kind == "country":
            yield Chart(
                "grade_bars",
                grade_bars(self.numbers.section("grades-of-councils").chart[:QUESTIONS]),
                self.numbers.table("grades-of-councils", rows=QUESTIONS),
            )
            yield self.numbers.table("grades-of-forces")
            return
        drawing = grade_history(self.numbers.section("grade-history").chart)
        found = self.numbers.table("grade-history")
        yield Chart("grade_history", drawing, found) if drawing.panels else found

    def _over_time(self):
        if self.kind in ("council", "theme"):
            return
        bars = self.numbers.section("trend").chart
        drawing = quarters(bars, n_label=_("found a serious weakness"), total_label=_("graded inspections"))
        yield Heading(_("Is it getting better?"))
        found = self.numbers.table(
            "trend",
            rows=QUARTERS,
            only=lambda row: row[1].value,
            note=_(
                "Quarters without a graded inspection are left out. Inspections of a quarter are few and differ: a "
                "change from one to the next is not a trend by itself."
            ),
            empty=_("No graded inspection is known."),
        )
        yield Chart("quarters", drawing, found) if found.rows else found

    def _next(self):
        yield Heading(_("What happened next"))
        if self.kind != "theme":
            yield self.numbers.values(NEXT, code="next", title=_("Recommendations about the police"))
            if self.matter.open_total > LISTED:
                yield self.numbers.table("open-recommendations")
        yield Heading(_("Open recommendations"), 3)
        yield from self.matter.open_list()
        yield Heading(_("Contested facts"), 3)
        yield from self.matter.contested_list()
