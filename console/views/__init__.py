"""The pages, a file a family. Each page is a function from a request to a response."""
