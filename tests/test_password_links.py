"""A forgotten password: a link that works once and for a while, and answers that tell nobody who is there."""

import re
import time

import pytest
from django.core import mail, signing
from django.test import Client

from agencies.sign_in import links

from .browsing import error_summary, errors_beside, submit, text
from .conftest import PASSWORD
from .test_accounts import NEW, sign_in
from .test_sign_in_tries import guess, time_passes

ROUTES = {"password_forgotten", "password_forgotten_sent", "password_link", "password_choose"}


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.BASE_URL = "https://register.example.org"
    return settings


def ask(email, client=None, **extra):
    return (client or Client()).post("/sign-in/forgotten/", {"email": email}, **extra)


def mailed_link():
    """The path of the link in the last mail."""
    return re.search(r"https://register\.example\.org(/sign-in/password/\S+/)", mail.outbox[-1].body)[1]


def opened(link, client=None):
    client = client or Client()
    return client, client.get(link, follow=True)


def choose(client, page, new=NEW, again=NEW):
    return submit(client, page, button=None, new_password1=new, new_password2=again)


def test_a_link_is_mailed_with_which_a_new_password_is_chosen(ines):
    page = Client().get("/sign-in/")
    assert 'href="/sign-in/forgotten/"' in page.content.decode()
    assert ask(ines.email.upper()).url == "/sign-in/forgotten/sent/"
    assert [message.to for message in mail.outbox] == [[ines.email]]
    client, page = opened(mailed_link())
    assert page.wsgi_request.path == "/sign-in/password/"  # the link itself stands in no address any more
    assert ines.email in text(page)
    done = choose(client, page)
    assert done.url == "/sign-in/"
    signing_in = client.get(done.url)
    assert "Your password is set. Sign in with it." in text(signing_in)
    assert submit(client, signing_in, button=None, username=ines.email, password=NEW).url == "/"
    event = ines.events().last()
    assert (event.verb, event.by, event.before, event.after) == ("password set", ines, {}, {})


def test_it_works_once(ines):
    ask(ines.email)
    client, page = opened(mailed_link())
    choose(client, page)
    again, page = opened(mailed_link())
    assert page.status_code == 404
    assert "This link does not work any more" in text(page)
    assert (
        again.post("/sign-in/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code
        == 404
    )
    ines.refresh_from_db()
    assert ines.check_password(NEW)


@pytest.mark.parametrize(("seconds", "status"), [(3600 - 60, 200), (3600 + 60, 404)])
def test_it_works_for_an_hour(ines, monkeypatch, seconds, status):
    ask(ines.email)
    later = time.time() + seconds
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert opened(mailed_link())[1].status_code == status


def changes_address(person):
    person.change(by=None, values={"email": "ines.new@people.example"})


def leaves(person):
    person.change(by=None, values={"is_active": False})


def signs_in(person):
    sign_in(Client(), person.email)


@pytest.mark.parametrize("what", [changes_address, leaves, signs_in], ids=lambda what: what.__name__)
def test_what_happens_meanwhile_makes_it_useless(ines, what):
    ask(ines.email)
    what(ines)
    assert opened(mailed_link())[1].status_code == 404


@pytest.mark.parametrize("change", ["x", "", "a:b:c", "\u00e9"])
def test_a_link_that_was_not_made_here_is_none(ines, change):
    forged = signing.dumps(["forgotten password", ines.pk, "0" * 32], salt="another purpose")
    for token in (forged, change, links.token_for(ines, links.FORGOTTEN)[:-1] + change):
        client = Client()
        session = client.session
        session["link to choose a password"] = token
        session.save()
        assert client.get("/sign-in/password/").status_code == 404


def test_nobody_chooses_a_password_without_a_link(db):
    assert Client().get("/sign-in/password/").status_code == 404


def test_a_password_that_will_not_do_is_refused_beside_its_field(ines):
    ask(ines.email)
    client, page = opened(mailed_link())
    weak = choose(client, page, "password1234", "password1234")
    assert "too common" in " ".join(errors_beside(weak, "id_new_password2"))
    assert choose(client, weak).url == "/sign-in/"


def test_wherever_they_are_signed_in_they_have_to_sign_in_again(ines):
    elsewhere = Client()
    sign_in(elsewhere, ines.email)
    ask(ines.email)
    client, page = opened(mailed_link())
    choose(client, page)
    assert elsewhere.get("/").status_code == 302


def test_whoever_chose_one_here_is_let_in_while_somebody_else_guesses(ines):
    for number in range(20):
        guess(ines.email, address=f"198.51.100.{number}")
    ask(ines.email)
    client, page = opened(mailed_link())
    choose(client, page)
    assert guess(ines.email, NEW).status_code == 429
    assert guess(ines.email, NEW, client).status_code == 302


# Nobody learns who is there


def test_the_answer_is_the_same_whether_somebody_is_there_or_not(ines, otto):
    otto.change(by=None, values={"is_active": False})
    answers = [ask(email) for email in (ines.email, otto.email, "nobody@people.example")]
    assert {(answer.status_code, answer.url, str(answer.cookies)) for answer in answers} == {
        (302, "/sign-in/forgotten/sent/", "")
    }
    assert [message.to for message in mail.outbox] == [[ines.email]]


def test_nothing_is_looked_up_before_the_answer_has_gone_out(ines, django_assert_num_queries, monkeypatch):
    """What takes longer for somebody who is there happens when nobody waits for it any more."""
    from agencies.sign_in import link_views

    seen = []
    monkeypatch.setattr(link_views.links, "send_if_known", seen.append)
    closing = link_views.AnsweredFirst.close
    monkeypatch.setattr(
        link_views.AnsweredFirst, "close", lambda response: (seen.append("answered"), closing(response))
    )
    ask(ines.email)
    assert seen == ["answered", ines.email]


def test_a_mail_server_that_fails_is_told_to_nobody_outside(ines, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert ask(ines.email).url == ask("nobody@people.example").url == "/sign-in/forgotten/sent/"
    assert "could not be sent" in caplog.text
    assert ines.email not in caplog.text


def test_the_mail_leads_to_the_register_whatever_host_was_asked(ines, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask(ines.email, headers={"host": "evil.example"})
    assert "evil" not in mail.outbox[-1].body
    assert mailed_link()


def test_mails_to_one_address_and_from_one_asker_are_counted(ines):
    for number in range(7):
        assert ask(ines.email, REMOTE_ADDR=f"198.51.100.{number}").status_code == 302
    assert len(mail.outbox) == 5
    for number in range(20):
        ask(f"somebody{number}@people.example", REMOTE_ADDR="203.0.113.7")
    refused = ask("another@people.example", REMOTE_ADDR="203.0.113.7")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 3000
    assert error_summary(refused)
    time_passes(24 * 3600)
    ask(ines.email, REMOTE_ADDR="203.0.113.7")
    assert len(mail.outbox) == 6


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "\x00@people.example", "x" * 300 + "@people.example"])
def test_what_is_no_address_is_refused_beside_its_field(db, email):
    refused = ask(email)
    assert refused.status_code == 200
    assert errors_beside(refused, "id_email")


def test_where_no_mail_goes_the_page_says_whom_to_ask(ines, settings):
    settings.BASE_URL = ""
    page = Client().get("/sign-in/forgotten/")
    assert "Ask an administrator" in text(page)
    assert ask(ines.email).status_code == 200
    assert not mail.outbox
