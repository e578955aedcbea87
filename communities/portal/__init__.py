"""Resident pages of communities."""
