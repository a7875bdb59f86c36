"""Where I am signed in: each session with its device, and ending those that are not mine any more."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import own_sessions


def sessions(request):
    if request.method == "POST":
        _end(request)
        return redirect("sessions")
    here = request.session.session_key
    rows = [
        {
            "session": session,
            "device": own_sessions.device_of(session.user_agent),
            "here": session.session_key == here,
        }
        for session in own_sessions.of(request.user)
    ]
    return render(
        request, "account/sessions.html", {"rows": rows, "others": any(not row["here"] for row in rows)}
    )


def _end(request):
    """Ends the one session that is named, or all but this one."""
    person, here = request.user, request.session.session_key
    if "others" in request.POST:
        ended = person.sign_out_everywhere(but=here)
        words = ngettext("%(n)d other session ended.", "%(n)d other sessions ended.", ended) % {"n": ended}
        messages.success(request, words)
        return
    named = request.POST.get("session", "")
    for session in own_sessions.of(person).exclude(session_key=here):
        if str(session.pk) == named:
            session.end()
            messages.success(request, _("That session has ended."))
