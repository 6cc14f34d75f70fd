"""First steps that several providers share."""

ASK = "Ask the person whether they did this. Use another channel, not the mail or chat of this account."
