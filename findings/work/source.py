"""What a kind of work is: which records wait for a person, and how the queue names one of them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, DateField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate
from django.utils.translation import gettext as _

from agencies.models import Event

from .words import state_of, when_in_words

UNDATED = Cast(Value(None), DateField())
DAY = DateField()


@dataclass(frozen=True)
class Item:
    """One thing that one person has to do."""

    kind: str
    key: str  # the same for the same piece of work, whenever the queue is read: "review:12"
    what: str  # a verb phrase
    title: str  # the record in its own words: for pages only
    name: str  # the record without any of its words: what a mail may say
    url: str
    act_url: str  # where it is done: the form, or the record's page where it has to be read first
    agency: str
    inspection: str
    why: str
    due: date | None
    since: date | None
    when: str  # how late it is, how soon due, or how long it waits, in words
    state: str  # late, soon, later, or "" without a date


class Source:
    """One kind of work. Subclasses say whose it is (`rows`) and how it is named.

    `rows` starts from `visible_to` and repeats in SQL the rights that the form behind it asks for, so that nobody is
    sent to a page that refuses them. It annotates `due` (a day or nothing; late on the day after) and `since`, the day
    since which it waits for this person.
    """

    code = ""
    label = ""
    model = None
    loaded_with = ()

    def rows(self, user, on):
        raise NotImplementedError

    def what(self, record, on):
        raise NotImplementedError

    def why(self, record, user):
        raise NotImplementedError

    def title(self, record):
        return self.name(record)

    def name(self, record):
        return str(record)

    def agency(self, record):
        raise NotImplementedError

    def inspection(self, record):
        return None

    def url(self, record):
        return record.get_absolute_url()

    def act_url(self, record):
        return self.url(record)

    def visible(self, user):
        return self.model.objects.visible_to(user)

    def load(self, user, pks):
        """{pk: record} of those that the person still sees, with what naming them needs."""
        return self.shown(user).select_related(*self.loaded_with).in_bulk(pks)

    def shown(self, user):
        return self.visible(user)

    def item(self, record, *, user, on, due, since):
        agency, inspection = self.agency(record), self.inspection(record)
        return Item(
            kind=self.code,
            key=key_of(self.code, record.pk),
            what=self.what(record, on),
            title=self.title(record),
            name=self.name(record),
            url=self.url(record),
            act_url=self.act_url(record),
            agency=agency.full_name if agency else "",
            inspection=str(inspection) if inspection else "",
            why=self.why(record, user),
            due=due,
            since=since,
            when=when_in_words(due, since, on),
            state=state_of(due, on),
        )


def key_of(code, pk):
    return f"{code}:{pk}"


# Days


def events_of(model, *verbs):
    """Events of these verbs of the record that the query is about, latest first."""
    return Event.objects.filter(
        subject_type=model._meta.label_lower, subject_id=OuterRef("pk"), verb__in=verbs
    ).order_by("-sequence")


def day_of(model, *verbs):
    """The day of the record's latest such event."""
    return TruncDate(Subquery(events_of(model, *verbs).values("at")[:1]), output_field=DAY)


def since_assigned(model, user, otherwise):
    """The day on which the person got it; for what they have without that, the other day."""
    assigned = Coalesce(day_of(model, "assigned"), otherwise, output_field=DAY)
    return Case(When(assigned_to=user, then=assigned), default=otherwise, output_field=DAY)


# Reasons


def with_assigner(queryset):
    """With the id and the name of who assigned the record last: `assigner_id`, `assigner`."""
    given = events_of(queryset.model, "assigned")
    name = Concat("by__first_name", Value(" "), "by__last_name", output_field=CharField())
    return queryset.annotate(
        assigner_id=Subquery(given.values("by_id")[:1]),
        assigner=Subquery(given.annotate(name=name).values("name")[:1]),
    )


def assigned_words(record, user):
    """Why it is here, where it is assigned to the person; else ""."""
    if record.assigned_to_id != user.pk:
        return ""
    if record.assigner_id == user.pk:
        return _("You took it on")
    name = (record.assigner or "").strip()
    return _("Assigned to you by %(name)s") % {"name": name} if name else _("Assigned to you")


def at_work_words(inspection, user):
    """Why something of an inspection is here, for those who make it."""
    if user.is_manager and inspection.lead_inspectorate_id == user.agency_id:
        return _("You manage the lead inspectorate")
    return _("You are on the team of the inspection")


def addressed_words(agency):
    return _("Addressed to %(agency)s") % {"agency": agency.full_name}


def in_order():
    """Late and due ones by date, oldest first; then those without a date, by how long they wait."""
    return F("due").asc(nulls_last=True), F("since").asc(nulls_last=True), "kind", "pk"
