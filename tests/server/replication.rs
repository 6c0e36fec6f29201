//! What one site has, the other gets: published, deleted, and after any of them was down.

use testkit::patience;
use testkit::site::sha256;

use crate::sites::{CATCH_UP, SECOND, Sites};

/// Bytes of which a part cannot be taken for the whole.
fn bytes(seed: u8, length: usize) -> Vec<u8> {
    let step = |index: usize| u8::try_from((index * 31 + index / 251 + usize::from(seed)) % 256);
    (0..length).map(|index| step(index).unwrap_or_default()).collect()
}

#[test]
fn what_is_published_here_is_readable_there_within_a_second_with_the_same_sum() {
    let sites = Sites::start();
    for (from, to, path, length) in [
        (&sites.east, &sites.west, "files/hello/one.bin", 10),
        (&sites.west, &sites.east, "files/hello/two.bin", 3_000_000),
        (&sites.east, &sites.west, "files/empty", 0),
        (&sites.west, &sites.east, "files/a%20b/%C3%BC+x.txt", 100),
    ] {
        let body = bytes(7, length);
        from.publish(path, &body);
        assert_eq!(from.sha256_of(path), Some(sha256(&body)), "{path}");
        to.await_file(path, &body, SECOND);
    }
    let info = sites.west.send("GET", "/artifactory/api/storage/files/hello/one.bin", b"").json();
    assert_eq!(info["checksums"]["sha256"], sha256(&bytes(7, 10)).as_str(), "{info}");
}

#[test]
fn a_replica_refuses_a_write_and_names_its_owner() {
    let sites = Sites::start();
    sites.east.publish("files/x", b"x");
    sites.west.await_file("files-east/x", b"x", SECOND);
    for (method, path) in [("PUT", "files-east/y"), ("DELETE", "files-east/x")] {
        let answer = sites.west.send(method, &format!("/artifactory/{path}"), b"y");
        assert_eq!(answer.status, 403, "{method}: {}", answer.text());
        assert!(answer.text().contains("'east'"), "{method}: {}", answer.text());
    }
    assert_eq!(sites.west.sha256_of("files-east/x"), Some(sha256(b"x")));
}

#[test]
fn a_delete_here_is_a_delete_there() {
    let sites = Sites::start();
    sites.east.publish("files/d/1", b"1");
    sites.east.publish("files/keep", b"k");
    sites.west.await_file("files/d/1", b"1", SECOND);
    let answer = sites.east.send("DELETE", "/artifactory/files/d/1", b"");
    assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.text());
    sites.west.await_status("files/d/1", 404, SECOND);
    assert_eq!(sites.west.sha256_of("files/keep"), Some(sha256(b"k")));
}

#[test]
fn a_site_that_was_down_catches_up_even_when_the_other_was_killed_in_between() {
    let sites = Sites::start();
    sites.east.publish("files/before", b"before");
    sites.west.await_file("files/before", b"before", SECOND);
    sites.kill("west");
    for number in 0..20u8 {
        sites.east.publish(&format!("files/down/{number}"), &bytes(number, 1000));
    }
    let gone = sites.east.send("DELETE", "/artifactory/files/before", b"");
    assert!((200..300).contains(&gone.status), "{}", gone.text());
    sites.kill("east");
    sites.project.plan().expect_code(2);
    sites.project.apply().expect_code(0);
    for number in 0..20u8 {
        let (path, body) = (format!("files/down/{number}"), bytes(number, 1000));
        assert_eq!(
            sites.east.sha256_of(&path),
            Some(sha256(&body)),
            "an acknowledged file is lost"
        );
        sites.west.await_file(&path, &body, CATCH_UP);
    }
    sites.west.await_status("files/before", 404, CATCH_UP);
    sites.project.plan().expect_code(0);
}

#[test]
fn what_was_acknowledged_survives_a_kill_in_the_middle_of_uploads() {
    let sites = Sites::start();
    let east = sites.east.clone();
    let upload = std::thread::spawn(move || {
        let mut acknowledged = Vec::new();
        for number in 0..10_000u32 {
            let path = format!("files/u/{number}");
            let body = bytes(u8::try_from(number % 251).unwrap_or_default(), 20_000);
            match east.try_send("PUT", &format!("/artifactory/{path}"), &body) {
                Ok(answer) if answer.status == 201 => acknowledged.push((path, sha256(&body))),
                _ => break,
            }
        }
        acknowledged
    });
    std::thread::sleep(SECOND);
    sites.kill("east");
    let acknowledged = upload.join().unwrap();
    assert!(!acknowledged.is_empty());
    sites.project.apply().expect_code(0);
    for (path, sum) in &acknowledged {
        assert_eq!(sites.east.sha256_of(path).as_ref(), Some(sum), "{path} at its own site");
    }
    let (last, sum) = acknowledged.last().unwrap();
    patience::within(CATCH_UP, "the last acknowledged file is at the other site", || {
        (sites.west.sha256_of(last).as_ref() == Some(sum)).then_some(())
    });
}
