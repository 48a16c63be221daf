"""Scripts that make what is committed: the example cohort and the generated pages."""
