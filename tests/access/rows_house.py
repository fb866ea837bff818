"""Routes of the house itself: no study, no secret."""

from tests.access import Row, page

ROWS = [
    Row("healthz", page(200, 200, 200, 200, 200), kwargs=lambda world: {}),
    Row("api-schema", page(403, 200, 200, 200, 200), kwargs=lambda world: {}),
]
