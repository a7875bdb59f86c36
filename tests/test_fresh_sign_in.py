"""What matters most asks once more who is there; what was typed comes back, and rights are asked afterwards."""

import time
from urllib.parse import quote

import pytest
from django.urls import reverse

from agencies.models import User
from agencies.sign_in.fresh import PROVEN_AT
from findings.models import CaseReferral, Finding, Recommendation
from inspections.models import Inspection

from .browsing import error_summary, form, submit, text
from .conftest import PASSWORD
from .states import moved, planned

ROUTES = {"confirm"}
ASKED = "Confirm that it is you"


def goes_stale(client, seconds=601):
    """The person proved who they are longer ago."""
    session = client.session
    session[PROVEN_AT] = int(time.time()) - seconds
    session.save()


@pytest.fixture
def embargoed(sif, stockton, ines, mary):
    return moved(planned(ines, sif, stockton), "embargoed", mary)


@pytest.fixture
def publishing(embargoed):
    return reverse("inspection_step", args=[embargoed.public_id, "publish"])


def confirm(client, response, password=PASSWORD):
    return submit(client, response, button=None, password=password)


def test_whoever_has_just_signed_in_publishes_without_being_asked(signed_in, mary, publishing):
    client = signed_in(mary)
    assert submit(client, client.get(publishing)).status_code == 302
    assert Inspection.objects.get().status == "published"


def test_opening_the_page_later_asks_for_the_password_and_leads_back(signed_in, mary, publishing):
    client = signed_in(mary)
    goes_stale(client)
    asked = client.get(publishing)
    assert asked.url == f"/account/confirm/?next={quote(publishing, safe='')}"
    page = client.get(asked.url)
    assert ASKED in text(page)
    assert confirm(client, page).url == publishing
    assert submit(client, client.get(publishing)).status_code == 302
    assert Inspection.objects.get().status == "published"


def test_the_settings_say_how_long_a_proof_lasts(signed_in, mary, publishing, settings):
    settings.FRESH_SIGN_IN_SECONDS = 60
    client = signed_in(mary)
    goes_stale(client, 50)
    assert client.get(publishing).status_code == 200
    goes_stale(client, 61)
    assert client.get(publishing).status_code == 302
    goes_stale(client, -50)  # a clock that was set back proves nothing
    assert client.get(publishing).status_code == 302


def test_a_form_that_was_open_for_long_comes_back_filled_in_and_changes_nothing_before(
    signed_in, mary, finding
):
    client, address = signed_in(mary), reverse("finding_withdraw", args=[finding.public_id])
    opened = client.get(address)
    goes_stale(client)
    asked = submit(client, opened, reason="The report was corrected.")
    assert asked.status_code == 200
    assert ASKED in text(asked)
    assert "We have kept what you typed" in text(asked)
    assert Finding.objects.get().status == "published"
    back = client.get(confirm(client, asked).url)
    assert form(back)[1]["reason"] == ["The report was corrected."]
    assert Finding.objects.get().status == "published"
    assert submit(client, back).status_code == 302
    assert Finding.objects.get().status == "withdrawn"


def test_a_wrong_password_proves_nothing_and_keeps_the_text(signed_in, mary, finding):
    client, address = signed_in(mary), reverse("finding_withdraw", args=[finding.public_id])
    opened = client.get(address)
    goes_stale(client)
    asked = submit(client, opened, reason="The report was corrected.")
    wrong = confirm(client, asked, "a wrong guess at it")
    assert error_summary(wrong) == ["Password: The password is not right."]
    assert client.get(address).status_code == 302
    back = client.get(confirm(client, wrong).url)
    assert form(back)[1]["reason"] == ["The report was corrected."]


def test_no_other_step_asks(signed_in, ines, mary, drafting, draft):
    client = signed_in(ines)
    goes_stale(client)
    assert client.get(reverse("inspection_step", args=[drafting.public_id, "pause"])).status_code == 200
    withdraw = client.get(reverse("finding_withdraw", args=[draft.public_id]))  # a draft: nobody has read it
    assert withdraw.status_code == 200
    assert submit(client, withdraw, reason="Written twice.").status_code == 302


def test_withdrawing_several_asks_before_it_is_carried_out(signed_in, mary, finding):
    client = signed_in(mary)
    goes_stale(client)
    chosen = {"change": "withdraw", "pick": finding.public_id, "reason": "Published twice."}
    preview = client.post("/findings/change/", chosen)
    assert "What would change" in text(preview)
    asked = submit(client, preview, button="confirm")
    assert ASKED in text(asked)
    assert Finding.objects.get().status == "published"
    back = client.get(confirm(client, asked).url)
    assert submit(client, back, button="confirm").status_code == 302
    assert Finding.objects.get().status == "withdrawn"


