//! Whether a server could listen at an address, tried by listening there for a moment.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

use crate::server::settings::listen_address;

/// Why nothing can listen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// Another process listens there.
    Taken,
    /// The port needs rights that this user does not have.
    Forbidden,
    /// The host is no address of this machine, or is not known.
    Host(String),
}

/// Tries to listen. The attempt leaves no trace.
pub(crate) async fn try_listen(host: &str, port: u16) -> Result<(), Obstacle> {
    let address = listen_address(host, port);
    let attempt = tokio::task::spawn_blocking(move || TcpListener::bind(address).map(drop));
    match attempt.await {
        Ok(Err(error)) => match error.kind() {
            ErrorKind::AddrInUse => Err(Obstacle::Taken),
            ErrorKind::PermissionDenied => Err(Obstacle::Forbidden),
            _ => Err(Obstacle::Host(error.to_string())),
        },
        // A panic of the attempt says nothing of the port: the start itself will tell.
        Ok(Ok(())) | Err(_) => Ok(()),
    }
}

/// Waits a while for a port that something else is about to leave.
pub(crate) async fn wait_until_free(
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<(), Obstacle> {
    let started = tokio::time::Instant::now();
    loop {
        match try_listen(host, port).await {
            Err(Obstacle::Taken) if started.elapsed() < limit => {
                provider::pause(Duration::from_millis(100)).await;
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_is_free_taken_or_elsewhere() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        assert_eq!(try_listen("127.0.0.1", port).await, Err(Obstacle::Taken));
        assert_eq!(try_listen("0.0.0.0", port).await, Err(Obstacle::Taken));
        drop(holder);
        assert_eq!(try_listen("127.0.0.1", port).await, Ok(()));
        // Addresses for documentation are never those of a machine.
        assert!(matches!(try_listen("192.0.2.1", port).await, Err(Obstacle::Host(_))));
    }
}
