"""Hosts are killed and ranges split while orders are fulfilled, and in the end everything is checked as ever."""
