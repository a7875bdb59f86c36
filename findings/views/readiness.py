"""For whoever watches the register: whether it can do its work. The log says what is amiss, this page does not."""

from django.contrib.auth.decorators import login_not_required

from agencies.probes import plain

from ..readiness import probe


@login_not_required
def readyz(request):
    return plain(probe.is_ready())
