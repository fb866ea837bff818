"""Rows of the permission table: issues, imports."""

from tests.access import API_MEMBERS_ONLY, LEAD_ONLY, LEAD_ONLY_WRITE, MEMBERS_ONLY, SIGN_IN, Row, page


def issue(world):
    return {"slug": world.study.slug, "issue_id": world.issues[0].pk}


def key(world):
    first = world.issues[0]
    return {"slug": world.study.slug, "repository": str(first.repository), "number": first.number}


def run(world):
    return {"slug": world.study.slug, "run_id": world.import_run.pk}


def no_token(world):
    return {"slug": world.study.slug, "token_id": 10**6}


def frame(world):
    return {"slug": world.study.slug, "frame_id": world.frame.pk}


def funnel(kind):
    return lambda world: frame(world) | {"kind": kind}


API_LEAD_ONLY = page(403, 404, 403, 403, 200)
ROWS = [
    Row("issues", MEMBERS_ONLY),
    Row("issue", MEMBERS_ONLY, kwargs=issue),
    Row("issue_by_key", page(SIGN_IN, 404, 302, 302, 302), kwargs=key),
    Row("issue_revisions", MEMBERS_ONLY, kwargs=issue),
    Row("duplicates", LEAD_ONLY),
    Row("duplicates", LEAD_ONLY_WRITE, method="post"),
    Row("frames", MEMBERS_ONLY),
    Row("frame", MEMBERS_ONLY, kwargs=frame),
    Row("frame_new", LEAD_ONLY),
    Row("frame_new", LEAD_ONLY, method="post", data=lambda world: {"name": "All"}, why="without a filter"),
    Row("frames_count", LEAD_ONLY_WRITE, method="post"),
    Row("frame_rename", LEAD_ONLY_WRITE, method="post", kwargs=frame, data=lambda world: {"name": "Done"}),
    Row("frame_delete", LEAD_ONLY_WRITE, method="post", kwargs=frame),
    Row("frame_funnel", MEMBERS_ONLY, kwargs=funnel("svg")),
    Row("frame_funnel", page(SIGN_IN, 404, 404, 404, 404), kwargs=funnel("pdf"), why="no such figure"),
    Row("imports", LEAD_ONLY),
    Row("import_file", page(SIGN_IN, 404, 403, 403, 422), method="post", why="without a file"),
    Row(
        "import_columns",
        page(SIGN_IN, 404, 403, 403, 404),
        kwargs=lambda world: {"slug": world.study.slug, "upload": "x"},
        why="no such file",
    ),
    Row("import_github", LEAD_ONLY_WRITE, method="post", data=lambda world: {"repositories": "a/b"}),
    Row("tokens", LEAD_ONLY),
    Row("tokens", LEAD_ONLY_WRITE, method="post", data=lambda world: {"name": "mine", "token": "ghp_x"}),
    Row("token_remove", page(SIGN_IN, 404, 403, 403, 404), method="post", kwargs=no_token, why="no such token"),
    Row("import_run", LEAD_ONLY, kwargs=run),
    Row("import_problems", LEAD_ONLY, kwargs=run),
    Row("import_confirm", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=run, why="not a dry run"),
    Row("import_discard", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=run, why="not a dry run"),
    Row("import_undo", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=run, why="it brought nothing"),
    Row("api-issues", API_MEMBERS_ONLY),
    Row("api-issue", API_MEMBERS_ONLY, kwargs=issue),
    Row("api-comments", API_MEMBERS_ONLY, kwargs=issue),
    Row("api-imports", API_LEAD_ONLY),
    Row("api-imports", API_LEAD_ONLY | {"lead": 201}, method="post", data=lambda world: {"repositories": ["a/b"]}),
    Row("api-import", API_LEAD_ONLY, kwargs=run),
]
