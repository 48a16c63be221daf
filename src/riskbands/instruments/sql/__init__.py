"""The SQL of a whole score: one SELECT that gives what `riskbands.score_cohort` gives."""
