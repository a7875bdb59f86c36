"""What a dashboard's address asks for."""

from inspections.periods import Window

from ..scope_form import ScopeForm, scope_of


def asked(request, *, default=Window.YEAR, takes=(), form_class=ScopeForm, **of):
    """(form, Scope): what the address asks for; the scope is None while the form has errors."""
    sort = request.GET.get("sort", "")
    return scope_of(
        request.GET, request.user, default=default, takes=takes, form_class=form_class, sort=sort, **of
    )
