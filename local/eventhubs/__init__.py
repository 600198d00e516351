"""An Event Hubs-compatible endpoint for a laptop: AMQP 1.0 over plain TCP, for the unpatched Azure SDKs.

It does not do: TLS, WebSockets, Entra ID or keys (any token is taken), Kafka, HTTPS publishing, AMQP transactions,
link resumption, idempotent producers, capture, schema registry, geo-replication, throughput units and throttling,
publisher policies, or making and changing hubs while it runs.
"""
