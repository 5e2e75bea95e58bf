"""What Liaison holds of a person: finding it, handing it out (UK GDPR article 15), and taking it away (article 17)."""
