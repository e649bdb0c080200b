"""The MongoDB evidence store: what was seen, found and done, durable before anything moves on."""
