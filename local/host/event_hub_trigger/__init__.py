"""Event Hubs triggers: batches of one partition after the other's, with a place in each partition per consumer group.

Source of the behaviour: azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.EventHubs. Where Azure keeps places and
owners in blobs, this host keeps them in a file, or in memory without one.
"""
