"""The coding screen's calls: a JSON object in, a JSON object out, refusals with their sentence."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse

from annotator.errors import Alike, Stale
from studies.errors import Conflict, Invalid, NotThere, Refused

View = Callable[..., HttpResponse]


def answers_json(view: View) -> View:
    """The refusals as JSON: `detail` is the sentence; of a stale write also what stands now."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except Stale as error:
            told = {"detail": str(error), "kept": error.kept, "seen": error.seen, "version": error.version}
            return JsonResponse(told, status=409)
        except Alike as error:
            return JsonResponse({"detail": str(error), "alike": error.near}, status=409)
        except Conflict as error:
            return JsonResponse({"detail": str(error)}, status=409)
        except ValidationError as error:
            return JsonResponse({"detail": " ".join(error.messages)}, status=400)
        except Refused as error:
            return JsonResponse({"detail": str(error)}, status=403)
        except NotThere as error:
            return JsonResponse({"detail": str(error)}, status=404)

    return wrapped


def body_of(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError as error:
        raise Invalid("This is not JSON.") from error
    if not isinstance(given, dict):
        raise Invalid("This is not a JSON object.")
    return given
