"""What in a text may say who a child is: what is noticed, what is not, and that hostile text takes no longer."""

# ruff: noqa: RUF001 - letters that look like others are what is tested
import random
import string
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.identities import Kind, noticed

NOTICED = [
    # Names of many origins and forms
    ("Police visited Sarah Jones twice.", Kind.NAME, "Sarah Jones"),
    ("Sarah Jones was missing for two days.", Kind.NAME, "Sarah Jones"),
    ("the referral about Mohammed Al-Hassan was late", Kind.NAME, "Mohammed Al-Hassan"),
    ("Siân O'Neill-Davies", Kind.NAME, "Siân O'Neill-Davies"),
    ("Siân O’Neill’s social worker", Kind.NAME, "Siân O'Neill's"),
    ("Aoife McDonald", Kind.NAME, "Aoife McDonald"),
    ("Oluwaseun Adeyemi-Cole", Kind.NAME, "Oluwaseun Adeyemi-Cole"),
    ("Agnieszka Kowalczyk", Kind.NAME, "Agnieszka Kowalczyk"),
    ("Nguyễn Văn Minh", Kind.NAME, "Nguyễn Văn Minh"),
    ("Amir Khan and his sister", Kind.NAME, "Amir Khan"),
    ("Li Wei", Kind.NAME, "Li Wei"),
    ("Lotte van der Berg", Kind.NAME, "Lotte van der Berg"),
    ("Fatima bint Yusuf", Kind.NAME, "Fatima bint Yusuf"),
    ("Гарри Поттер", Kind.NAME, "Гарри Поттер"),
    ("Sarah Sutton", Kind.NAME, "Sarah Sutton"),
    ("Emma Young was seen", Kind.NAME, "Emma Young"),
    ("Jack Hall was seen", Kind.NAME, "Jack Hall"),
    ("May Khan was seen", Kind.NAME, "May Khan"),
    ("JOHN SMITH was seen", Kind.NAME, "JOHN SMITH"),
    ("SMITH, John", Kind.NAME, "SMITH, John"),
    ("J. Smith was seen", Kind.NAME, "J. Smith"),
    ("J Smith was seen", Kind.NAME, "J Smith"),
    ("J.K. Rowbotham", Kind.NAME, "J.K. Rowbotham"),
    ("Kayleigh B was seen", Kind.NAME, "Kayleigh B"),
    ("Mr Patel rang again", Kind.NAME, "Mr Patel"),
    ("Mrs. Begum rang again", Kind.NAME, "Mrs. Begum"),
    ("Baby Smith", Kind.NAME, "Baby Smith"),
    ("Sarah_Jones_minutes", Kind.NAME, "Sarah Jones"),
    # Written so that it looks alike
    ("Sar\u200bah Jo\u00adnes", Kind.NAME, "Sarah Jones"),
    ("Sarah\u00a0Jones", Kind.NAME, "Sarah Jones"),
    ("Ｓａｒａｈ Ｊｏｎｅｓ", Kind.NAME, "Sarah Jones"),
    ("Ne\u0301stor Garci\u0301a", Kind.NAME, "Néstor García"),
    # Numbers
    ("NHS 943 476 5919", Kind.NHS_NUMBER, "943 476 5919"),
    ("9434765919", Kind.NHS_NUMBER, "9434765919"),
    ("943-476-5919.", Kind.NHS_NUMBER, "943-476-5919"),
    ("943\u2011476\u20115919", Kind.NHS_NUMBER, "943-476-5919"),
    ("９４３４７６５９１９", Kind.NHS_NUMBER, "9434765919"),
    ("lives at TS18 1AB", Kind.POSTCODE, "TS18 1AB"),
    ("lives at ts181ab", Kind.POSTCODE, "ts181ab"),
    ("M1 2WD", Kind.POSTCODE, "M1 2WD"),
    ("SW1A 2AA", Kind.POSTCODE, "SW1A 2AA"),
    ("EC1A\u00a01BB", Kind.POSTCODE, "EC1A 1BB"),
    # Births
    ("DOB 12/3/2009", Kind.BIRTH_DATE, "DOB 12/3/2009"),
    ("d.o.b. 12.03.09", Kind.BIRTH_DATE, "d.o.b. 12.03.09"),
    ("date of birth: 2009-03-12", Kind.BIRTH_DATE, "date of birth: 2009-03-12"),
    ("was born on 12 March 2009", Kind.BIRTH_DATE, "born on 12 March 2009"),
    ("born in Leeds on the 12th of March 2009", Kind.BIRTH_DATE, "born in Leeds on the 12th of March 2009"),
    ("12 March 2009 (date of birth)", Kind.BIRTH_DATE, "12 March 2009 (date of birth"),
    ("(b. 12.03.2009)", Kind.BIRTH_DATE, "b. 12.03.2009"),
    ("aged 14 on 12 March 2016", Kind.AGE_ON_DATE, "aged 14 on 12 March 2016"),
    ("12/03/2016, 14 years old", Kind.AGE_ON_DATE, "12/03/2016, 14 years old"),
    ("born in March 2009", Kind.AGE_ON_DATE, "born in March 2009"),
]
NOT_NOTICED = [
    "",
    "Child A was seen with Mother B; Sibling AB was not.",
    "Cleveland Police and Stockton-on-Tees Borough Council",
    "However, Avon and Somerset Constabulary did not.",
    "In May Ofsted and Cafcass Cymru met Tower Hamlets.",
    "The Detective Chief Inspector of the Public Protection Unit",
    "Multi-Agency Safeguarding Hub (MASH), MARAC, DCI, CSE",
    "Ynys Môn and Sir Gâr",
    "Telford and Wrekin, Hammersmith and Fulham, Bath and North East Somerset",
    "Reviewing Barnardo’s cases, Managers Ofsted met said so.",
    "the Lucy Faithfull Foundation",
    "Operation Golden Eagle found less.",
    "Victoria Road police station",
    "On the Bank Holiday Monday a Philomena Protocol and Clare’s Law were used at Heathrow Airport.",
    "A Barnardo's worker and I. Will Police attend?",
    "Sarah was seen alone.",
    "sarah jones was seen",
    "Recommendation 10, paragraph 16, Annex B",
    "SUMMARY OF KEY FINDINGS AND RECOMMENDATIONS FOR THE POLICE",
    "published on 5 August 2016, fieldwork from 23/5/2016",
    "the unborn child was discussed on 12 March 2016",
    "children born in 2015",
    "boys aged 14 and 15; in March 2016 fewer",
    "Three children aged 7 were seen. 12 March 2016 was the last day.",
    "9434765918",
    "1111111111",
    "+44 943 476 59190",
    "ref 19434765919 and A9434765919",
    "0161 496 0000",
    "S47 2nd visit, B1 3rd floor",
    "E99 inspectors, section 47, QQ1 2AB",
    "G7 8ABC",
]


