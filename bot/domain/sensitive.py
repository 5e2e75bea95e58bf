"""Finding personal details that do not belong in the record of a contract."""

import re
from enum import StrEnum


class PersonalDetail(StrEnum):
    """A kind of personal detail, in the words of the warning."""

    INSURANCE_NUMBER = "a National Insurance number"
    HEALTH = "a detail of somebody's health"


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


def find_sensitive(text: str) -> PersonalDetail | None:
    """The kind of personal detail that a text seems to hold; None if it holds none.

    It finds a National Insurance number, with or without spaces but with its last letter (without that letter too many
    contract references would match), and words for an illness, a disability or a medicine.
    """
    if _NATIONAL_INSURANCE_NUMBER.search(text):
        return PersonalDetail.INSURANCE_NUMBER
    return PersonalDetail.HEALTH if _HEALTH.search(_OF_A_MACHINE.sub("", text)) else None
