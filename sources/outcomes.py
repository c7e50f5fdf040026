"""What can come of one attempt to fetch: the words of bronze's column `outcome`."""

from __future__ import annotations

OK = "ok"
NOT_MODIFIED = "not_modified"
HTTP_ERROR = "http_error"
TIMEOUT = "timeout"
BREAKER_OPEN = "breaker_open"
QUOTA_REFUSED = "quota_refused"
MALFORMED = "malformed"
NO_CREDENTIAL = "no_credential"

OUTCOMES = (OK, NOT_MODIFIED, HTTP_ERROR, TIMEOUT, BREAKER_OPEN, QUOTA_REFUSED, MALFORMED, NO_CREDENTIAL)
ANSWERED = (OK, NOT_MODIFIED)
UNSENT = (BREAKER_OPEN, QUOTA_REFUSED, NO_CREDENTIAL)
