"""Redis: one typed method per script, every key in ``keys``, every step atomic.

Why scripts: a step checks the comment's version, changes its state, moves it between queues,
writes its history and its outbox entry and acknowledges the work, all or nothing.
"""
