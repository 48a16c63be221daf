"""The columns a cohort's scores come in: their names, and where their rows are collected."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._byfields import ByFields
from riskbands.arithmetic.truth import both, fill, negate, some, where
from riskbands.bands.array import BandArray
from riskbands.bands.codes import MISSING_CODE
from riskbands.bands.scale import NOT_APPLICABLE
from riskbands.cohorts.namedvalues import named_values
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from riskbands.derivation.derive import Found
    from riskbands.instruments.outcome import Outcome
    from riskbands.instruments.predictor import Predictor
    from riskbands.instruments.results import Result

__all__ = ["Output", "ScoreColumn", "output_columns"]

_FORMS = ("brief", "extended")
#: What is added to a number that is there, and to one that is not.
_NOTHING = np.array([0.0, np.nan])


@attrs.frozen(eq=False, repr=False)
class Output(ByFields):
    """One column of the result.

    Attributes:
        name: Column name.
        predictor: The predictor it comes from.
        kind: ``points``, ``percent``, ``p``, ``band``, ``type``, ``reduced``, ``issues`` or
            ``information``; for a named result ``number``, ``flag`` or ``category``.
        horizon: For percentages and probabilities.
        named: The named result it holds, or None.
    """

    name: str
    predictor: Predictor
    kind: str
    horizon: str = ""
    named: Result | None = None

    @property
    def is_text(self) -> bool:
        """Whether the column holds free text."""
        return self.kind in ("issues", "information")

    @property
    def is_coded(self) -> bool:
        """Whether the column holds one of few `labels`."""
        return self.kind in ("band", "type", "category")

    @property
    def dtype(self) -> np.dtype[Any]:
        """What the values are, or the codes of labels and texts."""
        match self.kind:
            case "points" | "number":
                return np.dtype(np.int16)
            case "percent" if self.predictor.rule.digits == 0:
                return np.dtype(np.uint8)
            case "percent" | "p":
                return np.dtype(np.float64)
            case "band" | "type" | "category":
                return np.dtype(np.int8)
            case "reduced" | "flag":
                return np.dtype(np.bool_)
            case _:
                return np.dtype(np.int32)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of a coded column, lowest first.

        Where the predictor may be not applicable that label comes before them all, so that
        nobody who asks for a band *or higher* finds it.
        """
        if self.kind == "type":
            return _FORMS
        if self.named is not None:
            return self.named.labels
        if self.kind != "band" or self.predictor.bands is None:
            return ()
        words = self.predictor.bands.labels
        return (str(NOT_APPLICABLE), *words) if self.may_not_apply else words

    @property
    def may_not_apply(self) -> bool:
        """Whether the predictor can turn out not to apply to a person."""
        return self.predictor.may_not_apply

    @property
    def is_ordered(self) -> bool:
        """Whether the labels are bands only, each above the one before."""
        return self.kind == "band" and not self.may_not_apply


def output_columns(
    chosen: Iterable[Predictor], *, probabilities: bool = False, information: bool = False
) -> list[Output]:
    """The columns the predictors give, components of a sum after it, each once.

    Raises:
        TableError: Two of them give a column of the same name.
    """
    found: dict[str, Output] = {}
    for p in chosen:
        parts = (p, *p.components) if p.shows_components else (p,)
        for part in parts:
            for output in _outputs(part, probabilities, information):
                other = found.setdefault(output.name, output).predictor
                if other.id != part.id:
                    raise TableError(
                        f"column {output.name} is a result of {other.id} and of {part.id}: score "
                        "them in two calls, or give one of them another id"
                    )
    return list(found.values())


def _outputs(p: Predictor, probabilities: bool, information: bool) -> Iterator[Output]:
    if p.has_points:
        yield Output(f"{p.id}_points", p, "points")
    for h in p.horizons:
        yield Output(f"{p.id}_{h}", p, "percent", h)
        if probabilities:
            yield Output(f"{p.id}_{h}_p", p, "p", h)
    if p.bands is not None:
        yield Output(f"{p.id}_band", p, "band")
    if p.has_forms:
        yield Output(f"{p.id}_type", p, "type")
    if p.reducible:
        yield Output(f"{p.id}_reduced", p, "reduced")
    for result in p.results:
        yield Output(f"{p.id}_{result.name}", p, result.kind, named=result)
    yield Output(f"{p.id}_issues", p, "issues")
    if information:
        yield Output(f"{p.id}_information", p, "information")


