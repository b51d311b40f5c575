"""How the bundled model, compact, was made and how good it is. Not needed to run Moderato."""
