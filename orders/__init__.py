"""The write side: what an order may do, decided by pure functions."""
