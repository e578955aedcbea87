"""Staff pages of plans, projects and deadlines: parse, call an action or a query, render."""
