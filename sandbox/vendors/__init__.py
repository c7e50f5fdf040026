"""The vendors as the sandbox plays them: one file each, rendering what the vendor would say at an instant.

What belongs here: addresses, field names, nesting, spellings, keys and quotas of one vendor. No code is shared with the
production room that reads these formats, so that a misreading there is not repeated here.
"""
