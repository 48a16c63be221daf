"""Scoring whole cohorts: columns in, scores and issues out, in the same order and length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from riskbands.cohorts.mapping import read_columns
from riskbands.cohorts.provenance import CohortScores
from riskbands.cohorts.request import Request, tell
from riskbands.vocabulary.naming import field_places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from riskbands._options import FormName, OnIssue
    from riskbands.bands.table import BandTable
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.suggest import Suggestions

__all__ = ["score_cohort"]

#: A table of any library.
FrameT = TypeVar("FrameT")


@overload
def score_cohort(
    data: Mapping[str, Any],
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    date_format: str | Mapping[Any, str] | None = None,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: OnIssue = "return",
    threads: int | None = None,
    rename: Mapping[str, str] | Suggestions | None = None,
) -> CohortScores: ...
@overload
def score_cohort(
    data: FrameT,
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    date_format: str | Mapping[Any, str] | None = None,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: OnIssue = "return",
    threads: int | None = None,
    rename: Mapping[Any, str] | Suggestions | None = None,
    overwrite: bool = False,
) -> FrameT: ...
def score_cohort(
    data: Any,
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    date_format: str | Mapping[Any, str] | None = None,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: OnIssue = "return",
    threads: int | None = None,
    rename: Mapping[Any, str] | Suggestions | None = None,
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
        bands: Other band tables, likewise: tables, ids of built-in ones, or paths of files.
        any_score: Take band tables that are for the scores of other predictors; their ids, and so
            all results, then end in ``(any score)``.
        form: ``"auto"``, ``"brief"`` or ``"extended"``, as for `Predictor.score`.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``, e.g. the items the extended form lacks.
        on_issue: ``"return"``, or ``"raise"`` to refuse a cohort with any issue.
        threads: Threads to use; by default one a processor.
        date_format: How text and numbers say dates, where that is not as in ``2024-01-16``: the
            directives of `datetime.datetime.strptime` with a year of four digits, such as
            ``"%d/%m/%Y"`` or ``"%Y%m%d"``, or ``"excel"`` for Excel's serial days; for all dates,
            or by column. A column has one format.
        rename: Field by column name, for columns that have another name, e.g.
            ``{"dob": "date_of_birth"}``; or what `riskbands.suggest_columns` suggested.
        overwrite: Of a table, replace columns that have the name of a score; otherwise they are
            refused.

    Returns:
        Of a table, a table of the same type, in the same order: its own columns and then those
        of the scores (docs/how-to/dataframes.md says in which types). Of a mapping, a
        `CohortScores`: columns by name, each of the length of the cohort, in the order of its
        rows, which `riskbands.to_frame` makes a data frame of:

        - ``<id>_points``: float64, whole numbers, NaN where there is no score;
        - ``<id>_1yr``, ``<id>_2yr``: float64, percentage as the instrument reports it, whole or of
          two decimals, NaN where there is no score;
        - ``<id>_1yr_p``, ``<id>_2yr_p``: float64, the unrounded probability, NaN likewise;
        - ``<id>_band``: `BandArray`;
        - ``<id>_type``: object array of ``brief``, ``extended`` or None;
        - ``<id>_reduced``: object array of True, False or None;
        - ``<id>_issues``: object array of text: ``code:field,field`` joined by ``;``, empty
          where there is a score.

    Raises:
        FrameError: Columns of a table have the names of scores, or none is a field that the
            predictors read; the message says what is perhaps meant.
        InputErrorGroup: A column cannot be used at all, or ``on_issue="raise"`` and there are
            issues.
        MissingExtraError: A table was given and the ``[dataframe]`` extra is not installed.
        UnknownNameError: A predictor, table, field, column or option is not known.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        ValueError: A date format is none.
        TableError: A table does not fit, a band table is for other scores, or two versions of one
            predictor are asked for.

    Warns:
        ReadingWarning: Once a column: no date of it is understood, but they may have the day
            first; or its offence codes are whole numbers that had lost zeros. Or a predictor lacks
            a field that a column of another name perhaps is.

    Examples:
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
        ([25.0, nan], ['', 'missing:sanctions'])
    """
    request = Request(
        predictors,
        tables,
        form,
        probabilities,
        information,
        on_issue,
        threads,
        bands,
        any_score,
        date_format,
    )
    if not isinstance(data, Mapping):
        from riskbands.cohorts.frames import score_frame

        return score_frame(data, request, rename=rename, overwrite=overwrite)
    labels = list(data)
    places = field_places(labels, rename, request.vocabulary)
    request.check(labels, places)
    chosen = {name: data[labels[n]] for name, n in places.items()}
    readers, rows = read_columns(chosen, request.fields(labels, places))
    try:
        columns = request.score(readers, rows)
    finally:  # also where the issues are refused
        tell(readers)
    found = {column.output.name: column.result() for column in columns}
    return CohortScores(found, [column.output for column in columns])
