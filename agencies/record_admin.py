"""What every page of the administration does alike: save through verbs, show history, delete nothing.

A form carries the version it was rendered with. Saving calls one verb of the record, so each save is one event,
many-to-many fields included; what the verb refuses comes back as an error of the form.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.forms.renderers import DjangoTemplates
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from . import held
from .admin_site import site
from .filters import LONGEST_SEARCH, few_words
from .models import Channel, EditConflict, Recorded
from .screened import Screened
from .timeline import changes_of, looked_again

ADMIN_WIDGETS = DjangoTemplates()  # Django's own, which the administration's style sheet is written for


class RecordForm(Screened, forms.ModelForm):
    """A record as the person saw it, by its version."""

    default_renderer = ADMIN_WIDGETS
    request = None  # given by RecordAdmin.get_form

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and isinstance(self.instance, Recorded):
            self.initial["seen_version"] = self.instance.version
        else:
            del self.fields["seen_version"]
        if self.request and held.SESSION_KEY in self.request.session and (kept := held.take(self.request)):
            self._fill_in(kept)

    def _fill_in(self, kept):
        """What was typed before the person had to say once more who they are. The seen version is that of then."""
        for name, field in self.fields.items():
            if "password" not in name:
                self.initial[name] = field.widget.value_from_datadict(kept, {}, self.add_prefix(name))

    def clean(self):
        cleaned = super().clean()
        if refusal := getattr(self.request, "refusal", None):
            self._add_refusal(refusal)
        elif "seen_version" in self.fields and cleaned.get("seen_version") != self.instance.version:
            self._add_conflict(cleaned.get("seen_version"))
        return cleaned

    def _add_refusal(self, refusal):
        named = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
        for name, errors in named.items():
            self.add_error(name if name in self.fields else None, errors)

    def _add_conflict(self, seen):
        """Says what happened since; the form that is shown again may replace it."""
        lines = [_("Somebody else changed this meanwhile, so nothing was saved. Your values are kept below.")]
        for event in self.instance.events().filter(sequence__gt=seen) if seen is not None else ():
            who = event.by.get_full_name() if event.by else _("the system")
            for change in changes_of(event, type(self.instance)):
                lines.append(
                    _("%(who)s changed “%(label)s” from “%(before)s” to “%(after)s”.")
                    % {"who": who, **change}
                )
        lines.append(_("Saving again replaces what they saved."))
        self.add_error(None, lines)
        self.data = self.data.copy()
        self.data["seen_version"] = self.instance.version

    def values(self):
        """The changed fields, plain and many-to-many, for the verb."""
        opts = self._meta.model._meta
        names = {field.name for field in (*opts.fields, *opts.many_to_many)}
        return {name: self.cleaned_data[name] for name in self.changed_data if name in names}


class RecordSearchForm(ChangeListSearchForm):
    """As much as the other lists of the register search for; of more the page says so and searches for nothing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(
            required=False, strip=False, max_length=LONGEST_SEARCH, validators=[few_words]
        )


class RecordList(ChangeList):
    """A list whose links carry the record's public key."""

    search_form_class = RecordSearchForm

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pk_attname = self.model_admin.key


def readable_here(records, user):
    """What the person may see; of what is published sooner or later only what is: nothing is opened to the
    administration by break-glass, which is for reading."""
    records = records.visible_to(user) if hasattr(records, "visible_to") else records
    return records.published() if hasattr(records, "published") else records


