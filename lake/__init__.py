"""Tables: their contracts, keys, storage, releases and quality. Knows tables, not sports and not vendors."""
