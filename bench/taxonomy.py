"""The editor of a draft by its number of codes: `python -m bench.taxonomy`. Processor time of the server."""

import os
import statistics
import tempfile
import time
import uuid

SIZES = (50, 500, 2000)
TIMES = 21
BUDGET = 100  # ms, for 500 codes

if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["INTERCODER_DATA"] = tempfile.mkdtemp(prefix="intercoder-bench-")

import django  # noqa: E402 (the settings' environment comes first)

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from studies.models import Study, User  # noqa: E402
from studies.services.accounts import create_account  # noqa: E402
from studies.services.studies import create_study  # noqa: E402
from taxonomy.models import Version  # noqa: E402
from taxonomy.queries import CodeRecord  # noqa: E402
from taxonomy.services.versions import import_taxonomy  # noqa: E402


def draft_of(size: int, study: Study, lead: User) -> Version:
    """Every tenth code is a top category; each code has a definition of a sentence."""
    codes: list[CodeRecord] = []
    for number in range(size):
        parent = codes[number // 10 * 10].uid if number % 10 else None
        codes.append(CodeRecord(uuid.uuid4(), parent, f"Code {number}", definition="What it means, in one sentence."))
    return import_taxonomy(study=study, name=f"Of {size}", purpose="", codes=codes, by=lead)


def milliseconds(client: Client, address: str, data: dict[str, str] | None = None, **headers: str) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.process_time()
        answer = client.get(address, **headers) if data is None else client.post(address, data, **headers)
        taken.append((time.process_time() - begun) * 1000)
        assert answer.status_code in (200, 302), answer.status_code
    return statistics.median(taken)


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    lead = create_account(email="lead@example.org", name="Lead", password="a bench of codes", is_staff=True)
    study = create_study(title="Bench", by=lead)
    client = Client(headers={"host": "localhost"})
    client.force_login(lead)
    print(f"ms, at most {BUDGET} for 500 codes")
    print(f"{'codes':>6}{'page':>9}{'with a code':>13}{'the tree alone':>16}{'a move':>9}")
    for size in SIZES:
        draft = draft_of(size, study, lead)
        here = [study.slug, draft.taxonomy_id]
        uid = draft.codes.order_by("pk").last().uid
        tree = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "codes"}
        page, code = reverse("taxonomy_draft", args=here), reverse("code_edit", args=[*here, uid])
        figures = [
            milliseconds(client, page),
            milliseconds(client, code),
            milliseconds(client, code, **tree),
            milliseconds(client, reverse("code_move", args=[*here, uid]), {"step": "up"}),
        ]
        print(f"{size:>6}{figures[0]:>9.1f}{figures[1]:>13.1f}{figures[2]:>16.1f}{figures[3]:>9.1f}")


if __name__ == "__main__":
    main()
