"""Administration of agencies, who polices whom and who succeeded whom; of people in people_admin.py."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from . import people_admin  # noqa: F401 (registers people)
from .admin_site import site
from .models import Agency, Policing, Succession
from .record_admin import RecordAdmin


@admin.register(Agency, site=site)
class AgencyAdmin(RecordAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    "official_name",
                    "slug",
                    "short_code",
                    "kind",
                    "special",
                    "nation",
                    "region",
                ]
            },
        ),
        (gettext_lazy("Codes"), {"fields": ["code", "ofsted_urn"]}),
        (
            gettext_lazy("Life"),
            {
                "fields": ["opened_on", "closed_on"],
                "description": gettext_lazy(
                    "An agency is never deleted. When it ends, give its last day here and record who succeeds it."
                ),
            },
        ),
        (gettext_lazy("Where this is known from"), {"fields": ["note", "source"]}),
    ]
    list_display = ["full_name", "name", "kind", "nation", "region", "code", "opened_on", "closed_on"]
    list_filter = ["kind", "nation", "region", "special"]
    search_fields = ["name", "official_name", "slug", "short_code", "code", "ofsted_urn"]
    prepopulated_fields = {"slug": ["official_name"]}

    @admin.display(description=gettext_lazy("agency"), ordering="official_name")
    def full_name(self, agency):
        return agency.full_name


@admin.register(Policing, site=site)
class PolicingAdmin(RecordAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": ["force", "authority", "valid_from", "valid_to", "source"],
                "description": gettext_lazy(
                    "A row is never deleted. When another force takes over, give this one its last day "
                    "and add a new row from the next."
                ),
            },
        )
    ]
    autocomplete_fields = ["force", "authority"]
    list_display = ["authority", "force", "valid_from", "valid_to"]
    list_select_related = ["force", "authority"]
    list_filter = ["force__region"]
    search_fields = ["force__name", "force__official_name", "authority__name", "authority__official_name"]
    date_hierarchy = "valid_from"


@admin.register(Succession, site=site)
class SuccessionAdmin(RecordAdmin):
    fields = ["predecessor", "successor", "on", "note", "source"]
    autocomplete_fields = ["predecessor", "successor"]
    list_display = ["predecessor", "successor", "on"]
    list_select_related = ["predecessor", "successor"]
    list_filter = ["predecessor__kind"]
    search_fields = [
        "predecessor__name",
        "predecessor__official_name",
        "successor__name",
        "successor__official_name",
    ]
    date_hierarchy = "on"
