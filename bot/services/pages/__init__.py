"""Pages made from several records: a contract's, a partner's, App Home."""
