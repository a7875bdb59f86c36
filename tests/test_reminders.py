"""Reminders by e-mail: only who asked, only what they may see at that moment, nothing twice, and no storms."""

from datetime import date, timedelta
from functools import partial
from io import StringIO

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from agencies.mails import one_line
from agencies.models import Event, User
from config import settings as settings_module
from findings.models import NotificationChoice, Recommendation, SentReminder
from findings.notices import digest as digests
from findings.notices.digest import reasons
from findings.notices.run import digests as all_digests
from findings.notices.run import send_all
from inspections.models import Clock

from .browsing import choices, error_summary, form, submit, text
from .conftest import person, record_finding, record_inspection, weakness
from .states import logged, recommendation_step
from .test_concurrency import at_once
from .test_work import brought, everything, found, joint  # noqa: F401
from .who_sees_what import REFUSED, SHOWN, SIGN_IN, outcome

ROUTES = {"notifications"}
ADDRESS = "/notifications/"
WORK = {"ines", "otto", "mary", "hugo", "hetty", "hanna", "colin", "clara", "mel", "stan"}
TODAY = date(2026, 11, 25)


def after(days):
    return TODAY + timedelta(days)


@pytest.fixture(autouse=True)
def _address(settings):
    settings.BASE_URL = "https://register.example"


def turn_on(somebody, **values):
    return NotificationChoice.of(somebody).choose(by=somebody, values={"frequency": "daily", **values})


def run(on=TODAY, **options):
    """The mails of one run: [EmailMessage]."""
    before = len(mail.outbox)
    call_command("send_reminders", on=on, stdout=StringIO(), **options)
    return mail.outbox[before:]


def entries(message):
    """The entries of a mail, each as its lines."""
    blocks = [block.splitlines() for block in message.body.split("\n\n")]
    return [
        [line.strip() for line in lines]
        for lines in blocks
        if lines and lines[0][:1].isdecimal() and ". " in lines[0]
    ]


@pytest.fixture
def due(sif, ofsted, stockton, cleveland, strategy):
    """due(day, **values): a recommendation to Stockton whose response is asked for by that day."""
    Clock(framework=sif, purpose="response", starts_from="publication", length=30, unit="calendar_days").add(
        by=None
    )

    def issue(day, **values):
        inspection = record_inspection(sif, ofsted, stockton, day - timedelta(30))
        finding = record_finding(inspection, weakness(cleveland, strategy, summary="SECRET of the finding."))
        return Recommendation.record_issued(
            by=None,
            channel="command",
            finding=finding,
            values={"addressee": stockton, "text": "SECRET of the recommendation.", **values},
        )

    return issue


# Choosing


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_is_for_those_who_have_work(method, people):
    before = Event.objects.count()
    for name, client in people.items():
        wanted = SIGN_IN if name == "anonymous" else SHOWN if name in WORK else REFUSED
        assert outcome(getattr(client, method)(ADDRESS)) == wanted, name
    assert Event.objects.count() == before


def test_it_is_off_until_the_person_turns_it_on(ines, signed_in):
    client = signed_in(ines)
    opened = client.get(ADDRESS)
    assert form(opened)[1]["frequency"] == ["off"]
    assert not NotificationChoice.objects.exists()
    answer = submit(client, opened, button=None, frequency="daily", kinds=["draft", "review"])
    assert answer.status_code == 302
    assert "Reminders are on." in text(client.get(answer.url))
    choice = NotificationChoice.objects.get()
    assert (choice.person, choice.frequency, choice.version) == (ines, "daily", 1)
    assert {"returned", "letter"} <= set(choice.left_out)
    assert not {"draft", "review"} & set(choice.left_out)
    (event,) = choice.events()
    assert (event.verb, event.by, event.channel) == ("chosen", ines, "page")


def test_changing_it_is_one_event_and_nothing_changed_is_none(ines, signed_in):
    client = signed_in(ines)
    turn_on(ines)
    opened = client.get(ADDRESS)
    submit(client, opened, button=None)
    choice = NotificationChoice.objects.get()
    assert choice.events().count() == 1
    submit(client, client.get(ADDRESS), button=None, frequency="off", about=["when_late"])
    choice.refresh_from_db()
    assert (choice.is_on, choice.when_due, choice.when_late, choice.when_new) == (False, False, True, False)
    assert choice.events().count() == choice.version == 2


