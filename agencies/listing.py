"""Lists whose whole state stands in the URL: filters with removable chips, sorting, paging."""

from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Model
from django.db.models.expressions import OrderBy
from django.forms import BooleanField
from django.utils.formats import date_format
from django.utils.translation import gettext as _

PAGE_SIZE = 50


def filtered(filterset_class, request, queryset):
    """The filter, its results, and a chip for each active choice.

    A filter value that cannot be understood is shown as an error beside its field, and until it is put right
    the list is empty: an unfiltered list under a filter's heading would be a wrong answer.
    """
    filterset = filterset_class(request.GET, queryset=queryset, request=request)
    valid = filterset.is_valid()
    results = filterset.qs if valid else queryset.none()
    return {
        "filter": filterset,
        "results": results,
        "chips": chips(filterset, request),
        "clear_url": request.path,
        "has_errors": not valid,
    }


def chips(filterset, request):
    """One removable chip per active choice: its words, and the URL without it."""
    found = []
    cleaned = getattr(filterset.form, "cleaned_data", {})
    for name, field in filterset.form.fields.items():
        sent = list(dict.fromkeys(request.GET.getlist(name)))
        several = getattr(field.widget, "allow_multiple_selected", False)
        for value in sent if several else sent[-1:]:
            if value == "" or (name in cleaned and cleaned[name] in (False, None, "")):
                continue
            remaining = request.GET.copy()
            remaining.setlist(name, [kept for kept in sent if several and kept != value])
            remaining.pop("page", None)
            words = _words(filterset.form, name, field, value)
            found.append(
                {
                    "label": _("%(field)s: %(value)s") % {"field": field.label, "value": words},
                    "remove_url": f"?{remaining.urlencode()}",
                }
            )
    return found


def _words(form, name, field, value):
    """How the form itself names the chosen value: never a look-up beyond what the form accepted."""
    chosen = getattr(form, "cleaned_data", {}).get(name)
    if isinstance(chosen, Model):
        return str(chosen)
    if isinstance(chosen, date):
        return date_format(chosen, "j F Y")
    if isinstance(field, BooleanField):
        return _("Yes")
    for choice, label in _flat(getattr(field, "choices", ())):
        if str(choice) == value:
            return getattr(label, "plain", None) or str(label)
    return value


def _flat(choices):
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def page_of(request, results, sorts, default):
    """One page of the results in the asked order.

    `sorts`: {key: order_by arguments}. "-key" turns the first of them round; the others keep equals in order.
    """
    sort = request.GET.get("sort", default)
    if sort.removeprefix("-") not in sorts:
        sort = default
    first, *others = sorts[sort.removeprefix("-")]
    ordered = results.order_by(turned_round(first) if sort.startswith("-") else first, *others)
    paginator = Paginator(ordered, PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    return {
        "ordered": ordered,
        "page_obj": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "total": paginator.count,
        "sort": sort,
    }


def turned_round(order):
    """The opposite of one order_by argument."""
    if isinstance(order, str):
        return f"-{order}"
    opposite = order.copy() if isinstance(order, OrderBy) else order.asc()
    opposite.reverse_ordering()
    return opposite


def url_with(path, **query):
    """A link to a filtered list; lists give several values, empty ones are left out."""
    pairs = []
    for name, value in query.items():
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        pairs += [(name, str(item)) for item in values if item not in (None, "")]
    return f"{path}?{urlencode(pairs)}" if pairs else path
