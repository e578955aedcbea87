"""Papers of votes as PDF."""
