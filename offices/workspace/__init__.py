"""Staff pages of the government side: signing in, messages, files, offices and people, keys, calendar, history."""
