"""What passes between the workspace and the app, and what may go wrong with it on the way."""
