"""NHS numbers, postcodes, and dates that say when somebody was born.

Each pattern is of bounded length, and what stands beside a date is looked for in a few characters only: the time that
a text takes grows with its length and no faster.
"""

import re

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
YEAR = r"(?:(?:19|20)\d\d|'?\d\d)"
DATE = re.compile(
    r"(?<![\w/.-])(?:(?:19|20)\d\d([-/.])[01]?\d\1[0-3]?\d"
    rf"|[0-3]?\d ?([-/.]) ?[01]?\d ?\2 ?{YEAR}"
    rf"|[0-3]?\d(?:st|nd|rd|th)?[ -]{{0,2}}(?:of )?{MONTH}[-, ]{{0,3}}{YEAR}"
    rf"|{MONTH} [0-3]?\d(?:st|nd|rd|th)?,? {{1,2}}{YEAR}"
    rf"|(?P<month_only>{MONTH},? {{1,2}}(?:19|20)\d\d))(?![\w/-])",
    re.IGNORECASE,
)
BIRTH = r"\b(?:d\.? ?o\.? ?b\b\.?|(?:date|day) of birth|birth ?dates?|birthdays?|born)"
BEFORE, AFTER = 48, 24  # characters beside a date that are looked at
BIRTH_BEFORE = re.compile(rf"{BIRTH}[^.;\n\d]{{0,25}}\Z|\bb\.? ?\Z", re.IGNORECASE)
BIRTH_AFTER = re.compile(rf"[ ,(:-]{{0,3}}(?:is |was |as )?(?:his |her |their )?{BIRTH}", re.IGNORECASE)
AGE = r"(?:aged? (?:of )?\d{1,2}|\b\d{1,2}[- ]years?[- ](?:old|of[- ]age))"
AGE_BEFORE = re.compile(rf"{AGE}[ ,(:-]{{0,3}}(?:(?:on|as at|as of|at|from) )?\Z", re.IGNORECASE)
AGE_AFTER = re.compile(
    rf"[ ,(:)-]{{1,3}}(?:when |then |now |he was |she was |they were )?{AGE}", re.IGNORECASE
)

NHS_NUMBER = re.compile(r"(?<![\w-])\d{3}[ .-]{0,2}\d{3}[ .-]{0,2}\d{4}(?![\w-])", re.ASCII)

POSTCODE = re.compile(
    r"(?<![A-Z0-9])([A-Z]{1,2})\d[A-Z0-9]?[ \t]{0,2}(\d[ABD-HJLNP-UW-Z]{2})(?![A-Z0-9])", re.IGNORECASE
)
ORDINALS = frozenset({"1st", "2nd", "3rd"})
AREAS = """
    AB AL B BA BB BD BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY
    G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR
    NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC
    WD WF WN WR WS WV YO ZE
"""
POSTCODE_AREAS = frozenset(AREAS.split())


def found(text):
    """(kind, start, end) of each number, postcode and date of a birth in the plain text."""
    for match in NHS_NUMBER.finditer(text):
        if _is_nhs_number(match.group()):
            yield "nhs-number", *match.span()
    for match in POSTCODE.finditer(text):
        if match[1].upper() in POSTCODE_AREAS and match[2] not in ORDINALS:
            yield "postcode", *match.span()
    for match in DATE.finditer(text):
        yield from _birth(text, match)


def _is_nhs_number(words):
    """Ten digits of which the last is the check that the others give (modulus 11)."""
    digits = [int(character) for character in words if character.isdigit()]
    if len(set(digits)) == 1:
        return False
    weighed = sum(digit * (10 - place) for place, digit in enumerate(digits[:9]))
    return (11 - weighed % 11) % 11 == digits[9]


def _birth(text, date):
    """A date that is called one of birth, or that an age stands beside. Any other is one of an inspection."""
    start, end = date.span()
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    if born := BIRTH_BEFORE.search(before):
        start -= len(before) - born.start()
    elif born := BIRTH_AFTER.match(after):
        end += born.end()
    if born:
        yield "age-on-date" if date["month_only"] else "birth-date", start, end
    elif not date["month_only"]:
        if age := AGE_BEFORE.search(before):
            yield "age-on-date", start - len(before) + age.start(), end
        elif age := AGE_AFTER.match(after):
            yield "age-on-date", start, end + age.end()
