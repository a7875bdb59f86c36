"""The bodies: inspected, attributed, addressed, inspecting; and which force polices which council, when."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .history import RecordedQuerySet, ReferenceRecord


class Kind(models.TextChoices):
    POLICE_FORCE = "police_force", _("Police force")
    LOCAL_AUTHORITY = "local_authority", _("Council")
    INSPECTORATE = "inspectorate", _("Inspectorate")
    POLICING_BODY = "policing_body", _("Policing body")
    SAFEGUARDING_PARTNERSHIP = "safeguarding_partnership", _("Safeguarding partnership")
    HEALTH = "health", _("Health body")
    PROBATION = "probation", _("Probation")
    OTHER = "other", _("Other")


class Nation(models.TextChoices):
    ENGLAND = "england", _("England")
    WALES = "wales", _("Wales")


class AgencyQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """Agencies are reference data: every person with a role sees them all."""
        return self if user.has_a_role else self.none()

    def open_on(self, day):
        """Agencies that exist on that day."""
        return self.filter(
            Q(opened_on=None) | Q(opened_on__lte=day), Q(closed_on=None) | Q(closed_on__gte=day)
        )

    def forces(self):
        return self.filter(kind=Kind.POLICE_FORCE)

    def territorial_forces(self):
        """The forces with an area of their own: 43 in England and Wales."""
        return self.forces().filter(special=False)

    def policing(self, authority, on):
        """The force or forces policing the authority on that day."""
        return self.filter(policing__in=Policing.objects.on(on).filter(authority=authority))


class Agency(ReferenceRecord):
    """A body with a name, a kind and a life: it opens, and it may close and be succeeded."""

    HISTORY = (
        "name",
        "official_name",
        "slug",
        "short_code",
        "kind",
        "special",
        "nation",
        "region",
        "code",
        "ofsted_urn",
        "opened_on",
        "closed_on",
        "note",
        "source",
    )
    NAMES_EXPECTED = frozenset({"name", "official_name"})
    KNOWN_BY = ("name", "official_name")

    name = models.CharField(_("name"), max_length=120, help_text=_("Short, as people say it."))
    official_name = models.CharField(_("official name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=120, unique=True, help_text=_("Stands in the address."))
    short_code = models.CharField(
        _("short code"),
        max_length=6,
        unique=True,
        help_text=_("Three or four capital letters; part of references such as SIF-2016-STO-03."),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    special = models.BooleanField(
        _("special force"), default=False, help_text=_("A police force without an area of its own.")
    )
    nation = models.CharField(_("nation"), max_length=10, choices=Nation.choices, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)
    code = models.CharField(
        _("official code"), max_length=12, blank=True, help_text=_("GSS code, such as E06000004.")
    )
    ofsted_urn = models.CharField(_("Ofsted number"), max_length=12, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, help_text=_("Its last day."))
    note = models.TextField(_("note"), blank=True)
    source = models.TextField(_("source"), blank=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="agency_code_unique",
                violation_error_message=_("Another agency has this official code."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__gte=F("opened_on")) | Q(closed_on=None) | Q(opened_on=None),
                name="agency_closes_after_opening",
                violation_error_message=_("An agency cannot close before it opens."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "name"], name="agency_kind_name")]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """The name that cannot be mistaken: a force's and a council's short names are often the same."""
        return self.official_name if self.kind != Kind.INSPECTORATE else self.name

    def get_absolute_url(self):
        return reverse("agency", args=[self.slug])

    def history_key(self):
        return self.slug

    @property
    def is_force(self):
        return self.kind == Kind.POLICE_FORCE

    @property
    def is_council(self):
        return self.kind == Kind.LOCAL_AUTHORITY

    def force_on(self, day):
        """The force policing this authority on that day, or None."""
        return Agency.objects.policing(self, day).first() if day else None


class PolicingQuerySet(RecordedQuerySet):
    def on(self, day):
        """Who polices whom on that day; both dates are inclusive, an empty one is open."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )


class Policing(ReferenceRecord):
    """A force polices an authority, from a day to a day."""

    HISTORY = ("force", "authority", "valid_from", "valid_to", "source")

    force = models.ForeignKey(
        Agency,
        verbose_name=_("force"),
        on_delete=models.PROTECT,
        related_name="policing",
        limit_choices_to={"kind": Kind.POLICE_FORCE},
    )
    authority = models.ForeignKey(
        Agency,
        verbose_name=_("council"),
        on_delete=models.PROTECT,
        related_name="policed",
        limit_choices_to={"kind": Kind.LOCAL_AUTHORITY},
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True, help_text=_("The last day."))
    source = models.TextField(_("source"), blank=True)

    objects = PolicingQuerySet.as_manager()

    class Meta:
        verbose_name = _("policing of a council")
        verbose_name_plural = _("policing of councils")
        ordering = ["authority__name", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")) | Q(valid_to=None) | Q(valid_from=None),
                name="policing_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.UniqueConstraint(
                fields=["force", "authority", "valid_from"],
                name="policing_unique",
                violation_error_message=_("This is already recorded."),
            ),
            models.UniqueConstraint(
                fields=["force", "authority"],
                condition=Q(valid_from=None),
                name="policing_unique_open_start",
                violation_error_message=_("This is already recorded."),
            ),
        ]

    def __str__(self):
        return f"{self.force} – {self.authority}"

    def clean(self):
        if not self.authority_id or not self.force_id:
            return
        if not self.force.is_force:
            raise ValidationError({"force": _("Only a police force polices a council.")})
        if not self.authority.is_council:
            raise ValidationError({"authority": _("Only a council is policed by a force.")})
        for other in Policing.objects.filter(authority=self.authority).exclude(pk=self.pk):
            starts_before_it_ends = (
                not (self.valid_from and other.valid_to) or self.valid_from <= other.valid_to
            )
            ends_after_it_starts = (
                not (self.valid_to and other.valid_from) or self.valid_to >= other.valid_from
            )
            if starts_before_it_ends and ends_after_it_starts:
                raise ValidationError(
                    {
                        "valid_from": _("%(force)s already polices this council in that time.")
                        % {"force": other.force}
                    }
                )


class Succession(ReferenceRecord):
    """One agency takes over from another on a day. A split or a merger is several rows."""

    HISTORY = ("predecessor", "successor", "on", "note", "source")

    predecessor = models.ForeignKey(
        Agency, verbose_name=_("predecessor"), on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Agency, verbose_name=_("successor"), on_delete=models.PROTECT, related_name="predecessions"
    )
    on = models.DateField(_("on"))
    note = models.TextField(_("note"), blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("succession")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="succession_unique",
                violation_error_message=_("This succession is already recorded."),
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_of_another",
                violation_error_message=_("An agency does not succeed itself."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
