"""居民意愿调查 and 满意度调查: access, actions (the survey, its answers), queries, and the source of its gates."""
