"""What Liaison does: operations are verbs that change the record, queries say what they return."""
