//! How many calls are in flight at once, while planning and while applying.

use std::time::Duration;

use super::*;
use crate::Event;

fn things(count: usize) -> Bench {
    let mut bench = Bench::new(&format!(
        "resource \"fake_thing\" \"a\" {{\n  count = {count}\n  name  = \"a${{count.index}}\"\n}}\n"
    ));
    bench.options.parallelism = 2;
    bench
}

#[test]
fn what_waits_to_be_ready_holds_no_slot() {
    let bench = things(20);
    // Each is ready only when all twenty wait at once, and only two may call at once.
    *bench.cloud.ready.lock().unwrap() = Some(Arc::new(Barrier::new(20)));
    let store = bench.store();
    let planned = bench.planning(&store).planned.unwrap();
    let (_keep, stop) = watch::channel(false);
    let options = ApplyOptions { events: Events::silent(), stop };
    let patience = Duration::from_secs(30);
    let applying = Box::pin(apply(planned, store, options));
    let applied = block_on(async { tokio::time::timeout(patience, applying).await });
    assert_eq!(applied.expect("who waits holds no slot").added, 20);
}

#[test]
fn told_to_stop_what_has_no_slot_yet_does_not_begin() {
    let bench = things(5);
    let store = bench.store();
    let planned = bench.planning(&store).planned.unwrap();
    let (stop, stopped) = watch::channel(false);
    let begun = Arc::new(Mutex::new(Vec::new()));
    let seen = begun.clone();
    let events = Events(Arc::new(move |event| {
        if let Event::Started { address, .. } = event {
            seen.lock().unwrap().push(address);
            stop.send_replace(true);
        }
    }));
    let applied = block_on(apply(planned, store.clone(), ApplyOptions { events, stop: stopped }));
    assert!(applied.interrupted);
    assert_eq!(*begun.lock().unwrap(), ["fake_thing.a[0]"]);
    assert_eq!(bench.things(), ["a0"]);
    assert!(store.pending().is_empty());
}

#[test]
fn reading_slows_down_where_it_is_throttled() {
    let mut bench = things(3);
    bench.options.parallelism = 8;
    bench.apply();
    let size = |bench: &Bench| {
        let planned = bench.planning(&bench.store()).planned.unwrap();
        planned.run.limits.of("fake", None).size()
    };
    assert_eq!(size(&bench), 8);
    *bench.cloud.throttling.lock().unwrap() = true;
    assert_eq!(size(&bench), 4);
}
