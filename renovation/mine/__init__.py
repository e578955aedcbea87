"""本人信息 (N-06): an owner identifies himself and sees what the platform holds of him, joined over the apps."""
