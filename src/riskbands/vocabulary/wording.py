"""What a column's name says, word by word: what it is about, denied or not, and how answered.

A name that denies what another says ("no weapon", "not unemployed", "non-violent") is about the
same thing and means the opposite: whoever takes one for the other scores everybody the wrong way
round. So a word that denies is never left out, and a slip of the pen is too small to be one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from riskbands._patterns import pattern
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from riskbands.vocabulary.fields import Field

__all__ = ["Wording", "folded", "is_opposed", "same_but_for_slips", "tokens"]

#: What words are shortened to.
_SHORT = {
    "asmt": "assessment",
    "assess": "assessment",
    "assessed": "assessment",
    "conv": "conviction",
    "convicted": "conviction",
    "dt": "date",
    "dte": "date",
    "followup": "follow up",
    "fu": "follow up",
    "mths": "month",
    "off": "offence",
    "offense": "offence",
    "prev": "previous",
    "sanc": "sanction",
    "sanctioned": "sanction",
    "sentenced": "sentence",
    "sentencing": "sentence",
    "viol": "violent",
    "yob": "year birth",
}
#: Words that say nothing about which field it is.
_FILLERS = frozenset(["a", "an", "at", "current", "of", "on", "the"])
#: Words for an answer of yes or no, and for a number.
_FLAGS = frozenset(["did", "flag", "has", "ind", "is", "was", "yn"])
_NUMBERS = frozenset(["cnt", "count", "n", "nbr", "no.", "num", "number", "total"])
_NUMERIC = frozenset([Kind.INT, Kind.DECIMAL])
#: What is counted, in the names of fields.
_COUNTED = frozenset(["disposal", "month", "sanction"])
#: Beginnings of words that deny the rest; ``in`` is also a word that denies nothing.
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "de")
_SIGNS = "!¬~≠"
#: Words that deny what stands beside them, without an s at the end.
_DENIALS = frozenset(
    [
        *_SIGNS,
        *(p for p in _PREFIXES if p != "in"),
        *(
            f"{verb}n{t}"  # the apostrophe is dropped, or stands as a _
            for verb in ("are", "did", "do", "does", "had", "has", "have", "is", "was", "were")
            for t in ("", "t")
        ),
        *("absence", "absent", "anti", "cannot", "cant", "denie", "denied", "deny", "ex", "fail"),
        *("failed", "failure", "free", "ignore", "lack", "lacking", "neither", "never"),
        *("nil", "no", "none", "nor", "not", "nothing", "refuse", "refused", "unable", "without"),
    ]
)
_TOKEN = pattern(rf"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+|[{_SIGNS}](?=\s*\w)")
_IN_BEFORE = pattern(r"(?<![^\W_])[Ii][Nn]-\w")
_APOSTROPHES = str.maketrans("", "", "'’")
#: So many letters at the beginning make a word the same in another form.
_STEM = 5
#: Shorter words have no slips: one letter makes "not" of "non".
_FEWEST_LETTERS = 4


def tokens(name: str) -> list[str]:
    """The words of a name as they stand, in lower case; a sign for "not" is a word too.

    Examples:
        >>> tokens("No. of violentSanctions"), tokens("NO_WEAPON"), tokens("!weapon")
        (['no', 'of', 'violent', 'sanctions'], ['no', 'weapon'], ['!', 'weapon'])
    """
    return [word.lower() for word in _TOKEN.findall(name.translate(_APOSTROPHES))]


def folded(name: str) -> str:
    """A name without capitals and without what parts its words."""
    return "".join(tokens(name))


@attrs.frozen
class Wording:
    """The words of a name, in full and without a plural s.

    Attributes:
        words: Those that say what it is about, sorted; those that deny it are among them.
        numbered: Whether there is a word for a number.
        flagged: Whether there is a word for an answer of yes or no.
        doubtful: Whether it begins or ends with a "no" that could be its word for a number.
        counted: Whether a "no" was taken so, and is not among the words.
    """

    words: tuple[str, ...]
    numbered: bool = False
    flagged: bool = False
    doubtful: bool = False
    counted: bool = False

    @classmethod
    def of(cls, name: str) -> Wording:
        """What a name says."""
        said = list(_plain(name.translate(_APOSTROPHES)))
        words = [w for w in said if w not in _FILLERS | _FLAGS | _NUMBERS]
        numbered = not _NUMBERS.isdisjoint(said)
        return cls(
            words=tuple(sorted(w.removesuffix("s") if len(w) > 3 else w for w in words)),
            numbered=numbered,
            flagged=not _FLAGS.isdisjoint(said),
            doubtful=not numbered and "no" in words[:1] + words[-1:],
            counted="no." in said,
        )

    def readings(self) -> Iterator[Wording]:
        """What the name can mean: its "no" denies, or else it stands for "number"."""
        yield self
        if self.doubtful:
            rest = list(self.words)
            rest.remove("no")
            yield attrs.evolve(self, words=tuple(rest), counted=True)

    def fits(self, f: Field, *others: Kind) -> bool:
        """Whether the field is answered as the name says.

        Args:
            f: The field.
            *others: Further kinds that words for a number or for yes and no may stand with.
        """
        if self.flagged and f.kind not in (Kind.BOOL, *others):
            return False
        if self.numbered and f.kind not in (*_NUMERIC, *others):
            return False
        return not self.counted or _is_count(f)

    @property
    def denials(self) -> Counter[str]:
        """The words that deny, with how often each is there."""
        return Counter(w for w in self.words if w in _DENIALS)


def is_opposed(name: str, said: Wording, f: Field, about: Iterable[str]) -> bool:
    """Whether a name that is about a field could mean its opposite.

    Args:
        name: The name.
        said: What it says.
        f: The field.
        about: Words that say what the field is about.
    """
    if said.denials != Wording.of(f.name).denials or _IN_BEFORE.search(name):
        return True
    known = _FILLERS.union(about)
    return any(_denies(w, a) or _denies(a, w) for w in said.words if w not in known for a in known)


def same_but_for_slips(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two names have the same words, but for one slip of the pen in each.

    A slip leaves the number of words and their first letters as they are, so that nothing is denied
    by one.
    """
    return len(names) == len(others) and all(map(_is_slip, names, others))


