"""What a person does with an app: commands, shortcuts, buttons and forms."""
