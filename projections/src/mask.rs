//! Masked names, as boards show them: 王*民, 李*, 欧**.

/// What a board shows in place of a name whose disclosure was erased.
pub const ERASED: &str = "已删除";

/// The first character, then `*` for each of the others but the last, which stays where the name has more than two.
#[must_use]
pub fn masked(name: &str) -> String {
    let characters: Vec<char> = name.trim().chars().collect();
    match characters.as_slice() {
        [] => ERASED.to_owned(),
        [only] => only.to_string(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn the_middle_of_a_name_is_hidden() {
        assert_eq!(masked("王小民"), "王*民");
        assert_eq!(masked("李四"), "李*");
        assert_eq!(masked("欧阳小明"), "欧**明");
    }
}
