"""What is faster than what: our methods beside named peers, interleaved in one process."""
