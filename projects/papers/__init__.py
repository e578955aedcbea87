"""Official papers that the platform prints."""
