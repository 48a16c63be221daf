"""One SELECT for a predictor: its inputs, its layers, its results, and a comment on its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from riskbands.arithmetic.truth import both, either, negate
from riskbands.bands.scale import NOT_APPLICABLE
from riskbands.bands.sql import DIALECTS
from riskbands.bands.table import BandTable, Unit
from riskbands.derivation.derive import Derivation
from riskbands.errors import InputError, Issue, TableError, UnknownNameError
from riskbands.instruments.sql.expressions import (
    DOUBLE,
    TEXT,
    TRUTH,
    WHOLE,
    Value,
    bound,
    listed,
    null,
)
from riskbands.instruments.sql.inputs import code_of, given
from riskbands.instruments.sql.layers import Layers, in_comment
from riskbands.instruments.sql.sums import (
    UNDECIDED,
    greatest_difference,
    margin_of,
    percentage,
    points_sum,
    weighted_sum,
)
from riskbands.scorecards.compiled import domain
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from riskbands._options import Link
    from riskbands.bands.sql import Dialect
    from riskbands.vocabulary.feature import Feature
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["fields_read", "greatest_difference_of", "statement", "usual_fields"]

#: Rows that more truths than this tell of are a column, where more is asked of them.
_MANY = 6


class _Sums:
    """Adds up the terms of scorecards: what `riskbands.instruments` asks for in place of tables."""

    def __init__(self, derivation: _SqlDerivation) -> None:
        self._derivation = derivation

    def regression(self, predictor: Any, extended: Any, outcome: Any) -> None:
        """Write the percentages of sums with a link, and where they cannot be told."""
        predictor.prepare()  # It checks the table.
        sums: list[tuple[Any, Any]] = []
        forms = list(zip(predictor.forms, predictor.numbers, strict=True))
        reach = _domain_of(predictor)
        margin = margin_of(greatest_difference_of(predictor))
        for index, (form, numbers) in enumerate(forms):
            if extended is (index == 0):  # Nobody has this form.
                sums.append((None, numbers))
                continue
            name = "_".join(filter(None, (predictor.id, form.name, "sum")))
            read = self._derivation.read
            total = weighted_sum(form.terms, numbers, reach, read)
            sums.append((bound(total, name), numbers))
        places = {}
        for h in predictor.horizons:
            each = [None if s is None else s + sum(predictor.added(n, h)) for s, n in sums]
            used = [log_odds for log_odds in each if log_odds is not None]
            places[h] = (
                used[0] if len(used) == 1 else listed([(extended, used[1])], used[0], DOUBLE)
            )
        _percentages(predictor, places, margin, outcome)

    def points(self, predictor: Any, read: Any) -> Any:
        """The points of a points scale."""
        total = points_sum(predictor.form.terms, predictor.numbers, _domain_of(predictor), read)
        return bound(total, f"{predictor.id}_sum")


def _percentages(predictor: Any, places: Mapping[str, Any], margin: float, outcome: Any) -> None:
    """Write percentages by the places of their sums, and where they cannot be told."""
    unsure: Any = False
    link: Link = predictor.link
    scale = "log_odds" if link == "logistic" else "log_hazard"
    for h, place in places.items():
        name = f"{predictor.id}_{h}"
        units = percentage(predictor.rule, bound(place, f"{name}_{scale}"), margin, name, link)
        outcome.units[h] = units
        # SQL gives no probability, because databases differ in its last digits.
        outcome.p[h] = null(DOUBLE)
        unsure = either(unsure, Value("IS NULL", (units,), TRUTH))
    unsure = both(outcome.applies, unsure)
    outcome.issues.append((UNDECIDED, both(outcome.ok, unsure)))
    outcome.ok = both(outcome.ok, negate(unsure))


def greatest_difference_of(predictor: Any) -> float:
    """A number by which the sums of SQL and of Python, with their constants, cannot differ."""
    reach = _domain_of(predictor)
    found = 0.0
    for form, numbers in zip(predictor.forms, predictor.numbers, strict=True):
        most = max(sum(map(abs, predictor.added(numbers, h))) for h in predictor.horizons)
        found = max(found, greatest_difference(form.terms, numbers, reach, most))
    return found


def _domain_of(predictor: Any) -> Callable[[str], tuple[int, int]]:
    """The domain of a feature, as the predictor limits it."""
    return lambda name: domain(predictor.vocabulary, name, predictor.limits)


class _SqlDerivation(Derivation):
    """Features whose values are SQL; each of them becomes a column."""

    def __init__(self, names: Iterable[str], vocabulary: Vocabulary) -> None:
        fields = vocabulary.fields
        inputs = {name: given(f"given_{name}", fields[name]) for name in names}
        super().__init__(inputs, vocabulary)
        self.sums = _Sums(self)
        self.fields_read: set[str] = set()

    def field(self, name: str) -> Any:
        """A field's codes, validity and faults."""
        self.fields_read.add(name)
        return super().field(name)

    def _blame(self, name: str, rows: Any, *noted: Any) -> None:
        """As for a case; rows that are told by many truths are a column for what lies behind."""
        if isinstance(rows, Value) and rows.op == "AND" and len(rows.args) > _MANY:
            rows = bound(rows, f"r_{name}")
        super()._blame(name, rows, *noted)

    def _derive(self, f: Feature) -> tuple[Any, Any]:
        value, valid = super()._derive(f)
        return bound(value, f"f_{f.name}"), bound(valid, f"k_{f.name}")


