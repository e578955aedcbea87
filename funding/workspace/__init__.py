"""Staff pages of public money."""
