"""What needs two providers: pairs, and the MFA verdict of a federated login."""
