"""Static files under hashed names, the imports between our own script modules included: no browser mixes two releases.

Scripts that come with a package keep the names inside them; some name files that they do not ship.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Base


class Storage(Base):  # type: ignore[misc]  # WhiteNoise has no types
    patterns = (*Base.patterns, ("js/*.js", Base._js_module_import_aggregation_patterns[1]))
