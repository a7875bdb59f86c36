"""The list of agencies, and the pages that hold no records."""

from django.shortcuts import render

from .filters import AgencyFilter
from .listing import filtered, page_of
from .models import Agency


def about(request):
    return render(request, "agencies/about.html", {"section": "about"})


SORTS = {
    "name": ("name", "pk"),
    "kind": ("kind", "name", "pk"),
    "region": ("region", "name", "pk"),
}


def agencies(request):
    listing = filtered(AgencyFilter, request, Agency.objects.visible_to(request.user))
    context = {
        "section": "agencies",
        **listing,
        **page_of(request, listing["results"], SORTS, default="name"),
    }
    return render(request, "agencies/agencies.html", context)
