"""Speed, measured as ratios: each piece of work beside its comparison, in one run.

``python -m benchmarks`` (or ``make bench``) measures and prints; ``--quick`` does so in a minute
or two. Libraries' threads are fixed here, before NumPy is loaded; commands that are measured as
whole processes run as users run them.
"""

import os

#: Threads that every contender which can use threads is given.
THREADS = int(os.environ.get("BENCH_THREADS", "2"))

#: The environment of commands, which keep their compiled modules.
USERS = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

for _name in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ[_name] = str(THREADS)
