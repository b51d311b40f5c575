"""The pure core: what a comment is, which steps its life may take, and how a policy decides.

Nothing in here does I/O, reads a clock or rolls a die; a test holds that.
"""
