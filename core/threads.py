"""How many threads linear algebra may use: one, so that an answer has the same bits on every machine.

Small products are also faster so: a second thread costs more than it carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """While it is open, BLAS of this process runs on one thread."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
