"""Resident pages of approvals."""
