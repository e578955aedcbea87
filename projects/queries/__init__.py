"""Every read of plans and projects. ``public_*`` return only what may be published."""
