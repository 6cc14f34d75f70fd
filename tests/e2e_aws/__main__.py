"""Runs every scenario against one installation and prints a line with its figure for each; the exit code says whether all held."""

import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from scripts.local_cloud.lambda_artifact import CannotBuildError, build
from tests.e2e_aws import outages, sign_ins, stack
from tests.e2e_aws.installation import FailedError, Installation
from tests.elastic_server.distribution import CannotStart
from tests.elastic_server.fixtures import prepared
from tests.support.aws_account import Account
from tests.support.tcp_gate import Gate

SCENARIOS = (
    stack.deploy_the_landed_template,
    sign_ins.a_sign_in,
    stack.update_to_this_template,
    sign_ins.a_sign_in,
    sign_ins.yes_and_capital_yes,
    sign_ins.mfa_absent,
    sign_ins.root,
    sign_ins.saml,
    sign_ins.identity_center,
    sign_ins.a_duplicate,
    sign_ins.a_burst,
    outages.index_away,
    outages.until_the_dead_letters,
    stack.bucket_object,
    outages.topic_removed,
    outages.subscriber_missing,
    outages.mapping_disabled,
    outages.permission_removed,
    stack.rollback,
    stack.delete,
)
LIMIT_SECONDS = 8 * 60
NOT_HERE = (
    "what CloudTrail emits and how late",
    "EventBridge's own retries, dead letters of rule targets and the queue's policy towards it",
    "forwarding between Regions and accounts, StackSets, schedules",
    "alarms that change their state",
    "customer managed keys, a VPC",
)
"""What the emulator does not do."""


def main(names: Sequence[str]) -> int:
    """Everything in order, or the deployment and what is named; a scenario that fails does not stop the others."""
    began, failed = time.monotonic(), 0
    chosen = [one for one in SCENARIOS if not names or one.__name__ in {"deploy_the_landed_template", "update_to_this_template", *names}]
    try:
        with ThreadPoolExecutor() as pool:  # the artifact is built while the server starts
            built = pool.submit(build)
            elastic = prepared()
            built.result()
    except (CannotStart, CannotBuildError) as reason:
        print(f"e2e-aws: not here: {reason}", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory() as place,
        Gate(urlsplit(elastic.server.url).port or 443) as gate,
        Account(Path(place) / "aws") as account,
    ):
        here = Installation(account, elastic, gate, Path(place))
        print(
            f"{'start':28} ok      {time.monotonic() - began:5.1f} s  Elasticsearch {elastic.server.version}, account with IAM enforced, artifact",
            flush=True,
        )
        for scenario in chosen:
            at = time.monotonic()
            try:
                said, state = scenario(here), "ok"
            except (FailedError, CannotBuildError) as error:
                said, state, failed = str(error), "FAILED", failed + 1
            print(f"{scenario.__name__:28} {state:6}  {time.monotonic() - at:5.1f} s  {said}", flush=True)
    took = time.monotonic() - began
    print(f"not here: {'; '.join(NOT_HERE)}")
    print(f"{len(chosen) - failed} of {len(chosen)} held, {took:.0f} s (limit {LIMIT_SECONDS})")
    return 1 if failed or took > LIMIT_SECONDS else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