@pytest.mark.parametrize(("text", "kind", "words"), NOTICED)
def test_noticed(text, kind, words):
    assert [(notice.kind, notice.words) for notice in noticed(text)] == [(kind, words)]


@pytest.mark.parametrize("text", NOT_NOTICED)
def test_not_noticed(text):
    assert noticed(text) == []


def test_where_it_stands_is_told_of_the_text_as_it_was_written():
    text = "\u200bSeen: \ufb01rst Sar\u200bah\u00a0Jones, then TS18 1AB."
    assert [text[notice.start : notice.end] for notice in noticed(text)] == [
        "Sar\u200bah\u00a0Jones",
        "TS18 1AB",
    ]


def test_a_name_that_is_known_is_not_noticed_and_the_next_one_is():
    text = "Priya Raman met Priya Ramsbottom of Zedshire Quorn Trust."
    assert [notice.words for notice in noticed(text)] == ["Priya Raman", "Priya Ramsbottom"]
    assert [notice.words for notice in noticed(text, known=["Priya Raman"])] == ["Priya Ramsbottom"]
    assert [
        notice.words for notice in noticed("Zedshire Quorn", known=["Zedshire Quorn and Upper Ock"])
    ] == []
    assert [notice.words for notice in noticed("Zedshire Quorn")] == ["Zedshire Quorn"]