def test_an_outdated_page_overwrites_nothing(ines, signed_in):
    client = signed_in(ines)
    opened = client.get(ADDRESS)
    assert submit(client, opened, button=None, frequency="daily").status_code == 302
    answer = submit(client, opened, button=None, frequency="off")
    assert answer.status_code == 409
    assert error_summary(answer) == [
        "You changed this meanwhile, in another window. Save again if this is right."
    ]
    assert NotificationChoice.objects.get().is_on
    assert submit(client, answer, button=None).status_code == 302
    assert not NotificationChoice.objects.get().is_on


def test_daily_mail_is_about_something(ines, signed_in):
    client = signed_in(ines)
    answer = submit(client, client.get(ADDRESS), button=None, frequency="daily", about=[], kinds=[])
    assert len(error_summary(answer)) == 2
    assert not NotificationChoice.objects.exists()


def test_each_role_is_offered_its_own_kinds(ines, stan, signed_in):
    assert "draft" in choices(signed_in(ines).get(ADDRESS), "kinds")
    offered = choices(signed_in(stan).get(ADDRESS), "kinds")
    assert "answer" in offered
    assert "draft" not in offered
    answer = submit(signed_in(stan), signed_in(stan).get(ADDRESS), button=None, kinds=["draft"])
    assert "Select a valid choice" in error_summary(answer)[0]


def test_nobody_chooses_for_somebody_else(ines, mary):
    with pytest.raises(TypeError):
        NotificationChoice.of(ines).choose(by=mary, values={"frequency": "daily"})
    turn_on(ines)
    assert not NotificationChoice.objects.visible_to(mary).exists()


# What is told, and when


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (8, []),
        (7, [("week", 7)]),
        (2, [("week", 2)]),
        (1, [("tomorrow", 1)]),
        (0, [("today", 0)]),
        (-1, [("late", 0)]),
        (-2, [("late", -1)]),
        (-7, [("late", -6)]),
        (-8, [("late", 0)]),
    ],
)
def test_the_reasons_of_a_due_date(days, expected):
    """Of what is late the day is the first of this week of lateness: a week later it is another one."""
    choice = NotificationChoice(when_new=False)
    assert reasons(choice, after(days), None, TODAY) == [(why, after(day)) for why, day in expected]


def test_it_is_told_before_on_and_after_the_day_and_then_weekly(due, stan):
    turn_on(stan, when_new=False, left_out=["comment"])
    due(after(10))
    told = {days: len(run(after(days))) for days in range(0, 34)}
    assert [days for days, mails in told.items() if mails] == [3, 9, 10, 11, 18, 25, 32]


def test_a_day_on_which_nothing_ran_is_made_up_for(due, stan):
    turn_on(stan, when_new=False)
    due(after(10))
    assert [bool(run(after(days))) for days in (1, 5, 6, 14, 17, 20)] == [
        False,
        True,
        False,
        True,
        False,
        True,
    ]


def test_what_is_new_is_told_once(due, stan):
    turn_on(stan)
    due(after(20))
    (first,) = run()
    assert "(new)" in first.body
    assert [run(after(days)) for days in (0, 1, 2)] == [[], [], []]
    due(after(21))
    (second,) = run(after(3))
    assert len(entries(second)) == 1


def test_another_due_date_is_told_of_anew(brought_forward, stan):
    move = brought_forward
    turn_on(stan, when_new=False)
    assert len(run(after(0))) == 1
    assert run(after(1)) == []
    move(after(9))
    assert len(run(after(2))) == 1


@pytest.fixture
def brought_forward(due, stan, mary):
    """A recommendation in progress that is due in six days, and how its date is moved."""
    recommendation = due(after(-300), due_printed=after(6))
    for verb in ("respond", "submit_plan", "accept_plan"):
        recommendation_step(recommendation, verb, manager=mary, lead=stan)
        recommendation.refresh_from_db()

    def move(day):
        recommendation.propose_due_date(by=stan, due_on=day, reason="Winter.")
        recommendation.decide_due_date(by=mary, approve=True)

    return move


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"when_due": False}, {"late", "new"}),
        ({"when_late": False}, {"due", "new"}),
        ({"when_new": False}, {"due", "late"}),
        ({"left_out": ["answer"]}, set()),
        ({"frequency": "off"}, set()),
    ],
)
def test_only_what_was_chosen_is_told(values, told, due, stan):
    turn_on(stan, **values)
    due(after(1))
    due(after(-1))
    due(after(20))
    mails = run()
    lines = " ".join(line for message in mails for entry in entries(message) for line in entry)
    seen = {
        name for name, sign in {"due": "tomorrow", "late": "Late by", "new": "(new)"}.items() if sign in lines
    }
    # What is due or late is in the mail as new too, when new things are told.
    assert seen >= told
    assert bool(mails) == bool(told)
    if "new" not in told:
        assert seen == told


