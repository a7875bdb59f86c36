"""The records behind a link of a figure: what the person finds in the list that it opens."""

from urllib.parse import urlsplit

from django.http import QueryDict
from django.test import RequestFactory

from inspections.models import Inspection

from .filters import FindingFilter
from .inspection_filters import InspectionFilter
from .letter_filters import LetterFilter
from .models import CaseReferral, Finding, Letter, Recommendation
from .recommendation_filters import RecommendationFilter
from .referral_filters import CaseReferralFilter

LISTS = {
    "/findings/": (Finding, FindingFilter),
    "/inspections/": (Inspection, InspectionFilter),
    "/recommendations/": (Recommendation, RecommendationFilter),
    "/letters/": (Letter, LetterFilter),
    "/cases/": (CaseReferral, CaseReferralFilter),
}


def opens_a_list(url):
    return urlsplit(url).path in LISTS


class NoList(Exception):
    """The list shows an error instead; the message says which."""


def records_behind(url, user):
    """The queryset of the list at this address, for the person. Raises NoList where its filters are in error."""
    address = urlsplit(url)
    model, filterset_class = LISTS[address.path]
    request = RequestFactory().get(url)
    request.user = user
    filterset = filterset_class(
        QueryDict(address.query), queryset=model.objects.visible_to(user), request=request
    )
    if not filterset.is_valid():
        raise NoList(filterset.form.errors.as_json())
    return filterset.qs
