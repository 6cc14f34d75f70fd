"""How people are told: the words once, the channels around them."""
