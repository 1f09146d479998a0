"""A DEEPaaS module that learns to classify the rows of a table, and does it."""

__version__ = "1.0.0"
