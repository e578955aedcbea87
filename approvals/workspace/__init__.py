"""Staff pages of cases: the inbox, the case file, batch approval."""
