"""Arguments and options that several commands take."""

from typing import Annotated

import typer

__all__ = [
    "AnyScore",
    "Bands",
    "DateFormat",
    "Delimiter",
    "Encoding",
    "Form",
    "HeaderRow",
    "Ident",
    "Inputs",
    "Predictors",
    "Rename",
    "Sheet",
    "ShowFormat",
    "Tables",
    "Thousands",
]

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="CSV, Parquet or a workbook; a folder or pattern; - for standard input.",
        show_default=False,
    ),
]
Predictors = Annotated[
    list[str] | None,
    typer.Option(
        "--predictor",
        "-p",
        metavar="ID",
        help="Score with this, an id or an instrument's file; repeat for more. Default: all whose "
        "fields are there.",
        show_default=False,
    ),
]
Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        metavar="PREDICTOR=TABLE",
        show_default=False,
        help="Coefficients by id or file; repeatable.",
    ),
]
Bands = Annotated[
    list[str] | None,
    typer.Option(
        "--bands",
        metavar="PREDICTOR=TABLE",
        show_default=False,
        help="Bands by id or file; repeatable.",
    ),
]
AnyScore = Annotated[
    bool,
    typer.Option("--any-score", help="Take bands that are for other scores; results say so."),
]
Rename = Annotated[
    list[str] | None,
    typer.Option(
        "--rename",
        metavar="COLUMN=FIELD",
        show_default=False,
        help="Read a column of another name; repeatable.",
    ),
]
Form = Annotated[
    str, typer.Option("--form", metavar="auto|brief|extended", help="Form of the predictors.")
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        show_default=False,
        help="Encoding of CSV input, such as cp1252. Default: UTF-8.",
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHARACTER",
        show_default=False,
        help="Delimiter of CSV input. Default: found out.",
    ),
]
TrustQuotes = Annotated[
    bool,
    typer.Option(
        "--trust-quotes",
        help="Read a quoted cell of CSV whose lines could be rows.",
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar="NAME",
        show_default=False,
        help="Sheet of a workbook, by name or number. Default: the first with content.",
    ),
]
HeaderRow = Annotated[
    int | None,
    typer.Option(
        "--header-row",
        metavar="NUMBER",
        min=1,
        show_default=False,
        help="Row of a workbook with the column names. Default: found out.",
    ),
]
Thousands = Annotated[
    str | None,
    typer.Option(
        "--thousands",
        metavar="CHARACTER",
        show_default=False,
        help="What separates thousands in counts, such as the comma of 1,000.",
    ),
]
DateFormat = Annotated[
    list[str] | None,
    typer.Option(
        "--date-format",
        metavar="[COLUMN=]FORMAT",
        show_default=False,
        help="How dates are written, such as %d/%m/%Y, or excel for serial days; repeatable.",
    ),
]
Ident = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="Show this one.", show_default=False)
]
ShowFormat = Annotated[str, typer.Option("--format", metavar="text|toml|json")]
