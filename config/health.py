"""Whether this process can answer: asked by `start`, by containers and by whoever watches a server."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("The database cannot be reached.\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
