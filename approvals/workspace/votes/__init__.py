"""The vote desk."""
