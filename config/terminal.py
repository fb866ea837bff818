"""What a person reads in the terminal when something cannot go on."""


class Refusal(Exception):
    """Ends a start. The sentence says what happened, what is safe and what to do."""
