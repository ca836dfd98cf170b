//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use siyi_log::keys::{MasterKeyError, Token};

use crate::elsewhere::Elsewhere;

/// 四议: an event-sourced engine for 四议两公开.
#[derive(Debug, Parser)]
#[command(name = "siyi", version, about, long_about = None, after_help = "\
Examples:
  siyi demo                                  a fresh demonstration, then the boards at http://127.0.0.1:8420/
  siyi key create master.key                 a master key for personal data
  siyi key backup --data ./data keys.backup  the keys of persons, for 30 days
  siyi account create-admin --data ./data    the first officer of a township, at the server's console
  siyi account create-operator --data ./data an account for who runs the machine
  siyi serve --data ./data                   serve a data folder
  siyi serve --trial --data ./trial          try it on this machine, without sign-in
  siyi import --data ./data case.toml        run case files through the command handler
  siyi export --data ./data > events.jsonl   the whole log as JSON Lines
  siyi export --data ./data --log ./public   the public log as files for any web server
  siyi export --bundle 12 --out c12.zip      a matter to be verified elsewhere
  siyi verify c12.zip                        whether everything in it follows, step by step
  siyi doctor --data ./data                  what is wrong with a data folder, and what can be done
  siyi witness --key w.key --watch VKEY      confirm another machine's log
  siyi rebuild --data ./data docket          build one read model anew (all without a name)
  siyi procedure check county.toml           whether a rule pack may be loaded, and what mends it
  siyi procedure show rural/HN/2026          a rule pack as tables, with its articles and charts")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How logs are written to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, env = "SIYI_LOG_FORMAT")]
    pub log_format: LogFormat,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a data folder: GraphQL, boards, feeds.
    Serve(Box<ServeData>),
    /// Make the master key of a data folder, or change it for another.
    #[command(subcommand)]
    Key(Key),
    /// Accounts, at the server's console; the server must not run.
    #[command(subcommand)]
    Account(Account),
    /// Copy a whole log between a data folder and an EventStoreDB or KurrentDB, either way, and compare every event at the end.
    /// Cut short, it goes on where it was. The server must not run.
    Copy(CopyLog),
    /// The public log: keys, and a check from the ground up.
    #[command(subcommand)]
    Log(Log),
    /// Examine a data folder: whether the log is whole and what was signed, whether the whole record follows from the rules, the
    /// clock, the attachments (with the master key). Says what is wrong, where, and what can be done; mends nothing. The server
    /// must not run. Ends with 0 if all is sound, 1 if something is wrong, 2 if something could not be checked.
    Doctor(Data),
    /// Confirm the checkpoints of a log (C2SP tlog-witness), so that its operator cannot show two histories.
    Witness(Witness),
    /// Import the shipped cases and Xinyang's register into a data folder of its own and serve it.
    Demo(Serve),
    /// Run case files through the command handler; stops at the first surprise with file and line.
    Import(Import),
    /// Build read models anew from the log.
    Rebuild(Rebuild),
    /// Verify a matter without trusting anybody: a bundle, or the address of a matter's page. Ends with 0 if everything holds, 1
    /// if something is wrong, 2 if something could not be checked.
    Verify(Verify),
    /// Write the log to standard output as JSON Lines, one event a line in log order; or the public log to a folder.
    Export(Export),
    /// Write the GraphQL schema to standard output.
    Schema,
    /// Check rule packs, list them, or show one as a lawyer reads it.
    #[command(subcommand)]
    Procedure(Procedure),
}

/// What to do with rule packs.
#[derive(Debug, Subcommand)]
pub enum Procedure {
    /// Check a pack's file beside the shipped packs, on which it may rest (`base`). Ends with 1 if it is refused, with 2 if it
    /// cannot be read.
    Check(CheckProcedure),
    /// Show a shipped pack: every number with its law and article, the articles, a Mermaid chart of each road.
    Show(ShowProcedure),
    /// List the shipped packs.
    List,
}

