"""The second look: what a text may say of a child is shown to the person who writes it, before anything is saved.

Every verb of every record asks here (`looked_again`), so no channel saves words that nobody has looked at: what is
noticed in the words of a change refuses it, unless the person has said in the form that nobody is identified, and why.
Forms (`agencies/screened.py`) ask first, so that the person reads it beside the field.

What a person said holds for one request and for the words that they had been shown. It is kept in a context variable,
because it belongs to whatever that request writes, however many verbs that is: none of them has to pass it on.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from .identities import Kind, noticed

BOX, REASON, SHOWN = "second_look", "second_look_reason", "second_look_shown"
LONGEST_REASON = 500
MOST_SHOWN = 200  # of one submission
_current = ContextVar("second look", default=None)


def token(notice):
    """Stands for words that were shown: in the form that comes back, and nowhere else."""
    return salted_hmac("second look", f"{notice.kind} {notice.words.casefold()}").hexdigest()[:20]


def known_names(user=None):
    """Names that a text may have: of agencies, frameworks, themes and the like, and of one's own colleagues.

    Not of everybody in the register: whether a name is asked about must not tell who is in it.
    """
    names = set()
    for model in apps.get_models():
        for field in getattr(model, "KNOWN_BY", ()):
            names |= set(model.objects.values_list(field, flat=True))
    if agency := getattr(user, "agency_id", None):
        names |= {person.get_full_name() for person in get_user_model().objects.filter(agency=agency)}
    return names


def look_through(text):
    """[Notice] of a text."""
    found = noticed(text)
    if any(notice.kind == Kind.NAME for notice in found):
        # Only now, so that a text that names nobody costs no query, and nobody meets a list that is out of date.
        found = noticed(text, known_names(getattr(current().request, "user", None)))
    return found


class SecondLook:
    """What was noticed in the forms of one request, and what the person says of it."""

    def __init__(self, request=None):
        self.request = request
        self.asks = []  # (label, Notice): shown now for the first time, or shown and not confirmed
        self.accepted = set()  # tokens of what the person looked at again
        self.let_be = set()  # tokens of what was saved before, or is a name where one belongs
        self.has_looked = False  # at a form

    @property
    def posted(self):
        """The form's data: sent now, or put back into the form."""
        if self.request is None:
            return {}
        return (
            self.request.POST
            if self.request.method == "POST"
            else getattr(self.request, "put_back", None) or {}
        )

    @property
    def reason(self):
        return " ".join(self.posted.get(REASON, "").split())

    @property
    def is_ticked(self):
        """What was ticked stays so, unless other words are asked about than the person had seen then."""
        return BOX in self.posted and self.shown_before >= {token(notice) for _label, notice in self.asks}

    @property
    def shown_before(self):
        return set(self.posted.get(SHOWN, "").split()[:MOST_SHOWN])

    @cached_property
    def problem(self):
        """Why what the person said does not count; "" when it does, or when they said nothing."""
        if BOX not in self.posted:
            return _("Tick the box as well.") if self.reason else ""
        if not self.reason:
            return _("Say why nobody is identified.")
        if len(self.reason) > LONGEST_REASON:
            return _("Say it in %d characters.") % LONGEST_REASON
        if look_through(self.reason):
            return _("This names somebody itself. Say it without.")
        return ""

    def accepts(self, notice):
        """Whether the person was shown these words and says that they identify nobody."""
        known = token(notice)
        if known in self.let_be:
            return True
        if notice.is_refused or known not in self.shown_before or BOX not in self.posted or self.problem:
            return False
        self.accepted.add(known)
        return True

    @property
    def is_drawn(self):
        """Whether the form shows the box: something is asked, or was answered and the form came back all the same."""
        return bool(self.asks or self.accepted or (not self.has_looked and self.shown_before))

    @property
    def shown(self):
        """Tokens of all that the form has shown so far, for its hidden field."""
        tokens = {token(notice) for _label, notice in self.asks} | self.accepted
        return " ".join(sorted(tokens or self.shown_before))


def current():
    """The second look of this request; where there is none, nothing has been looked at again."""
    return _current.get() or SecondLook()


@contextmanager
def of(request):
    """Within it, what the person sending this request says counts."""
    mark = _current.set(SecondLook(request))
    try:
        yield _current.get()
    finally:
        _current.reset(mark)


def taken(get_response):
    """Middleware: each request has its own."""

    def answer(request):
        with of(request) as look:
            request.second_look = look
            return get_response(request)

    return answer


def words_about(notice):
    """One sentence for the person who wrote it."""
    if notice.kind == Kind.NHS_NUMBER:
        return _("“%(words)s” is an NHS number. Take it out: none is ever kept here.") % {
            "words": notice.words
        }
    if notice.kind == Kind.BIRTH_DATE:
        return _("“%(words)s” is a date of birth. Take it out: an age is enough.") % {"words": notice.words}
    return _("“%(words)s” looks like %(kind)s.") % {"words": notice.words, "kind": notice.kind.label}


def looked_again(record, *, before, after, reason):
    """[{field, kinds, reason}] of what the person looked at again in this change, for its event: never the words.

    Raises ValidationError, by field, when the words of the change have something that nobody has looked at.
    """
    look, kept, refused = current(), [], {}
    for name, texts, but_names in _texts(record, before, after, reason):
        found = [notice for text in texts for notice in look_through(text)]
        found = [notice for notice in found if not (but_names and notice.kind == Kind.NAME)]
        before_tokens = _tokens_before(before.get(name)) if found else set()
        new = [notice for notice in found if notice.is_refused or token(notice) not in before_tokens]
        if wrong := [words_about(notice) for notice in new if not look.accepts(notice)]:
            refused[name] = wrong
        if kinds := sorted({str(notice.kind) for notice in new if token(notice) in look.accepted}):
            kept.append({"field": name, "kinds": kinds, "reason": look.reason})
    if refused:
        raise ValidationError(refused)
    return kept or None


def _tokens_before(value):
    return {token(notice) for text in _leaves(value) for notice in noticed(text)}


def _texts(record, before, after, reason):
    """(field, texts, whether names are expected) of all that people wrote in one change."""
    for name, value in after.items():
        if texts := _written(record, name, value, before.get(name)):
            yield name, texts, name in record.NAMES_EXPECTED
    if reason:
        yield "reason", [reason], False


def _written(record, name, value, before):
    """The texts of one field; of what stands in other tables each text that is new."""
    fields = {field.name: field for field in record._meta.concrete_fields}
    if name in fields:
        return [as_words(name, value)] if is_free_text(fields[name]) and value else []
    old = set(_leaves(before))
    return [text for text in _leaves(value) if text not in old]


def is_free_text(field):
    """Whether people write what they like into this field of a model."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return (
        is_text
        and not field.choices
        and not isinstance(field, models.URLField | models.SlugField | models.EmailField)
    )


def as_words(name, text):
    """A file's name as words: "Sarah-Jones.pdf" has two."""
    return text.translate(str.maketrans("-_.+", "    ")) if name == "file_name" else text


def _leaves(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
