"""Kinds of public place and how each is read; clients of outside services. The only part that talks to the net."""
