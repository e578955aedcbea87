"""Permits before the start, and the works themselves."""
