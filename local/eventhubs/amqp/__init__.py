"""AMQP 1.0 as bytes: values, frames and message sections, without any idea of what they are used for.

Source: OASIS AMQP 1.0, part 1 (types), part 2 (transport) and part 3 (messaging).
"""
