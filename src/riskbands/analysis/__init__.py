"""Analysis: what scores are worth, and what changes with other tables, years or people.

Everything here stands on one table of counts: score as reported by outcome by group. Counts add
up, over files, batches and warehouses; each figure is a function of them and has an interval or
a reason. Nothing here gives a verdict.
"""