class ScoreColumn:
    """Where the rows of one output column are collected.

    Blocks of rows may be put from several threads at once.

    Attributes:
        output: What it holds.
        data: The values, and anything where one is missing; for labels their ranks, -1 missing
            and -2 not applicable; for texts the positions in ``texts``.
        mask: Where there is no value, or None for labels and texts.
    """

    def __init__(self, output: Output, rows: int) -> None:
        self.output = output
        self._fill: Any = {"u": 255, "f": np.nan, "b": False}.get(output.dtype.kind, -1)
        # every block writes its rows; of texts, those that are not empty
        make = np.zeros if output.is_text else np.empty
        self.data: NDArray[Any] = make(rows, dtype=output.dtype)
        self.mask: NDArray[np.bool_] | None = None
        if not output.is_text and not output.is_coded:
            self.mask = np.zeros(rows, dtype=np.bool_)
        self._places = {"": 0}
        self._lock = threading.Lock()

    @property
    def texts(self) -> list[str]:
        """The different texts; the first is empty."""
        return list(self._places)

    def put(self, rows: slice, outcome: Outcome) -> None:
        """Take the rows of a block."""
        match self.output.kind:
            case "issues":
                self._put_texts(rows, outcome.issues, negate(outcome.ok))
            case "information":
                self._put_texts(rows, outcome.information, outcome.ok)
            case _:
                self._put_values(rows, outcome)

    def _put_values(self, rows: slice, outcome: Outcome) -> None:
        if not some(outcome.ok):
            self.data[rows] = self._fill
            if self.mask is not None:
                self.mask[rows] = True
            return
        value: Any = None
        there = outcome.ok
        match self.output.kind:
            case "points":
                value, there = outcome.points, both(there, outcome.applies)
            case "percent":
                units = outcome.units[self.output.horizon]
                there = self.output.predictor.percent_there(outcome)
                self.output.predictor.rule.write(units, self.data[rows])
            case "p":
                value = outcome.p[self.output.horizon]
                there = self.output.predictor.percent_there(outcome)
            case "band":
                value = MISSING_CODE if outcome.band is None else outcome.band
            case "type":
                value = np.asarray(outcome.extended, dtype=np.int8)
            case "reduced":
                value = outcome.reduced is not None and outcome.reduced
            case _:
                assert self.output.named is not None
                value, there = outcome.results[self.output.named.name]
        if value is not None:
            self.data[rows] = value
        gone = negate(there)
        if some(gone):
            fill(self.data[rows], gone, self._fill)
            if self.mask is not None:
                self.mask[rows] = gone

    def _put_texts(self, rows: slice, found: Sequence[Found], where: Any) -> None:
        """Write each combination of issues once, and its place in every row that has it."""
        if not found or not some(where):
            return
        size = rows.stop - rows.start
        concerned = np.flatnonzero(np.broadcast_to(where, (size,)))
        group = np.zeros(len(concerned), dtype=np.int64)
        texts = [""]
        for issue, truth in found:
            here = np.broadcast_to(truth, (size,))[concerned]
            if not here.any():
                continue
            joined = [f"{text};{issue}" if text else str(issue) for text in texts]
            group += here * np.int64(len(texts))
            candidates = texts + joined
            used = np.bincount(group, minlength=len(candidates)) > 0
            texts = [text for text, there in zip(candidates, used, strict=True) if there]
            group = (np.cumsum(used) - 1).take(group)
        with self._lock:
            places = [self._places.setdefault(text, len(self._places)) for text in texts]
        self.data[rows][concerned] = np.array(places, dtype=np.int32)[group]

    def result(self) -> Any:
        """The finished column, as `riskbands.score_cohort` returns it.

        What is missing has no number in it, so that no sum or mean can take it for one.
        """
        match self.output.kind:
            case "band":
                assert self.output.predictor.bands is not None
                return BandArray(self.data, self.output.predictor.bands)
            case "type":
                return named_values(self.data, [*_FORMS, None])
            case "category":
                return named_values(self.data, [*self.output.labels, None])
            case "issues" | "information":
                return named_values(self.data, self.texts)
            case "reduced" | "flag":
                assert self.mask is not None
                places = self.data.view(np.int8)
                if self.mask.any():
                    places = where(self.mask, -1, places)
                return named_values(places, [False, True, None])
            case _:
                assert self.mask is not None
                if self.data.dtype == np.float64:  # NaN where there is no value
                    return self.data
                found = self.data.astype(np.float64)
                if self.mask.any():
                    found += _NOTHING.take(self.mask.view(np.int8))
                return found

    @classmethod
    def of(cls, output: Output, values: Any) -> ScoreColumn:
        """A column from what `result` gave, or from some of its rows."""
        column = cls(output, len(values))
        match output.kind:
            case "band":
                column.data = values.codes
            case "type":
                column.data = _places(values, [*_FORMS, None], np.int8)
            case "category":
                column.data = _places(values, [*output.labels, None], np.int8)
            case "issues" | "information":
                column._places = {text: n for n, text in enumerate(dict.fromkeys(["", *values]))}
                column.data = _places(values, column.texts, np.int32)
            case "reduced" | "flag":
                places = _places(values, [False, True, None], np.int8)
                column.data, column.mask = places == 1, places < 0
            case _:
                column.mask = np.isnan(values)
                column.data = np.where(column.mask, column._fill, values).astype(output.dtype)
        return column

    def label_codes(self) -> NDArray[np.int8]:
        """Positions in ``output.labels``; -1 is missing."""
        if not (self.output.kind == "band" and self.output.may_not_apply):
            codes: NDArray[np.int8] = self.data
            return codes
        table = np.array([*range(1, len(self.output.labels)), 0, -1], dtype=np.int8)
        found: NDArray[np.int8] = table[self.data]
        return found


def _places(values: Iterable[Any], names: Sequence[Any], dtype: Any) -> NDArray[Any]:
    """Where each value stands among the names; that of None is -1."""
    place = {name: -1 if name is None else n for n, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, values), dtype)
