"""A kind of work that does next to nothing, for tests of whoever carries work out."""
