"""Silence must be proof of health: who looks after the service itself, and tells the world outside."""