def test_only_numbers_and_dates_that_are_never_needed_are_refused():
    assert {notice.kind for text, _, _ in NOTICED for notice in noticed(text) if notice.is_refused} == {
        Kind.NHS_NUMBER,
        Kind.BIRTH_DATE,
    }


GIVEN = ["Sarah", "Mohammed", "Oluwaseun", "Siân", "Agnieszka", "Zubayr", "Kemi", "Anne-Marie", "Xochitl"]
SURNAMES = [
    "Jones",
    "O'Neill",
    "McAllister",
    "Al-Rashid",
    "Kowalczyk",
    "Nguyễn",
    "Featherstonehaugh",
    "Ng-Okafor",
]
AROUND = ["when {} went missing", "{} was seen", "the school of {}.", "({})", "seen: {}; again", "“{}”"]


@given(st.sampled_from(GIVEN), st.sampled_from(SURNAMES), st.sampled_from(AROUND))
def test_a_full_name_is_noticed_wherever_it_stands(first, last, around):
    name = f"{first} {last}"
    found = [notice.words for notice in noticed(around.format(name))]
    assert found == [name]


@given(st.integers(0, 10**9 - 1), st.sampled_from(["", " ", "-"]))
def test_an_nhs_number_is_told_by_its_check_digit(number, between):
    nine = f"{number:09}"
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
    valid = {0: "0", 1: None}.get(rest, str(11 - rest))
    for last in string.digits:
        ten = nine + last
        text = f"number {ten[:3]}{between}{ten[3:6]}{between}{ten[6:]}"
        is_one = last == valid and len(set(ten)) > 1
        assert [notice.kind for notice in noticed(text)] == ([Kind.NHS_NUMBER] if is_one else [])


@given(st.text())
@settings(max_examples=300)
def test_any_text_is_read_and_places_are_within_it(text):
    for notice in noticed(text):
        assert 0 <= notice.start < notice.end <= len(text)
        assert notice.words


@given(st.text(alphabet="Sarah JonesTS181AB.,'-\u200b\u00a0\u0301é9434765919"))
def test_invisible_characters_change_nothing(text):
    spread = "\u200b".join(text)
    assert [notice.words for notice in noticed(spread)] == [
        notice.words for notice in noticed(text + "\u200b" if text else text)
    ]


HOSTILE = [
    "A", "Aa ", "A. ", "Sarah ", "'-", "born ", "1 ", "12/12/", "\u0301", "e\u0301", "a\u0301\u0323\u0316", "\ufdfa",
    "\u200b", "Aa-", "Van de ", "9434765919 ", " ", "\n", "SW1A ", "Aa _", "aged 1 ", "Mr ", "d o b ", "(", "Aa, ",
]  # fmt: skip


class Budget:
    """Counts lines of the screen that run, so that "no longer" does not depend on the machine."""

    def __init__(self):
        self.steps = 0

    def __call__(self, frame, event, arg):
        if "identities" not in frame.f_code.co_filename:
            return None
        self.steps += 1
        return self


def steps_of(text):
    budget, before = Budget(), sys.gettrace()
    sys.settrace(budget)
    try:
        noticed(text)
    finally:
        sys.settrace(before)
    return budget.steps


@pytest.mark.parametrize("part", HOSTILE)
def test_work_grows_with_the_text_and_no_faster(part):
    noticed("Words are read from their files once.")
    some, more = part * (2_000 // len(part)), part * (8_000 // len(part))
    assert steps_of(more) < 5 * steps_of(some) + 100


def test_two_hundred_thousand_hostile_characters_are_read():
    """Without an assertion on time: a pattern that goes wrong does not come back from here at all."""
    mixed = random.Random(7)
    for part in HOSTILE:
        noticed(part * (200_000 // len(part)))
    noticed("".join(mixed.choice(HOSTILE) for _ in range(100_000))[:200_000])