/// Which file to check.
#[derive(Debug, Clone, Args)]
pub struct CheckProcedure {
    /// The pack, TOML (schemas/procedures/README.md).
    pub file: PathBuf,
    /// Write a report as JSON to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Which pack to show.
#[derive(Debug, Clone, Args)]
pub struct ShowProcedure {
    /// Its id, for example rural/HN/2026.
    pub id: String,
    /// The language.
    #[arg(long, value_enum, default_value_t = LangArg::Zh)]
    pub lang: LangArg,
    /// The charts alone.
    #[arg(long)]
    pub mermaid: bool,
}

/// The language of what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LangArg {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Which data folder, where only its log is looked at.
#[derive(Debug, Clone, Args)]
pub struct LogFolder {
    /// The data folder.
    #[arg(long, env = "SIYI_DATA", default_value = "siyi-data")]
    pub data: PathBuf,
}

/// Which data folder, and what opens it.
#[derive(Debug, Clone, Args)]
pub struct Data {
    /// The data folder; made if it does not exist.
    #[arg(long, env = "SIYI_DATA", default_value = "siyi-data")]
    pub data: PathBuf,
    /// Where the master key lies, if on a token.
    #[command(flatten)]
    pub token: TokenKey,
    /// What lies elsewhere than in the data folder.
    #[command(flatten)]
    pub elsewhere: Elsewhere,
}

/// A master key on a PKCS#11 token. Left out: the key in the file that `SIYI_MASTER_KEY_FILE` names, else in systemd's
/// credential `siyi-master-key`.
#[derive(Debug, Clone, Default, Args)]
pub struct TokenKey {
    /// The module of the token with the master key, a shared library (PKCS#11 2.40).
    #[arg(long, env = "SIYI_PKCS11_MODULE", value_name = "FILE", requires = "pkcs11_token")]
    pub pkcs11_module: Option<PathBuf>,
    /// The token's label.
    #[arg(long, env = "SIYI_PKCS11_TOKEN", value_name = "LABEL", requires = "pkcs11_module")]
    pub pkcs11_token: Option<String>,
    /// The key's label; `siyi` if left out.
    #[arg(long, env = "SIYI_PKCS11_KEY", value_name = "LABEL", requires = "pkcs11_module")]
    pub pkcs11_key: Option<String>,
    /// The file with the user's PIN, of mode 0600 or 0400; systemd's credential `siyi-pkcs11-pin` if left out. The PIN itself
    /// is taken from no argument and no variable.
    #[arg(long, env = "SIYI_PKCS11_PIN_FILE", value_name = "FILE", requires = "pkcs11_module")]
    pub pkcs11_pin_file: Option<PathBuf>,
}

impl TokenKey {
    /// The token; none where none is named.
    ///
    /// # Errors
    /// [`MasterKeyError::Missing`] where no PIN is to be found.
    pub fn place(&self) -> Result<Option<Token>, MasterKeyError> {
        let (Some(module), Some(token)) = (&self.pkcs11_module, &self.pkcs11_token) else { return Ok(None) };
        let pin_file = match &self.pkcs11_pin_file {
            Some(file) => file.clone(),
            None => Token::pin_credential()?,
        };
        let key = self.pkcs11_key.clone().unwrap_or_else(|| "siyi".to_owned());
        Ok(Some(Token { module: module.clone(), token: token.clone(), key, pin_file }))
    }
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The data folder; made if it does not exist.
    #[arg(long, env = "SIYI_DATA")]
    pub data: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, env = "SIYI_LISTEN", default_value = "127.0.0.1:8420")]
    pub listen: SocketAddr,
}

/// How to serve a data folder.
#[derive(Debug, Clone, Args)]
pub struct ServeData {
    /// Where, and on which address.
    #[command(flatten)]
    pub serve: Serve,
    /// A trial on this machine alone: anybody may act as anybody, in a folder that is never used for anything else.
    #[arg(long, conflicts_with_all = ["tls_cert", "behind_proxy"])]
    pub trial: bool,
    /// Who can reach it, and what they may ask.
    #[command(flatten)]
    pub network: Network,
    /// Where the master key lies, if on a token.
    #[command(flatten)]
    pub token: TokenKey,
    /// How people sign in.
    #[command(flatten)]
    pub sign_in: SignIn,
    /// What signs the public log, and who confirms it.
    #[command(flatten)]
    pub public_log: PublicLog,
    /// What lies elsewhere than in the data folder.
    #[command(flatten)]
    pub elsewhere: Elsewhere,
    /// Do not judge the whole record anew at the start, for example on a log of many millions of events that `siyi doctor` has
    /// looked at.
    #[arg(long)]
    pub unjudged: bool,
    /// Speak the EventStoreDB protocol here, so that its clients can follow the log; with the server's own certificate, or on
    /// this machine alone. Off if left out.
    #[arg(long, value_name = "ADDRESS")]
    pub esdb_listen: Option<SocketAddr>,
}

