"""Two pages for the tests of files: one that takes a file with a note, and one that gives it back."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import include, path

from agencies.files import download, store
from agencies.files.forms import AsksForFileAgain, EvidenceFileField
from findings.models import Evidence, Recommendation


class NoteForm(AsksForFileAgain, forms.Form):
    file = EvidenceFileField()
    note = forms.CharField(max_length=20)


def send(request):
    form = NoteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with store(form.cleaned_data["file"]) as stored:
            add_evidence(stored, description=form.cleaned_data["note"], by=request.user)
        return redirect("home")
    return HttpResponse(
        render_to_string("components/form.html", {"form": form, "submit_label": "Send"}, request)
    )


def give(request, pk):
    evidence = Evidence.objects.get(pk=pk)
    return download(
        request,
        key=evidence.stored_key,
        name=evidence.file_name,
        content_type=evidence.content_type,
        sha256=evidence.sha256,
    )


def add_evidence(stored, by=None, **values):
    return Evidence.add(
        by=by,
        recommendation=Recommendation.objects.get(),
        stored=stored,
        values={"kind": "audit", "description": "Audit", "retain_until": date(2036, 6, 1), **values},
    )


urlpatterns = [
    path("send/", send, name="send"),
    path("give/<int:pk>/", give, name="give"),
    path("", include("config.urls")),
]
