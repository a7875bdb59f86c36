"""Break-glass: an administrator opens one inspection, for a while, and ends it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields
from agencies.sign_in.fresh import fresh_sign_in

from .break_glass_forms import BreakGlassForm
from .models import BreakGlass, IllegalTransition

SHOWN = 20


@fresh_sign_in(when=lambda request: request.user.is_administrator and "end" not in request.POST)
def break_glass(request):
    user = request.user
    if not user.is_administrator:
        raise PermissionDenied
    now_open = BreakGlass.objects.open_to(user).select_related("inspection").first()
    if "end" in request.POST:
        return _end(request, now_open)
    kept, status = held.take(request), 200
    form = BreakGlassForm(request.POST or kept, initial={"minutes": 15})
    if request.method == "POST" and form.is_valid():
        try:
            glass = _open(user, **form.cleaned_data)
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            status = 409
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The inspection is open to you. Each page that you open is logged."))
            return redirect(glass.inspection)
    context = {
        "section": "",
        "now_open": now_open,
        "openings": BreakGlass.objects.visible_to(user)[:SHOWN],
        "form": form,
        "hidden": hidden_fields(request),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "inspections/break_glass.html", context, status=status)


def _open(user, *, address, reason, minutes):
    return BreakGlass.open(by=user, public_id=address, reason=reason, minutes=minutes)


def _end(request, now_open):
    """Nothing to end is no mistake: it ended by itself meanwhile."""
    if now_open:
        now_open.end(by=request.user)
    messages.success(request, _("The inspection is closed to you again."))
    return redirect("break_glass")


def opened_for(user, inspection):
    """What components/opened.html needs on a page of the inspection: an administrator reads it by break-glass."""
    if inspection.is_public or not user.is_administrator:
        return {}
    return {"opened": BreakGlass.objects.open_to(user).filter(inspection=inspection).first()}
