//! Inputs of the commands to a jurisdiction and its rolls.

use async_graphql::ID;

use crate::graphql::enums::{
    AuthorisedBy, Base, Body, Comparator, ErasureBasis, FlagPattern, JurisdictionKind, Kinship, Office, Post,
    Residence, RollKind, RoutineKind, RuleName, ScopeKind,
};
use crate::graphql::scalars::Date;

inputs! {
    /// 登记辖区
    RegisterJurisdictionInput { /// Name.
        name: String, /// Kind.
        kind: JurisdictionKind }
    /// 登记基数
    CountElectorateInput { /// All people.
        population: u32, /// 十八周岁以上的村民
        adult_villagers: u32, /// Households.
        households: u32 }
    /// 授权村民代表会议
    AuthoriseRepresentativesInput { /// Codes of the matters.
        matters: Vec<String>, /// First day.
        from: Date, /// Last day.
        until: Date, /// How it was given.
        by: AuthorisedBy, /// SHA-256 of the paper.
        paper: String }
    /// 采用议事规则
    AdoptProcedureInput { /// Id of the pack.
        procedure: String, /// First day.
        from: Date, /// SHA-256 of the decision.
        paper: String }
    /// 从严规定
    AdjustProcedureInput { /// The number.
        adjustment: AdjustmentInput, /// SHA-256 of the decision.
        paper: String }
    /// One number, as a place sets it.
    AdjustmentInput { /// Which number.
        rule: RuleName, /// The step, for a number of a form.
        step: Option<String>, /// The form, for a number of a form.
        form: Option<String>, /// The share, for a quorum or a threshold.
        share: Option<ShareGivenInput>, /// The days, for a period.
        days: Option<u16>, /// First day.
        from: Date, /// The document that says so, as it is cited.
        document: String }
    /// A share, for example more than 2/3 of those due.
    ShareGivenInput { /// Numerator.
        num: u32, /// Denominator.
        den: u32, /// At least or more than.
        op: Comparator, /// What it is of.
        of: Base }
    /// 设立小组、院落
    FormScopeInput { /// Its number, which the rolls' `group` names.
        scope: u16, /// Kind.
        kind: ScopeKind, /// Name.
        name: String }
    /// 记录例行事项
    RecordRoutineInput { /// What.
        kind: RoutineKind, /// A day in the period that it is for.
        period: Date, /// In a line.
        summary: String, /// SHA-256 of the minutes or the photo.
        paper: String }
    /// 联席会议
    HoldJointConferenceInput { /// The units that took part.
        participants: Vec<String>, /// Topics.
        topics: Vec<String>, /// What was set to be done.
        items: Vec<NewActionItemInput>, /// SHA-256 of the minutes.
        paper: String }
    /// An action item as a joint conference sets it.
    NewActionItemInput { /// What is to be done.
        text: String, /// Which unit leads.
        lead_unit: String, /// By when.
        due_on: Date }
    /// 办结联席会议事项
    CloseActionItemInput { /// The conference.
        conference: u16, /// The item.
        item: u16, /// What came of it.
        result: String }
    /// 核销村级预警
    CloseVillageFlagInput { /// The pattern.
        pattern: FlagPattern, /// What the flag is about, as the list of flags names it.
        subject: String, /// Why it is closed.
        reason: String }
    /// 登记人员
    RegisterPersonsInput { /// The people.
        persons: Vec<NewPersonInput> }
    /// A person to register.
    NewPersonInput { /// A random UUID.
        person: ID, /// The name; sealed before it reaches an event.
        name: String, /// `f` or `m`.
        sex: String, /// Contact data; sealed before it reaches an event.
        contact: Option<ContactInput> }
    /// Contact data of a person; all of it sealed.
    ContactInput { /// Telephone.
        phone: Option<String>, /// 公民身份号码
        identity_number: Option<String>, /// Address.
        address: Option<String>, /// Account for payments.
        bank_account: Option<String> }
    /// 任命
    AppointInput { /// Who.
        person: ID, /// Which office.
        office: Office, /// First day.
        from: Date, /// Last day, if it is known.
        until: Option<Date>, /// SHA-256 of the paper that appoints.
        paper: Option<String> }
    /// 免职
    EndAppointmentInput { /// Who.
        person: ID, /// Which office.
        office: Office, /// Its last day.
        on: Date }
    /// 邀请开通账号
    InviteResidentInput { /// Who.
        person: ID, /// SHA-256 of the invitation code, hexadecimal; left out where people sign in here: then the server makes
        /// the code and answers with it.
        code: Option<String> }
    /// 核实居住
    ConfirmResidenceInput { /// Who.
        person: ID, /// SHA-256 of the paper that shows it.
        paper: String }
    /// 接纳流动人口
    AdmitResidentInput { /// Who.
        person: ID, /// Code of the place where the person is registered.
        home: String, /// Since when the person lives or works here.
        resident_since: Date, /// When the person asked to take part.
        applied_on: Date, /// Which body agreed.
        consented_by: Body, /// SHA-256 of its resolution.
        consent: String, /// SHA-256 of the home village's word.
        struck_at_home: String, /// Who the person is on the rolls of the home; needed where the home keeps them here.
        home_person: Option<ID> }
    /// 终止接纳
    EndAdmissionInput { /// Who.
        person: ID, /// SHA-256 of the paper that says so, which the home is shown.
        paper: String }
    /// 户籍地除名
    StrikeResidentInput { /// Who.
        person: ID, /// Code of the place that may admit the person.
        admitted_at: String, /// SHA-256 of the person's own statement.
        statement: String }
    /// 恢复参加
    ReadmitResidentInput { /// Who.
        person: ID, /// SHA-256 of the other place's word that it does not admit the person, or no longer.
        released: String }
    /// 限制处理
    RestrictPersonInput { /// Whose data.
        person: ID, /// On what ground.
        basis: ErasureBasis }
    /// 删除个人信息
    ErasePersonInput { /// Whose data.
        person: ID, /// On what ground.
        basis: ErasureBasis }
    /// 销毁到期文件
    DisposeFileInput { /// SHA-256 of the file, whose period of retention is over.
        file: String, /// SHA-256 of the approved list of what is destroyed.
        approval: String }
    /// 申报近亲属关系
    DeclareKinshipInput { /// One of them.
        person: ID, /// The other.
        relative: ID, /// How.
        kinship: Kinship }
    /// 登记名册
    FileRollInput { /// Which.
        roll: RollKind, /// Its members.
        members: Vec<RollMemberInput> }
    /// 登记业主名册
    FileOwnersRollInput { /// The units.
        units: Vec<UnitInput> }
    /// A unit of an estate and who owns it.
    UnitInput { /// Its number, for example `3-2-501`.
        unit: String, /// The owner.
        owner: ID, /// Its area, in hundredths of a square metre.
        area_dm2: u32 }
}

/// One entry of a roll. Its JSON keeps the keys of the stored shape.
#[derive(async_graphql::InputObject, Debug, Clone, serde::Serialize)]
pub struct RollMemberInput {
    /// Who.
    pub person: ID,
    /// The post, in a body that has posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    /// 预备党员
    #[graphql(default)]
    pub probationary: bool,
    /// 村民小组
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<u16>,
    /// Number of the household.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// What ties the person to the village, where it is not the household register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
}
