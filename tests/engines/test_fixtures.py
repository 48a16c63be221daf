"""The engines start, are the ones asked for, and forget what a test did."""

from __future__ import annotations

import sys
from typing import Any


def test_postgres_is_a_cluster_of_its_own_on_a_socket(postgres: Any) -> None:
    assert postgres.execute("SELECT current_user").fetchone() == ("riskbands",)
    assert postgres.execute("SHOW listen_addresses").fetchone() == ("",)
    assert postgres.info.server_version >= 150000
    postgres.execute("CREATE TABLE left_behind (a int)")


def test_postgres_forgets_what_the_test_before_made(postgres: Any) -> None:
    found = postgres.execute("SELECT to_regclass('left_behind')").fetchone()
    assert found == (None,)


def test_spark_runs_this_python_in_its_workers(spark: Any) -> None:
    def name(batches: Any) -> Any:
        import sys

        import pyarrow as pa

        for _ in batches:
            yield pa.RecordBatch.from_pydict({"python": [sys.executable]})

    found = {row.python for row in spark.range(4).mapInArrow(name, "python string").collect()}
    assert found == {sys.executable}
