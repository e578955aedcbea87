"""The interface as a whole: its root, documentation, error catalogue, and the rulebooks, which belong to no app."""
