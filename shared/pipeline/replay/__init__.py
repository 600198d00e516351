"""Replay: what was parked goes in again, by whom and why, and what that would change is seen before."""
