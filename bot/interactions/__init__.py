"""Between Bolt and the handlers: payloads, routing, the pipeline of a request, responses, forms, and answers to
errors."""
