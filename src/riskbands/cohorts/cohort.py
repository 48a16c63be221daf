"""Scoring whole cohorts: columns in, scores and issues out, in the same order and length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from riskbands.cohorts.columns import read_columns
from riskbands.cohorts.request import Request
from riskbands.vocabulary.naming import field_places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from riskbands._options import FormName, OnIssue
    from riskbands.bands.table import BandTable
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["score_cohort"]

#: A table of any library.
FrameT = TypeVar("FrameT")


@overload
def score_cohort(
    data: Mapping[str, Any],
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str] | None = None,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: OnIssue = "return",
    threads: int | None = None,
    rename: Mapping[str, str] | None = None,
) -> dict[str, Any]: ...
@overload
def score_cohort(
    data: FrameT,
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str] | None = None,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: OnIssue = "return",
    threads: int | None = None,
    rename: Mapping[Any, str] | None = None,
    overwrite: bool = False,
) -> FrameT: ...
def score_cohort(
    data: Any,
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str] | None = None,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: OnIssue = "return",
    threads: int | None = None,
    rename: Mapping[Any, str] | None = None,
    overwrite: bool = False,
) -> Any:
    """Score a cohort.

    Args:
        data: Field name to one-dimensional array, all of one length; or, with the
            ``[dataframe]`` extra, a pandas or Polars data frame, a Polars lazy frame, an Arrow
            table or record batch, or a DuckDB relation. Dates may be ``datetime64``,
            `datetime.date` or ISO text; numbers of any integer or float dtype; yes/no
            bool, 0/1 or text. Missing is NaN, NaT, None, masked or empty text. Columns that are
            no field are ignored.
        predictors: Predictors or their ids; by default every one whose fields are there.
        tables: Other coefficient tables, by predictor id; they hold for components too.
        bands: Other band tables, likewise: tables, or ids of built-in ones.
        form: ``"auto"``, ``"brief"`` or ``"extended"``, as for `Predictor.score`.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``, e.g. the items the extended form lacks.
        on_issue: ``"return"``, or ``"raise"`` to refuse a cohort with any issue.
        threads: Threads to use; by default one a processor.
        rename: Field by column name, for columns that have another name, e.g.
            ``{"dob": "date_of_birth"}``.
        overwrite: Of a table, replace columns that have the name of a score; otherwise they are
            refused.

    Returns:
        Of a table, a table of the same type, in the same order: its own columns and then those
        of the scores (docs/how-to/dataframes.md says in which types). Of a mapping, columns by
        name, each of the length of the cohort, in the order of its rows:

        - ``<id>_points``: masked int16;
        - ``<id>_1yr``, ``<id>_2yr``: percentage as the instrument reports it, masked: uint8 for
          whole percents, float64 for two decimals;
        - ``<id>_band``: `BandArray`;
        - ``<id>_type``: object array of ``brief``, ``extended`` or None;
        - ``<id>_reduced``: masked bool;
        - ``<id>_issues``: object array of text: ``code:field,field`` joined by ``;``, empty
          where there is a score.

    Raises:
        FrameError: Columns of a table have the names of scores, or no predictor can be scored.
        InputErrorGroup: A column cannot be used at all, or ``on_issue="raise"`` and there are
            issues.
        MissingExtraError: A table was given and the ``[dataframe]`` extra is not installed.
        UnknownNameError: A predictor, table, field, column or option is not known.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit.

    Example:
        >>> import numpy as np
        >>> scores = score_cohort(
        ...     {
        ...         "sex": ["male", "female"],
        ...         "age_at_conviction": [33, 41],
        ...         "age_at_follow_up": [33, 41],
        ...         "offence_code": ["00801", "00801"],
        ...         "sanctions": [4, np.nan],
        ...         "first_sanction_age": [17, 20],
        ...     },
        ...     ["ogrs3"],
        ... )
        >>> scores["ogrs3_2yr"].tolist(), scores["ogrs3_issues"].tolist()
        ([25, None], ['', 'missing:sanctions'])
    """
    request = Request(
        predictors, tables, form, probabilities, information, on_issue, threads, bands
    )
    if not isinstance(data, Mapping):
        from riskbands.cohorts.frames import score_frame

        return score_frame(data, request, rename=rename, overwrite=overwrite)
    if rename:
        labels = list(data)
        places = field_places(labels, rename, request.vocabulary)
        data = {name: data[labels[n]] for name, n in places.items()}
    readers, rows = read_columns(data, request.vocabulary)
    return {c.output.name: c.result() for c in request.score(readers, rows)}
