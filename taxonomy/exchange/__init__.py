"""Taxonomies as files."""
