//! Who somebody is: passwords, passkeys, OpenID Connect, sessions and tokens, and the store of their secrets.
//!
//! Start with [`SignIn`], which is all of it over one store. Nothing here speaks HTTP to browsers, and nothing here decides what
//! somebody may do: [`SignIn::identify`] answers with an [`Identity`] or with nobody. The secrets lie apart from the log, in a
//! folder of their own or behind the port [`SecretRows`], so that the log can be copied without them; that an account has a means of
//! signing in is told to the log through [`Accounts`].

mod accounts;
mod error;
mod identity;
mod invitation;
mod keyed;
mod means;
pub mod oidc;
pub mod passkey;
pub mod password;
mod pending;
mod random;
mod session;
mod sign_in;
mod store;
pub mod throttle;
mod token;

pub use accounts::{Accounts, AccountsError, Added, MemoryAccounts, OpenedAccount};
pub use error::SignInError;
pub use identity::{FRESH_SECONDS, Identity, SignInMethod};
pub use invitation::{CODE_ALPHABET, CODE_LENGTH, INVITATION_DAYS, Invited};
pub use means::{MAX_PASSKEYS, MeansHeld};
pub use session::{ABSOLUTE_SECONDS, IDLE_SECONDS, MAX_SESSIONS, NewSession, SessionLine};
pub use sign_in::{Options, SignIn};
pub use store::{FolderRows, Judging, Lasting, Look, Looking, Pair, SecretRows, Write};
pub use token::{MAX_TOKEN_DAYS, MAX_TOKENS, NewToken, TOKEN_PREFIX, TokenLine, TokenWish};
// In which passwords are handed over: wiped when they are dropped.
pub use zeroize::Zeroizing;
