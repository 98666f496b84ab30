"""Benchmarks: `python -m benchmarks [deadline|workdays|startup]`. Never part of the test-suite's timing."""
