"""The SQL of an instrument that nobody has declared in the library."""

from __future__ import annotations

from typing import Any

import duckdb
from test_results import COLUMNS, EXPECTED, TOY


def test_an_instrument_with_a_vocabulary_and_results_of_its_own() -> None:
    columns: dict[str, Any] = {**COLUMNS}
    columns["grown_up"] = [None if v is None else v == "yes" for v in columns["grown_up"]]
    kinds = {"grown_up": "BOOLEAN"}
    lists = ", ".join(f"unnest(?::{kinds.get(n, 'INTEGER')}[]) AS {n}" for n in columns)
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE toys AS SELECT {lists}", list(columns.values()))
        answer = database.execute(TOY.to_sql(source="toys"))
        names = [d[0] for d in answer.description or ()]
        rows = answer.fetchall()
    assert {n: [row[i] for row in rows] for i, n in enumerate(names)} == EXPECTED
