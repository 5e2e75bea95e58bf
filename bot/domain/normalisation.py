"""Text as it was meant: without what cannot be seen, and folded to be compared or searched.

There are three steps, each of which includes the one before it: `cleaned` is what is stored, `name_key` is what two
spellings of one name have in common, and `folded` is what search looks for. Every function gives its own result back
unchanged, and runs in time proportional to the length of the text.
"""

import re
import unicodedata

# Characters without width, marks of direction, and fillers that look like nothing. They come with text that is copied
# from web pages, PDF files and Excel. An Arabic number sign is of the same category in Unicode, but can be seen.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # of Scotland, Wales or England: a black flag and hidden letters
_JOINER = "\u200d"
_HIDDEN = re.compile(f"(?P<flag>{_FLAG})|[{_INVISIBLE}]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile("\r\n|[\x0b\x0c\x85\u2028\u2029]")
_VARIATION = "\ufe00-\ufe0f"  # chooses between the two looks of one character
_ANY_HIDDEN = re.compile(f"[{_INVISIBLE}{_VARIATION}]")

DASHES = "-\u02d7\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
"""Every dash, hyphen and minus sign that a keyboard, Word or Excel puts in, for the inside of a regular expression."""
SINGLE_QUOTES = "'`\u00b4\u02b9\u02bb\u02bc\u2018-\u201b\u2032\u2035\u2039\u203a\uff07"
"""Every apostrophe and single quotation mark."""
DOUBLE_QUOTES = '"\u00ab\u00bb\u201c-\u201f\uff02'
"""Every double quotation mark."""

_DASH = re.compile(f"[{DASHES}]")
_SINGLE = re.compile(f"[{SINGLE_QUOTES}]")
_DOUBLE = re.compile(f"[{DOUBLE_QUOTES}]")

# Letters that stand for a plain one with a mark, which Unicode does not take apart.
_PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ŋ": "n",
    }
)
# Letters of other alphabets that look like Latin ones: of the Cyrillic, and of the Greek.
_LOOK_ALIKES = frozenset(
    "\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0435\u043e\u0440"
    "\u0441\u0443\u0445\u0455\u0456\u0458\u04ae\u04af\u04bb\u04c0\u04cf\u0501\u051a\u051b\u051c\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5"
)
_WORD = re.compile(r"[^\W\d_]+")


def cleaned(text: str) -> str:
    """The text in Unicode NFC, with plain spaces and line breaks, and without characters that cannot be seen.

    A joiner inside an emoji stays, and so does the flag of a nation. Control characters stay: `require_text` names
    them.
    """
    if text.isascii():
        return _LINE_BREAK.sub("\n", text)
    seen = _HIDDEN.sub(_kept, _LINE_BREAK.sub("\n", _SPACE.sub(" ", text)))
    return unicodedata.normalize("NFC", seen)


def plain_punctuation(text: str) -> str:
    """The text with a hyphen for every dash, and straight apostrophes and quotation marks."""
    return _DOUBLE.sub('"', _SINGLE.sub("'", _DASH.sub("-", text)))


def name_key(text: str) -> str:
    """What the spellings of one name have in common: NFKC, without case, with plain spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", _without_lone_accents(_ANY_HIDDEN.sub("", text))).casefold()
    plain = plain_punctuation(unicodedata.normalize("NFKC", plain))
    return " ".join(_CONTROL.sub(" ", plain).split())


def folded(text: str) -> str:
    """What search compares: the text without case, accents, apostrophes and whatever else `name_key` sees through."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", _without_lone_accents(text)).casefold())
        plain = _ANY_HIDDEN.sub("", plain_punctuation(apart).translate(_PLAIN_LETTERS))
        text = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(_CONTROL.sub(" ", text.casefold()).replace("'", "").replace("`", "").split())


def _without_lone_accents(text: str) -> str:
    """The text with an apostrophe for an acute accent by itself, which Unicode takes apart into a space and an
    accent. In NFC there is one such character."""
    return unicodedata.normalize("NFC", text).replace("\u00b4", "'")


def look_alike(name: str) -> str:
    """The first letter of another alphabet that is to be taken for a Latin one: it stands in a word with Latin letters,
    or in a word of nothing but such letters beside Latin words. "" if there is none."""
    for word in map(str, [] if name.isascii() else _WORD.findall(name)):
        alike = "".join(each for each in word if each in _LOOK_ALIKES)
        if alike and (_has_latin(word) or (alike == word and _has_latin(name))):
            return alike[0]
    return ""


def _has_latin(text: str) -> bool:
    return any(unicodedata.name(each, "").startswith("LATIN") for each in text if each.isalpha())


def _kept(found: re.Match[str]) -> str:
    """What stays of a hidden character: the flag of a nation, and a joiner between two parts of an emoji."""
    if found["flag"] or (found[0] == _JOINER and _joins(found.string, found.start())):
        return found[0]
    return ""


def _joins(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return bool(before and after) and _is_of_emoji(before) and unicodedata.category(after) in ("So", "Sm")


def _is_of_emoji(character: str) -> bool:
    return character == "\ufe0f" or unicodedata.category(character) in ("So", "Sk")
