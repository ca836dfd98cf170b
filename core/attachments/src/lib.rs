//! Attachments: sniffed, cleaned, addressed by their content and stored encrypted.
