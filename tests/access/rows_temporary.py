"""Until the room of analysis and the API's description bring their own rows."""

from tests.access import EVERYONE_SIGNED_IN, MEMBERS_ONLY, Row, page

ROWS = [
    Row("home", EVERYONE_SIGNED_IN, kwargs=lambda world: {}),
    Row("study", MEMBERS_ONLY),
    Row("api-schema", page(200, 200, 200, 200, 200), kwargs=lambda world: {}),
]
