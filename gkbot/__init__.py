"""gkbot watches the deadlines of Chinese government offices and reminds in good time."""

__version__ = "0.1.0"
