"""What every part speaks of: records, addresses, cipher and errors. Imports nothing of ours."""
