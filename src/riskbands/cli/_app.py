"""The commands and their options."""

# ruff: noqa: TC001 - typer evaluates the annotations when it runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from riskbands._version import DISTRIBUTION, __version__
from riskbands.cli._arguments import (
    AnyScore,
    Bands,
    DateFormat,
    Delimiter,
    Encoding,
    Form,
    HeaderRow,
    Ident,
    Inputs,
    Predictors,
    Rename,
    Sheet,
    ShowFormat,
    Tables,
    Thousands,
    TrustQuotes,
)
from riskbands.cli._errors import UNSCORED, reported
from riskbands.cli._given import Group, Made

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands._options import FormName

__all__ = ["app"]


#: The commands, in the order of the help.
_FUNCTIONS: dict[str, Callable[..., None]] = {}


class _Commands(Group):
    """Commands whose errors are messages."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.commands = cast("Any", Made(_FUNCTIONS))

    def invoke(self, ctx: Any) -> Any:
        with reported(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a function, under its name."""
    _FUNCTIONS[function.__name__] = function
    return function


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{DISTRIBUTION} {__version__} from {Path(__file__).parents[1]}")
        raise typer.Exit


@app.callback()
def _riskbands(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and its place."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Score cohorts with the actuarial predictors of England and Wales."""


def _options(
    table: list[str] | None, bands: list[str] | None, rename: list[str] | None
) -> dict[str, dict[str, str]]:
    from riskbands.cli._columns import pairs

    return {
        "tables": pairs("--table", table or (), "PREDICTOR=TABLE"),
        "bands": pairs("--bands", bands or (), "PREDICTOR=TABLE"),
        # A column may have a sign of equality in its name, and a field has none.
        "rename": pairs("--rename", rename or (), "COLUMN=FIELD", last=True),
    }


def _reading(
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    header_row: int | None,
    trust_quotes: bool = False,
) -> dict[str, Any]:
    return {
        "encoding": encoding,
        "delimiter": delimiter,
        "sheet": sheet,
        "header_row": header_row,
        "trust_quotes": trust_quotes,
    }


@_command
def score(
    inputs: Inputs,
    predictor: Predictors = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write; - for standard output."
        ),
    ] = "-",
    table: Tables = None,
    bands: Bands = None,
    any_score: AnyScore = False,
    form: Form = "auto",
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add unrounded probabilities.")
    ] = False,
    information: Annotated[
        bool, typer.Option("--information", help="Add what is worth knowing of scored rows.")
    ] = False,
    rename: Rename = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace columns named like those to be added.")
    ] = False,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="csv|parquet",
            show_default=False,
            help="Format to write. Default: by the name of the file; CSV to standard output.",
        ),
    ] = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    trust_quotes: TrustQuotes = False,
    thousands: Thousands = None,
    date_format: DateFormat = None,
    spreadsheet_safe: Annotated[
        bool,
        typer.Option(
            "--spreadsheet-safe",
            help="Write CSV cells so that no spreadsheet runs them as formulas.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary.")] = False,
) -> None:
    """Add the scores, bands and issues of every row to a table.

    All columns are kept as they are. A summary goes to standard error.
    """
    from riskbands.cli import _score

    _score.score(
        inputs,
        output,
        kind=kind,
        reading=_reading(encoding, delimiter, sheet, header_row, trust_quotes),
        thousands=thousands,
        date_formats=date_format or (),
        predictors=predictor or (),
        quiet=quiet,
        safe=spreadsheet_safe,
        form=cast("FormName", form),
        probabilities=probabilities,
        information=information,
        overwrite=overwrite,
        any_score=any_score,
        **_options(table, bands, rename),
    )


@_command
def explain(
    inputs: Inputs,
    case_id: Annotated[
        str, typer.Option("--case-id", metavar="ID", help="The case, by column case_id.")
    ],
    predictor: Predictors = None,
    horizon: Annotated[
        str | None,
        typer.Option(
            "--horizon",
            metavar="HORIZON",
            show_default=False,
            help="Such as 2yr; default: the longest.",
        ),
    ] = None,
    table: Tables = None,
    bands: Bands = None,
    any_score: AnyScore = False,
    form: Form = "auto",
    rename: Rename = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    trust_quotes: TrustQuotes = False,
    thousands: Thousands = None,
    date_format: DateFormat = None,
) -> None:
    """Say why a case has its scores: each factor and what it adds.

    Exit status 1 when a predictor cannot be scored; its issues are printed.
    """
    from riskbands.cli import _explain

    done = _explain.explain(
        inputs,
        case_id,
        reading=_reading(encoding, delimiter, sheet, header_row, trust_quotes),
        thousands=thousands,
        date_formats=date_format or (),
        predictors=predictor or (),
        horizon=horizon,
        form=cast("FormName", form),
        any_score=any_score,
        **_options(table, bands, rename),
    )
    if not done:
        raise typer.Exit(UNSCORED)


