"""Finding a contract, partner, person or risk by typed words."""
