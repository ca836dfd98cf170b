//! The fixed phrases of the pages, one line for each in both languages. What carries figures is said where it is computed;
//! the names of terms are in `terms`.

use super::lang::Lang;

macro_rules! phrases {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        /// The phrases of one language.
        #[derive(Debug)]
        pub struct Phrases { $(pub $name: &'static str,)+ }

        const ZH: Phrases = Phrases { $($name: $zh,)+ };
        const EN: Phrases = Phrases { $($name: $en,)+ };
    };
}

impl Phrases {
    /// The phrases of a language.
    pub const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }
}

phrases! {
    // Around every page.
    site: "四议两公开 公开栏", "Siyi disclosure boards";
    site_sub: "议事有据 · 过程可查", "four deliberations, two disclosures";
    skip: "跳到正文", "Skip to the content";
    open_server: "办理人身份未经核实，仅限本机访问。", "Nobody who acts here is known; it answers this machine only.";
    demo: "演示环境：数据均为编写，时钟拨至", "A demonstration: its data are composed, its clock is set to ";
    tools: "显示方式", "Display";
    large_type: "大字版", "Large type";
    normal_type: "标准字号", "Normal type";
    other_language: "English", "中文";
    crumbs: "所在位置", "You are here";
    home: "首页", "Home";
    footer: "本页内容由事件记录生成；记录不得删改，只能以新记录更正。", "This page is made from the record, which is never edited, only corrected by later records.";
    up_to: "记录读至全库序号 ", "Read up to event ";
    graphql: "GraphQL 查询接口", "GraphQL";
    full_stop: "。", ". ";
    comma: "，", ", ";
    semicolon: "；", "; ";
    colon: "：", ": ";
    to: "至", " to ";
    code: "代码", "Code";
    to_home: "回首页", "To the front page";
    next_page: "下一页", "Next page";

    // The front page.
    home_title: "村里的事，按程序议，向群众公开", "Village matters, decided by the book and disclosed to all";
    what_1: "本栏公开各村（社区）按“四议两公开”程序议定和实施的事项：何时开会，应到多少人、实到多少人，怎样表决，钱怎样花，结果如何。", "These boards show the matters that villages and communities decide by the Four Deliberations and Two Disclosures: when they met, how many were due and came, how they voted, how the money was spent and what came of it.";
    what_2: "每一步都留有记录，不得删改；是否通过由系统按当日有效的规定从记录中算出，任何人都可以复核。", "Every step leaves a record that cannot be edited, and whether a motion carried is computed from it by the rule in force on the day, so that anyone can check it.";
    road: "四议两公开", "Four deliberations and two disclosures";
    road_1: "提议", "Proposal";
    road_1_who: "村党组织", "party branch";
    road_2: "商议", "Consultation";
    road_2_who: "村“两委”", "two committees";
    road_3: "审议", "Review";
    road_3_who: "党员大会", "party members";
    road_4: "决议", "Resolution";
    road_4_who: "村民（代表）会议", "villagers or representatives";
    road_5: "决议公开", "First disclosure";
    road_5_who: "不少于15日", "15 days at least";
    road_6: "结果公开", "Second disclosure";
    road_6_who: "不少于15日", "15 days at least";
    matters_now: "事项", "Matters";
    matters_unit: "件", "";
    notices_unit: "份", "";
    records_unit: "条", "";
    meetings_unit: "次", "";
    places_unit: "个", "";
    persons_unit: "人", "";
    quotations_unit: "家报价", " offers";
    overdue: "逾期事项", "Overdue";
    nothing_overdue: "没有逾期事项。", "Nothing is overdue.";
    more_overdue: "仅列出逾期最久的50项，其余请按下级辖区查看。", "The 50 oldest; see the places below for the others.";
    all_overdue_of: "查看全部：", "All of ";
    of_which_overdue: "逾期", "overdue: ";
    boards: "公开栏", "Boards";
    by_place: "按辖区查找", "By place";
    no_places: "尚未登记辖区。", "No place is registered yet.";
    reading: "阅读方式", "Ways to read";
    reading_type: "页首可换大字版和英文版。不用脚本，旧手机也能看。", "Large type and Chinese are one click away at the top. No scripts: old phones will do.";
    reading_print: "公告可按 A4 纸打印，加盖公章后张贴。", "Notices print on A4, to be stamped and posted.";
    reading_feed: "各村公开栏有 Atom 订阅，新公告、更正和撤下都会推送。", "Each board has an Atom feed of new, corrected and removed notices.";
    reading_rules: "程序规则及其法律依据：", "The rules and the laws behind them:";

    // Boards.
    board_of_village: "村务公开栏", "disclosure board";
    board_of_community: "居务公开栏", "disclosure board";
    posted_now: "正在公布", "Posted now";
    nothing_posted: "目前没有正在公布的公告。", "No notice is posted at present.";
    posted_on: "张贴日期", "Posted";
    corrected_on: "更正日期", "Corrected";
    objections_until: "异议期至", "Objections until";
    removal: "撤下时间", "Removal";
    not_before: "不得早于", "not before ";
    may_come_down: "公布期已满", "the period is over";
    may_not_come_down: "公布期未满，不得撤下", "the period is running";
    late: "补录", "recorded afterwards";
    late_notice: "补录：本公告张贴后超过规定时限才记录，记录时间", "Recorded afterwards, later than allowed, on ";
    late_count: "其中补录", "recorded afterwards: ";
    whole_course: "查看全过程", "The whole course";
    under_way: "在办事项", "Under way";
    nothing_under_way: "目前没有在办事项。", "Nothing is under way.";
    next_due: "下一步", "Due next";
    due_by: "最迟", "by ";
    by_rule: "依据：", "Rule: ";
    th_record: "条", "";
    posted_before: "公布期满的公告", "Posted before";
    taken_down: "撤下日期", "Taken down";
    ended: "已办结或终止的事项", "Ended";
    moved_on: "动议日期", "Moved ";
    rolls: "名册", "Rolls";
    rolls_caption: "各名册登记人数", "Members of each roll";
    roll: "名册", "Roll";
    persons: "人数", "Persons";
    subscribe: "订阅本栏（Atom）", "Subscribe to this board (Atom)";
    place: "辖区", "Place";
    below: "下级辖区", "Places below";
    below_caption: "下级辖区的事项，按状态计", "Matters of the places below, by status";
    without_matters: "尚无事项的辖区", "Places without matters";
    nothing_below: "没有登记下级辖区。", "No place below is registered.";

    // A matter.
    reason: "理由", "Reason";
    contents: "本页内容", "On this page";
    steps: "程序进度", "Where it stands";
    about: "动议", "The motion";
    initiator: "提出人", "Raised by";
    source: "动议事由", "Source";
    summary: "内容", "About";
    kinds: "事项类别", "Kind of matter";
    procedure: "适用程序", "Procedure";
    resolution: "决议", "Resolution";
    resolved_on: "决议日期", "Resolved ";
    budget: "决议预算", "Budget resolved";
    meetings: "会议与表决", "Meetings and votes";
    votes_for: "同意", "for";
    votes_against: "反对", "against";
    votes_abstain: "弃权", "abstaining";
    legal_line: "规定最低人数", "least the rule asks for";
    attendance_and_votes: "到会与表决", "Attendance and votes";
    due: "应到", "Due";
    present: "实到", "Present";
    ratio: "到会率", "Share";
    arithmetic_caption: "对照规定计算", "Judged by the rule";
    judged: "项目", "Judged";
    arithmetic: "对照", "Figures";
    result: "结论", "Result";
    least: "至少", "least: ";
    met: "达到", "met";
    not_met: "未达到", "not met";
    meeting_details: "议题、主持、材料", "Text, chair, papers";
    text_put: "付表决的议题", "Text put";
    amended: "会上修改", "Amended";
    material: "实质性修改", "material";
    ballot: "表决方式", "Ballot";
    secrecy: "保密提示", "Secrecy";
    papers_counted: "选票清点", "Papers";
    printed: "印制", "printed";
    handed_out: "发出", "handed out";
    exchanged: "换发", "exchanged";
    unused: "未用", "unused";
    in_box: "箱内", "in the box";
    convened: "召集", "Convened";
    chair: "主持", "Chair";
    agenda: "议程", "Agenda";
    plan_delivered: "方案送达", "Plan delivered";
    special: "缩短通知的理由", "Reason for a shorter notice";
    excluded: "不计入应到", "Left out of those due";
    judged_by: "判定规则", "Judged by";
    version: "版本 ", "version ";
    papers: "归卷材料", "Papers";
    paper: "材料摘要值", "Paper";
    found: "已核对原文", "read in the source";
    memory: "惯例，可由地方配置", "practice, configurable";
    plan: "方案与预算", "Plan and budget";
    implemented_by: "实施单位", "Carried out by";
    contractor_choice: "承包方式", "Contractor chosen by";
    cost_allocation: "费用分摊", "Who pays what";
    planned_start: "计划开工", "Planned start";
    planned_end: "计划完工", "Planned end";
    budget_caption: "预算及资金来源（元）", "Budget and its sources (yuan)";
    fund: "资金来源", "Source";
    amount: "金额", "Amount";
    sum: "合计", "Sum";
    notices: "公告与异议", "Notices and objections";
    posted_at: "张贴地点", "Posted at";
    supervisors_opinion: "监督意见", "Supervisors";
    objections: "异议", "Objections";
    objections_private: "异议人和异议原文不公开，只公开类别和答复。", "Who objected and what they wrote is not disclosed; the category and the answer are.";
    objection_no: "第", "No. ";
    objection_no_end: "件", "";
    against_notice: "针对第", "against notice ";
    against_notice_end: "号公告", "";
    answered_on: "答复日期", "Answered ";
    upheld: "异议成立", "upheld";
    not_upheld: "异议不成立", "not upheld";
    not_answered: "尚未答复，最迟答复日期", "Not answered yet; due by ";
    works: "实施与资金", "Carrying out and money";
    compare_caption: "计划与实际对照", "Planned and actual";
    item: "项目", "Item";
    planned: "计划", "Planned";
    actual: "实际", "Actual";
    total_cost: "总投资（元）", "Cost (yuan)";
    start: "开工", "Start";
    completion: "完成", "Completion";
    by_acceptance: "验收或办结之日", "day of acceptance or completion";
    not_yet: "尚无", "not yet";
    contract: "合同", "Contract";
    variation: "变更", "Variation";
    progress: "进度", "Progress";
    acceptance: "验收", "Acceptance";
    acceptance_group: "验收组", "acceptance group: ";
    of_township: "乡镇参加", "of the township: ";
    payments: "付款", "Payments";
    payments_caption_urban: "付款明细（元），凭证均经居务监督委员会审核", "Payments (yuan); a supervisor checked each voucher";
    payments_caption: "付款明细（元），凭证均经村务监督委员会审核", "Payments (yuan); a supervisor checked each voucher";
    date: "日期", "Date";
    purpose: "用途", "Purpose";
    payee: "收款方", "Payee";
    voucher: "凭证号", "Voucher";
    paid_so_far: "累计付款", "Paid in all";
    list_comma: "、", ", ";
    files: "所引文件", "Files cited";
    files_unit: "件", "";
    files_note: "记录所引的每件材料均按摘要核对。签到表、表决票等只对依规定可以查阅的人开放。", "Every paper that the record cites is known by its digest. Sheets, ballots and the like open only to those whom the rules let read them.";
    file_shut: "（只对有权查阅的人开放）", "(opens only to those entitled)";
    file_elsewhere: "本系统只登记摘要，原件由保管人保存", "Only the digest is on record here; the paper is with its keeper";
    file_hidden: "涉及个人的材料，只对有权查阅的人开放", "Concerns a person; opens only to those entitled";
    handed_in: "提交 ", "Handed in ";
    cited_by: "见记录第", "Cited by record ";
    cited_end: "条", "";
    record: "全过程记录", "The whole record";
    record_note: "按先后列出全部记录，包括未通过、退回和更正的。每条注明发生时间、记录时间和经办职务。", "Every record in order, lost motions, returns and corrections included, with when it happened, when it was recorded, and in which office somebody acted.";
    occurred: "发生 ", "Happened ";
    recorded: "记录 ", "Recorded ";
    position: "全库序号 ", "Log position ";
    qr_note: "扫码核验这张公告", "Scan to check this notice";
    verify_matter: "自己核验", "Check it yourself";
    verify_log: "公开日志", "The public log";
    verify_note: "每条记录都进一本公开的总账。账页一环扣一环，由本机密钥签名、由见证人确认；改动、删除或调换任何一条，都会被查出来。", "Every record goes into one public log, whose pages hang together, are signed, and are confirmed by witnesses: a record that was changed, removed or swapped is found out.";
    verify_here: "用您手上的这台机器核验", "Check on your own device";
    verify_how: "按下按钮，您的浏览器会取来总账里与本事项有关的几页，自己重算：签名真不真、每条记录在不在账里、到会人数和票数够不够。不用相信本网站。", "Your browser fetches the pages of the log that concern this matter and reckons for itself: whether the signatures are real, whether each record is in the log, whether the quorum and the votes suffice. This site need not be trusted.";
    verify_begin: "开始核验", "Check now";
    verify_working: "正在核验……", "Checking …";
    verify_holds: "全部相符", "Everything holds";
    verify_fails: "有不相符之处，请看下列各条", "Something does not hold; see below";
    verify_broken: "核验没有做成：取不到账页，请稍后再试", "The check could not be made: the log cannot be fetched; try again later";
    verify_noscript: "浏览器不运行脚本时，请下载核验包，用下面的办法核验。", "Without scripts, download the bundle and check it as described below.";
    verify_not_yet: "本事项的记录刚刚入账，一两秒后刷新即可核验。", "The records of this matter are just being sealed; reload in a second or two.";
    verify_witnesses: "谁为这本账作证", "Who vouches for the log";
    verify_origin: "账名", "Log";
    verify_size: "已签名记录数", "Records signed";
    verify_root: "根（这一串字代表全部记录）", "Root (stands for all records)";
    verify_key: "签名公钥（可与村公告栏上的纸质公钥对照）", "Public key (compare with the one on the paper board)";
    verify_confirmed: "见证人确认", "Confirmed by";
    verify_nobody: "无", "nobody";
    verify_unwitnessed: "没有足够的见证人确认：上面的核验能查出记录与总账不符，但查不出有人给不同的人看不同的总账。请记下根，日后对照；或请乡镇、县档案馆、村务监督委员会担任见证。", "Not enough witnesses confirmed: the check finds a record that does not fit the log, but not a log that shows different people different histories. Keep the root and compare it later, or ask the township, the county archive or the supervisors to be witnesses.";
    verify_unsealed: "本机没有签名的总账，无法核验。", "This server seals no log, so nothing can be checked.";
    verify_elsewhere: "不用这个网页怎么核验", "Checking without this page";
    verify_elsewhere_1: "核验用的程序也来自本网站，所以它本身也要能被查：换一台机器、换一个浏览器打开同一地址，结果应当一样；公钥和根应当与纸质公告一致。", "The program that checks comes from this site too, so it must be checkable itself: another device must find the same, and key and root must be those on the paper notice.";
    verify_elsewhere_2: "下载核验包，在任何一台装有 siyi 的机器上运行“siyi verify 文件”，不联网即可重算每一步；/log/ 下的文件符合 C2SP tlog-tiles，别人写的工具也能核验。", "Download the bundle and run `siyi verify FILE` on any machine: it derives every step again without a network. The files under /log/ follow C2SP tlog-tiles, so tools that others wrote check them too.";
    verify_bundle: "下载核验包", "Download the bundle";
    verify_limits: "核验证明的是记录没有改过、结论由记录推出；不能证明记录的事情真的发生过。", "This proves that the record was not changed and that the conclusions follow from it; it cannot prove that what was recorded is true.";
    check: "怎样复核", "How to check";
    check_1: "每条记录后的 SHA-256 是该条记录存储原文的摘要值，改动一个字就会变化。运行“siyi export”可逐行导出原文，每行一条，用任何工具都能重算摘要值（不含行末换行）。", "The SHA-256 beside each record is of its stored bytes: change one letter and it changes. `siyi export` prints these bytes, one record a line, and any tool computes the same hash (without the line feed).";
    check_2: "人员只以编号出现在记录中，姓名另行保管，公开页面只显示隐去部分文字的姓名。", "People stand in the record by number only; names are kept apart, and public pages show them masked.";

    preparation: "征求意见、签字、审核与业主决定", "Opinions, signatures, reviews, owners";
    off_road: "复议、暂停与改正", "Off the road";
    oversight: "追认、报告与监督", "Ratification, reports, oversight";
    lane: "办理程序", "Road";
    suspended: "本事项已暂停办理：", "Suspended: ";
    resolution_void: "决议已不再有效", "no longer in force";
    resolution_void_note: "原决议及据此张贴的公告不再有效，保留在此供查阅。", "The resolution and the notices that tell of it no longer stand; they stay here to be read.";
    notice_void_since: "，自", " since ";
    budget_supplemented: "补充决议后预算", "budget after the supplement";
    guests: "列席", "Guests";
    guests_do_not_count: "列席人员不计入应到、实到，不参加表决。", "Guests do not count and do not vote.";
    text_found: "条文大意，已核对原文。", "What the article orders, read in the source.";
    text_memory: "来自记忆或通行做法，未核对原文，可由地方配置。", "Remembered or common practice, not read in the source; configurable.";

    // Flags and routine duties.
    flags: "预警", "Flags";
    flags_note: "预警只提示需要核查，不是结论。核查后由监督人员或上级写明理由核销，核销记录保留。", "A flag is a prompt to look, never a verdict. Whoever looks into it closes it with a reason, which stays on record.";
    flags_by_pattern: "按情形统计", "By pattern";
    flags_caption: "各种情形的预警数", "Flags of each pattern";
    flags_list: "全部预警", "All flags";
    flags_open: "未核销", "Open";
    flags_all: "全部", "All";
    flags_link: "查看预警及依据记录", "Flags and the records behind them";
    no_flags: "没有预警。", "There are no flags.";
    pattern: "情形", "Pattern";
    flag_closed: "已核销", "closed";
    raised_on: "发现日期", "Raised";
    evidence: "依据记录", "Records";
    evidence_no: "全库序号", "no. ";
    closed_by: "核销人", "Closed by";
    routine: "例行事项", "Routine duties";
    routine_caption: "每月、每季、每年应办的事项", "What is owed each month, quarter and year";
    routine_what: "事项", "What";
    routine_period: "期间", "Period";
    routine_done: "已办/应办", "Done of owed";
    routine_due: "最迟", "Due by";
    routine_state: "状态", "State";
    routine_told: "已告知：", "Told: ";
    routine_overdue: "例行事项逾期", "Routine duties overdue";
    routine_overdue_in: "，涉及村（社区）", ", in villages: ";
    routine_older: "更早逾期、未列出的：", "Overdue earlier and not listed: ";
    nothing_routine_overdue: "没有逾期的例行事项。", "No routine duty is overdue.";
    action_items: "联席会议待办事项", "Action items of joint conferences";
    lead_unit: "牵头单位", "Leads";

    // The printed notice.
    print_hint: "本页可直接打印（A4）。打印后签字、盖章、张贴，并拍照存档。", "Print this page on A4, have it signed and stamped, post it, and file a photo.";
    correction: "更正", "Correction";
    period_anew: "公布期自更正之日起重新计算。", "The period begins anew with the correction.";
    notice_opening_urban: "根据《中华人民共和国城市居民委员会组织法》和“一征三议两公开”工作法，现将有关情况公告如下：", "Under the Organic Law of the Urban Residents' Committees and the One Canvass, Three Deliberations and Two Disclosures, the following is disclosed.";
    notice_opening: "根据《中华人民共和国村民委员会组织法》和“四议两公开”工作法，现将有关情况公告如下：", "Under the Organic Law of the Villagers' Committees and the Four Deliberations and Two Disclosures, the following is disclosed.";
    n_course: "议定过程", "How it was decided";
    n_course_caption: "各次会议到会和表决情况", "Attendance and votes of the meetings";
    n_meeting: "会议", "Meeting";
    n_when_where: "时间、地点、主持", "When, where, chair";
    n_resolved: "议题通过，形成决议。", "the motion carried and became the resolution.";
    n_content: "决议内容", "The resolution";
    n_money: "资金", "Money";
    n_no_money: "本事项不涉及资金。", "No money is involved.";
    n_works: "实施安排", "How it will be carried out";
    n_ground: "决议依据", "The resolution behind it";
    n_resolved_on: "本事项决议日期：", "Resolved on ";
    n_resolution_no: "决议公告编号：", "Notice of the resolution: ";
    n_carried_out: "实施情况", "How it was carried out";
    n_account: "资金决算", "Final account";
    n_money_so_far: "资金使用", "Money so far";
    n_account_caption: "资金情况（元）", "Money (yuan)";
    contractor: "施工单位", "Contractor";
    contract_sum: "合同价", "Contract sum";
    final_account: "决算", "Final account";
    n_acceptance: "验收", "Acceptance";
    n_objections: "异议", "Objections";
    n_window: "异议期：", "Objections may be raised from ";
    n_contact: "反映途径：", "Where: ";
    n_answer: "收到异议后按规定期限答复并公布答复。", "Each is answered within the period ordered, and the answer is disclosed.";
    n_supervision: "监督意见", "Supervisors' opinion";
    n_supervisors: "签署：", "Signed: ";
    n_posting: "公布", "Posting";
    n_posted_from: "张贴日期：", "Posted on ";
    n_removal: "撤下。", ": not to be taken down earlier. ";
    seal: "（盖章）", "(seal)";
    sign: "（签字）", "(signatures)";
    supervisory_committee_urban: "居务监督委员会", "Supervisory committee";
    supervisory_committee: "村务监督委员会", "Supervisory committee";
    matter_number: "事项编号", "Matter";
    proof: "张贴记录 SHA-256", "Record of the posting, SHA-256";

    // The feed.
    feed_title: "公告", "notices";
    feed_corrected: "（有更正）", " (corrected)";

    // Procedures.
    procedures: "程序规则", "Procedures";
    procedures_note: "每份规则都是数据文件：适用于哪里、哪些日子、走哪些环节，每个数字出自哪部法律的哪一条。", "Each pack is a file of data: where and when it binds, which roads it has, and from which article each number comes.";
    packs: "全部规则", "All packs";
    in_force: "现行", "in force";
    not_in_force: "不在施行期", "not in force";
    by_adoption: "采用后适用", "by adoption";
    by_adoption_note: "只适用于以决定采用本规则的村（社区）。", " It binds only the places that have adopted it.";
    region: "适用范围", "Where";
    days_in_force: "施行期", "In force";
    onwards: "起", " onwards";
    succeeded_by: "此后适用：", "Followed by ";
    lanes: "办理程序", "Roads";
    steps_in_order: "环节，依次", "steps in order";
    then_plan_posted: "之后公示方案不少于", "then the plan is posted for at least";
    days_unit: "日", "days";
    to_archive: "归档", "Archive";
    diagram: "流程图（Mermaid 文本）", "Diagram (Mermaid text)";
    detours: "复议、撤销、补充、终止、追认", "Deliberating again";
    owners_rules: "业主共同决定", "Decision of the owners";
    disclosure_rules: "公开与异议", "Disclosure and objections";
    periodic: "例行事项", "Routine duties";
    escalation: "逾期告知", "Who is told of what is overdue";
    other_rules: "其他", "Other rules";
    in_force_from: "施行日期：", "In force from ";
    pack_note: "下列每个数字都注明出处；注明“惯例”的可由地方按规定配置，但不得低于法律规定。", "Every number names its source; those marked as practice may be configured locally, never below the law.";
    who_moves: "谁可以提出动议", "Who may raise a motion";
    deliberation: "议事环节", "Deliberation";
    periods: "期限（日历日）", "Periods (calendar days)";
    sources: "出处", "Sources";
    table: "表", "table";
    rule: "规则", "Rule";
    number: "数值", "Number";
    basis: "依据", "Basis";
}
