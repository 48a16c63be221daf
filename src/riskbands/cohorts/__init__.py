"""Cohorts: many people: columns, data frames and files in, and scores out."""
