"""What replaces the cloud on one machine; nothing that is deployed imports it."""
