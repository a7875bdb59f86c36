"""Changing several findings or recommendations: choose them, see exactly what would change, then confirm."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import held
from agencies.editing import hidden_fields
from agencies.listing import filtered
from agencies.sign_in.fresh import fresh_sign_in

from ..bulk import MOST, Refused, carry_out, preview
from ..bulk_forms import BulkForm
from ..filters import FindingFilter
from ..models import Finding, Recommendation
from ..recommendation_filters import RecommendationFilter

SALT = "bulk change"
LISTS = {
    Finding: {
        "filter": FindingFilter,
        "section": "findings",
        "order": ("-inspection__published_on", "reference", "pk"),
        "with": (
            "theme",
            "attributed_to",
            "assigned_to",
            "inspection__inspected_agency",
            "inspection__framework",
        ),
    },
    Recommendation: {
        "filter": RecommendationFilter,
        "section": "recommendations",
        "order": ("due_on", "reference", "pk"),
        "with": (
            "addressee",
            "assigned_to",
            "finding__attributed_to",
            "finding__inspection__inspected_agency",
            "finding__inspection__framework",
        ),
    },
}


@fresh_sign_in(when=lambda request: "confirm" in request.POST and request.POST.get("change") == "withdraw")
def findings_bulk(request):
    return _bulk(request, Finding)


def recommendations_bulk(request):
    return _bulk(request, Recommendation)


def _bulk(request, model):
    if not (request.user.is_inspector or request.user.is_manager):
        raise PermissionDenied
    kept = held.take(request)
    data = request.POST or kept
    form = BulkForm(data, user=request.user, model=model)
    listing = filtered(LISTS[model]["filter"], request, model.objects.visible_to(request.user))
    context = {"listing": listing, "form": form, "put_back": bool(kept)}
    if data is None:
        return _choose(request, model, context)
    if "all" in data:
        data = _with_all(data, model, listing)
    records, unknown = _picked(request, model, data)
    context["picked"] = {record.public_id for record in records}
    if not records or unknown or len(records) > MOST:
        form.add_error(None, _number_problem(len(records), unknown))
        return _choose(request, model, context)
    if not form.is_valid() or "choose" in data:
        return _choose(request, model, context)
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, model, form, records, context)
    return _preview(request, model, form, records, context)


def _choose(request, model, context):
    """The records of the list to choose from, and the form."""
    offered = context["listing"]["results"].select_related(*LISTS[model]["with"])
    offered = list(offered.order_by(*LISTS[model]["order"])[: MOST + 1])
    context |= {
        "records": offered[:MOST],
        "too_many": len(offered) > MOST,
        "picked": context.get("picked", ()),
    }
    return _page(request, model, "findings/bulk.html", context)


def _with_all(data, model, listing):
    """All that the list offers, chosen by one box."""
    data = data.copy()
    offered = listing["results"].order_by(*LISTS[model]["order"])[:MOST]
    data.setlist("pick", offered.values_list("public_id", flat=True))
    return data


def _preview(request, model, form, records, context, status=200, problem=""):
    rows = preview(form.chosen, records, request.user, form.value)
    shown = {record.public_id: record.version for record in records}
    context |= {
        "rows": rows,
        "refused": [row for row in rows if row["refusal"]],
        "change": form.chosen,
        "shown": signing.dumps([request.user.pk, form.chosen.code, shown], salt=SALT, compress=True),
        "problem": problem,
    }
    return _page(request, model, "findings/bulk_preview.html", context, status)


def _confirm(request, model, form, records, context):
    """Carries the change out as it was shown, or shows anew what it would be now."""
    versions = _shown(request, form.chosen.code)
    if versions is None or set(versions) != {record.public_id for record in records}:
        problem = _("This is not what was shown before. Look at it again before you confirm.")
        return _preview(request, model, form, records, context, 409, problem)
    reason = form.cleaned_data["reason"]
    try:
        carry_out(form.chosen, records, by=request.user, value=form.value, reason=reason, versions=versions)
    except Refused as refusal:
        return _preview(
            request, model, form, _picked(request, model, request.POST)[0], context, 409, str(refusal)
        )
    messages.success(
        request,
        ngettext("Done: %(n)d record changed.", "Done: %(n)d records changed.", len(records))
        % {"n": len(records)},
    )
    return redirect(LISTS[model]["section"])


def _shown(request, code):
    """{public id: version} as this person was shown them for this change; None when that cannot be told."""
    try:
        owner, shown_code, versions = signing.loads(request.POST.get("shown", ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return versions if (owner, shown_code) == (request.user.pk, code) else None


def _picked(request, model, data):
    """(the chosen records, how many chosen ids are of none that the person may see)."""
    ids = list(dict.fromkeys(data.getlist("pick")))[: MOST * 2]
    visible = model.objects.visible_to(request.user).select_related(*LISTS[model]["with"])
    # Characters that no id has, NUL among them, are not for the database to refuse.
    readable = [public_id for public_id in ids if public_id.isprintable()]
    records = list(visible.filter(public_id__in=readable).order_by(*LISTS[model]["order"]))
    return records, len(ids) - len(records)


def _number_problem(number, unknown):
    if unknown:
        return _("Some of these cannot be found any more. Choose again; nothing was changed.")
    if not number:
        return _("Choose at least one.")
    return _("Choose at most %d at once.") % MOST


def _page(request, model, template, context, status=200):
    form = context["form"]
    context |= {
        "section": LISTS[model]["section"],
        "list_name": LISTS[model]["section"],
        "hidden": hidden_fields(request),
        "has_errors": form.is_bound and bool(form.errors),
        "most": MOST,
    }
    return render(request, template, context, status=status)
