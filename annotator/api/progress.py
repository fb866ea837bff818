"""How raters come along in a round, for programs: a lead reads of all, a rater of themselves."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.api.shapes import access_of
from annotator.queries.pace import Course, courses_of, seen_by
from annotator.queries.rounds import get_round


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    submitted = serializers.IntegerField()


class CourseSerializer(serializers.Serializer[Any]):
    """Of first submits: an issue counts once. `pace_seconds` is the median of `gaps` gaps between two submits, those
    over 30 minutes left out; null under 10. `work_left_seconds` is that for all that is missing. `expected_on` goes by
    the issues a day of the last 14 days. `stalled_days` is 0 unless nothing was submitted for 3 days or more while
    something is open. Days are those of UTC."""

    rater = serializers.CharField()
    coded = serializers.IntegerField()
    missing = serializers.IntegerField()
    days = DaySerializer(many=True)
    gaps = serializers.IntegerField()
    pace_seconds = serializers.FloatField(allow_null=True)
    work_left_seconds = serializers.FloatField(allow_null=True)
    expected_on = serializers.DateField(allow_null=True)
    last_submit_at = serializers.DateTimeField(allow_null=True)
    stalled_days = serializers.IntegerField()


def told(course: Course) -> dict[str, Any]:
    return {
        "rater": course.member.alias,
        "coded": course.progress.coded,
        "missing": course.missing,
        "days": [{"day": day, "submitted": number} for day, number in sorted(course.days.items())],
        "gaps": len(course.gaps),
        "pace_seconds": course.pace.total_seconds() if course.pace is not None else None,
        "work_left_seconds": course.work_left.total_seconds() if course.work_left is not None else None,
        "expected_on": course.done_on,
        "last_submit_at": course.last_at,
        "stalled_days": course.days_stalled,
    }


class RoundProgress(APIView):
    """How raters come along: all for a lead, your own for a rater."""

    @extend_schema(responses=CourseSerializer(many=True))
    def get(self, request: Request, **where: Any) -> Response:
        access = access_of(self)
        round = get_round(access.study, self.kwargs["number"])
        courses = seen_by(access.membership, round, courses_of(round))
        return Response(CourseSerializer([told(course) for course in courses], many=True).data)


urlpatterns = [
    path("studies/<slug:slug>/rounds/<int:number>/progress/", RoundProgress.as_view(), name="api-round-progress"),
]