# What a mail says


def test_a_mail_names_the_agency_the_inspection_why_and_the_page(due, stan):
    turn_on(stan)
    recommendation = due(after(1))
    (message,) = run()
    assert message.subject == "My work: 1 reminder"
    assert message.to == ["Stan Example <stan@people.example>"]
    assert (message.cc, message.bcc) == ([], [])
    assert entries(message) == [
        [
            "1. Respond (new)",
            f"Recommendation {recommendation.reference}: Stockton-on-Tees Borough Council, SIF 2026",
            "Due tomorrow, 26 November 2026. Addressed to Stockton-on-Tees Borough Council.",
            f"https://register.example/recommendations/{recommendation.public_id}/",
        ]
    ]
    assert "Hello Stan," in message.body
    assert "1 reminder from the safeguarding findings register." in message.body
    assert "https://register.example/my-work/" in message.body
    assert "https://register.example/notifications/" in message.body
    assert "&#" not in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_no_mail_says_a_word_of_what_is_recorded(everything_of_everybody):
    mails = run(on=timezone.localdate())
    assert {message.to[0].partition(" ")[0] for message in mails} >= {
        "Ines",
        "Mary",
        "Otto",
        "Hugo",
        "Clara",
        "Stan",
    }
    for message in mails:
        assert "WORDS" not in message.message().as_string()
        assert len(message.to) == 1


@pytest.fixture
def everything_of_everybody(everything):  # noqa: F811
    for user in User.objects.all():
        if user.has_work:
            turn_on(user)


@pytest.mark.parametrize(
    "name",
    ["Zoë Łukasz", 'Ann "Nan" O’Brien, QPM', "X\r\nBcc: all@evil.example", "X\n\nHello <b>", "‮evil", "名前"],
)
def test_odd_names_add_neither_headers_nor_lines(name, due, stan, stockton, adam):
    stan.change(by=adam, values={"first_name": name, "last_name": "Example"})
    stockton.change(by=adam, values={"official_name": f"Stockton & Co\r\nCc: {name}"[:100]})
    turn_on(stan)
    due(after(1))
    (message,) = run()
    sent = message.message()
    assert sorted(set(sent.keys())) == [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-Auto-Response-Suppress",
    ]
    assert "stan@people.example" in sent["To"]
    assert len(sent.get_all("To")) == 1
    assert message.recipients() == message.to
    assert "Stockton & Co Cc: " in message.body
    assert not [line for line in message.body.splitlines() if line.startswith(("Cc:", "Bcc:"))]


def test_one_line_of_anything():
    assert one_line("a\r\nb\tc\x00d\x1be‮f  g") == "a b c d e f g"


# Rights at the moment of sending


def test_removed_from_the_team_nothing_of_it_is_told(draft, drafting, ines, mary, cleveland, strategy):
    turn_on(ines)
    assert len(run(on=timezone.localdate())) == 1
    logged(drafting, ines, weakness(cleveland, strategy))
    drafting.edit(by=mary, values={"team": [mary]}, expect=drafting.version)
    assert run(on=timezone.localdate()) == []


@pytest.mark.parametrize(
    "values", [{"is_active": False}, {"role": ""}, {"role": "administrator", "agency": None}]
)
def test_who_has_left_or_has_no_role_gets_nothing(values, draft, ines, adam):
    turn_on(ines)
    ines.change(by=adam, values=values)
    assert run(on=timezone.localdate()) == []
    assert not SentReminder.objects.exists()


def test_nobody_gets_mail_who_did_not_ask(draft, due, ines, stan, mary):
    due(after(1))
    assert run() == []


# Twice, crashes and storms


class Stumbling(EmailBackend):
    """Refuses the mail of who is named, before or after the server took it."""

    refused, dies = "", ""

    def send_messages(self, messages):
        if Stumbling.refused and Stumbling.refused in messages[0].to[0]:
            raise OSError("The server does not take it.")
        sent = super().send_messages(messages)
        if Stumbling.dies and Stumbling.dies in messages[0].to[0]:
            raise KeyboardInterrupt
        return sent


