"""The API's description is open to everybody: it tells what is asked, never what is stored."""

from tests.access import Row, page

ROWS = [
    Row("api-schema", page(200, 200, 200, 200, 200), kwargs=lambda world: {}),
]