/// What signs the public log, and who confirms it.
#[derive(Debug, Clone, Default, Args)]
pub struct PublicLog {
    /// The file of the log's signing key, made by `siyi log create-key`. Left out: `log.key` in the data folder, made there at
    /// the first start under the host of the public address. Nodes over one store must all have the same.
    #[arg(long, env = "SIYI_LOG_KEY_FILE", value_name = "FILE")]
    pub log_key: Option<PathBuf>,
    /// The trust policy (C2SP tlog-policy): the witnesses, where they are asked, and how many of them are enough.
    #[arg(long, env = "SIYI_LOG_POLICY", value_name = "FILE")]
    pub log_policy: Option<PathBuf>,
    /// Certificates (PEM) by which the witnesses are known, beside the web's own.
    #[arg(long, env = "SIYI_WITNESS_ROOTS", value_name = "FILE")]
    pub witness_roots: Option<PathBuf>,
}

/// How a server is reached by others than its own machine.
#[derive(Debug, Clone, Default, Args)]
pub struct Network {
    /// Certificate with its chain, PEM: serves TLS 1.2 or newer, on any address.
    #[arg(long, env = "SIYI_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM, in a file of mode 0600 or 0400.
    #[arg(long, env = "SIYI_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A proxy whose Forwarded or X-Forwarded-For and -Proto are believed: an address, or a network like 10.0.0.0/8. Several
    /// times, or with commas. What anybody else says is ignored.
    #[arg(long, env = "SIYI_TRUSTED_PROXY", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxy: Vec<crate::server::proxy::Network>,
    /// Listen on any address in clear, and take connections of the trusted proxies only.
    #[arg(long, requires = "trusted_proxy", conflicts_with = "tls_cert")]
    pub behind_proxy: bool,
    /// Answer who is not signed in only the operations that ship (schemas/graphql/operations), named by their SHA-256.
    #[arg(long)]
    pub persisted_only: bool,
    /// Let GraphQL tell its schema to whoever asks; the SDL is published at /graphql/schema.graphql anyway.
    #[arg(long)]
    pub introspection: bool,
}

/// What to export.
#[derive(Debug, Clone, Args)]
pub struct Export {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// One matter with everything that it rests on, by its number on the board or its id, to a file to be verified elsewhere.
    #[arg(long, value_name = "MATTER", conflicts_with = "log", requires = "out")]
    pub bundle: Option<String>,
    /// The file of the bundle; refused if it exists.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The whole record for analysts, to standard output; it names nobody.
    #[arg(long, value_enum, conflicts_with_all = ["log", "bundle"])]
    pub format: Option<ExportFormat>,
    /// The public log as files for any web server: tiles, checkpoint, policy and keys, each checked on the way. An older
    /// export there is brought up to date.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
}

/// In which form analysts read the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// CloudEvents 1.0, a JSON batch.
    Cloudevents,
    /// OCEL 2.0, JSON.
    Ocel,
    /// XES (IEEE 1849-2016), XML.
    Xes,
}

