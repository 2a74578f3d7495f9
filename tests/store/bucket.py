#!/usr/bin/env python3
"""bucket.py ENDPOINT BUCKET [ACCOUNT=ACTION,...[@FOLDER] ...]: makes a bucket in which each account may do the actions,
those on objects in one folder alone where one is named."""
import json
import sys

import boto3

endpoint, bucket, *accounts = sys.argv[1:]
statements = []
for account in accounts:
    name, actions = account.split("=")
    actions, _, folder = actions.partition("@")
    for action in actions.split(","):
        on_bucket = action.endswith("Bucket")
        statements.append({
            "Effect": "Allow",
            "Principal": {"AWS": [name]},
            "Action": "s3:" + action,
            "Resource": f"arn:aws:s3:::{bucket}" + ("" if on_bucket else f"/{folder}/*" if folder else "/*"),
        })
s3 = boto3.client("s3", endpoint_url=endpoint)
s3.create_bucket(Bucket=bucket)
if statements:
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
