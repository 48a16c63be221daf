"""How work is allocated: rules that turn scores and registers into a tier; they assess nobody."""

from riskbands.tiers.case import Tier, TierFacts, tier
from riskbands.tiers.cohort import CohortTiers, tier_cohort
from riskbands.tiers.rule import STEPS, TierRule, tier_rule, tier_rules

__all__ = [
    "STEPS",
    "CohortTiers",
    "Tier",
    "TierFacts",
    "TierRule",
    "tier",
    "tier_cohort",
    "tier_rule",
    "tier_rules",
]