/// From where to where.
#[derive(Debug, Clone, Args)]
pub struct CopyLog {
    /// A data folder, or kurrentdb://….
    #[arg(long, value_name = "STORE")]
    pub from: String,
    /// A data folder, or kurrentdb://….
    #[arg(long, value_name = "STORE")]
    pub to: String,
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub struct Verify {
    /// A bundle's file, or the address of a matter's page, such as http://127.0.0.1:8420/c/12.
    pub what: String,
    /// The trust policy (C2SP tlog-policy) from somebody you trust; without it the bundle's own is believed, and the report says so.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// A copy of the whole log (`siyi export --log DIR`, or a mirror's folder): every leaf is read, which shows that no event of
    /// the matter was left out.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// A checkpoint of this log that you kept from an earlier day.
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// The language.
    #[arg(long, value_enum, default_value_t = LangArg::Zh)]
    pub lang: LangArg,
    /// Write the report as JSON (schemas/verify/report.schema.json).
    #[arg(long)]
    pub json: bool,
}

/// What to do with the public log.
#[derive(Debug, Subcommand)]
pub enum Log {
    /// Make a signing key in a new file of mode 0400.
    CreateKey(LogKey),
    /// Put another signing key in the place of the present one; the server must not run. The old one stays good for what it
    /// signed.
    RotateKey(RotateLogKey),
    /// Derive the whole tree again from the served files and hold every event of the log against its leaf; `siyi doctor` does
    /// this and more.
    Check(LogFolder),
}

/// A signing key.
#[derive(Debug, Clone, Args)]
pub struct LogKey {
    /// The file; refused if it exists.
    pub file: PathBuf,
    /// Host and name of the log or the witness without a scheme, for example `siyi.example/yunling`.
    #[arg(long, value_name = "NAME")]
    pub origin: String,
    /// A witness's key instead of a log's.
    #[arg(long)]
    pub witness: bool,
}

/// From which signing key to which.
#[derive(Debug, Clone, Args)]
pub struct RotateLogKey {
    /// The data folder.
    #[command(flatten)]
    pub data: LogFolder,
    /// The present key; `log.key` in the data folder if left out.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// The next key, made by `siyi log create-key` under the same name.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// How to be a witness.
#[derive(Debug, Clone, Args)]
pub struct Witness {
    /// Its own folder, which remembers what it confirmed.
    #[arg(long, value_name = "DIR", default_value = "siyi-witness-data")]
    pub data: PathBuf,
    /// Its key, made by `siyi log create-key --witness`.
    #[arg(long, value_name = "FILE", env = "SIYI_WITNESS_KEY_FILE")]
    pub key: PathBuf,
    /// Keep a copy of the whole log here too, each file checked before it is believed, as a county archive does; fetched from
    /// `--from`. A log that does not continue the copy is told on standard error, and the copy stays as it was.
    #[arg(long, value_name = "DIR", requires = "from")]
    pub mirror: Option<PathBuf>,
    /// Where the log's files are, for example https://siyi.example/log.
    #[arg(long, value_name = "URL", requires = "mirror")]
    pub from: Option<url::Url>,
    /// The key of a log that it watches, as the log shows it at /log/keys; several times for several logs.
    #[arg(long, value_name = "VKEY", required = true)]
    pub watch: Vec<String>,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8421")]
    pub listen: SocketAddr,
    /// Who can reach it.
    #[command(flatten)]
    pub network: Network,
}

/// How people sign in.
#[derive(Debug, Clone, Default, Args)]
pub struct SignIn {
    /// Where browsers find this server, for example https://siyi.example/. Left out: http://localhost and the port. Passkeys
    /// are bound to its host name; where it is an address of numbers there are none.
    #[arg(long, env = "SIYI_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<url::Url>,
    /// Issuer of the OpenID provider with which people may sign in, as it writes itself.
    #[arg(long, env = "SIYI_OIDC_ISSUER", value_name = "URL", requires = "oidc_client_id")]
    pub oidc_issuer: Option<String>,
    /// As whom this server is known there.
    #[arg(long, env = "SIYI_OIDC_CLIENT_ID", value_name = "ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// File of mode 0600 or 0400 with the secret there; left out for a public client.
    #[arg(long, env = "SIYI_OIDC_SECRET_FILE", value_name = "FILE", requires = "oidc_issuer")]
    pub oidc_secret: Option<PathBuf>,
    /// Certificates (PEM) of the authority that vouches for the provider, beside the web's own.
    #[arg(long, env = "SIYI_OIDC_ROOTS", value_name = "FILE", requires = "oidc_issuer")]
    pub oidc_roots: Option<PathBuf>,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Fill the first office of a township or county and open its holder's account. Refused where the office is filled.
    CreateAdmin(CreateAdmin),
    /// Open the account of somebody who runs the machine: /metrics and copies of the log, no act and no name.
    CreateOperator(CreateOperator),
    /// End, with this day, the office of everybody who runs the machine for a township or county.
    EndOperators(EndOperators),
}

/// Somebody who gets an account at the console.
#[derive(Debug, Clone, Args)]
pub struct Newcomer {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// Code of the township, county, prefecture or province, 12 digits.
    #[arg(long, value_name = "CODE")]
    pub place: siyi_domain::ids::JurisdictionCode,
    /// The person's full name; asked for if left out. It stands in clear nowhere.
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// The person's sex.
    #[arg(long, value_enum)]
    pub sex: SexArg,
    /// The name to sign in with; asked for if left out. The password is asked for, or is the last line of standard input.
    #[arg(long, value_name = "NAME")]
    pub sign_in_name: Option<String>,
}

/// The first officer of a place.
#[derive(Debug, Clone, Args)]
pub struct CreateAdmin {
    /// Who, and where.
    #[command(flatten)]
    pub newcomer: Newcomer,
    /// The place's name, where it is not registered yet.
    #[arg(long, value_name = "NAME")]
    pub place_name: Option<String>,
    /// What a township is, where it is not registered yet.
    #[arg(long, value_enum, default_value_t = TownKind::Town)]
    pub place_kind: TownKind,
}

/// Who runs the machine.
#[derive(Debug, Clone, Args)]
pub struct CreateOperator {
    /// Who, and for which place, which must be registered.
    #[command(flatten)]
    pub newcomer: Newcomer,
    /// The last day of the office.
    #[arg(long, value_name = "DATE")]
    pub until: jiff::civil::Date,
}

/// Whose office ends.
#[derive(Debug, Clone, Args)]
pub struct EndOperators {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// Code of the township, county, prefecture or province, 12 digits.
    #[arg(long, value_name = "CODE")]
    pub place: siyi_domain::ids::JurisdictionCode,
}

/// What a place of the township's level is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TownKind {
    /// 镇
    Town,
    /// 乡
    Township,
    /// 街道
    Subdistrict,
}

impl TownKind {
    /// As the domain calls it.
    #[must_use]
    pub const fn kind(self) -> siyi_domain::jurisdiction::JurisdictionKind {
        use siyi_domain::jurisdiction::JurisdictionKind;
        match self {
            Self::Town => JurisdictionKind::Town,
            Self::Township => JurisdictionKind::Township,
            Self::Subdistrict => JurisdictionKind::Subdistrict,
        }
    }
}

/// Sex of a person, for the rules on the composition of bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SexArg {
    /// 女
    F,
    /// 男
    M,
}

