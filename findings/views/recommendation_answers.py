"""What an agency does with a recommendation, or an inspector on its behalf: respond, and claim completion."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agencies import held

from ..follow_up_forms import ClaimForm, RespondForm
from ..models import Response
from ..models.follow_up import OPEN, TRANSITIONS
from .recommendation_steps import allow, hindrance_of, step_page, take, visible


def recommendation_respond(request, public_id):
    """The first response, or a further version of it."""
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, OPEN)
    allow(request, found.is_answered_by(user), hindrance)
    kept = held.take(request)
    form = RespondForm(request.POST or kept, for_agency=not user.is_respondent)

    def is_done(current):
        latest = Response.objects.visible_to(user).current().filter(recommendation=current, by=user)
        return latest.filter(**form.values()).exists()

    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.respond(by=user, expect=expect, **form.values()),
        hindrance=hindrance,
        day="received_on",
        is_done=is_done,
    )
    if taken:
        messages.success(request, _("The response is saved."))
        return redirect(found)
    again = found.is_open and found.status not in TRANSITIONS["respond"][0]
    label = _("A further version of the response") if again else _("Respond")
    notes = [_("The version before stays beside it.")] if again else []
    return step_page(
        request,
        found,
        "respond",
        form,
        label=label,
        button=_("Save the response"),
        notes=[*on_behalf(found, user), *notes],
        put_back=kept,
        status=status,
    )


def recommendation_claim(request, public_id):
    """The agency says that it has done what was recommended."""
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, TRANSITIONS["claim"][0])
    allow(request, found.is_answered_by(user), hindrance)
    kept = held.take(request)
    form = ClaimForm(request.POST or kept, for_agency=not user.is_respondent)

    def is_done(current):
        said = {"text": current.claim, "on": current.claimed_on}
        return current.claimed_by_id == user.pk and said == form.values()

    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.claim_completion(by=user, expect=expect, **form.values()),
        hindrance=hindrance,
        day="on",
        is_done=is_done,
    )
    if taken:
        messages.success(request, _("Completion is claimed. An inspectorate verifies it."))
        return redirect(found)
    notes = [
        *on_behalf(found, user),
        _(
            "An inspectorate then verifies it: somebody else than who claims it, and than who wrote the finding."
        ),
    ]
    return step_page(
        request,
        found,
        "claim",
        form,
        label=TRANSITIONS["claim"][2],
        notes=notes,
        put_back=kept,
        status=status,
    )


def on_behalf(found, user):
    """Says for whom somebody records, who does not answer for the agency themselves."""
    if found.is_addressed_to(user):
        return []
    words = _("You record this for %(agency)s. The page will say that it was recorded by you.")
    return [words % {"agency": found.addressee.full_name}]
