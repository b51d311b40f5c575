"""The intake API: real HTTP, real Redis."""
