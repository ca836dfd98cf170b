//! The words of these pages, one line for each in both languages.

use siyi_sign_in::SignInError;
use siyi_sign_in::password::PasswordRefusal;

use crate::pages::Lang;

macro_rules! words {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        /// The words of one language.
        pub(super) struct Words { $(pub(super) $name: &'static str,)+ }

        const ZH: Words = Words { $($name: $zh,)+ };
        const EN: Words = Words { $($name: $en,)+ };
    };
}

impl Words {
    /// The words of a language.
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }
}

impl Words {
    /// What a personal field is called.
    pub(super) fn field(&self, field: &str) -> &'static str {
        match field {
            "name" => self.name_field,
            "phone" => self.phone_field,
            "identity_number" => self.identity_field,
            "address" => self.address_field,
            "bank_account" => self.bank_field,
            "objection" => self.objection_field,
            "opinion" => self.opinion_field,
            "payee" => self.payee_field,
            _ => self.other_field,
        }
    }
}

words! {
    sign_in: "登录", "Sign in";
    sign_out: "退出登录", "Sign out";
    name: "登录名", "Sign-in name";
    password: "口令", "Password";
    passkey: "通行密钥", "Passkey";
    openid: "统一身份认证", "Identity provider";
    token: "接口令牌", "Token of a machine";
    with_passkey: "用通行密钥登录", "Sign in with a passkey";
    with_passkey_note: "填写登录名后，用手机或电脑的指纹、面容或锁屏密码登录。", "Enter your sign-in name, then use the fingerprint, face or screen lock of your device.";
    no_script: "使用通行密钥需要浏览器支持并允许脚本；其他方式都不需要。", "Passkeys need a browser that supports them and runs scripts; nothing else here does.";
    with_provider: "用统一身份认证登录", "Sign in with the identity provider";
    no_account: "没有账号？凭村里发的邀请码注册", "No account? Join with a code from your village";
    join: "凭邀请码注册", "Join with a code";
    join_note: "邀请码由村里当面交给本人，10位，30天内有效，只能用一次。", "The village hands the code to you in person: 10 characters, good for 30 days and for one use.";
    bind_note: "您已登录。输入邀请码后，本账号可以另一处的身份办理。", "You are signed in. With a code your account can act as you in one more place.";
    code: "邀请码", "Code";
    choose_name: "给自己取一个登录名（2至64个字符）", "Choose a sign-in name (2 to 64 characters)";
    choose_password: "设一个口令（8至128个字符，可以是一句话）", "Choose a password (8 to 128 characters; a sentence is fine)";
    account: "我的账号", "My account";
    offices: "现任职务", "Offices held";
    no_offices: "本账号今天没有任何职务。", "This account holds no office today.";
    second: "签字码：另一人办理，您签字", "Codes: another person acts, you sign";
    second_note: "公布决议公告、结果公告和更正，须一名监委会成员签字；销毁文件、查阅他人信息，须两人。核对经办人要办的内容后，生成签字码告诉经办人：5分钟内有效，只能用于一件事。", "A notice or its correction needs a supervisor's signature; destroying a file and reading another's data need two people. Look at what the other is about to do, make a code and tell it to them: it is good for 5 minutes and one act.";
    give_second: "生成签字码", "Make a code";
    second_given: "签字码已生成。", "The code was made.";
    second_not_given: "您在此地没有可用的身份，不能签字。", "You are nobody in this place and sign nothing.";
    overdue_files: "保管期限届满、待销毁的文件：", "Files to be destroyed, their period of retention being over: ";
    means: "登录方式", "Means of signing in";
    since: "设置于", "since ";
    remove: "取消", "Remove";
    sessions: "登录记录", "Sessions";
    this_session: "本次", "this one";
    signed_in: "登录于", "signed in ";
    seen: "最近使用", "last seen ";
    end_session: "结束", "End";
    end_others: "结束其他全部登录", "End all others";
    change_password: "修改口令", "Change the password";
    present_password: "现在的口令", "Present password";
    new_password: "新口令（8至128个字符）", "New password (8 to 128 characters)";
    add_passkey: "添加通行密钥", "Add a passkey";
    add_passkey_note: "公职人员办理事项时用通行密钥签名。", "Officials sign their acts with a passkey.";
    link_provider: "关联统一身份认证", "Link with the identity provider";
    onward: "前往统一身份认证", "Go to the identity provider";
    onward_note: "在统一身份认证登录后会自动回到本站，5分钟内有效。", "You come back here once you have signed in there; this is good for 5 minutes.";
    tokens: "接口令牌", "Tokens of machines";
    token_name: "用途（不要写姓名）", "What for (name nobody)";
    token_scopes: "可以打开的入口，用空格隔开", "Doors that it opens, with spaces between";
    token_until: "有效期至", "Good until";
    token_used: "最近使用", "last used ";
    token_unused: "尚未使用", "never used";
    make_token: "生成令牌", "Make a token";
    token_once: "令牌只显示这一次，请立即存好：", "The token is shown this once; keep it now:";
    token_made: "令牌已生成。", "The token was made.";
    revoke: "吊销", "Revoke";
    not_fresh: "添加或取消登录方式、生成令牌，须在登录后5分钟内办理。", "Adding and removing means and making tokens needs a sign-in within the last 5 minutes.";
    sign_in_anew: "重新登录", "Sign in anew";
    password_changed: "口令已修改，其他登录已全部结束。", "The password was changed; all other sessions were ended.";
    session_ended: "登录已结束。", "The session was ended.";
    means_removed: "已取消。", "It was removed.";
    own_record: "我的信息", "What is stored about me";
    own_record_note: "这里是本系统存有的您的信息，以及谁查阅过。姓名、电话等原文须点按钮才显示，每次显示都有记录（个人信息保护法第45条）。", "What this server keeps about you, and who read it. Names, telephones and the like are shown when you ask for them, and each time is recorded (PIPL art. 45).";
    kept: "信息在用", "The data is in use";
    restricted: "已限制处理：只保存，不作他用", "Restricted: stored and used for nothing else";
    erased: "已删除", "Erased";
    on_roll: "在册：", "On the roll: ";
    no_longer: "（非现任）", "(not held today)";
    in_clear: "原文", "In clear";
    show_in_clear: "显示原文", "Show it in clear";
    not_shown: "不能显示。请在登录后5分钟内办理。", "It is not shown. Ask within 5 minutes after signing in.";
    who_read: "谁查阅过", "Who read it";
    nobody_read: "尚无人查阅原文。", "Nobody has read it in clear.";
    oneself: "本人", "Yourself";
    access: "访问记录", "Access log";
    access_note: "谁查看了本地保存的名册、个人信息、附件和记录，是否放行，依据哪条规定。村民查看的，只记“村民等”。", "Who looked at the rolls, personal data, files and records that this place keeps, whether they were let in, and by which policy. Villagers are not named.";
    access_none: "没有记录。", "Nothing is recorded.";
    not_signed_in: "未登录者", "Somebody not signed in";
    somebody: "村民等", "A villager or another";
    let_in: "准许", "let in";
    kept_out: "不准", "kept out";
    older: "更早的", "Earlier";
    name_field: "姓名", "Name";
    phone_field: "电话", "Telephone";
    identity_field: "身份证件号码", "Identity number";
    address_field: "住址", "Address";
    bank_field: "银行账号", "Bank account";
    objection_field: "异议", "Objection";
    opinion_field: "意见", "Opinion";
    payee_field: "收款人", "Payee";
    other_field: "其他", "Other";
    not_done: "没有办成", "That was not done";
    back: "返回登录", "To the sign-in";
    forged: "这个请求不是从本站页面发出的，或页面放得太久了。请打开页面重试。", "This was not asked for from a page of ours, or the page is too old. Open the page and try again.";
    failed: "没有成功，请再试一次。", "That did not work; try again.";
    unsupported: "这个浏览器不支持通行密钥。", "This browser has no passkeys.";
}