def test_being_asked_gives_no_rights_and_tells_nothing_of_what_is_hidden(signed_in, ines, otto, publishing):
    for person, answer in ((ines, 403), (otto, 404)):  # on the team, but no manager; not on the team
        client = signed_in(person)
        goes_stale(client)
        unknown = publishing.replace(publishing.split("/")[2], "2" * 16)
        assert client.get(publishing).status_code == client.get(unknown).status_code == 302
        confirm(client, client.get(client.get(publishing).url))
        assert client.get(publishing).status_code == answer


# People, in the administration


def test_people_are_changed_after_a_fresh_proof_only_and_what_was_typed_comes_back(signed_in, adam, otto):
    client, address = signed_in(adam), reverse("admin:agencies_user_change", args=[otto.pk])
    fields = {
        "email": otto.email, "first_name": "Ottilie", "last_name": "Example", "role": "manager",
        "agency": otto.agency_id, "is_active": "on", "seen_version": otto.version,
    }  # fmt: skip
    goes_stale(client)
    asked = client.post(address, fields)
    assert ASKED in text(asked)
    otto.refresh_from_db()
    assert (otto.first_name, otto.role) == ("Otto", "inspector")
    back = client.get(confirm(client, asked).url)
    assert back.status_code == 200
    assert 'value="Ottilie"' in back.content.decode()
    assert '<option value="manager" selected>' in back.content.decode()
    assert client.post(address, fields).status_code == 302
    otto.refresh_from_db()
    assert (otto.first_name, otto.role) == ("Ottilie", "manager")


def test_passwords_are_never_kept_with_the_rest_of_a_form(signed_in, adam, otto):
    client = signed_in(adam)
    goes_stale(client)
    added = client.post(
        reverse("admin:agencies_user_add"),
        {"email": "nora@people.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    confirm(client, added)
    kept = client.session["held text"]["fields"]
    assert kept["email"] == ["nora@people.example"]
    assert not {"password1", "password2"} & set(kept)
    set_password = client.get(reverse("admin:agencies_user_password", args=[otto.pk]))
    assert set_password.status_code == 200
    assert User.objects.count() == 2


# The page itself


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_never_leads_to_another_site(signed_in, ines, elsewhere):
    client = signed_in(ines)
    page = client.get(f"/account/confirm/?next={quote(elsewhere)}")
    assert confirm(client, page).url == "/"
    assert submit(client, page, button=None, password=PASSWORD, next=elsewhere).url == "/"


def test_what_somebody_else_typed_is_not_put_back(signed_in, mary, ines, finding):
    client, address = signed_in(mary), reverse("finding_withdraw", args=[finding.public_id])
    opened = client.get(address)
    goes_stale(client)
    asked = submit(client, opened, reason="Mary's words")
    other = signed_in(ines)
    other.post("/account/confirm/", {"password": PASSWORD, "held": form(asked)[1]["held"][0], "next": "/"})
    assert "held text" not in other.session


# Lists that are taken away as files


def is_a_file(response):
    """Whether it is one; it is read to its end, as a browser does."""
    return bool(response.getvalue()) and response.headers.get("Content-Disposition", "").startswith(
        "attachment"
    )


@pytest.fixture
def hidden_case(drafting, ines, cleveland):
    return CaseReferral.refer(
        by=ines, inspection=drafting, values={"to_agency": cleveland, "reason": "Closed too early."}
    )


@pytest.fixture
def hidden_recommendation(draft, ines, stockton):
    return Recommendation.draft(
        by=ines, finding=draft, values={"addressee": stockton, "text": "Meet weekly."}
    )


@pytest.mark.parametrize("page", ["/findings/", "/inspections/", "/recommendations/", "/cases/"])
def test_what_is_not_published_is_taken_away_after_a_fresh_proof_only(
    page, signed_in, ines, draft, finding, hidden_case, hidden_recommendation
):
    client = signed_in(ines)
    assert is_a_file(client.get(f"{page}?take=csv"))
    goes_stale(client)
    assert client.get(page).status_code == 200
    asked = client.get(f"{page}?take=csv")
    assert asked.url.startswith("/account/confirm/?next=")
    back = confirm(client, client.get(asked.url))
    assert back.url == f"{page}?take=csv"
    assert is_a_file(client.get(back.url))


@pytest.mark.parametrize("page", ["/findings/", "/inspections/", "/recommendations/", "/cases/"])
def test_what_everybody_reads_is_taken_away_without_being_asked(
    page, signed_in, ines, otto, draft, finding, recommendation, hidden_case, hidden_recommendation
):
    outside = signed_in(otto)
    goes_stale(outside)
    assert is_a_file(outside.get(f"{page}?take=csv"))
    at_work = signed_in(ines)
    goes_stale(at_work)
    assert is_a_file(at_work.get(f"{page}?take=csv&as_of=2020-01-01"))
