"""The Azure side of Gatewatch: timer functions that read Entra sign-ins and risk detections from Microsoft Graph."""