@_command
def evaluate(
    inputs: Inputs,
    predictor: Annotated[
        list[str], typer.Option("--predictor", "-p", metavar="ID", help="The predictor, or a file.")
    ],
    outcome: Annotated[
        str,
        typer.Option("--outcome", metavar="COLUMN", help="Column of outcomes: 0 or 1, yes or no."),
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="COLUMN", show_default=False, help="A column of groups; repeatable."
        ),
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write; - for standard output."
        ),
    ] = "-",
    min_count: Annotated[
        int | None,
        typer.Option(
            "--min-count",
            metavar="NUMBER",
            min=1,
            show_default=False,
            help="Least count that is shown, for a page to publish. Default: all are shown.",
        ),
    ] = None,
    followed_up: Annotated[
        str | None,
        typer.Option(
            "--followed-up",
            metavar="COLUMN|MONTHS",
            show_default=False,
            help="Months of follow-up; who was followed up for less than the horizon is left out.",
        ),
    ] = None,
    horizon: Annotated[
        str | None,
        typer.Option(
            "--horizon",
            metavar="HORIZON",
            show_default=False,
            help="Such as 2yr; default: the one that the bands use.",
        ),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option(
            "--score",
            metavar="COLUMN",
            show_default=False,
            help="The column of points, for an instrument with several results.",
        ),
    ] = None,
    table: Tables = None,
    bands: Bands = None,
    any_score: AnyScore = False,
    form: Form = "auto",
    rename: Rename = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    trust_quotes: TrustQuotes = False,
    thousands: Thousands = None,
    date_format: DateFormat = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary.")] = False,
) -> None:
    """Write a page that says how well a score does among the people of a table.

    A table without the column of the score is scored first. The page is HTML and stands by itself.
    """
    from riskbands.cli import _evaluate

    _evaluate.evaluate(
        inputs,
        predictor,
        output,
        outcome=outcome,
        by=by or (),
        min_count=min_count,
        followed_up=followed_up,
        horizon=horizon,
        score=score,
        reading=_reading(encoding, delimiter, sheet, header_row, trust_quotes),
        thousands=thousands,
        date_formats=date_format or (),
        quiet=quiet,
        form=cast("FormName", form),
        any_score=any_score,
        **_options(table, bands, rename),
    )


@_command
def sql(
    predictor: Annotated[
        list[str], typer.Option("--predictor", "-p", metavar="ID", help="The predictor.")
    ],
    dialect: Annotated[
        str, typer.Option("--dialect", metavar="NAME", help="The database, e.g. spark.")
    ] = "duckdb",
    source: Annotated[
        str, typer.Option("--source", metavar="TABLE", help="The table, or SCHEMA.TABLE.")
    ] = "cases",
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="COLUMN", help="Give this back too; repeatable."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="FIELD", help="A field the table has; repeatable."),
    ] = None,
    rename: Rename = None,
    table: Tables = None,
    bands: Bands = None,
    any_score: AnyScore = False,
    form: Form = "auto",
) -> None:
    """Write the score of a predictor as one SELECT, to run where the data is."""
    from riskbands.cli import _sql

    _sql.write(
        predictor,
        dialect,
        source=source,
        keep=keep or [],
        fields=field,
        form=cast("FormName", form),
        any_score=any_score,
        **_options(table, bands, rename),
    )


@_command
def page(
    predictor: Annotated[
        str, typer.Argument(metavar="INSTRUMENT", help="The file of an instrument, or an id.")
    ],
    schema: Annotated[
        bool, typer.Option("--schema", help="The JSON Schema of a case instead.")
    ] = False,
) -> None:
    """Write the page of an instrument in Markdown: inputs, points, bands, an example."""
    from riskbands.cli import _page

    _page.write(predictor, schema=schema)


@_command
def suggest(
    inputs: Inputs,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
) -> None:
    """Suggest which fields the columns of a table could be, by their names alone."""
    from riskbands.cli import _suggest

    _suggest.show_suggestions(inputs, _reading(encoding, delimiter, sheet, header_row))


@_command
def tables(
    ident: Ident = None,
    form: ShowFormat = "text",
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            metavar="NAME",
            show_default=False,
            help="Write the layout of a file for a predictor or band table, or for any 'bands'.",
        ),
    ] = None,
) -> None:
    """List the coefficient tables, or show one with its source."""
    from riskbands.cli import _show

    if template is not None:
        _show.show_template(template)
    else:
        _show.show_tables(ident, form)


@_command
def bands(ident: Ident = None, form: ShowFormat = "text") -> None:
    """List the band tables, or show one with its source."""
    from riskbands.cli import _show

    _show.show_bands(ident, form)


@_command
def predictors(ident: Ident = None) -> None:
    """List the predictors, or show what one needs."""
    from riskbands.cli import _show

    _show.show_predictors(ident)


@_command
def fields(
    ident: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="Only those of this predictor, an id or an instrument's file; or this one field.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the fields: the column names that are read, and what they hold."""
    from riskbands.cli import _show

    _show.show_fields(ident)


@_command
def demo(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[INPUT]",
            show_default=False,
            help="Default: examples/cohort.csv of a checkout.",
        ),
    ] = None,
) -> None:
    """Print the first rows of a cohort, its bands and its issues."""
    from riskbands.cli import _demo

    _demo.demo(source)
