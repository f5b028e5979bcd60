"""What was likely meant by a word that is not known: sinx is sin(x), ax is a*x, sqr is sqrt."""

import difflib
from functools import lru_cache
from itertools import pairwise

from app.descent.formulas.vocabulary import ALIASES, Vocabulary

LONGEST_WORD = 24
# So alike are a word and a function that it is likely misspelled.
_ALIKE = 0.7


def likely(word: str, known: Vocabulary, *, called: bool, raised: bool) -> str | None:
    """What to write for the word, None where nothing is likely.

    It stands before an opening bracket where it is ``called``, and before a power where it is ``raised``.
    """
    if len(word) > LONGEST_WORD:
        return None
    small = word.lower()
    everything = [*known.names, *known.numbers, *known.functions, *ALIASES]
    if small in everything or known.is_constant(small):
        return small
    for spelling in (word, small):
        if split := _split(spelling, called, raised, known):
            return split
    close = difflib.get_close_matches(small, everything, 1, _ALIKE) if len(small) > 1 else []
    return close[0] if close else None


def _split(word: str, called: bool, raised: bool, known: Vocabulary) -> str | None:
    """The word as a product of known ones, a function taking all behind it."""

    @lru_cache
    def pieces(place: int) -> tuple[str, ...] | None:
        if place == len(word):
            return ()
        for end in range(len(word), place, -1):
            part = word[place:end]
            if _is_piece(part, known) and (rest := pieces(end)) is not None:
                return (part, *rest)
        return None

    found = pieces(0)
    if not found or len(found) == 1:
        return None
    # Of letters alone that stand for constants nearly every word is made.
    if sum(known.is_constant(part) for part in found) > (2 if len(found) == 2 else 1):
        return None
    for place, part in enumerate(found):
        if (name := ALIASES.get(part, part)) in known.functions:
            head, behind = "*".join([*found[:place], name]), found[place + 1 :]
            if raised and behind:
                # sinx^2 is what sin x^2 is.
                return f"{head} {' '.join(behind)}"
            return _with_function(head, behind, called, known)
    return _product(found)


def _with_function(head: str, behind: tuple[str, ...], called: bool, known: Vocabulary) -> str | None:
    name = head.rpartition("*")[2]
    if called:
        # In sinx(…) it is not known what the sine is of.
        return None if behind else head
    if not behind or known.functions[name][0] > 1 or any(part in known.functions for part in behind):
        return None
    return f"{head}({_product(behind)})"


def _product(parts: tuple[str, ...]) -> str:
    """The parts with signs between them: a number behind a name is likely a power."""
    text = parts[0]
    for before, part in pairwise(parts):
        text += f"^{part}" if part.isdigit() and not before.isdigit() else f"*{part}"
    return text


def _is_piece(part: str, known: Vocabulary) -> bool:
    if part in known.names or part in known.numbers or known.is_constant(part) or part.isdigit():
        return True
    return ALIASES.get(part, part) in known.functions
