"""Personal details that do not belong in a record of a contract."""

import re

# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
_NATIONAL_INSURANCE_NUMBER = re.compile(
    r"(?<![A-Z0-9])"
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"[\s-]?(?:[0-9]{2}[\s-]?){3}[A-D]"
    r"(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)


def find_sensitive(text: str) -> str | None:
    """What kind of personal detail a text seems to hold, as words to warn with; None if it holds none.

    So far only a National Insurance number, with or without its spaces, and with its last letter: without
    that letter too many references of contracts would look like one.
    """
    return "a National Insurance number" if _NATIONAL_INSURANCE_NUMBER.search(text) else None
