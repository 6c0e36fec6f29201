"""Serves moto on a free port of 127.0.0.1 until standard input closes; the first line of output is the port.

A mistake of its own is one line of standard error, "mistake ACCOUNT TYPE: WORDS", whatever else is logged about it.
"""

import functools
import os
import sys
import threading

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")

import moto.backends  # noqa: E402
import moto.core.responses  # noqa: E402
from moto.ec2.models.launch_templates import LaunchTemplate  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

# A launch template keeps telling the tags that it was made with, whatever became of them: now it tells those it has.
LaunchTemplate.tags = property(LaunchTemplate.get_tags, lambda template, tags: None)

# moto looks through its folders and classes at each call, which takes a quarter of the time; they stay what they are.
moto.backends.list_of_moto_modules = functools.cache(frozenset(moto.backends.list_of_moto_modules()).copy)
moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)


def end_with_parent():
    """The test process holds the other end: however it ends, the server does not outlive it."""
    sys.stdin.read()
    os._exit(0)


class Quiet(WSGIRequestHandler):
    """Logs no request: thousands of them take time, and the proxy records them."""

    def log_request(self, code="-", size="-"):
        pass


backends = DomainDispatcherApplication(create_backend_app)

# moto reads its dictionaries while another call changes them, and then fails ("dictionary changed size during
# iteration"). One call at a time is no slower: the interpreter runs one at a time in any case.
one_at_a_time = threading.Lock()


def application(environ, start_response):
    """Tells a mistake together with the account whose call came upon it, so that only that test fails."""
    try:
        with one_at_a_time:
            return backends(environ, start_response)
    except Exception as error:
        account = environ.get("HTTP_X_MOTO_ACCOUNT_ID", "none")
        words = " ".join(str(error).split())
        print(f"mistake {account} {type(error).__name__}: {words}", file=sys.stderr, flush=True)
        raise


server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
os.environ["MOTO_PORT"] = str(server.port)
threading.Thread(target=end_with_parent, daemon=True).start()
print(server.port, flush=True)
server.serve_forever()
