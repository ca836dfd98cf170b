//! The files of `schemas/` that are built in.

/// `schemas/laws/`
pub(super) const LAWS: &[&str] = &[
    include_str!("../../../../schemas/laws/VL-2025.toml"),
    include_str!("../../../../schemas/laws/VL-2018.toml"),
    include_str!("../../../../schemas/laws/RL-2025.toml"),
    include_str!("../../../../schemas/laws/RL-2018.toml"),
    include_str!("../../../../schemas/laws/HN-V.toml"),
    include_str!("../../../../schemas/laws/HN-R.toml"),
    include_str!("../../../../schemas/laws/CE-2024.toml"),
    include_str!("../../../../schemas/laws/LC-2018.toml"),
    include_str!("../../../../schemas/laws/CC.toml"),
    include_str!("../../../../schemas/laws/ZJ-V.toml"),
    include_str!("../../../../schemas/laws/SD-D.toml"),
    include_str!("../../../../schemas/laws/PB-2018.toml"),
    include_str!("../../../../schemas/laws/4D2D.toml"),
    include_str!("../../../../schemas/laws/LEVY-2007.toml"),
    include_str!("../../../../schemas/laws/NH-36.toml"),
    include_str!("../../../../schemas/laws/1C3D2D.toml"),
    include_str!("../../../../schemas/laws/CO-2015.toml"),
    include_str!("../../../../schemas/laws/RDB-2019.toml"),
    include_str!("../../../../schemas/laws/SIYI.toml"),
];

/// `schemas/procedures/`, a base before what rests on it.
pub(super) const PROCEDURES: &[&str] = &[
    include_str!("../../../../schemas/procedures/rural-HN-2018.toml"),
    include_str!("../../../../schemas/procedures/rural-HN-2026.toml"),
    include_str!("../../../../schemas/procedures/urban-HN-2018.toml"),
    include_str!("../../../../schemas/procedures/urban-HN-2026.toml"),
    include_str!("../../../../schemas/procedures/rural-review-2026.toml"),
    include_str!("../../../../schemas/procedures/rural-supervised-2026.toml"),
    include_str!("../../../../schemas/procedures/rural-NH-2026.toml"),
];

/// `schemas/matters/`
pub(super) const MATTERS: &str = include_str!("../../../../schemas/matters/henan.toml");

/// `schemas/holidays/`
pub(super) const HOLIDAYS: &[&str] = &[
    include_str!("../../../../schemas/holidays/2010.toml"),
    include_str!("../../../../schemas/holidays/2011.toml"),
    include_str!("../../../../schemas/holidays/2012.toml"),
    include_str!("../../../../schemas/holidays/2013.toml"),
    include_str!("../../../../schemas/holidays/2014.toml"),
    include_str!("../../../../schemas/holidays/2015.toml"),
    include_str!("../../../../schemas/holidays/2016.toml"),
    include_str!("../../../../schemas/holidays/2017.toml"),
    include_str!("../../../../schemas/holidays/2018.toml"),
    include_str!("../../../../schemas/holidays/2019.toml"),
    include_str!("../../../../schemas/holidays/2020.toml"),
    include_str!("../../../../schemas/holidays/2021.toml"),
    include_str!("../../../../schemas/holidays/2022.toml"),
    include_str!("../../../../schemas/holidays/2023.toml"),
    include_str!("../../../../schemas/holidays/2024.toml"),
    include_str!("../../../../schemas/holidays/2025.toml"),
    include_str!("../../../../schemas/holidays/2026.toml"),
    include_str!("../../../../schemas/holidays/2027.toml"),
];
