"""Entra ID: sign-ins and risk detections from Microsoft Graph and Azure diagnostic settings."""
