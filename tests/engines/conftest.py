"""The engines that these tests run against: a local Spark, and a PostgreSQL cluster of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Rows of the long comparisons; ``FULL=1`` makes them ten times as many.
ROWS = 200_000 if os.environ.get("FULL") == "1" else 20_000


@pytest.fixture(scope="session")
def rows() -> int:
    """Rows of a long comparison."""
    return ROWS


# Spark

#: PySpark says so at whatever it does with Arrow or pandas. That `riskbands.engines.spark` keeps
#: this from its callers has a test of its own.
_PANDAS_3 = "ignore:PySpark does not yet fully support pandas:FutureWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests themselves use PySpark with pandas 3."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings(_PANDAS_3), append=False)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local session with two workers, which run this Python."""
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="riskbands-spark-") as folder:
        session = (
            SparkSession.builder.master("local[2]")
            .appName("riskbands")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "2g")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "Europe/London")
            .config("spark.sql.warehouse.dir", f"{folder}/warehouse")
            .config("spark.local.dir", folder)
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


# PostgreSQL


def _programs() -> Path:
    """The folder of PostgreSQL's own programs; the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    versions = Path("/usr/lib/postgresql")
    found = [p for p in versions.glob("*/bin") if (p / "initdb").exists()]
    assert found, "PostgreSQL is not installed: apt-get install postgresql-15"
    return max(found, key=lambda p: int(p.parent.name))


def _unprivileged() -> tuple[list[str], int, int]:
    """How to run a program as somebody else than root, and who that is.

    PostgreSQL refuses to be run by root.
    """
    if os.geteuid() != 0:
        return [], os.geteuid(), os.getegid()
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres", names.get("nobody"))
    assert user is not None, "there is no user postgres or nobody to run PostgreSQL"
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids, "--"], user.pw_uid, user.pw_gid


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """A cluster in a temporary folder that listens on a socket there; the text to connect with."""
    programs = _programs()
    as_user, uid, gid = _unprivileged()
    # A socket's path may have some 100 characters only, so the folder's name is short.
    with tempfile.TemporaryDirectory(prefix="rbpg-", dir="/tmp") as folder:
        os.chown(folder, uid, gid)
        data = f"{folder}/data"

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(programs / program), *arguments]
            done = subprocess.run(
                command,
                cwd=folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, f"{program} failed:\n{done.stdout}"

        run(
            "initdb", "--pgdata", data, "--username", "riskbands", "--auth", "trust",
            "--encoding", "UTF8", "--no-sync",
        )  # fmt: skip
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        # With a file for its log, the server does not keep the pipe of this process open.
        run("pg_ctl", "--pgdata", data, "--wait", "--log", f"{folder}/log", "-o", settings, "start")
        try:
            yield f"host={folder} user=riskbands dbname=postgres"
        finally:
            run("pg_ctl", "--pgdata", data, "--wait", "--mode", "immediate", "stop")


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Where the PostgreSQL of these tests is, as psycopg takes it."""
    with postgres_cluster() as address:
        yield address


@pytest.fixture
def postgres(postgres_address: str) -> Iterator[Any]:
    """A psycopg connection whose changes are undone after the test."""
    import psycopg

    with psycopg.connect(postgres_address) as connection:
        yield connection
        connection.rollback()
