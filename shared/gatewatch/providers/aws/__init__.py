"""AWS: console and command line sign-ins from CloudTrail."""
