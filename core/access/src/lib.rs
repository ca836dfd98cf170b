//! Who may do what: one decision point over the policies in schemas/policies, and the record of what it decided.
