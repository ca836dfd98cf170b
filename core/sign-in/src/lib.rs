//! Who somebody is: passwords, passkeys, OpenID Connect, sessions and tokens, and the store of their secrets.