class RecordAdmin(admin.ModelAdmin):
    """Lists what the person may see; adds and changes through the record's verbs; deletes nothing."""

    form = RecordForm
    key = "pk"  # the field that stands in addresses
    change_form_template = add_form_template = "admin/record_change_form.html"
    actions = None
    show_full_result_count = False

    # Reading

    def get_queryset(self, request):
        records = super().get_queryset(request)
        return readable_here(records, request.user)

    def get_field_queryset(self, db, db_field, request):
        choices = super().get_field_queryset(db, db_field, request)
        if choices is None:
            choices = db_field.remote_field.model._default_manager.all()
        return readable_here(choices, request.user)

    def lookup_allowed(self, lookup, value, request):
        """Addresses filter as the page itself does, by `list_filter` and `date_hierarchy`, and by nothing else.

        Any other column could be read by trying, passwords' hashes among them; a relation back to what names the
        record may lead to what is hidden; and a pattern can keep the database busy for hours.
        """
        if lookup.endswith("regex"):
            return False
        offered = [item[0] if isinstance(item, tuple) else item for item in self.get_list_filter(request)]
        offered.append(self.date_hierarchy)
        if lookup.split("__")[0] not in {name.split("__")[0] for name in offered if isinstance(name, str)}:
            return False
        return super().lookup_allowed(lookup, value, request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        related = db_field.related_model
        if field and site.is_registered(related) and site.get_model_admin(related).key != "pk":
            # Django's links beside the choice carry the record's number.
            field.widget.can_change_related = field.widget.can_view_related = False
        return field

    def get_changelist(self, request, **kwargs):
        return RecordList

    def get_object(self, request, object_id, from_field=None):
        if from_field or self.key == "pk":
            return super().get_object(request, object_id, from_field)
        return self.get_queryset(request).filter(**{self.key: object_id}).first()

    def has_delete_permission(self, request, obj=None):
        return False

    def view_on_site(self, obj):
        """The record's own page; nothing where it has none."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    # Writing

    def get_fieldsets(self, request, obj=None):
        (name, options), *rest = super().get_fieldsets(request, obj)
        fields = options["fields"]
        if obj is not None and self.has_change_permission(request, obj):
            fields = [*fields, "seen_version"]
        return [(name, {**options, "fields": fields}), *rest]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except EditConflict:
            pass  # the form finds the newer version by itself when it is read again
        except ValidationError as refusal:
            request.refusal = refusal
        except IntegrityError:
            request.refusal = ValidationError(_("Somebody else just saved a record with the same values."))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if change:
            self.change_record(request, obj, form)
        else:
            self.add_record(request, obj, form)

    def add_record(self, request, record, form):
        record.add(by=request.user, channel=Channel.ADMIN, values=form.values())

    def change_record(self, request, record, form):
        record.change(
            by=request.user,
            channel=Channel.ADMIN,
            values=form.values(),
            expect=form.cleaned_data["seen_version"],
        )

    def save_related(self, request, form, formsets, change):
        """Nothing: the verb has saved the many-to-many fields, and there are no inlines."""

    def log_addition(self, request, obj, message):
        """Nothing: the record's event says it."""

    log_change = log_addition

    # History and further pages of one record

    def events_of(self, request, record):
        """The events of the record that the person may read, oldest first."""
        return record.events()

    def record_tools(self, request, record):
        """[(label, address)] of what else can be done with the record."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["record_tools"] = self.record_tools(request, obj)
            context["history_url"] = record_url(obj, "history") if isinstance(obj, Recorded) else ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(self, request, object_id, extra_context=None):
        record = self.get_object(request, unquote(object_id))
        if record is None or not isinstance(record, Recorded):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        rows = [
            (event, changes_of(event, self.model), looked_again(event, self.model))
            for event in self.events_of(request, record)
        ]
        return self.record_page(
            request, record, "admin/record_history.html", title=_("History: %s") % record, rows=rows[::-1]
        )

    def record_page(self, request, record, template, **context):
        """A further page of the record, with the breadcrumbs that lead to it."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "record": record,
            "record_url": record_url(record),
            **context,
        }
        return TemplateResponse(request, template, context)


class ReadOnlyAdmin(RecordAdmin):
    """Records that administrators may read and nobody changes here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def record_url(record, page="change"):
    """The address of the record's page in the administration."""
    opts = record._meta
    key = getattr(record, site.get_model_admin(type(record)).key)
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=[quote(key)])


def record_link(record):
    return format_html('<a href="{}">{}</a>', record_url(record), record)
