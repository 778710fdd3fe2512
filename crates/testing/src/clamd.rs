//! clamd, faked: it takes a stream as the real one does, and finds a virus where the word is.

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, UnixListener},
};

/// The word that stands for a virus.
pub const VIRUS: &[u8] = b"STANDARD-ANTIVIRUS-TEST-FILE";

/// Serves on a port; its address as a setting.
pub async fn serve_tcp() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(scan(client, usize::MAX));
        }
    });
    format!("tcp://{address}")
}

/// Serves on a socket file, and takes no stream longer than `most`.
pub async fn serve_unix(path: &std::path::Path, most: usize) -> String {
    let listener = UnixListener::bind(path).unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(scan(client, most));
        }
    });
    format!("unix://{}", path.display())
}

async fn scan(mut client: impl AsyncRead + AsyncWrite + Unpin, most: usize) -> std::io::Result<()> {
    let mut command = [0; 10];
    client.read_exact(&mut command).await?;
    assert_eq!(&command, b"zINSTREAM\0");
    let mut stream = Vec::new();
    loop {
        let length = client.read_u32().await? as usize;
        if length == 0 {
            break;
        }
        let begin = stream.len();
        if begin + length > most {
            return client.write_all(b"INSTREAM size limit exceeded. ERROR\0").await;
        }
        stream.resize(begin + length, 0);
        client.read_exact(&mut stream[begin..]).await?;
    }
    let found = stream.windows(VIRUS.len()).any(|window| window == VIRUS);
    client.write_all(if found { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" }).await
}