@pytest.fixture
def stumbling(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.test_reminders.Stumbling"
    monkeypatch.setattr(Stumbling, "refused", "")
    monkeypatch.setattr(Stumbling, "dies", "")
    return Stumbling


@pytest.fixture
def three(due, stockton):
    """Three safeguarding leads of Stockton who asked for mail, and one thing to tell."""
    leads = [person(name, "respondent", stockton) for name in ("Abel", "Bea", "Cid")]
    for lead in leads:
        turn_on(lead)
    due(after(1))
    return leads


def told():
    return sorted(SentReminder.objects.values_list("person__first_name", "reason"))


def test_a_refused_mail_is_sent_by_the_next_run_and_keeps_no_other(three, stumbling):
    stumbling.refused = "Bea"
    with pytest.raises(CommandError, match=f"No mail went to these users: {three[1].pk}."):
        run()
    assert [message.to[0].split()[0] for message in mail.outbox] == ["Abel", "Cid"]
    assert told() == [("Abel", "new"), ("Abel", "tomorrow"), ("Cid", "new"), ("Cid", "tomorrow")]
    stumbling.refused = ""
    assert [message.to[0].split()[0] for message in run()] == ["Bea"]
    assert run() == []


def test_a_crash_in_the_middle_sends_nobody_before_it_again_and_loses_nobody_after(three, stumbling):
    """Between the server's acceptance and the commit: that one mail goes twice, and nobody's is lost."""
    stumbling.dies = "Bea"
    with pytest.raises(KeyboardInterrupt):
        run()
    assert told() == [("Abel", "new"), ("Abel", "tomorrow")]
    stumbling.dies = ""
    assert [message.to[0].split()[0] for message in run()] == ["Bea", "Cid"]
    assert run() == []


def test_a_run_that_would_send_too_many_sends_none(three, settings):
    settings.REMINDERS_MAX_PER_RUN = 2
    with pytest.raises(CommandError, match="3 mails would go, more than REMINDERS_MAX_PER_RUN allows"):
        run()
    assert mail.outbox == []
    assert told() == []
    settings.REMINDERS_MAX_PER_RUN = 3
    assert len(run()) == 3


def test_a_mail_has_at_most_so_many_entries_and_says_how_many_more(due, stan, monkeypatch):
    monkeypatch.setattr(digests, "MOST_ENTRIES", 2)
    turn_on(stan)
    for _n in range(5):
        due(after(1))
    (message,) = run()
    assert len(entries(message)) == 2
    assert message.subject == "My work: 5 reminders"
    assert "And 3 more." in message.body
    assert run() == []


def test_a_dry_run_says_what_would_go_to_whom_and_changes_nothing(three, settings):
    settings.BASE_URL = ""
    out = StringIO()
    call_command("send_reminders", on=TODAY, dry_run=True, stdout=out)
    assert "To: Bea Example <bea@people.example>" in out.getvalue()
    assert "1. Respond (new)" in out.getvalue()
    assert "3 mails would go. Nothing was sent." in out.getvalue()
    assert mail.outbox == []
    assert told() == []


def test_it_refuses_where_a_mail_would_lead_nowhere_or_not_go(three, settings):
    settings.BASE_URL = ""
    with pytest.raises(CommandError, match="Set BASE_URL"):
        run()
    settings.BASE_URL = "https://register.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    with pytest.raises(CommandError, match="Set EMAIL_HOST"):
        run()
    assert told() == []


def test_people_on_the_list_are_asked_about_equally_often(three, django_assert_num_queries):
    for lead in three[1:]:
        NotificationChoice.of(lead).choose(by=lead, values={"frequency": "off"})
    with django_assert_num_queries(5):
        assert len(list(all_digests(TODAY))) == 1


# Settings


@pytest.mark.parametrize(("given", "problem"), [("register.example", True), ("ftp://x", True), ("", False)])
def test_the_own_address_is_a_web_address(given, problem, monkeypatch):
    monkeypatch.setenv("BASE_URL", given)
    monkeypatch.setattr(settings_module, "DEMO", False)
    if problem:
        with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
            settings_module.base_url()
    else:
        assert settings_module.base_url() == ""
    monkeypatch.setenv("BASE_URL", "https://register.example/")
    assert settings_module.base_url() == "https://register.example"


@pytest.mark.django_db(transaction=True)
def test_four_runs_at_the_same_moment_send_each_mail_once(three):
    choices_of_three = [NotificationChoice.of(lead) for lead in three]
    results = at_once([partial(send_all, choices_of_three, TODAY)] * 4)
    assert sum(sent for sent, _failed in results) == 3
    assert [failed for _sent, failed in results] == [[]] * 4
    assert sorted(message.to[0].split()[0] for message in mail.outbox) == ["Abel", "Bea", "Cid"]
