"""Verification: what somebody who neither wrote nor claimed it saw of a recommendation being carried out."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies import held

from ..follow_up_forms import VerifyForm
from ..models import RecommendationStatus, Verification
from ..models.follow_up import OPEN
from .recommendation_steps import allow, hindrance_of, step_page, take, visible


def recommendation_verify(request, public_id):
    """Records progress; after a claim it sends back to work what is not done, or closes what is.

    The page opens for every inspector and manager who did not write or claim it: somebody of another inspectorate
    verifies through a published inspection of theirs, which only the form can say.
    """
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, OPEN)
    allow(request, found.could_be_verified_by(user), hindrance)
    kept = held.take(request)
    form = VerifyForm(request.POST or kept, user=user, recommendation=found)

    def is_done(current):
        said = {name: form.values()[name] for name in ("kind", "on", "progress", "text", "through")}
        rows = Verification.objects.visible_to(user).filter(recommendation=current, by=user)
        return rows.filter(**said).exists()

    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.verify(by=user, expect=expect, **form.values()),
        hindrance=hindrance,
        day="on",
        is_done=is_done,
    )
    if taken:
        closed = form.cleaned_data.get("closes")
        told = _("It is verified and closed.") if closed else _("The verification is saved.")
        messages.success(request, told)
        return redirect(found)
    return step_page(
        request,
        found,
        "verify",
        form,
        label=_("Verify"),
        button=_("Save the verification"),
        notes=_notes(found, user),
        put_back=kept,
        status=status,
        shows_claim=found.status == RecommendationStatus.CLAIMED,
    )


def _notes(found, user):
    """What the verification will change."""
    notes = []
    if not found.may_be_verified_by(user):
        notes.append(
            _(
                "Your inspectorate took no part in this inspection: you verify through a published one of yours."
            )
        )
    if found.status == RecommendationStatus.CLAIMED:
        claimed = _(
            "Completion was claimed on %(day)s. No meaningful or insufficient progress sends it back to work; "
            "on reasonable or good progress you may close it."
        )
        notes.append(claimed % {"day": date_format(found.claimed_on)})
    else:
        notes.append(_("Completion is not claimed yet: what you record here changes nothing else."))
    return notes