def _shown(predictor: Any) -> tuple[Any, ...]:
    """The predictors whose columns a cohort is given: the predictor, and the parts of a sum."""
    return (predictor, *(predictor.components if predictor.shows_components else ()))


def fields_read(predictor: Any, form: str = "auto") -> tuple[str, ...]:
    """Every field that may bear on the score, in the order of the vocabulary."""
    fields = predictor.vocabulary.fields
    derivation = _SqlDerivation((n for n, f in fields.items() if f.scored), predictor.vocabulary)
    for part in _shown(predictor):
        part.outcome(derivation, form)
    return tuple(name for name in fields if name in derivation.fields_read)


def usual_fields(predictor: Any, form: str = "auto") -> tuple[str, ...]:
    """The fields that are read, but for ages, months and groups that stand in for others."""
    vocabulary = predictor.vocabulary
    stand_ins = {
        *vocabulary.direct_fields,
        *(n for n, f in vocabulary.fields.items() if f.kind is Kind.OFFENCE_GROUP),
    }
    return tuple(name for name in fields_read(predictor, form) if name not in stand_ins)


def _columns(
    predictor: Any, columns: Mapping[str, str] | Iterable[str] | None, form: str
) -> dict[str, str]:
    """The column of each field that is there and read."""
    vocabulary = predictor.vocabulary
    readable = fields_read(predictor, form)
    if columns is None:
        columns = usual_fields(predictor, form)
    if isinstance(columns, Mapping):
        named = dict(columns)
    else:
        named = {str(name): name for name in _listed(columns)}
    for name in named:
        vocabulary.field(name)
    return {name: named[name] for name in readable if name in named}


def statement(
    predictor: Any,
    dialect: str,
    *,
    source: str | Sequence[str],
    columns: Mapping[str, str] | Iterable[str] | None,
    keep: Sequence[str],
    form: str,
    version: str,
) -> str:
    """The SELECT of a predictor; see `riskbands.Predictor.to_sql`."""
    if dialect not in DIALECTS:
        raise UnknownNameError("SQL dialect", str(dialect), DIALECTS)
    write = DIALECTS[dialect]
    for part in _all(predictor):
        if isinstance(part.bands, BandTable) and part.bands.unit is Unit.PROBABILITY:
            raise TableError(
                f"{part.bands.id} bands an unrounded probability, on whose last digits no two "
                "databases agree: it has no SQL of a whole score"
            )
    names = _columns(predictor, columns, form)
    derivation = _SqlDerivation(names, predictor.vocabulary)
    results = [
        result for part in _shown(predictor) for result in _results(part, derivation, form, write)
    ]
    layers = Layers(write, [value for _, value in results])
    kept = _kept(keep, [name for name, _ in results], write)
    last = [f"  keep_{n} AS {name}" for n, name in enumerate(kept, start=1)]
    last += [f"  {layers.text(value)} AS {write.identifier(name)}" for name, value in results]
    inputs = [f"    {name} AS keep_{n}" for n, name in enumerate(kept, start=1)]
    for name, column in names.items():
        code = code_of(predictor.vocabulary.field(name), write.identifier(column), write)
        inputs.append(f"    {code} AS given_{name}")
    first = ",\n".join(inputs or ["    1 AS nothing_given"])
    expressions = [
        f"given AS (\n  SELECT\n{first}\n  FROM {_table_name(source, write)}\n)",
        *layers.steps(),
    ]
    lines = map(in_comment, _comment(predictor, dialect, version))
    comment = "\n".join(f"-- {line}" for line in lines)
    select = ",\n".join(last)
    return (
        f"{comment}\nWITH\n" + ",\n".join(expressions) + f"\nSELECT\n{select}\nFROM {layers.last}\n"
    )


def _kept(keep: Sequence[str], results: Sequence[str], write: Dialect) -> list[str]:
    """Names of the columns that are given back, quoted."""
    wanted = _listed(keep)
    taken = {name.lower() for name in results}
    for name in wanted:
        write.identifier(name)  # This refuses what is not a name.
        if name.lower() in taken:
            raise InputError(
                Issue(
                    "sql_column", (), "a column to keep has the name of a score, or is named twice"
                )
            )
        taken.add(name.lower())
    return [write.identifier(name) for name in wanted]


