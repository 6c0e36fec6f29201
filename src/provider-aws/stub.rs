//! An endpoint of tests: it answers as it is told, and counts what it is asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use lang::{Type, Value};
use provider::Stack;

use crate::calls::Calls;
use crate::client::{Aws, SERVICES};
use crate::settings;

/// Status and body of the answer to a request, which is handed in whole.
type Answering = fn(&str) -> (u16, String);

/// A server on a free port of this machine.
pub(crate) struct Stub {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    pub(crate) fn answering(answer: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, answer, &heard);
            }
        });
        Self { endpoint, asked }
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panics here").clone()
    }

    /// A connection whose calls all come here.
    pub(crate) async fn connect(&self) -> Aws {
        connect(&self.endpoint).await
    }
}

/// A connection to an endpoint.
pub(crate) async fn connect(endpoint: &str) -> Aws {
    let schema = settings::schema();
    let mut block = schema.empty_object().entries().cloned().unwrap_or_default();
    for (name, value) in [("access_key", "x"), ("secret_key", "x"), ("region", "eu-west-1")] {
        block.insert(name.into(), Value::text(value));
    }
    block.insert("skip_requesting_account_id".into(), Value::bool(true));
    let services = SERVICES.iter().map(|service| ((*service).into(), Value::text(endpoint)));
    let endpoints = Value::object(services);
    block.insert("endpoints".into(), Value::list(Type::Dynamic, vec![endpoints]));
    let stack = Stack { name: "test", folder: Path::new(".") };
    Aws::connect(&Value::object(block), stack, Calls::default()).await.expect("a connection")
}

fn serve(
    mut stream: TcpStream,
    answer: Answering,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut part)? {
            0 => break,
            length => request.extend_from_slice(&part[..length]),
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    asked.lock().expect("no test panics here").push(text.clone());
    let (status, body) = answer(&text);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    body.len() >= length
}
