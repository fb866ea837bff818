"""The sections of a study's top bar. Each room registers its own at start; the bar shows those a person may open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from studies.permissions import Access, Permission


@dataclass(frozen=True)
class Section:
    label: str
    url_name: str
    position: int
    permission: Permission = Permission.VIEW_STUDY


SECTIONS: list[Section] = []


def register(*sections: Section) -> None:
    SECTIONS.extend(sections)
    SECTIONS.sort(key=lambda section: section.position)


def for_request(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the person's own links, and the sections of the study that the view has opened
    (`request.access`), if any."""
    access: Access | None = getattr(request, "access", None)
    person_links = [{"label": "Account", "url": reverse("account")}]
    if access is None:
        return {"person_links": person_links}
    return {
        "person_links": [
            {"label": "Who sees what", "url": reverse("who_sees_what", args=[access.study.slug])},
            *person_links,
        ],
        "access": access,
        "study": access.study,
        "sections": list(links(access, request.path)),
        "search_url": reverse("issues", args=[access.study.slug]),
    }


def links(access: Access, path: str) -> list[dict[str, Any]]:
    shown = [
        (section, reverse(section.url_name, args=[access.study.slug]))
        for section in SECTIONS
        if access.may(section.permission)
    ]
    fitting = [url for _, url in shown if path.startswith(url)]
    current = max(fitting, key=len, default="")
    return [{"label": section.label, "url": url, "current": url == current} for section, url in shown]
