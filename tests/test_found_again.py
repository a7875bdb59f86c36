"""Recurrence: linked before and after publication, to earlier findings only; closed, then found again is said."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Event
from findings.models import Finding, Recommendation
from inspections.models import Inspection

from .browsing import choices, error_summary, page, submit, text
from .conftest import record_finding, record_inspection, weakness
from .states import logged, recommended
from .test_history import one_event_more
from .who_sees_what import FINDINGS, may, mismatches

ROUTES = {"finding_recurrence"}
NOTICE = "Closed, then found again"


def links(name, state, status):
    return name in {"ines", "mary", "hugo"} and state in ("draft", "in_review", "published")


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_a_finding_is_linked_by_those_who_work_on_it_after_publication_too(
    state,
    status,
    people,
    make,
    ines,
    mary,
    cleveland,
    strategy,
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    before = Event.objects.count()
    expected = lambda name: may(links)(name, state, status)
    assert mismatches(people, "finding_recurrence", finding.public_id, expected) == []
    assert Event.objects.count() == before


@pytest.fixture
def found(sif, ofsted, stockton, camden, cleveland, strategy, ines):
    """found(year, **values): a published weakness about Cleveland Police, of an inspection of that year."""

    def record(year, body=None, theme=None, **values):
        inspection = record_inspection(sif, ofsted, camden, year and date(year, 3, 1), team=[ines])
        values = {"summary": f"Found in {year}.", **values}
        return record_finding(inspection, weakness(body or cleveland, theme or strategy, **values))

    return record


@pytest.fixture
def desk(ines, signed_in):
    return signed_in(ines)


def opened(client, finding):
    return client.get(reverse("finding_recurrence", args=[finding.public_id]))


def offered(response):
    return set(choices(response, "recurrence_of")) - {""}


def test_linking_and_unlinking_is_one_event_each(found, ines, desk):
    earlier, later = found(2014), found(2016)
    form_page = opened(desk, later)
    assert (
        submit(desk, form_page, recurrence_of=earlier.public_id, reason="The same again.").status_code == 302
    )
    event = one_event_more(later, 1)
    assert (event.verb, event.by, event.reason) == ("recurrence linked", ines, "The same again.")
    assert event.after == {"recurrence_of": {"key": earlier.public_id, "label": earlier.reference}}
    links = (
        page(desk.get(later.get_absolute_url())).find("section", aria_labelledby="recurrence").find_all("a")
    )
    assert [link["href"] for link in links] == [earlier.get_absolute_url()]
    assert "Found again in" in text(desk.get(earlier.get_absolute_url()))
    form_page = opened(desk, later)
    assert page(form_page).find("input", name="recurrence_of", checked="")["value"] == earlier.public_id
    assert submit(desk, form_page).status_code == 302  # as it is: no event
    assert submit(desk, form_page, recurrence_of="").status_code == 302
    assert one_event_more(later, 2).after == {"recurrence_of": None}


def test_offered_are_earlier_published_findings_of_the_same_agency_and_theme(
    found, met, missing, draft, mary, desk, ines
):
    at = found(2016)
    right = {found(2014).public_id, found(None).public_id}
    missing.retire(by=None, reason="Merged", into=at.theme)
    right.add(found(2013, theme=missing).public_id)
    found(2018), found(2014, body=met)
    withdrawn = found(2014)
    withdrawn.move("withdraw", by=mary, reason="Wrong.")
    record_finding(at.inspection, weakness(at.attributed_to, at.theme))
    assert offered(opened(desk, at)) == right


def test_another_earlier_finding_is_named_by_its_reference(found, missing, met, desk):
    earlier, at, later = found(2014, body=met, theme=missing), found(2016), found(2018)
    form_page = opened(desk, at)
    for wrong in ("NONE", later.reference, at.reference):
        response = submit(desk, form_page, reference=wrong)
        assert "has this reference" in error_summary(response)[0]
    assert submit(desk, form_page, reference=f" {earlier.reference.lower()} ").status_code == 302
    assert Finding.objects.get(pk=at.pk).recurrence_of == earlier
    # It stays offered, so that saving the form again does not drop it.
    assert submit(desk, opened(desk, at)).status_code == 302
    assert Finding.objects.get(pk=at.pk).recurrence_of == earlier


def test_a_hidden_finding_is_none_to_link_to(found, draft, otto, ines, mary, sif, camden, signed_in):
    """Neither its reference, which it has not, nor its public id or number is anything else than unknown."""
    from agencies.public_ids import new_public_id

    at = found(2016)
    inspection = Inspection.objects.get(pk=at.inspection_id)
    inspection.edit(by=mary, values={"team": [otto]}, expect=inspection.version, reason="Why.")
    client = signed_in(otto)
    form_page = opened(client, at)
    for hidden in (draft.public_id, str(draft.pk)):
        unknown = new_public_id()
        answers = [
            error_summary(submit(client, form_page, recurrence_of=key)) for key in (hidden, unknown)
        ] + [error_summary(submit(client, form_page, reference=key)) for key in (hidden, unknown)]
        assert answers[0] == answers[1] != []
        assert answers[2] == answers[3] != []


@pytest.mark.parametrize("years", [(2014, 2016), (None, None), (2016, 2016)])
def test_findings_do_not_repeat_each_other_in_a_circle(years, found, ines):
    first, second = (found(year) for year in years)
    third = found(years[1])
    second.link_recurrence(by=ines, earlier=first)
    third.link_recurrence(by=ines, earlier=second)
    with pytest.raises(ValidationError, match="published earlier"):
        first.link_recurrence(by=ines, earlier=third)
    with pytest.raises(ValidationError):
        first.link_recurrence(by=ines, earlier=first)
    assert Finding.objects.get(pk=first.pk).recurrence_of is None


def test_what_the_verb_refuses_is_an_error_of_the_form(found, desk, ines):
    first, second = found(None), found(None)
    form_page = opened(desk, first)
    second.link_recurrence(by=ines, earlier=first)
    response = submit(desk, form_page, recurrence_of=second.public_id)
    assert response.status_code == 200
    assert error_summary(response) == ["Choose a finding that was published earlier."]


def test_an_outdated_page_links_nothing(found, desk, mary):
    earlier, later = found(2014), found(2016)
    form_page = opened(desk, later)
    later.correct(by=mary, values={"summary": "Newer words."}, citations=[], reason="Why.")
    response = submit(desk, form_page, recurrence_of=earlier.public_id)
    assert response.status_code == 409
    assert "Newer words." in text(response)
    assert Finding.objects.get(pk=later.pk).recurrence_of is None


# Closed, then found again


@pytest.fixture
def closed(stockton, mary, otto, stan, settings):
    """closed(finding, on): its recommendation, closed as verified on that day."""

    def close(finding, on):
        found = Recommendation.record_issued(
            by=None,
            channel="command",
            finding=finding,
            values={"addressee": stockton, "text": "Attend."},
        )
        found.respond(by=stan, position="accepted", text="Yes.", received_on=on)
        _to_progress(found, on, stan, mary)
        found.refresh_from_db()
        found.claim_completion(by=stan, text="Done.", on=on)
        return found.verify(by=mary, kind="desktop", on=on, progress="good", closes=True, text="Read.")

    return close


def _to_progress(recommendation, on, lead, manager):
    from findings.models import ActionPlan

    action = {"recommendation": recommendation, "text": "Train.", "owner": "Head of training"}
    plan = ActionPlan.begin(
        by=lead,
        inspection=recommendation.inspection,
        by_agency=recommendation.addressee,
        values={"title": "Plan"},
        actions=[action],
    )
    plan.submit(by=lead, on=on)
    plan.accept(by=manager, on=on)


def test_both_findings_say_that_it_was_closed_and_then_found_again(found, closed, desk, ines, mel, signed_in):
    earlier = found(2014)
    recommendation = closed(earlier, date(2015, 5, 3))
    later = found(2016)
    assert "closed as verified on 3 May 2015, then found again" in " ".join(
        choices(opened(desk, later), "recurrence_of").values()
    )
    later.link_recurrence(by=ines, earlier=earlier)
    for finding in (earlier, later):
        for client in (desk, signed_in(mel)):
            seen = text(client.get(finding.get_absolute_url()))
            assert NOTICE in seen
            assert f"{recommendation.reference} was closed as verified on 3 May 2015" in seen
            assert f"{later.reference} was published on 1 March 2016" in seen


@pytest.mark.parametrize(
    ("closed_on", "published_in", "returned"),
    [(date(2016, 2, 29), 2016, True), (date(2016, 3, 1), 2016, False), (date(2017, 1, 1), 2016, False)],
)
def test_closed_on_the_day_of_publication_or_later_is_not_found_again(
    closed_on, published_in, returned, found, closed, desk, ines
):
    earlier, later = found(2014), found(published_in)
    closed(earlier, closed_on)
    later.link_recurrence(by=ines, earlier=earlier)
    for finding in (earlier, later):
        assert (NOTICE in text(desk.get(finding.get_absolute_url()))) == returned


def test_closed_as_not_implemented_or_still_open_is_not_closed_then_found_again(
    found, desk, ines, mary, stan, stockton
):
    earlier, later = found(2014), found(2016)
    for status in ("issued", "closed_not_implemented"):
        recommended(earlier, stockton, status, author=ines, manager=mary, lead=stan)
    later.link_recurrence(by=ines, earlier=earlier)
    assert NOTICE not in text(desk.get(later.get_absolute_url()))


def test_before_its_publication_nobody_reads_that_it_was_found_again(
    found, closed, desk, ines, mary, drafting, clara, signed_in
):
    earlier = found(2014)
    closed(earlier, date(2015, 5, 3))
    values = weakness(earlier.attributed_to, earlier.theme, recurrence_of=earlier)
    logged(drafting, ines, values, "in_review", reviewer=mary)
    for client in (desk, signed_in(clara)):
        assert NOTICE not in text(client.get(earlier.get_absolute_url()))
    assert "Found again in" in text(desk.get(earlier.get_absolute_url()))
    assert "Found again in" not in text(signed_in(clara).get(earlier.get_absolute_url()))


def test_when_the_earlier_finding_is_withdrawn_its_closure_is_named_no_more(
    found, closed, ines, mary, mel, signed_in
):
    earlier, later = found(2014), found(2016)
    closed(earlier, date(2015, 5, 3))
    later.link_recurrence(by=ines, earlier=earlier)
    earlier.move("withdraw", by=mary, reason="Wrong.")
    assert NOTICE not in text(signed_in(mel).get(later.get_absolute_url()))


def test_while_logging_each_earlier_finding_says_whether_its_recommendation_was_closed(
    found, closed, drafting, cleveland, strategy, desk
):
    shut, open_one = found(2014), found(2013)
    closed(shut, date(2015, 5, 3))
    query = {"attributed_to": cleveland.pk, "theme": strategy.pk}
    response = desk.get(reverse("findings_earlier", args=[drafting.public_id]), query)
    labels = choices(response, "recurrence_of")
    assert "its recommendation was closed as verified on 3 May 2015" in labels[shut.public_id]
    assert labels[open_one.public_id] == f"{open_one.reference}: Found in 2013."


def test_pages_ask_equally_often_for_one_recurrence_and_for_three(found, closed, desk, ines):
    earlier = found(2014)
    asked = {}
    for count in (1, 3):
        while earlier.recurrences.count() < count:
            again = found(2016 + earlier.recurrences.count())
            again.link_recurrence(by=ines, earlier=earlier)
            closed(earlier, date(2015, 5, 3) + timedelta(count))
        for name, address in (
            ("finding", earlier.get_absolute_url()),
            ("link", reverse("finding_recurrence", args=[again.public_id])),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(address).status_code == 200
            asked[name, count] = len(queries)
    assert asked == {("finding", 1): 23, ("link", 1): 10, ("finding", 3): 23, ("link", 3): 10}
