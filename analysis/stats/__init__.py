"""The statistics of the product: plain Python and NumPy, no web framework, no database.

`docs/method.md` gives every formula with its source. Only `comparisons` needs SciPy.
"""
