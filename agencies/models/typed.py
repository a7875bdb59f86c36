"""Text that somebody is typing and has not saved: kept for them alone, until it is saved, discarded or old."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(days=30)
LARGEST = 200 * 1024  # bytes of one sheet, as JSON
MOST_SHEETS = 50  # of one person; the oldest goes
EMPTY_FOR = timedelta(days=1)


class TooMuchTyped(ValueError):
    """The text of one form is larger than is kept. The message is for the person who typed it."""


def _storable(text):
    """PostgreSQL keeps neither NUL nor half a character in JSON, and its complaint would quote the text in a log."""
    return text.replace("\0", "").encode(errors="replace").decode()


class TypedTextQuerySet(models.QuerySet):
    def of(self, person, path):
        """What this person typed into the form at this address and did not save, the newest first."""
        since = timezone.now() - KEPT_FOR
        return self.filter(person=person, path=path, size__gt=0, saved_at__gte=since).order_by(
            "-saved_at", "-pk"
        )


class TypedText(models.Model):
    """One sheet: what a form holds that somebody opened in one tab and has not saved.

    No record of the register: it has no event, no place in the administration, and no reader but its person,
    on the page of the form itself. Whoever may not open that page any more does not read it either.

    The page makes up the sheet's `key` and gives each state that it sends a higher `order`. Messages may arrive
    late or twice, from several tabs and computers: a state never replaces a later one of its sheet, and never
    anything of another sheet. Text that was saved, discarded or carried on in another sheet is emptied up to an
    order; the empty row stays for a day, so that a message under way at that moment does not bring it back.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    order = models.PositiveIntegerField()
    path = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)  # {name: [values]}
    size = models.PositiveIntegerField(default=0)  # bytes of `fields` as JSON; 0: emptied
    saved_at = models.DateTimeField(db_index=True)

    objects = TypedTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("typed text")
        verbose_name_plural = _("typed texts")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="typed_text_one_per_sheet")]
        indexes = [models.Index(fields=["person", "path"], name="typed_text_of_form")]

    def __str__(self):
        return f"{self.sheet} ({self.size} bytes)"  # never the words themselves: this may stand in a log

    @property
    def sheet(self):
        """The sheet up to this state, as forms name it."""
        return f"{self.key}.{self.order}"

    @property
    def beginning(self):
        """The first words of the longest text, by which its person knows it again; "" when no field has two words."""
        texts = [" ".join(value.split()) for values in self.fields.values() for value in values]
        longest = max((value for value in texts if " " in value), key=len, default="")
        return Truncator(longest).chars(100)

    @classmethod
    @transaction.atomic
    def keep(cls, *, person, key, order, path, fields, instead_of=()):
        """Keeps this state of a sheet unless a later one is there, and lets go of the sheets that it carries on.

        `fields`: {name: [values]}. `instead_of`: {key: order}. Raises TooMuchTyped.
        """
        fields = {_storable(name): [_storable(value) for value in values] for name, values in fields.items()}
        size = len(json.dumps(fields, ensure_ascii=False).encode())
        if size > LARGEST:
            raise TooMuchTyped(_("This is too much text to keep while you type. Save it, or shorten it."))
        state = {"order": order, "path": path, "fields": fields, "size": size, "saved_at": timezone.now()}
        is_new = cls._write(person, key, state)
        cls.let_go(person=person, sheets=dict(instead_of))
        if is_new:
            cls.prune(person)

    @classmethod
    @transaction.atomic
    def let_go(cls, *, person, sheets):
        """Empties these sheets, {key: order}, up to their order: what was typed later stays."""
        for key, order in sorted(sheets.items()):
            cls._write(
                person,
                key,
                {"order": order, "path": "", "fields": {}, "size": 0, "saved_at": timezone.now()},
                also_same=True,
            )

    @classmethod
    def _write(cls, person, key, state, also_same=False):
        """Writes the state unless the sheet is there in a later one (or the same); whether the row is new."""
        row, is_new = cls.objects.select_for_update().get_or_create(person=person, key=key, defaults=state)
        if not is_new and (row.order < state["order"] or (also_same and row.order == state["order"])):
            for name, value in state.items():
                setattr(row, name, value)
            row.save()
        return is_new

    @classmethod
    def prune(cls, person):
        """Forgets everybody's old text, what is empty, and of this person all but the newest sheets."""
        now = timezone.now()
        cls.objects.filter(saved_at__lt=now - KEPT_FOR).delete()
        cls.objects.filter(size=0, saved_at__lt=now - EMPTY_FOR).delete()
        full = cls.objects.filter(person=person, size__gt=0).order_by("-saved_at", "-pk")
        if oldest := list(full.values_list("pk", flat=True)[MOST_SHEETS:]):
            cls.objects.filter(pk__in=oldest).delete()
