//! The bytes of an archive, from a file or over HTTP, up to a limit.

use super::Refusal;

/// An archive may have so many bytes.
const BYTES_MAX: usize = 256 << 20;

/// Reads everything that a URL gives.
pub(super) fn bytes(url: &str) -> Result<Vec<u8>, Refusal> {
    if let Some(path) = url.strip_prefix("file://") {
        let path = std::path::Path::new(path);
        let size = std::fs::metadata(path).map_err(|error| Refusal::io("read", path, &error))?;
        if size.len() > BYTES_MAX as u64 {
            return Err(too_large());
        }
        return std::fs::read(path).map_err(|error| Refusal::io("read", path, &error));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Refusal::new(format!("no runtime: {error}")))?;
    runtime.block_on(download(url))
}

async fn download(url: &str) -> Result<Vec<u8>, Refusal> {
    let failed = |error: reqwest::Error| {
        // The URL may hold a token, and has been named already.
        let error = error.without_url();
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        Refusal::new(format!("the download failed: {error}{}", cause.unwrap_or_default()))
    };
    let client = reqwest::Client::builder().build().map_err(failed)?;
    let answer = client.get(url).send().await.map_err(failed)?;
    let status = answer.status();
    if !status.is_success() {
        return Err(Refusal::new(format!("the server answered with {status}")));
    }
    let mut answer = answer;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if bytes.len() + chunk.len() > BYTES_MAX {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large() -> Refusal {
    Refusal::new(format!("the archive is larger than {} MiB", BYTES_MAX >> 20))
}
