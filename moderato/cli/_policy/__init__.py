"""The parts of `moderato policy`."""
