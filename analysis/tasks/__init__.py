"""What the job process does for this room; the web process imports none of it. A module a kind of work: an export
need not wait for SciPy."""
