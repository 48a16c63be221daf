"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from riskbands._version import DISTRIBUTION, __version__
from riskbands.cli._errors import UNSCORED, reported

if TYPE_CHECKING:
    from riskbands._options import FormName

__all__ = ["app"]


class _Commands(TyperGroup):
    """Commands whose errors are messages."""

    def invoke(self, ctx: Any) -> Any:
        with reported(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


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


_Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="CSV, Parquet or a workbook; a folder or pattern; - for standard input.",
        show_default=False,
    ),
]
_Predictors = Annotated[
    list[str] | None,
    typer.Option(
        "--predictor",
        "-p",
        metavar="ID",
        help="Score with this; repeat for more. Default: all whose fields are there.",
        show_default=False,
    ),
]
_Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        metavar="PREDICTOR=TABLE",
        show_default=False,
        help="Coefficients by id or file; repeatable.",
    ),
]
_Bands = Annotated[
    list[str] | None,
    typer.Option(
        "--bands",
        metavar="PREDICTOR=TABLE",
        show_default=False,
        help="Bands by id or file; repeatable.",
    ),
]
_AnyScore = Annotated[
    bool,
    typer.Option("--any-score", help="Take bands that are for other scores; results say so."),
]
_Rename = Annotated[
    list[str] | None,
    typer.Option(
        "--rename",
        metavar="COLUMN=FIELD",
        show_default=False,
        help="Read a column of another name; repeatable.",
    ),
]
_Form = Annotated[
    str, typer.Option("--form", metavar="auto|brief|extended", help="Form of the predictors.")
]
_Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        show_default=False,
        help="Encoding of CSV input, such as cp1252. Default: UTF-8.",
    ),
]
_Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHARACTER",
        show_default=False,
        help="Delimiter of CSV input. Default: found out.",
    ),
]
_Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar="NAME",
        show_default=False,
        help="Sheet of a workbook, by name or number. Default: the first with content.",
    ),
]
_HeaderRow = Annotated[
    int | None,
    typer.Option(
        "--header-row",
        metavar="NUMBER",
        min=1,
        show_default=False,
        help="Row of a workbook with the column names. Default: found out.",
    ),
]
_Thousands = Annotated[
    str | None,
    typer.Option(
        "--thousands",
        metavar="CHARACTER",
        show_default=False,
        help="What separates thousands in counts, such as the comma of 1,000.",
    ),
]
_DateFormat = Annotated[
    list[str] | None,
    typer.Option(
        "--date-format",
        metavar="[COLUMN=]FORMAT",
        show_default=False,
        help="How dates are written, such as %d/%m/%Y, or excel for serial days; repeatable.",
    ),
]
_Ident = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="Show this one.", show_default=False)
]
_ShowFormat = Annotated[str, typer.Option("--format", metavar="text|toml|json")]


def _options(
    table: list[str] | None, bands: list[str] | None, rename: list[str] | None
) -> dict[str, dict[str, str]]:
    from riskbands.cli._plan import pairs

    return {
        "tables": pairs("--table", table or (), "PREDICTOR=TABLE"),
        "bands": pairs("--bands", bands or (), "PREDICTOR=TABLE"),
        "rename": pairs("--rename", rename or (), "COLUMN=FIELD"),
    }


def _reading(
    encoding: str | None, delimiter: str | None, sheet: str | None, header_row: int | None
) -> dict[str, Any]:
    return {
        "encoding": encoding,
        "delimiter": delimiter,
        "sheet": sheet,
        "header_row": header_row,
    }


@app.command()
def score(
    inputs: _Inputs,
    predictor: _Predictors = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write; - for standard output."
        ),
    ] = "-",
    table: _Tables = None,
    bands: _Bands = None,
    any_score: _AnyScore = False,
    form: _Form = "auto",
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add unrounded probabilities.")
    ] = False,
    information: Annotated[
        bool, typer.Option("--information", help="Add what is worth knowing of scored rows.")
    ] = False,
    rename: _Rename = None,
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
    encoding: _Encoding = None,
    delimiter: _Delimiter = None,
    sheet: _Sheet = None,
    header_row: _HeaderRow = None,
    thousands: _Thousands = None,
    date_format: _DateFormat = None,
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
        reading=_reading(encoding, delimiter, sheet, header_row),
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


@app.command()
def explain(
    inputs: _Inputs,
    case_id: Annotated[
        str, typer.Option("--case-id", metavar="ID", help="The case, by column case_id.")
    ],
    predictor: _Predictors = None,
    horizon: Annotated[
        str | None,
        typer.Option(
            "--horizon", metavar="1yr|2yr", show_default=False, help="Default: the longest."
        ),
    ] = None,
    table: _Tables = None,
    bands: _Bands = None,
    any_score: _AnyScore = False,
    form: _Form = "auto",
    rename: _Rename = None,
    encoding: _Encoding = None,
    delimiter: _Delimiter = None,
    sheet: _Sheet = None,
    header_row: _HeaderRow = None,
    thousands: _Thousands = None,
    date_format: _DateFormat = None,
) -> None:
    """Say why a case has its scores: each factor and what it adds.

    Exit status 1 when a predictor cannot be scored; its issues are printed.
    """
    from riskbands.cli import _explain

    done = _explain.explain(
        inputs,
        case_id,
        reading=_reading(encoding, delimiter, sheet, header_row),
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


@app.command()
def sql(
    predictor: Annotated[
        str, typer.Option("--predictor", "-p", metavar="ID", help="The predictor.")
    ],
    dialect: Annotated[
        str,
        typer.Option("--dialect", metavar="NAME", help="duckdb, spark, postgres, trino or athena."),
    ] = "duckdb",
    source: Annotated[
        str,
        typer.Option("--source", metavar="TABLE", help="The table; a dot parts schema and table."),
    ] = "cases",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            metavar="COLUMN",
            show_default=False,
            help="Give this column back beside the scores; repeatable.",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            metavar="FIELD",
            show_default=False,
            help="A field the table has; repeatable. Default: all but those that stand in for "
            "others, such as ages for dates.",
        ),
    ] = None,
    rename: _Rename = None,
    table: _Tables = None,
    bands: _Bands = None,
    any_score: _AnyScore = False,
    form: _Form = "auto",
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


@app.command()
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


@app.command()
def tables(
    ident: _Ident = None,
    form: _ShowFormat = "text",
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


@app.command()
def bands(ident: _Ident = None, form: _ShowFormat = "text") -> None:
    """List the band tables, or show one with its source."""
    from riskbands.cli import _show

    _show.show_bands(ident, form)


@app.command()
def predictors(ident: _Ident = None) -> None:
    """List the predictors, or show what one needs."""
    from riskbands.cli import _show

    _show.show_predictors(ident)


@app.command()
def fields() -> None:
    """List the fields: the column names that are read, and what they hold."""
    from riskbands.cli import _show

    _show.show_fields()


@app.command()
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
