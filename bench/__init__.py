"""How fast the platform is, as ratios against plain SQL in one run: ``make bench``. Not part of the product."""
