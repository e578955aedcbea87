"""Resident pages of projects."""
