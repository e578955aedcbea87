"""Votes of the owners: drafted and announced on a frozen roll, cast by three channels, closed, counted, confirmed."""
