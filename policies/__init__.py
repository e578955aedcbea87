"""What each place's document demands: rulebooks (cited data) and the plain Python that reads them. No Django in here."""
