"""The names of tests on durations and of their choices, without the libraries that compute them."""

NAMES = {
    "mann_whitney": "Mann–Whitney U, pairs",
    "cliffs_delta": "Cliff’s δ, pairs",
    "a12": "Vargha–Delaney Â₁₂, pairs",
    "hodges_lehmann": "Hodges–Lehmann shift, pairs",
    "kruskal_wallis": "Kruskal–Wallis H, all groups",
    "dunn": "Dunn’s pairs",
    "conover": "Conover’s pairs",
    "km": "Kaplan–Meier medians",
    "logrank": "Log-rank, all groups",
    "peto": "Peto–Peto, all groups",
    "rmst": "Restricted means, pairs",
    "cox": "Cox model, with its check",
    "stratified_logrank": "Log-rank within strata",
    "van_elteren": "Van Elteren, within strata",
}
IN_STRATA = ("stratified_logrank", "van_elteren")
# What single rows are called that come with others.
ROWS = NAMES | {
    "cox": "Cox model, likelihood ratio",
    "hazard_ratio": "Hazard ratio",
    "proportional_hazards": "Check of proportional hazards",
    "stratified_peto": "Peto–Peto within strata",
}
ADJUSTMENTS = {
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "bh": "Benjamini–Hochberg",
    "none": "none",
}
LIMITS = {"log": "log S (R)", "log-log": "log(−log S)"}
