"""What is put together from several records: the page of a contract, of a partner, App Home."""
