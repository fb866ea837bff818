"""The agreement of two who mapped independently, computed once: what they said is frozen when both are done."""

from dataclasses import asdict

from analysis.reports.agreement import PLAN
from analysis.reports.crosswalk import MappingAgreement, mapping_agreement
from analysis.services.results import content_key, keep, kept
from taxonomy.crosswalks import Opened

KIND = "crosswalk"


def agreement_of_mappers(found: Opened) -> MappingAgreement | None:
    """None for a single mapper."""
    if len(found.mappers) < 2:
        return None
    study, subject = found.crosswalk.left.taxonomy.study, f"crosswalk {found.crosswalk.pk}"
    said = [
        [str(case.node.code.uid), mapper.member.alias, sorted((str(right), relation) for right, relation in one.answer)]
        for case in found.cases
        for mapper, one in case.said
        if one
    ]
    key = content_key([asdict(PLAN), said])
    stored = kept(MappingAgreement, study=study, kind=KIND, subject=subject, key=key)
    if stored and stored.is_current:
        return stored.report
    report = mapping_agreement(found, PLAN)
    keep(study=study, kind=KIND, subject=subject, key=key, report=report)
    return report
