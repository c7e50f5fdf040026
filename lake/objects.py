"""Object stores: copying published files to an S3-compatible bucket. The only door to boto3."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlparse

from core.errors import SettingsInvalid


def upload(folder: Path, target: str, endpoint_url: str | None = None) -> int:
    """Copy every file under `folder` to `s3://bucket/prefix`, the pointer last; returns files copied.

    Credentials come from boto3's own chain. Raises SettingsInvalid for a target that is no S3 address.
    """
    import boto3

    address = urlparse(target)
    if address.scheme != "s3" or not address.netloc:
        raise SettingsInvalid(f"'{target}' is no S3 address.", "Write it like s3://bucket/prefix.")
    client = boto3.client("s3", endpoint_url=endpoint_url)
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.name == "current.json")
    for path in files:
        key = "/".join(part for part in (address.path.strip("/"), path.relative_to(folder).as_posix()) if part)
        client.upload_file(str(path), address.netloc, key)
    return len(files)
