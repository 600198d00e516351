"""The whole app on one machine: the Cosmos-compatible server and the functions host, each in its own process."""
