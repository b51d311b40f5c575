"""The parts of `moderato rescore`."""
