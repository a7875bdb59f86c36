"""Two to four forces side by side: the same counts of the same window; grades only on the same scale."""

from django import forms
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies import takeaway
from agencies.forms import RepeatedSelect
from agencies.models import Agency
from agencies.tables import Cell, Column, Table

from ..figures.cells import NOTHING
from ..models.life import WEAKNESSES
from ..scope_form import NOT_KNOWN, ScopeForm
from ..statistics.forces import by_force
from ..statistics.grades import latest
from ..statistics.themes import recurrence_by_force, tally_by, tally_by_force_and_theme
from .figures import about_file
from .scope import asked

LEAST, MOST = 2, 4
UNREAD = Cell(None, label=_("no report read"))


class ForceSelects(RepeatedSelect):
    SPARE = MOST
    item_label = _("Force")

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        chosen = len([item for item in value or [] if item])
        del context["selects"][max(MOST, chosen) :]
        return context


class CompareForm(ScopeForm):
    agency = forms.ModelMultipleChoiceField(
        Agency.objects.none(),
        to_field_name="slug",
        required=False,
        label=_("Forces"),
        help_text=_("Two to four."),
        widget=ForceSelects,
        error_messages=NOT_KNOWN,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["agency"].queryset = Agency.objects.visible_to(user).forces()

    def clean_agency(self):
        chosen = self.cleaned_data["agency"]
        begins = len(chosen) == 1 and self.data.get(
            "start"
        )  # from a force's page: the others are to be chosen
        if chosen and not begins and not LEAST <= len(chosen) <= MOST:
            raise forms.ValidationError(_("Choose two, three or four forces."))
        return chosen


def compare(request):
    form, scope = asked(request, form_class=CompareForm)
    forces = sorted(form.cleaned_data["agency"], key=str) if scope else []
    tables = [_counts(request, scope, forces), _grades(request, scope, forces)] if len(forces) > 1 else []
    file_format = takeaway.asked(request)
    if file_format and tables:
        table = next((table for table in tables if table.code == request.GET.get("table")), tables[0])
        names = ", ".join(str(force) for force in forces)
        return takeaway.download(table, _about(request, table, scope, names), file_format, scope.on)
    context = {
        "section": "dashboard",
        "form": form,
        "scope": scope,
        "forces": forces,
        "tables": tables,
        "sort": "",
    }
    return render(request, "findings/compare.html", context)


def _about(request, table, scope, names):
    windowed = table.code != "compare-grades"
    return [*about_file(request, table.title, scope, names, windowed=windowed), (_now("Note"), table.note)]


def _counts(request, scope, forces):
    counts = by_force(scope.inspections, scope.known.findings)
    tallies = {row["attributed_to"]: row for row in tally_by(scope.findings_within, "attributed_to")}
    pairs = recurrence_by_force(scope.recurring)
    by_theme = tally_by_force_and_theme(scope.findings_within.weaknesses(), scope.on)
    scopes = {force: scope.of(force=force) for force in forces}

    def row(label, cell):
        return (Cell(label), *(cell(force, scopes[force]) for force in forces))

    def inspections(name, **filters):
        def cell(force, of):
            n = counts.get(force.pk, {}).get(name, 0)
            found = name in ("found", "serious")
            if found and not read(force):
                return UNREAD
            about = {"about": force.slug} if found else {}
            return Cell(n, of.inspections_url(**filters, **about) if n else "", _("inspections"))

        return cell

    def read(force):
        return counts.get(force.pk, {}).get("read", 0)

    def tally(name):
        def cell(force, of):
            n = tallies.get(force.pk, NOTHING)[name]
            if not n and not read(force):
                return UNREAD
            return Cell(n, of.three_urls()[name] if n else "", _("findings"))

        return cell

    def councils(name):
        def cell(force, of):
            n = counts.get(force.pk, {}).get(name, 0)
            if name == "councils_found" and not read(force):
                return UNREAD
            return Cell(n, of.figure_url("spread") if n else "", _("councils"))

        return cell

    def recurring(name):
        def cell(force, of):
            n = getattr(pairs.get(force.pk), name, 0)
            if not n and not read(force):
                return UNREAD
            return Cell(n, of.figure_url("recurrence") if n else "", _("themes"))

        return cell

    def theme_cell(theme):
        def cell(force, of):
            n = by_theme.get((force.pk, theme.pk), NOTHING)["weaknesses"]
            if not n and not read(force):
                return UNREAD
            url = of.findings_url(theme=theme.code, finding_type=WEAKNESSES) if n else ""
            return Cell(n, url, _("weaknesses"))

        return cell

    def followed(measure):
        """Of recommendations about the force known on the day, whatever the window."""

        def cell(force, of):
            n, every = of.follow_up[measure], of.follow_up["all"]
            if measure != "all" and not every:
                return Cell(None, label=_("no recommendations"))
            url = of.recommendations_url("" if measure == "all" else measure)
            return Cell(n, url if n else "", _("recommendations"))

        return cell

    used = {theme for _force, theme in by_theme}
    themes = [theme for theme in scope.known.themes() if not theme.is_retired or theme.pk in used]
    return Table(
        code="compare",
        title=_("The same counts side by side"),
        columns=(Column(_("Count")), *(Column(force.full_name, numeric=True) for force in forces)),
        rows=(
            row(_("Inspections that concern the force"), inspections("inspections")),
            row(_("of these read for findings"), inspections("read", read="yes")),
            row(_("of these with a weakness of the force"), inspections("found", read="yes")),
            row(
                _("of these with a serious weakness"), inspections("serious", read="yes", weakness="serious")
            ),
            row(_("Weaknesses"), tally("weaknesses")),
            row(_("Serious or critical weaknesses"), tally("serious")),
            row(_("Strengths"), tally("strengths")),
            row(_("Councils inspected and read"), councils("councils")),
            row(_("of these with a weakness of the force"), councils("councils_found")),
            row(_("Themes with a weakness"), recurring("total")),
            row(_("of these found in the 36 months before, too"), recurring("n")),
            row(_("Recommendations about the force, whatever the window"), followed("all")),
            row(_("of these open"), followed("open")),
            row(_("of these past the due date first set"), followed("overdue")),
            row(_("Recommendations first issued 12 to 24 months before"), followed("closure-due")),
            row(_("of these verified and closed within 12 months"), followed("closed-in-time")),
            *(
                row(_now("Weaknesses: %(theme)s") % {"theme": theme.name}, theme_cell(theme))
                for theme in themes
            ),
        ),
        note=_(
            "“–”: no report on the force was read, or there are no recommendations. Inspections differ in number and kind: this does not rank forces."
        ),
        take_urls=takeaway.links(request, table="compare"),
        definition_url="/figures/",
    )


def _grades(request, scope, forces):
    """A row for each scale and question on which one of the forces has a grade: two scales never share a row."""
    given = latest(scope.known.judgements.filter(subject__in=forces)).select_related(
        "area__framework", "grade__scale", "inspection__framework", "inspection__inspected_agency"
    )
    rows = {}
    for judgement in given.order_by("inspection__published_on", "pk"):
        key = (judgement.grade.scale, judgement.area.code)
        # Two frameworks may ask one question on one scale: the later grade stands.
        rows.setdefault(key, {"area": judgement.area})[judgement.subject_id] = judgement
    return Table(
        code="compare-grades",
        title=_("Latest grades, each row on one scale"),
        columns=(Column(_("Question")), Column(_("Scale")), *(Column(force.full_name) for force in forces)),
        rows=tuple(
            (Cell(str(row["area"])), Cell(scale.name), *(_grade(row.get(force.pk)) for force in forces))
            for (scale, _code), row in sorted(rows.items(), key=_by_scale)
        ),
        empty=_("No grade of these forces is recorded here."),
        note=_(
            "Whatever the window: the latest known on that day. Grades in different rows are not comparable. “–”: no grade "
            "is recorded here."
        ),
        take_urls=takeaway.links(request, table="compare-grades"),
        definition_url="/figures/grade-history/",
    )


def _by_scale(item):
    (scale, _code), row = item
    return scale.name, row["area"].order, row["area"].name


def _grade(judgement):
    if judgement is None:
        return Cell(None, label=_("no grade recorded"))
    day = date_format(judgement.inspection.published_on, "j F Y")
    return Cell(judgement.grade.label, judgement.inspection.get_absolute_url(), note=day)
