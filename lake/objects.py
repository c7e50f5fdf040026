"""Object stores: copying published files to an S3-compatible bucket. The only door to boto3."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlparse

from core.errors import ExportFailed, SettingsInvalid


def upload(folder: Path, target: str, endpoint_url: str | None = None) -> int:
    """Copy every file under `folder` to `s3://bucket/prefix`, the pointer last; returns files copied.

    Credentials come from boto3's own chain. Raises SettingsInvalid for a target that is no S3 address, and
    ExportFailed where the store refuses.
    """
    import boto3
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    address = urlparse(target)
    if address.scheme != "s3" or not address.netloc:
        raise SettingsInvalid(f"'{target}' is no S3 address.", "Write it like s3://bucket/prefix.")
    client = boto3.client("s3", endpoint_url=endpoint_url)
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.name == "current.json")
    for path in files:
        key = "/".join(part for part in (address.path.strip("/"), path.relative_to(folder).as_posix()) if part)
        try:
            client.upload_file(str(path), address.netloc, key)
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise ExportFailed(
                f"{address.netloc}/{key} cannot be written ({type(error).__name__}).",
                "Check the bucket, the endpoint and the credentials (`aws s3 ls` with the same environment).",
            ) from error
    return len(files)
