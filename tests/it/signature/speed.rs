//! How long a verification takes: `benches/verify.sh` runs this, no suite does.

use std::hint::black_box;
use std::time::Instant;

use super::desk::{Desk, NAMESPACE};
use super::{MESSAGE, verify};

#[test]
#[expect(clippy::print_stdout, reason = "numbers to read, not to judge")]
#[ignore = "a measurement, of a release build: benches/verify.sh"]
fn one_verification() {
    let desk = Desk::new();
    for kind in ["ed25519", "ecdsa 256", "ecdsa 384", "ecdsa 521", "rsa 2048", "rsa 4096"] {
        let key = desk.key(kind, kind);
        let armour = desk.sign(&key, NAMESPACE, "sha512", MESSAGE);
        let time = |many: u32, run: &dyn Fn() -> bool| {
            let start = Instant::now();
            (0..many).for_each(|_| assert!(black_box(run())));
            start.elapsed().as_secs_f64() * 1e3 / f64::from(many)
        };
        let ours = time(200, &|| verify(&armour, NAMESPACE, MESSAGE).is_ok());
        let theirs = time(20, &|| desk.accepts(&armour, &key.line, "20260615120000Z", MESSAGE));
        println!("{kind:10} in process {ours:8.3} ms   ssh-keygen -Y verify {theirs:8.3} ms");
    }
}
