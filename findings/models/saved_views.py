"""Kept views: a list or dashboard as somebody filtered it, under a name, for oneself or for one's inspectorate.

A kept view is an address and nothing more. It holds no rows and no counts: the page that it opens looks up what
the person who opens it may see, at that moment, as it does for any other address.
"""

from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded, RecordedQuerySet, Role
from agencies.public_ids import new_public_id

LONGEST_QUERY = 2000  # characters, encoded
MAY_SHARE = (Role.INSPECTOR, Role.MANAGER)
NO_SUCH_PAGE = _("This page cannot be kept.")
NAME_TAKEN = _("You already keep a view of this name. Choose another name.")


class Page(models.TextChoices):
    """The pages that can be kept, by URL name. No other address can be: a kept view never leads elsewhere."""

    FINDINGS = "findings", _("Findings")
    INSPECTIONS = "inspections", _("Inspections")
    RECOMMENDATIONS = "recommendations", _("Recommendations")
    AGENCIES = "agencies", _("Agencies")
    DASHBOARD = "dashboard", _("Dashboard")
    AGENCY = "agency", _("Agency")
    COMPARE = "compare", _("Comparison")
    FIGURE = "figure", _("Figure")


def path_of(page, argument=""):
    """The path of a page that can be kept; "" when there is none of that name with that argument."""
    if page not in Page.values:
        return ""
    try:
        path = reverse(page, args=[argument] if argument else [])
        return path if resolve(path).url_name == page else ""
    except (NoReverseMatch, Resolver404):
        return ""


def pairs_of(query):
    """(name, value) pairs of a query string in their order, without the page of the list."""
    return [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "page"]


def encoded(query):
    """The query string taken apart and put together again: whatever it held, the result is only a query."""
    return urlencode(pairs_of(query))


def inspectorate_of(user):
    """The inspectorate that the person may share with, or None."""
    return user.agency if user.has_a_role and user.role in MAY_SHARE else None


class SavedViewQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """One's own, and for inspectors and managers what colleagues share with their inspectorate.

        What somebody shared is shared for as long as they are an active inspector or manager there.
        """
        if not user.has_a_role:
            return self.none()
        rule = Q(owner=user)
        if user.role in MAY_SHARE:
            rule |= Q(
                shared_with=user.agency_id,
                owner__agency=F("shared_with"),
                owner__role__in=MAY_SHARE,
                owner__is_active=True,
            )
        return self.filter(rule, removed_at=None)

    def removed_by(self, user):
        """One's own that are gone: pressing “Remove” twice is not a mistake to be told of."""
        return self.filter(owner=user, removed_at__isnull=False) if user.has_a_role else self.none()


class SavedView(Recorded):
    """One page with its filters, kept by one person under a name of their own."""

    HISTORY = ("owner", "name", "page", "argument", "query", "shared_with", "removed_at")
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("kept by"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="saved_views",
    )
    name = models.CharField(_("name"), max_length=120)
    page = models.CharField(_("page"), max_length=20, choices=Page.choices)
    argument = models.CharField(
        _("agency or figure"), max_length=120, blank=True, help_text=_("As it stands in the page's address.")
    )
    query = models.CharField(_("filters"), max_length=LONGEST_QUERY, blank=True)
    shared_with = models.ForeignKey(
        Agency,
        verbose_name=_("shared with"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("An inspectorate. Empty: only its owner sees it."),
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("kept"), default=timezone.now, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept view")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(removed_at=None),
                name="saved_view_name_of_owner",
                violation_error_message=NAME_TAKEN,
            ),
            models.UniqueConstraint(
                fields=["owner", "submission_key"],
                condition=~Q(submission_key="") & Q(removed_at=None),
                name="saved_view_submitted_once",
            ),
        ]
        indexes = [models.Index(fields=["shared_with", "name"], name="saved_view_shared")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("saved_view", args=[self.public_id])

    def history_key(self):
        return self.public_id

    @property
    def address(self):
        """Where it leads, within this site; "" when there is no such page any more."""
        path = path_of(self.page, self.argument)
        query = encoded(self.query)
        return f"{path}?{query}" if path and query else path

    @property
    def is_shared(self):
        """Whether colleagues see it now (`visible_to` says the same in SQL)."""
        return self.shared_with_id is not None and self.shared_with == inspectorate_of(self.owner)

    def may_be_changed_by(self, user):
        return self.owner_id == user.pk

    # Verbs

    @classmethod
    def keep(cls, *, by, values, submission_key="", channel=Channel.PAGE):
        """A new view of the actor's own. `values`: name, page; optional argument, query, shared_with.

        The same actor's same submission key keeps once: the second is an IntegrityError.
        """
        view = cls(owner=by, submission_key=submission_key)
        view._refuse_to_share_with(values.get("shared_with"))
        if not path_of(values["page"], values.get("argument", "")):
            raise ValidationError(NO_SUCH_PAGE)
        values = {**values, "query": encoded(values.get("query", ""))}
        return view._add("kept", by=by, channel=channel, values=values)

    def edit(self, *, by, name, shared_with, expect, channel=Channel.PAGE):
        """Another name, shared or not. `expect` is the version that the person saw."""
        return self._change(
            "edited",
            by=by,
            channel=channel,
            values={"name": name, "shared_with": shared_with},
            expect=expect,
            prepare=lambda current: current._refuse_to_share_with(shared_with),
        )

    def remove(self, *, by, expect, channel=Channel.PAGE):
        """Gone for everybody; its name is free again. The row and its history stay."""
        return self._change(
            "removed", by=by, channel=channel, values={"removed_at": timezone.now()}, expect=expect
        )

    def _refuse_to_share_with(self, agency):
        if agency is not None and agency != inspectorate_of(self.owner):
            raise ValidationError(
                _("Only inspectors and managers share, and only with their own inspectorate.")
            )
