from django.urls import path

from analysis.views import (
    agreement,
    calculators,
    calibration,
    comparing,
    crosswalks,
    definition,
    exports,
    findings,
    overview,
    sampling,
    saturation,
)

home = overview.home
compare = comparing.compare
calculator = calculators.calculator

urlpatterns = [
    path("", overview.study, name="study"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement/issues/", agreement.agreement_issues, name="agreement_issues"),
    path("findings/", findings.findings, name="findings"),
    path("findings/refresh/", findings.findings_refresh, name="findings_refresh"),
    path("findings/resolution-time/", definition.resolution_time, name="resolution_time"),
    path("findings/saturation/", saturation.saturation, name="saturation"),
    path("findings/saturation/rule/", saturation.stop_rule, name="stop_rule"),
    path("findings/saturation/figure.<str:kind>", saturation.saturation_picture, name="saturation_picture"),
    path("rounds/<int:number>/result/", calibration.calibration, name="calibration"),
    path("rounds/sample-size/", sampling.sample_size, name="sample_size"),
    path("export/", exports.exports, name="exports"),
    path("export/new/", exports.export_new, name="export_new"),
    path("export/<int:export_id>/file/", exports.export_file, name="export_file"),
    path("findings/crosswalks/<int:crosswalk_id>/", crosswalks.crosswalk, name="crosswalk_report"),
    path("findings/crosswalks/<int:crosswalk_id>/<str:kind>/", crosswalks.crosswalk_table, name="crosswalk_table"),
]
