"""The people who sign in: each has one role and, for most roles, one employing agency."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import sign_in_notice
from .agencies import Agency, Kind
from .history import Channel, RecordedQuerySet, ReferenceRecord


class Role(models.TextChoices):
    INSPECTOR = "inspector", _("Inspector")
    MANAGER = "manager", _("Manager")
    RESPONDENT = "respondent", _("Safeguarding lead")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class UserManager(BaseUserManager.from_queryset(RecordedQuerySet)):
    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)

    def create_user(self, email, password=None, *, by=None, channel=Channel.COMMAND, **fields):
        """Adds a person, with its event. Without a password nobody can sign in as them yet."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        return user.add(by=by, channel=channel)

    def create_superuser(self, email, password=None, **fields):
        """For `createsuperuser`: an administrator, who keeps reference data and reads no drafts."""
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser, ReferenceRecord):
    """A person. The role says what they may do, the agency for whom; neither is ever guessed.

    There are no permissions and no superusers beside the roles: an administrator uses the Django admin,
    whose classes say what can be changed there.
    """

    HISTORY = ("email", "first_name", "last_name", "role", "agency", "is_active")
    NAMES_EXPECTED = frozenset({"first_name", "last_name"})
    EMPLOYERS = {
        Role.INSPECTOR: {Kind.INSPECTORATE},
        Role.MANAGER: {Kind.INSPECTORATE},
        Role.RESPONDENT: {Kind.POLICE_FORCE, Kind.LOCAL_AUTHORITY},
    }

    email = models.EmailField(_("email address"), unique=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=Role.choices,
        blank=True,
        help_text=_("Without a role a person sees nothing."),
    )
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("agency"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        help_text=_("Who employs them: an inspectorate, or for a safeguarding lead a force or council."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick instead of deleting: history keeps naming them.")
    )
    date_joined = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message=_("Somebody already signs in with this address."),
            ),
        ]

    def __str__(self):
        return self.get_full_name()

    def save(self, *args, **kwargs):
        # Django's own writes (last sign-in, a rehashed or changed password) touch no recorded field.
        models.Model.save(self, *args, **kwargs)

    def clean(self):
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)
        kinds = self.EMPLOYERS.get(self.role)
        if kinds and (self.agency is None or self.agency.kind not in kinds):
            names = ", ".join(str(Kind(kind).label).lower() for kind in sorted(kinds))
            raise ValidationError(
                {"agency": _("This role needs an agency of kind: %(kinds)s.") % {"kinds": names}}
            )

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def has_a_role(self):
        """An active person with a role that is complete: those who act for an agency need to have one."""
        return self.is_active and self.role in Role.values and not self.lacks_agency

    @property
    def lacks_agency(self):
        return self.role in self.EMPLOYERS and self.agency_id is None

    @property
    def is_inspector(self):
        return self.has_a_role and self.role == Role.INSPECTOR

    @property
    def is_manager(self):
        return self.has_a_role and self.role == Role.MANAGER

    @property
    def is_respondent(self):
        return self.has_a_role and self.role == Role.RESPONDENT

    @property
    def is_auditor(self):
        return self.has_a_role and self.role == Role.AUDITOR

    @property
    def is_administrator(self):
        return self.has_a_role and self.role == Role.ADMINISTRATOR

    @property
    def has_work(self):
        """Takes part in inspections or answers for an agency: has a queue of things to do."""
        return self.is_inspector or self.is_manager or self.is_respondent

    @property
    def reads_reports(self):
        """Sees what was read from reports that their inspectorate handed in, or audits."""
        return self.is_inspector or self.is_manager or self.is_auditor

    # What the Django admin asks.
    @property
    def is_staff(self):
        return self.is_administrator

    def has_perm(self, permission, obj=None):
        return self.is_administrator

    def has_perms(self, permissions, obj=None):
        return self.is_administrator

    def has_module_perms(self, app_label):
        return self.is_administrator

    def change(self, *, by, **kwargs):
        return self._and_signed_out_if_inactive("changed", by=by, **kwargs)

    def shut_out(self, *, by, **kwargs):
        """For somebody who leaves: they are signed out for good, and history keeps naming them."""
        return self._and_signed_out_if_inactive("shut out", by=by, values={"is_active": False}, **kwargs)

    def let_in(self, *, by, **kwargs):
        """They sign in again as before; the sessions of then do not come back."""
        return self._change("let in again", by=by, values={"is_active": True}, **kwargs)

    @transaction.atomic
    def _and_signed_out_if_inactive(self, verb, *, by, **kwargs):
        address = User._base_manager.values_list("email", flat=True).get(pk=self.pk)
        self._change(verb, by=by, **kwargs)
        if self.email != address:
            sign_in_notice.tell(self, "address", by=by, address=address)
        if not self.is_active:
            self.sign_out_everywhere()
        return self

    def sign_out_everywhere(self, but=""):
        """Ends the person's sessions, except the one with this key; how many there were."""
        ended = self.usersession_set.exclude(session_key=but)
        for session in ended:
            session.end()
        return len(ended)

    @transaction.atomic
    def give_password(self, password, *, by, channel=Channel.PAGE, stays=""):
        """Sets the password, and signs the person out except in the session with the key `stays`."""

        def set_password(current):
            current.set_password(password)

        self.note_sign_in_change("password set", by=by, channel=channel, change=set_password)
        self.sign_out_everywhere(but=stays)
        return self

    @transaction.atomic
    def note_sign_in_change(self, verb, *, by, channel=Channel.PAGE, change=None):
        """Something of how the person signs in changes. The event says what and by whom, nothing else."""
        current = User._base_manager.select_for_update().get(pk=self.pk)
        if change:
            change(current)
        current.version += 1
        current.save()
        current._write_event(verb, by=by, channel=channel, reason="", before={}, after={})
        sign_in_notice.tell(current, verb, by=by)
        self.refresh_from_db()
