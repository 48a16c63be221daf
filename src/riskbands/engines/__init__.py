"""Engines: the same scores where the data lives, as Arrow batches, in Spark and in DuckDB."""
