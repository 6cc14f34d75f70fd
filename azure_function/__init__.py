"""The Azure half: timers that poll Microsoft Graph and hand what they find to Gatewatch."""
