"""What an embed is asked for besides the page's keys, and who may frame which page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote_plus

from app.request.errors import ApiError, short
from app.request.synonyms import near, question
from app.request.values import tidy

PATH = "/embed"
# The keys that an embed reads itself, with what each may be; the first is the default.
OWN: Mapping[str, Sequence[str]] = {"autoplay": ("1", "0"), "theme": ("", "light", "dark")}
_MEANS = {
    "autoplay": "It is 1, and plays as soon as it is seen, or 0, and waits for a click.",
    "theme": "It is light or dark; left out, it is the reader's own.",
}


class Frame(NamedTuple):
    """How an embed is shown: whether it plays by itself, and its theme, empty where that is the reader's own."""

    autoplay: bool = True
    theme: str = ""


def read_frame(query: bytes) -> tuple[Frame, bytes, list[ApiError]]:
    """What the query says of the frame, the rest of it, which a page has as well, and what was wrong.

    What is wrong is as if it were not there; of a key that is given again the first counts.
    """
    found: dict[str, str] = {}
    rest, complaints = [], []
    for part in query.split(b"&"):
        name, _, value = (unquote_plus(one.decode("ascii", "replace")) for one in part.partition(b"="))
        key = tidy(name, OWN)
        if key not in OWN:
            rest.append(part)
            continue
        word = tidy(value, OWN[key])
        if key in found:
            complaints.append(ApiError(f"{key} is given more than once.", key))
        elif word and word in OWN[key]:
            found[key] = word
        else:
            meant = question([f"{key}={one}" for one in near(value, OWN[key]) if one])
            complaints.append(ApiError(f"{key}={short(value)} is not understood.", key, meant + _MEANS[key]))
    return Frame(found.get("autoplay") != "0", found.get("theme", "")), b"&".join(rest), complaints


def is_framed(path: str) -> bool:
    """Whether the page at this path may stand in other people's pages: an embed alone may."""
    return path == PATH
