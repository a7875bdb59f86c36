"""How long an agency has: clocks by framework and date, and the day on which their time is up."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.days import months_after
from agencies.models import RecordedQuerySet, ReferenceRecord
from agencies.working_days import MOST, OutsideCalendar, add_working_days

from .frameworks import Framework


class ClockUnit(models.TextChoices):
    WORKING_DAYS = "working_days", _("working days")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")


class Purpose(models.TextChoices):
    RESPONSE = "response", _("Written response")
    ACTION_PLAN = "action_plan", _("Action plan")


class StartsFrom(models.TextChoices):
    PUBLICATION = "publication", _("Publication of the report")
    PRE_PUBLICATION_LETTER = "pre_publication_letter", _("Letter before publication")


# Which field of the inspection says the day from which a clock runs.
START_FIELDS = {
    StartsFrom.PUBLICATION: "published_on",
    StartsFrom.PRE_PUBLICATION_LETTER: "pre_publication_letter_on",
}


class ClockQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        return self if user.has_a_role else self.none()


class Clock(ReferenceRecord):
    """The time that a framework gives for one purpose, for clocks that start within its validity."""

    HISTORY = ("framework", "purpose", "starts_from", "length", "unit", "valid_from", "valid_to", "source")

    framework = models.ForeignKey(
        Framework, verbose_name=_("framework"), on_delete=models.PROTECT, related_name="clocks"
    )
    purpose = models.CharField(_("what is due"), max_length=20, choices=Purpose.choices)
    starts_from = models.CharField(_("runs from"), max_length=30, choices=StartsFrom.choices)
    length = models.PositiveSmallIntegerField(
        _("length"),
        validators=[MaxValueValidator(MOST)],
        help_text=_("The day from which it runs is not counted."),
    )
    unit = models.CharField(_("unit"), max_length=20, choices=ClockUnit.choices)
    valid_from = models.DateField(
        _("valid from"), null=True, blank=True, help_text=_("The first day on which this clock can start.")
    )
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The last day on which this clock can start.")
    )
    source = models.TextField(_("source"), blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        ordering = ["framework__code", "purpose", F("valid_from").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(length__gt=0),
                name="clock_has_a_length",
                violation_error_message=_("A clock runs for at least one day."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")) | Q(valid_to=None) | Q(valid_from=None),
                name="clock_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.UniqueConstraint(
                fields=["framework", "purpose", "valid_from"],
                name="clock_once_from_a_day",
                violation_error_message=_("This framework already has such a clock from this day."),
            ),
            models.UniqueConstraint(
                fields=["framework", "purpose"],
                condition=Q(valid_from=None),
                name="clock_once_from_the_beginning",
                violation_error_message=_("This framework already has such a clock from the beginning."),
            ),
        ]

    def __str__(self):
        return f"{self.framework.code}: {self.get_purpose_display()}, {self.length} {self.get_unit_display()}"

    def history_key(self):
        return f"{self.framework.code}:{self.purpose}:{self.valid_from or ''}"

    def is_valid_on(self, day):
        """Whether a clock that starts on the day runs by this one."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def clean(self):
        if not self.framework_id:
            return
        others = Clock.objects.filter(framework=self.framework, purpose=self.purpose).exclude(pk=self.pk)
        if self.valid_to:
            others = others.filter(Q(valid_from=None) | Q(valid_from__lte=self.valid_to))
        if self.valid_from:
            others = others.filter(Q(valid_to=None) | Q(valid_to__gte=self.valid_from))
        if other := others.first():
            raise ValidationError(
                {
                    "valid_from": _("Another clock for this purpose is valid in that time: %(clock)s.")
                    % {"clock": other}
                }
            )


def add(day, length, unit, nation):
    """The day that is so many (at least 1) of the `ClockUnit` after the day, which is not counted.

    Working days are those of the nation (a `Nation` value; empty: England and Wales); other units end on whatever
    day they end. A month later is the same day of the month, the last of a shorter one. Raises OutsideCalendar
    for lengths and days that cannot be reckoned with.
    """
    if unit == ClockUnit.WORKING_DAYS:
        return add_working_days(day, length, nation)
    try:
        if length < 1:
            raise ValueError
        if unit == ClockUnit.MONTHS:
            return months_after(day, length)
        return day + timedelta(weeks=length) if unit == ClockUnit.WEEKS else day + timedelta(length)
    except (ValueError, OverflowError):
        raise OutsideCalendar(_("This length of time cannot be reckoned with.")) from None


def due_on(inspection, purpose):
    """The day by which the inspected agency owes what the purpose names; it is late on the day after.

    None when the framework sets no time for the day on which the clock would start, or that day is not known.
    """
    for clock in Clock.objects.filter(framework=inspection.framework_id, purpose=purpose):
        start = getattr(inspection, START_FIELDS[clock.starts_from])
        if start and clock.is_valid_on(start):
            return add(start, clock.length, clock.unit, inspection.inspected_agency.nation)
    return None
