"""The second step: asked for at sign-in, set up and taken away on one's own account."""

import base64
import json

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from . import second_step as steps
from .forms import AppForm, PasskeyForm, SecondStepForm
from .fresh import fresh_sign_in
from .throttle import as_too_many

SECRET = "secret of an app that is being added"  # nosec B105 # the name of its place in the session


@login_not_required
@sensitive_post_parameters()
def second_step_asked(request):
    """After the password: the code or the passkey of whoever gave it."""
    stage = (
        None if request.user.is_authenticated else LoginStageController.enter(request, steps.SecondStep.key)
    )
    if stage is None or not stage.login.user.is_active:
        clear_login(request)
        return redirect("sign_in")
    person = stage.login.user
    form = SecondStepForm(request.POST if request.method == "POST" else None, person=person, request=request)
    if request.method == "POST" and form.is_valid():
        steps.note_use(request, person, form.used)
        return stage.exit()
    context = {"form": form, "options": json.dumps(steps.passkey_options(person))}
    return as_too_many(render(request, "account/second_step_asked.html", context), form.wait)


def second_step(request):
    """What somebody has, and what can be added."""
    rows = list(steps.of(request.user))
    context = {
        "apps": [row for row in rows if row.type == steps.APP],
        "passkeys": [row for row in rows if row.type == steps.PASSKEY],
        "codes": next((row for row in rows if row.type == steps.CODES), None),
        "has_one": any(row.type != steps.CODES for row in rows),
        "must": steps.must_have_one(request.user),
        "go_on": request.session.get(steps.GO_ON, ""),
    }
    return render(request, "account/second_step.html", context)


@fresh_sign_in
@sensitive_post_parameters()
@sensitive_variables()
def app_add(request):
    """Shows a secret for an app, and adds the app once it makes the right code of it."""
    secret = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    form = AppForm(request.POST if request.method == "POST" else None, request=request, secret=secret)
    if request.method == "POST" and form.is_valid():
        del request.session[SECRET]
        messages.success(request, _("The app is added."))
        return redirect("second_step")
    adapter = steps.Adapter()
    image = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "image": base64.b64encode(image.encode()).decode(),
    }
    return as_too_many(render(request, "account/app_add.html", context), form.wait)


@fresh_sign_in
def passkey_add(request):
    form = PasskeyForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("The passkey is added."))
        return redirect("second_step")
    context = {"form": form, "options": json.dumps(steps.registration_options(request.user))}
    return render(request, "account/passkey_add.html", context)


@fresh_sign_in
def second_step_remove(request, pk):
    row = get_object_or_404(steps.of(request.user), pk=pk)
    is_last = row.type != steps.CODES and not (
        steps.of(request.user).exclude(pk=pk).exclude(type=steps.CODES).exists()
    )
    refused = is_last and steps.must_have_one(request.user)
    if request.method == "POST" and not refused:
        steps.remove(request.user, row)
        messages.success(request, _("It is removed."))
        return redirect("second_step")
    context = {"row": row, "is_last": is_last, "refused": refused}
    return render(request, "account/second_step_remove.html", context)


@fresh_sign_in
def codes_made(request):
    """Makes recovery codes and shows them, this once: they stand on no page that can be opened again."""
    if not steps.has_one(request.user):
        return redirect("second_step")
    codes = steps.make_codes(request.user) if request.method == "POST" else []
    context = {"codes": codes, "go_on": request.session.get(steps.GO_ON, "")}
    return render(request, "account/codes_made.html", context)
