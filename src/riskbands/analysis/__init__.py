"""Analysis: what scores are worth, and what changes with other tables, years or people."""
