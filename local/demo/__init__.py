"""A year of real grocery baskets becomes orders, and every row of the view is checked against what was placed."""
