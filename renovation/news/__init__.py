"""What a community's followers are told: one list of happenings, read by the feed and the calendar and sent by e-mail."""
