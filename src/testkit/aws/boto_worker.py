"""Calls AWS through boto3 for a test: one JSON request a line in, one JSON answer a line out.

Request: {"endpoint", "account", "service", "region", "operation", "parameters"}; answer: {"result"} or {"error", "message"}.
The account travels as moto's own header, so that a test sees its own world and no other.
"""

import base64
import datetime
import json
import sys

import boto3
import botocore.config
import botocore.exceptions

account = None
clients = {}


def name_account(request, **_):
    request.headers["x-moto-account-id"] = account


def client(endpoint, service, region):
    key = (endpoint, service, region)
    if key not in clients:
        made = boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id="observer",
            aws_secret_access_key="observer",
            config=botocore.config.Config(
                s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}
            ),
        )
        made.meta.events.register("before-send.*.*", name_account)
        clients[key] = made
    return clients[key]


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if hasattr(value, "read"):
        return base64.b64encode(value.read()).decode()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)


def answer(request):
    global account
    account = request["account"]
    made = client(request["endpoint"], request["service"], request["region"])
    try:
        result = getattr(made, request["operation"])(**request["parameters"])
    except botocore.exceptions.ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": str(error)}
    except Exception as error:  # a mistake of the test or a gap of the emulator: told, not swallowed
        return {"error": type(error).__name__, "message": str(error)}
    result.pop("ResponseMetadata", None)
    return {"result": result}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=plain), flush=True)
