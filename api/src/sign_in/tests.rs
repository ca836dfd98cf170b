//! The routes as a browser meets them.

mod browser;
mod desk;
mod forms;
mod pages;
mod passkey;