def _plain(name: str) -> Iterator[str]:
    """The words of a name, in full; a "no" that surely stands for "number" is "no."."""
    found = list(_TOKEN.finditer(name))
    before = ""
    for place, match in enumerate(found):
        word = match[0].lower()
        after = found[place + 1][0].lower() if place + 1 < len(found) else ""
        if (word, after) in (("yes", "no"), ("y", "n")):
            yield "yn"
        elif (before, word) in (("yes", "no"), ("y", "n")):
            pass
        elif word == "no" and (after == "of" or _has_full_stop(name, match.end())):
            yield "no."
        else:
            yield from _SHORT.get(word, word).split()
        before = word


def _has_full_stop(name: str, place: int) -> bool:
    """Whether a full stop stands there, and not a point that parts two words."""
    return name[place : place + 1] == "." and not name[place + 1 : place + 2].strip()


def _is_count(f: Field) -> bool:
    words = set(Wording.of(f.name).words)
    return f.kind in _NUMERIC and not words.isdisjoint(_COUNTED) and "age" not in words


def _denies(word: str, other: str) -> bool:
    """Whether a word is another one, in some form, with a beginning that denies it."""
    rests = (word.removeprefix(p) for p in _PREFIXES if word.startswith(p))
    return any(rest[:_STEM] == other[:_STEM] for rest in rests)


def _is_slip(word: str, other: str) -> bool:
    """Whether two words differ by no more than one letter too many, missing, wrong or swapped."""
    if word == other:
        return True
    if min(len(word), len(other)) < _FEWEST_LETTERS or word[0] != other[0]:
        return False
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if same is None:  # one of them is the beginning of the other
        return abs(len(word) - len(other)) == 1
    a, b = word[same:], other[same:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
