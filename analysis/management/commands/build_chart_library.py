"""Makes the script that draws charts in the browser out of the installed vl-convert; nothing is fetched."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Write the chart library for the browser, unless the one there was made by the same vl-convert."

    def handle(self, *args: Any, **options: Any) -> None:
        library = Path(settings.BUILT_DIR) / "charts.js"
        mark = f"// Vega, Vega-Lite and Vega-Embed as bundled by vl-convert {version('vl-convert-python')}\n"
        if library.exists() and library.read_text().startswith(mark):
            self.stdout.write("The chart library is there.")
            return
        beside = library.with_suffix(".part")
        beside.write_text(mark + vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
        beside.replace(library)
        self.stdout.write(f"The chart library is made: {library}")
