"""The AWS side of Gatewatch: a Lambda function that reads console sign-ins from SQS or EventBridge."""
