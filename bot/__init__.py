"""The running program: receives and sends."""

__version__ = "0.1.0"
