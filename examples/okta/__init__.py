"""Sign-ins of an Okta organisation, from its System Log."""