/// What was in the way, for people. What concerns an account reads the same whether or not there is one.
pub(super) fn said(error: &SignInError, lang: Lang) -> String {
    if let SignInError::TooMany { retry_after } = error {
        return match lang {
            Lang::Zh => format!("尝试次数过多，请在{retry_after}秒后再试。"),
            Lang::En => format!("Too many attempts; try again in {retry_after} seconds."),
        };
    }
    if let (SignInError::Accounts(error), Lang::En) = (error, lang) {
        return error.message.clone();
    }
    let (zh, en) = match error {
        SignInError::Refused => ("登录名与口令或密钥不符。", "This name and this proof do not belong together."),
        SignInError::Busy => {
            ("同时登录的人太多，请稍候再试。", "Too many people sign in at this moment; try again soon.")
        }
        SignInError::Password(refusal) => password(*refusal),
        SignInError::NameMalformed => {
            ("登录名应为2至64个看得见的字符。", "A sign-in name has 2 to 64 visible characters.")
        }
        SignInError::NameTaken => ("这个登录名已有人使用。", "The sign-in name is taken."),
        SignInError::NotFresh => ("请重新登录后再办理。", "Sign in anew for this."),
        SignInError::CeremonyUnknown => {
            ("这次操作已经失效，请从头再来。", "This is over or was not begun here; begin anew.")
        }
        SignInError::PasskeyRefused => ("这个通行密钥不能使用。", "The passkey is not accepted."),
        SignInError::Assertion(_) => ("签名不成立。", "The signature does not hold."),
        SignInError::NotConfigured => ("本站没有这种登录方式。", "This server has no such way of signing in."),
        SignInError::ProviderUnavailable => (
            "统一身份认证暂时没有应答，请用其他方式登录。",
            "The identity provider does not answer; sign in another way.",
        ),
        SignInError::IdTokenRefused => {
            ("统一身份认证的答复不能采信。", "The identity provider's answer is not accepted.")
        }
        SignInError::IdentityUnlinked => (
            "没有账号与这个身份关联。请先用口令登录，再到“我的账号”关联。",
            "No account is linked with this identity. Sign in with your password first, then link it in your account.",
        ),
        SignInError::IdentityTaken => {
            ("这个身份已与一个账号关联。", "This identity is linked with an account already.")
        }
        SignInError::InvitationRefused => ("邀请码不对、已用过或已过期。", "This code is wrong, was used, or is over."),
        SignInError::TokenInvalid => ("令牌无效。", "The token is no good."),
        SignInError::TokenMalformed { .. } => {
            ("令牌的用途、入口或日期填写有误。", "The token's name, doors or last day are not right.")
        }
        SignInError::TooManyHeld { .. } => {
            ("数量已满，请先取消一个。", "There are as many as there may be; take one away first.")
        }
        SignInError::LastMeans => ("这是最后一种登录方式，不能取消。", "This is the last means of signing in."),
        SignInError::Unknown => ("没有这一项。", "There is no such thing."),
        SignInError::Accounts(_) => ("登记未通过，请与村里联系。", ""),
        SignInError::Unavailable { .. } | SignInError::Corrupt { .. } | SignInError::TooMany { .. } => {
            ("登录服务暂时不能应答，请稍候再试。", "The sign-in cannot answer now; try again soon.")
        }
    };
    lang.pick(zh, en).to_owned()
}

const fn password(refusal: PasswordRefusal) -> (&'static str, &'static str) {
    match refusal {
        PasswordRefusal::TooShort => ("口令至少8个字符。", "A password has 8 characters or more."),
        PasswordRefusal::TooLong => ("口令最多128个字符。", "A password has 128 characters or fewer."),
        PasswordRefusal::Common => {
            ("这个口令太常见，别人最先就会试它。", "This password is among those that are tried first.")
        }
        PasswordRefusal::Context => (
            "口令里几乎只有登录名、村代码或本系统的名称。",
            "The password is little more than a name that is known here.",
        ),
    }
}
