"""The work, and asking for it: `python -m tests.fakes.trivial.work N` prints the number of the new job."""

import sys

import django


def count(run):
    for done in range(1, run.arguments["upto"] + 1):
        run.progress(done, run.arguments["upto"], unit="numbers")


def ask(upto):
    django.setup()
    from jobs.services import enqueue  # noqa: PLC0415 (only once Django is set up)
    from jobs.tasks import send  # noqa: PLC0415
    from studies.models import Role  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    lead = factories.user("lead")
    study = factories.study()
    factories.member(study, lead, Role.LEAD)
    job = enqueue(kind="trivial.count", study=study, arguments={"upto": upto}, by=lead)
    send(job)
    return job.pk


if __name__ == "__main__":
    print(ask(int(sys.argv[1])))  # noqa: T201
