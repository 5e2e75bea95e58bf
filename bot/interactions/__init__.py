"""What Bolt hands over and gets back: payloads, the way of a request, responses, forms, answers to errors."""
