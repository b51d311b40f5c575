"""How the bundled model is measured: pure metrics, the rows, the scores, the tables, the pictures.

``python -m training.evaluate`` prints the tables; ``python -m training.card`` puts them, and the
pictures, into docs/model-card.md.
"""
