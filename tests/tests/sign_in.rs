//! People sign in to a real server: from the console's first officer to a villager's invitation, and what each may do then.

#[path = "sign_in/attending.rs"]
mod attending;
#[path = "../../core/sign-in/tests/sign_in/authenticator.rs"]
mod authenticator;
#[path = "sign_in/between.rs"]
mod between;
#[path = "sign_in/desk.rs"]
mod desk;
#[path = "sign_in/disposing.rs"]
mod disposing;
#[path = "sign_in/doors.rs"]
mod doors;
#[path = "sign_in/erasing.rs"]
mod erasing;
#[path = "sign_in/files.rs"]
mod files;
#[path = "sign_in/following.rs"]
mod following;
#[path = "sign_in/joining.rs"]
mod joining;
#[path = "sign_in/kept.rs"]
mod kept;
#[allow(dead_code, reason = "the attachments' own tests need the rest")]
#[path = "../../core/attachments/tests/inspection/made.rs"]
mod made;
#[path = "sign_in/nodes.rs"]
mod nodes;
#[path = "sign_in/papers.rs"]
mod papers;
#[path = "sign_in/publishing.rs"]
mod publishing;
#[path = "sign_in/signing.rs"]
mod signing;
