use super::*;

fn proxies(networks: &[&str]) -> Proxies {
    Proxies::of(networks.iter().map(|network| network.parse().unwrap()).collect())
}

fn told(headers: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    map
}

fn client(believed: &[&str], peer: &str, headers: &[(&'static str, &'static str)]) -> (String, bool) {
    let client = proxies(believed).client(peer.parse().unwrap(), false, &told(headers)).unwrap();
    (client.address.to_string(), client.https)
}

#[test]
fn a_network_holds_its_own_and_nobody_else() {
    let holds = |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
    assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
    assert!(holds("192.0.2.1", "192.0.2.1") && !holds("192.0.2.1", "192.0.2.2"));
    assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1"));
    assert!(holds("2001:db8::/32", "2001:db8:1::1") && !holds("2001:db8::/32", "2001:db9::1"));
    assert!(holds("0.0.0.0/0", "203.0.113.7") && !holds("0.0.0.0/0", "::1"));
    assert!(holds("::/0", "::1"));
    for wrong in ["", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0/8", "proxy.example", "::ffff:10.0.0.0/104"] {
        assert!(wrong.parse::<Network>().is_err(), "{wrong}");
    }
}

#[test]
fn nobody_is_believed_who_was_not_named() {
    let lies = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
    assert_eq!(client(&[], "198.51.100.1", &lies), ("198.51.100.1".into(), false));
    assert_eq!(client(&["10.0.0.1"], "198.51.100.1", &lies), ("198.51.100.1".into(), false));
    let forwarded = [("forwarded", "for=203.0.113.9;proto=https")];
    assert_eq!(client(&["10.0.0.1"], "198.51.100.1", &forwarded), ("198.51.100.1".into(), false));
}

#[test]
fn the_last_hop_that_is_not_ours_is_the_client() {
    let through = |list: &'static str| client(&["10.0.0.0/8"], "10.0.0.1", &[("x-forwarded-for", list)]).0;
    assert_eq!(through("203.0.113.9"), "203.0.113.9");
    assert_eq!(through("1.2.3.4, 203.0.113.9"), "203.0.113.9", "what the client wrote before is not believed");
    assert_eq!(through("1.2.3.4, 203.0.113.9, 10.0.0.7"), "203.0.113.9");
    assert_eq!(through("203.0.113.9:4711"), "203.0.113.9");
    assert_eq!(through("[2001:db8::1]:4711"), "2001:db8::1");
    assert_eq!(through("::ffff:203.0.113.9"), "203.0.113.9");
    assert_eq!(through("203.0.113.9, unknown"), "10.0.0.1", "behind what is no address nobody is believed");
    assert_eq!(through(""), "10.0.0.1");
    let lines = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "203.0.113.9")];
    assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &lines).0, "203.0.113.9");
}

#[test]
fn the_standard_header_says_the_same() {
    let headers = [("forwarded", "for=1.2.3.4, for=\"[2001:db8::1]:80\";proto=https")];
    assert_eq!(client(&["10.0.0.1"], "10.0.0.1", &headers), ("2001:db8::1".into(), true));
    let hidden = [("forwarded", "for=_hidden;proto=http")];
    assert_eq!(client(&["10.0.0.1"], "10.0.0.1", &hidden), ("10.0.0.1".into(), false));
}

#[test]
fn two_headers_that_say_who_are_refused() {
    let both = told(&[("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "203.0.113.8")]);
    assert_eq!(proxies(&["10.0.0.1"]).client("10.0.0.1".parse().unwrap(), false, &both), Err(Unclear::TwoHeaders));
    // From anybody else both are ignored.
    assert!(proxies(&["10.0.0.1"]).client("10.0.0.2".parse().unwrap(), false, &both).is_ok());
}

#[test]
fn the_nearest_proxy_says_whether_it_was_tls() {
    let told = |proto: &'static str| client(&["10.0.0.1"], "10.0.0.1", &[("x-forwarded-proto", proto)]).1;
    assert!(told("https") && told("http, https") && !told("https, http") && !told("http"));
}
