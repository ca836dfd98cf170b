#[test]
fn timing() {
    let t = std::time::Instant::now();
    let site = &*super::SITE;
    eprintln!("site {:?}", t.elapsed());
    let mut all = Vec::new();
    for path in site.crawl() {
        let t = std::time::Instant::now();
        let page = site.get(&path);
        all.push((t.elapsed(), page.body.len(), path));
    }
    eprintln!("crawl {:?} pages {}", t.elapsed(), all.len());
    all.sort();
    for line in all.iter().rev().take(40) {
        eprintln!("{line:?}");
    }
}
