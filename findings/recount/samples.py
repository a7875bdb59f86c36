"""What figures are verified for: people, days, windows, forces, councils and themes, at random."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Agency, Role, User
from inspections.models import Inspection
from inspections.periods import Period, Window

from ..figures import Scope
from ..models import Theme
from ..statistics.known import Known
from .asked import PUBLIC, Asked, window
from .rows import Rows

PARTS = ("force", "council", "theme", "inspection")
SPECIAL_DAYS = (date(2016, 10, 17), date(2016, 2, 29), date(2020, 2, 29), date(2024, 2, 29))


@dataclass(frozen=True)
class Sample:
    """One scope, for the figures and for the recounts."""

    scope: Scope
    asked: Asked

    @classmethod
    def of(cls, rows, *, user, on, kind, days=None, corrected=False, **parts):
        (start, end), before = window(kind, on, days)
        period = Period(on, kind, start, end) if days else Period.ending(on, Window(kind))
        known = Known(user, on, corrected)
        ids = {part: record.pk for part, record in parts.items()}
        reader = (user.pk, user.role, user.agency_id)
        asked = Asked(
            rows, sees(user), on, start, end, before=before, corrected=corrected, reader=reader, **ids
        )
        return cls(Scope(known, period, **parts), asked)

    def for_figure(self, figure):
        """The sample without the parts that the figure does not take; None where it needs one of them."""
        other = dict.fromkeys(set(PARTS) - set(figure.takes))
        if figure.needs and not any(getattr(self.scope, part) for part in set(figure.needs) - set(other)):
            return None
        return Sample(replace(self.scope, **other), replace(self.asked, **other))

    @property
    def words(self):
        scope, user = self.scope, self.scope.known.user
        parts = [
            f"{user.role or 'no role'} {user.pk or '(made up)'}",
            f"as of {scope.on}",
            f"{scope.period.window} {scope.period.start} to {scope.period.end} (not included)",
        ]
        named = [getattr(scope, part) for part in PARTS if getattr(scope, part)]
        parts += [str(record) for record in named] or ["national"]
        if scope.known.corrected:
            parts.append("corrected")
        return ", ".join(parts)


def sees(user):
    """An active person with a complete role: inspectors, managers and safeguarding leads need their agency."""
    complete = user.agency_id is not None or user.role in ("auditor", "administrator")
    return user.is_active and user.role in Role.values and complete


class Sampler:
    """Draws samples from the register's own rows, the same for the same dice."""

    def __init__(self, dice, on=None):
        self.dice, self.on = dice, on
        self.rows = Rows.export()
        self.today = timezone.localdate()
        self.published = sorted(
            row["published_on"]
            for row in self.rows.inspections.values()
            if row["status"] in PUBLIC and row["published_on"] and row["published_on"] <= self.today
        )
        people = list(User.objects.order_by("pk"))
        self.readers = {role: [p for p in people if p.role == role and sees(p)] for role in Role.values}
        self.readers = {role: some for role, some in self.readers.items() if some}
        self.others = [person for person in people if not sees(person)]
        agencies = list(Agency.objects.order_by("pk"))
        self.forces = [agency for agency in agencies if agency.is_force]
        self.councils = [agency for agency in agencies if agency.is_council]
        self.inspections = list(Inspection.objects.published().order_by("pk"))
        self.themes = list(Theme.objects.order_by("pk"))

    def reader(self):
        """Somebody who sees what is published; made up where the register has no such person."""
        if not self.readers:
            return User(role=Role.AUDITOR)
        return self.dice.choice(self.readers[self.dice.choice(sorted(self.readers))])

    def without_a_role(self):
        """People who see nothing: those there are, one without a role, one whose agency is missing."""
        return [*self.others[:3], User(role=""), User(role=Role.INSPECTOR)]

    def day(self):
        if self.on:
            return self.on
        special = [day for day in SPECIAL_DAYS if day <= self.today]
        if not self.published:
            return self.dice.choice([self.today, *special])
        first, last = self.published[0], self.published[-1]
        published = self.dice.choice(self.published)
        any_day = first + timedelta(self.dice.randrange((last - first).days + 2))
        day = self.dice.choice(
            [any_day, any_day, published, published + timedelta(1), self.today, self.dice.choice(special)]
        )
        return min(day, self.today)

    def days(self, on):
        """First day and first day after of a window of one's choice; its edges often days of publication."""
        first = min([on - timedelta(1), *self.published[:1]])
        days = [first + timedelta(self.dice.randrange((on - first).days)) for _either in range(2)]
        edges = [day for day in self.published if day < on]
        if edges and self.dice.random() < 0.5:
            days = [self.dice.choice(edges), self.dice.choice(edges)]
        return min(days), max(days) + timedelta(1)

    def draw(self, user=None):
        on = self.day()
        kind = self.dice.choice(list(Window.values))
        chosen = {}
        part = self.dice.choice(["national", "force", "council", "inspection"])
        records = {"force": self.forces, "council": self.councils, "inspection": self.inspections}.get(part)
        if records:
            chosen[part] = self.dice.choice(records)
        if self.themes and self.dice.random() < 0.5:
            chosen["theme"] = self.dice.choice(self.themes)
        return Sample.of(
            self.rows,
            user=user or self.reader(),
            on=on,
            kind=kind,
            days=self.days(on) if kind == Window.CUSTOM else None,
            corrected=self.dice.random() < 0.3,
            **chosen,
        )
