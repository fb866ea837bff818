"""Codings from elsewhere: asked for, tried, written as a closed round of their own, and undone."""
