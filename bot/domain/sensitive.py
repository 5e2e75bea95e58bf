"""Finding personal details that do not belong in the record of a contract."""

import re
from enum import StrEnum


class PersonalDetail(StrEnum):
    """A kind of personal detail, in the words of the warning."""

    INSURANCE_NUMBER = "a National Insurance number"
    BIRTH = "somebody's date of birth"
    PHONE = "somebody's personal phone number"
    ADDRESS = "somebody's home address"
    HEALTH = "a detail of somebody's health"

    @property
    def is_certain(self) -> bool:
        """Whether it can hardly be anything else, so that it is refused even where nobody can be asked."""
        return self in (PersonalDetail.INSURANCE_NUMBER, PersonalDetail.BIRTH)


# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
_NATIONAL_INSURANCE_NUMBER = re.compile(
    r"(?<![A-Z0-9])"
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"[\s-]?(?:[0-9]{2}[\s-]?){3}[A-D]"
    r"(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
# Words for illnesses and medicines. The subjects of contracts are left out: health, sick pay, disability.
_HEALTH = re.compile(
    r"\b(?:"
    r"diagnos(?:ed\s+with|is(?!\s+of\s+the\b))"
    r"|cancer|chemotherapy|tumours?|leukaemia"
    r"|pregnan(?:t|cy)|miscarriage"
    r"|anxiety|depress(?:ed|ion)|bipolar|schizophreni[ac]|psychosis|suicid(?:e|al)|self[-\s]harm(?:ed|ing|s)?|overdosed?"
    r"|medications?|antidepressants?|insulin|methadone"
    r"|autis(?:m|tic)|adhd|dyslexi[ac]|dementia|epilep(?:sy|tic)|asthma|diabet(?:es|ic)|hiv|hepatitis"
    r"|heart\s+attack|stroke\s+(?:patient|survivor)|alcoholi(?:c|sm)"
    r")\b",
    re.IGNORECASE,
)
_OF_A_MACHINE = re.compile(r"\b(?:fault|root[-\s]cause|error|system|network|remote|self)\s+diagnosis\b", re.IGNORECASE)

_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    rf"(?:[0-9]{{1,2}}[/.\s-]{{1,3}}(?:[0-9]{{1,2}}|{_MONTH})[/.,\s-]{{1,3}}(?:{_YEAR}|[0-9]{{2}})"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)\s(?:of\s)?{_MONTH},?\s{_YEAR}|{_MONTH}\s[0-9]{{1,2}},?\s{_YEAR}"
    rf"|{_YEAR}-[0-9]{{2}}-[0-9]{{2}})(?![0-9])"
)
# A day is somebody's date of birth only beside words that say so; "born" with a year before 2020, as no service was.
_BIRTH = re.compile(
    rf"\b(?:date\s?of\s?birth|d\.?o\.?b\.?|birth\s?date|birthday)\W{{0,6}}(?:(?:is|was|on|of|given|as)\W{{1,3}}){{0,3}}{_DAY}"
    rf"|\bborn\W{{1,3}}(?:(?:on|in)\W{{1,3}}){{0,1}}{_DAY.replace(_YEAR, '(?:19[0-9]{2}|20[01][0-9])')}",
    re.IGNORECASE | re.ASCII,
)
_CALLED = r"(?:phone|telephone|tel|mobile|cell|number|landline|no)"
_OWN = r"(?:home|personal|private|own|her|his|their|customer'?s?|claimant'?s?|participant'?s?|client'?s?)"
_NUMBER = r"(?:\+44\s?(?:\(0\)\s?)?|0)"
_REST_OF_A_NUMBER = r"(?:[\s-]?[0-9]){9,10}(?![0-9])"
_MOBILE = re.compile(rf"(?<![0-9.,/+-]){_NUMBER}7(?:[\s-]?[0-9]){{9}}(?![0-9])", re.ASCII)
_OWN_NUMBER = re.compile(
    rf"\b{_OWN}\s{{1,3}}(?:{_CALLED}\b\W{{0,6}}){{1,3}}(?:(?:is|on)\s{{1,3}})?{_NUMBER}{_REST_OF_A_NUMBER}",
    re.IGNORECASE | re.ASCII,
)
_AT_WORK = re.compile(
    r"\b(?:work|office|business|duty|on[-\s]call|desk|switchboard|help\s?desk|helpline|hotline|reception|team)\b",
    re.IGNORECASE,
)
_BESIDE_A_NUMBER = 40  # characters before a mobile number in which words say that it is one of work
_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|dr|court|way|terrace|crescent|gardens|grove|place|square|row|"
    r"hill|walk|view|rise|mews|park)"
)
_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?\s{0,2}[0-9][ABD-HJLNP-UW-Z]{2}"
_HOME = re.compile(
    r"\b(?:(?:lives?|lived|living|resid(?:es|ed|ing)|stay(?:s|ed|ing))\s(?:alone\s|now\s)?(?:at|in)"
    rf"|{_OWN}\s{{1,3}}(?:home\s)?address|home\saddress)\b[^\n.;]{{0,40}}?"
    rf"\b(?:{_POSTCODE}|(?:flat\s)?[0-9]{{1,4}}[a-z]?,?\s(?:[a-z'-]{{1,20}}\s){{1,3}}{_STREET})\b",
    re.IGNORECASE | re.ASCII,
)


def find_sensitive(text: str) -> PersonalDetail | None:
    """The kind of personal detail that a text seems to hold; None if it holds none.

    It finds:
    - a National Insurance number, with or without spaces but with its last letter: without that letter too many
      contract references would match;
    - a full date after "date of birth", "DOB", "birthday" or "born": a date alone is not one;
    - a mobile number, unless words before it say that it is one of work (office, duty, desk, team ...), and any number
      after "her phone", "home number" and the like: an office's number in the record is legitimate;
    - a postcode or a house number with its street after "lives at", "home address" or "her address": the address of a
      site or an office is legitimate;
    - words for an illness, a disability or a medicine.
    """
    if _NATIONAL_INSURANCE_NUMBER.search(text):
        return PersonalDetail.INSURANCE_NUMBER
    if _BIRTH.search(text):
        return PersonalDetail.BIRTH
    if _OWN_NUMBER.search(text) or any(not _is_of_work(text, found.start()) for found in _MOBILE.finditer(text)):
        return PersonalDetail.PHONE
    if _HOME.search(text):
        return PersonalDetail.ADDRESS
    return PersonalDetail.HEALTH if _HEALTH.search(_OF_A_MACHINE.sub("", text)) else None


def _is_of_work(text: str, start: int) -> bool:
    return _AT_WORK.search(text[max(start - _BESIDE_A_NUMBER, 0) : start]) is not None