/// What to do with the master key.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a new master key in a file of mode 0600. Keep it apart from the data folder and from its backups.
    Create(KeyFile),
    /// Make a new master key on a PKCS#11 token, which never leaves it.
    CreateOnToken(TokenKey),
    /// Wrap every key of the data folder anew under another master key; the server must not run.
    Rotate(RotateKey),
    /// Write a backup of the keys of persons to a new file; the server must not run. It is wrapped by the master key, which is
    /// not in it, and is refused after 30 days: who is erased until then is wholly gone only after that, and the record says so.
    Backup(KeyBackup),
    /// Fill the empty `keys` folder of a data folder from a backup that has not expired. Whoever was erased since then is erased
    /// again at the next start.
    Restore(KeyBackup),
}

/// A backup of the keys.
#[derive(Debug, Clone, Args)]
pub struct KeyBackup {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// The backup's file; refused for a new backup if it exists.
    pub file: PathBuf,
}

/// Which file.
#[derive(Debug, Clone, Args)]
pub struct KeyFile {
    /// The file; refused if it exists.
    pub file: PathBuf,
}

/// From which key to which.
#[derive(Debug, Clone, Args)]
pub struct RotateKey {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// The file of the new master key, made by `siyi key create`.
    #[arg(long, value_name = "FILE", required_unless_present = "to_token_key", conflicts_with = "to_token_key")]
    pub to: Option<PathBuf>,
    /// The label of the new master key on the token that is named, made by `siyi key create-on-token`.
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    pub to_token_key: Option<String>,
    /// The file of the present master key; found as `siyi serve` finds it if left out.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
}

/// What to import.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// Case files, TOML or JSON (schemas/case-file.schema.json).
    #[arg(required = true)]
    pub cases: Vec<PathBuf>,
    /// At which time the acts are recorded.
    #[arg(long, value_enum, default_value_t = PaceArg::Wall)]
    pub pace: PaceArg,
}

/// At which time imported acts are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaceArg {
    /// Now; what happened long ago is marked as recorded afterwards.
    Wall,
    /// At their own time, for trials on a folder that is not used for anything else.
    Case,
}

/// What to rebuild.
#[derive(Debug, Clone, Args)]
pub struct Rebuild {
    /// The data folder.
    #[command(flatten)]
    pub data: Data,
    /// The model: directory, docket, history, board, compliance or routine; all of them if left out.
    pub model: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    /// An option that one command conflicts with and another does not have ends that other at its start.
    #[test]
    fn every_command_knows_the_options_that_it_names() {
        Cli::command().debug_assert();
    }
}
