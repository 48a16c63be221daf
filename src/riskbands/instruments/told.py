"""What each named result of a score was made of, in words, for its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.instruments.results import POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskbands.instruments.results import Result
    from riskbands.instruments.score import Score
    from riskbands.vocabulary.feature import Feature
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["told", "traced"]


def _made_of(f: Feature) -> tuple[str, ...]:
    """The features that a feature is made of; none of a field, or where there are several ways."""
    if f.is_field or len(f.sources) != 1:
        return ()
    return tuple(i for i in f.sources[0].inputs if i[0] != ".")


def _opened(vocabulary: Vocabulary, names: Iterable[str]) -> Iterator[str]:
    """These features and those they are made of, each once; a yes/no further down says enough."""
    seen = dict.fromkeys(names)
    todo = list(seen)
    first = len(todo)
    for place, name in enumerate(todo):
        yield name
        f = vocabulary.feature(name)
        if place >= first and f.categories == ("no", "yes"):
            continue
        for inner in _made_of(f):
            if inner not in seen:
                seen[inner] = None
                todo.append(inner)


def traced(vocabulary: Vocabulary, results: Iterable[Result]) -> tuple[str, ...]:
    """Features whose values tell what results were made of."""
    read = {n: None for r in results for n in r.features}
    own = {r.name for r in results}
    # an output of the file is a result itself, unless another one is made of it
    made_of = {i for n in read for i in _made_of(vocabulary.feature(n))}
    found = _opened(vocabulary, read)
    return tuple(n for n in found if n in made_of or vocabulary.feature(n).label not in own)


def told(p: Any, score: Score) -> tuple[tuple[str, str, str], ...]:
    """Each result with its value and what it was made of; then the same of those features.

    Args:
        p: The instrument.
        score: Its score.
    """
    rows = []
    shown: set[str] = set()
    for r in p.results:
        value = score.outputs.get(r.name)
        said = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        rows.append((r.name, "none" if value is None else said, _parts(p, score, r)))
        shown |= {n for n in r.features if p.vocabulary.feature(n).label == r.name}
    summed = {n for names in p.sums.values() for n in names}
    summed |= {read for n in summed for read in p.factor(n)[1]}
    for name in traced(p.vocabulary, p.results):
        f = p.vocabulary.feature(name)
        parts = _values(p, score, _made_of(f))
        if name in shown or name in summed or name not in score.values or not parts:
            continue
        if f.categories != ("no", "yes"):
            rows.append((f.label, f.describe(score.values[name]), parts))
    return tuple(rows)


def _parts(p: Any, score: Score, r: Result) -> str:
    """What a result was made of: the points of its sum, or the values of what it reads."""
    if r.name in p.sums:
        points = [score.values[n] for n in p.sums[r.name] if n in score.values]
        return f"points {sum(points)}"
    names: list[str] = []
    for n in r.features:
        f = p.vocabulary.feature(n)
        names += _made_of(f) if f.label == r.name and n != r.name else (n,)
    said = _values(p, score, dict.fromkeys(names))
    return f"points {score.points}{f', {said}' if said else ''}" if POINTS in r.inputs else said


def _values(p: Any, score: Score, names: Iterable[str]) -> str:
    known = ((p.vocabulary.feature(n), score.values.get(n)) for n in names)
    return ", ".join(f.said(value) for f, value in known if value is not None)
