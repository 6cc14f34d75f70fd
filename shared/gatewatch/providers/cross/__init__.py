"""What needs two providers: rules on pairs, and the MFA verdict of federated AWS logins."""
