"""Right use of the public face: no type checker has anything to say about it."""

from __future__ import annotations

import datetime as dt
from typing import assert_type

import numpy as np

import riskbands as rb

case = rb.OASysAssessment(
    sex="M",
    date_of_birth=dt.date(1990, 5, 1),
    conviction_date=np.datetime64("2023-11-02"),
    assessment_date="2024-01-16",
    sanctions="4",
    first_sanction_age=17,
    weapon="no",
    unemployed=True,
    temper_control=1,
    offence_code="00801",
)
# What is given in any form is held in one.
assert_type(case.date_of_birth, dt.date | None)
assert_type(case.sanctions, int | None)
assert_type(case.weapon, bool | None)

score = rb.rsr.score(case, form="brief", on_issue="return")
assert_type(score, rb.Score)
explanation: rb.Explanation = rb.ogrs3.score(case).explain("2yr")
other: rb.Predictor = rb.ogrs3.with_table("ogrs3-hmpps-2025")
columns = rb.score_cohort({"sex": ["male"]}, ["ogrs3", rb.rsr], form="auto", on_issue="raise")
columns["ogrs3_2yr"]

child = rb.AssetPlusAssessment(sex="female", date_of_birth="2009-02-01", sanctions=1)
assert_type(child.order_end_date, dt.date | None)

# A number gives a band, and rows give an array of bands.
table = rb.band_table("rsr-2025")
assert_type(table, rb.BandTable)
label: str = table.bands[0].label
several: rb.BandArray = table.classify([1.0, 7.0])
many: rb.BandArray = table.classify(np.array([1.0, 7.0]), refused="missing")
above = many >= "Medium"
one: rb.Band | None = table.classify(6.9)
