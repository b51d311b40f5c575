"""What `moderato doctor` looks at, one module per part of an installation."""
