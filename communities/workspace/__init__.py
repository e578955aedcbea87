"""Staff pages of communities: parse, call an action or a query, render."""