def _table_name(source: str | Sequence[str], write: Dialect) -> str:
    return ".".join(write.identifier(part) for part in _listed(source) or [""])


def _listed(names: Any) -> list[Any]:
    """Names, or one; whether they are names is for `Dialect.identifier` to say."""
    one = isinstance(names, str) or not isinstance(names, Iterable)
    return [names] if one else list(names)


def _results(
    p: Any, derivation: _SqlDerivation, form: str, write: Dialect
) -> Iterator[tuple[str, Any]]:
    """The columns of a predictor, as `riskbands.score_cohort` names them."""
    outcome = p.outcome(derivation, form)
    ok = bound(outcome.ok, f"{p.id}_ok")

    def shown(value: Any, kind: str, there: Any = True) -> Any:
        return listed([(both(ok, there), value)], null(kind), kind)

    if p.has_points:
        points = outcome.points if outcome.points is not None else null(WHOLE)
        value = shown(points, WHOLE, outcome.applies)
        yield f"{p.id}_points", _cast(value, "SMALLINT")
    for h in p.horizons:
        there = outcome.applies if p.may_lack_percent else True
        value = shown(outcome.units.get(h, null(WHOLE)), WHOLE, there)
        if p.rule.digits == 0:
            yield f"{p.id}_{h}", _cast(value, "SMALLINT")
        else:
            text = f"CAST({{0}} AS {write.double}) / {10**p.rule.digits}"
            yield f"{p.id}_{h}", Value("raw", (text, (value,)), DOUBLE)
    if p.bands is not None:
        yield f"{p.id}_band", _band(p, ok, outcome.band)
    if p.has_forms:
        word = listed([(outcome.extended, "extended")], "brief", TEXT)
        yield f"{p.id}_type", shown(word, TEXT)
    if p.reducible:
        reduced = outcome.reduced if outcome.reduced is not None else False
        yield f"{p.id}_reduced", shown(reduced, TRUTH)
    for result in p.results:
        value, there = outcome.results[result.name]
        match result.kind:
            case "flag":
                yield f"{p.id}_{result.name}", shown(value == 1, TRUTH, there)
            case "category":
                value = bound(value, f"{p.id}_{result.name}")
                here = both(ok, there)
                named = [(both(here, value == n), label) for n, label in enumerate(result.labels)]
                yield f"{p.id}_{result.name}", listed(named, null(TEXT), TEXT)
            case _:
                yield f"{p.id}_{result.name}", _cast(shown(value, WHOLE, there), "SMALLINT")
    yield f"{p.id}_issues", _issues(ok, outcome.issues)


def _cast(value: Any, kind: str) -> Value:
    return Value("raw", (f"CAST({{0}} AS {kind})", (value,)), WHOLE)


def _band(p: Any, ok: Any, code: Any) -> Any:
    """The label of a band's code."""
    if code is None:
        return null(TEXT)
    code = bound(code, f"{p.id}_band_code")
    named = {-2: str(NOT_APPLICABLE), **dict(enumerate(p.bands.labels))}
    return listed([(both(ok, code == n), label) for n, label in named.items()], null(TEXT), TEXT)


def _issues(ok: Any, issues: Iterable[tuple[Issue, Any]]) -> Any:
    """Every issue of a row, joined by semicolons; empty where there is a score."""
    texts = [listed([(truth, f";{issue}")], "", TEXT) for issue, truth in issues]
    if not texts:
        return ""
    whole = Value("||", tuple(texts), TEXT) if len(texts) > 1 else texts[0]
    text = Value("raw", ("SUBSTR({0}, 2)", (whole,)), TEXT)
    return listed([(ok, "")], text, TEXT)


def _comment(predictor: Any, dialect: str, version: str) -> Iterator[str]:
    """Where the numbers come from, and how to read the columns."""
    yield f"{predictor.name}: {predictor.title}. Written by riskbands {version} for {dialect}."
    for table in {t.id: t for p in _all(predictor) for t in p.tables}.values():
        yield f"coefficients {table.id}, digest {table.digest}"
    for scale in {p.bands.id: p.bands for p in _all(predictor) if p.bands is not None}.values():
        digest = getattr(scale, "digest", "")
        yield f"bands {scale.id}" + (f", digest {digest}" if digest else "")
    yield "given_...: a field as a number, -1 missing, -2 malformed, -3 out of range; a date is"
    yield "year * 512 + month * 32 + day. f_...: a feature. k_...: whether it is known."


def _all(predictor: Any) -> Iterator[Any]:
    """The predictor and all it is made from."""
    yield predictor
    for component in predictor.components:
        yield from _all(component)
