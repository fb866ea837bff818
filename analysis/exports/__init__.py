"""The labelled data set as files: rows, their columns, and the archive that carries them."""
