"""Pages of signing in: proving once more who one is."""

from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from .. import held
from .forms import ConfirmForm
from .fresh import confirm_page, note_proof


def safe_next(request):
    """The address to go on to, within this register; "" when none is given or it leads elsewhere."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_here = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_here else ""


@sensitive_post_parameters()
def confirm(request):
    """Asks who is there, then leads on to where they were; typed text that was kept is put back there."""
    form = ConfirmForm(request.POST or None, request=request)
    kept = request.POST.get("held", "")
    if request.method == "POST" and form.is_valid():
        note_proof(request)
        return redirect(held.put_back(request, kept) or safe_next(request) or "home")
    return confirm_page(request, form, safe_next(request), kept)
