"""Any place that fsspec knows: S3, Google, SFTP, files and others."""
