//! Who somebody is, over a real folder, with a clock that the test moves.

#[cfg(test)]
mod sign_in {
    pub(crate) mod authenticator;
    mod begun;
    pub(crate) mod desk;
    mod invitations;
    mod openid;
    mod passkeys;
    mod passwords;
    mod secrets;
    mod sessions;
    mod tokens;
}
