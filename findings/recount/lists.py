"""How many rows stand behind a link of a figure: what the person would count in the list that it opens."""

from urllib.parse import urlsplit

from django.http import QueryDict
from django.test import RequestFactory

from inspections.models import Inspection

from ..filters import FindingFilter
from ..inspection_filters import InspectionFilter
from ..letter_filters import LetterFilter
from ..models import CaseReferral, Finding, Letter, Recommendation
from ..recommendation_filters import RecommendationFilter
from ..referral_filters import CaseReferralFilter

LISTS = {
    "/findings/": (Finding, FindingFilter),
    "/inspections/": (Inspection, InspectionFilter),
    "/recommendations/": (Recommendation, RecommendationFilter),
    "/letters/": (Letter, LetterFilter),
    "/cases/": (CaseReferral, CaseReferralFilter),
}


def opens_a_list(url):
    return urlsplit(url).path in LISTS


class Lists:
    """Counts the rows behind addresses for one person, each address once."""

    def __init__(self, user):
        self.user = user
        self.counted = {}

    def rows_behind(self, url):
        """Their number, or in words why the list shows an error. Who sees nothing finds an empty list, with or without one."""
        if url not in self.counted:
            self.counted[url] = self._count(url)
        return self.counted[url]

    def _count(self, url):
        address = urlsplit(url)
        model, filterset_class = LISTS[address.path]
        request = RequestFactory().get(url)
        request.user = self.user
        filterset = filterset_class(
            QueryDict(address.query), queryset=model.objects.visible_to(self.user), request=request
        )
        if not filterset.is_valid():
            return f"an error: {filterset.form.errors.as_json()}" if self.user.has_a_role else 0
        return filterset.qs.count()
