"""The code of docs/quickstart.md, as written; see `scripts.quickstart_types`."""

import riskbands as rb
case = rb.OASysAssessment(
    sex="M",
    date_of_birth="1990-05-01",
    conviction_date="2023-11-02",
    follow_up_date="2023-11-02",
    assessment_date="2024-01-16",
    offence_code="00801",
    sanctions=4,
    first_sanction_age=17,
)
score = rb.ogrs3.score(case)
score.percent["2yr"]
score.band

for part in score.explain():
    print(f"{part.factor:16} {part.amount:+.3f}")

score.table.id
score.bands
score.table.status
score.table.source.split(",")[0]

import numpy as np
scored = rb.score_cohort(
    {
        "sex": ["male", "female", "male"],
        "age_at_conviction": np.array([33, 24, 19]),
        "age_at_follow_up": np.array([33, 25, 19]),
        "first_sanction_age": np.array([17, 24, 14]),
        "sanctions": np.ma.masked_equal([4, 1, 0], 0),
        "offence_code": ["00801", "04600", "02801"],
    },
    predictors=["ogrs3"],
)
scored["ogrs3_2yr"].tolist()
scored["ogrs3_band"].counts()
scored["ogrs3_issues"].tolist()
