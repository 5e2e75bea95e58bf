"""What the accepted figures say of a shortfall: whether it is being put right, and whether it comes again."""

GOOD_PERIODS = 3  # in a row, after which a shortfall is usually cured
