//! A mail server's side of LMTP (RFC 2033): gives mails to whoever takes them, one reply for each recipient.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::UnixStream,
};

/// A conversation that has begun.
#[derive(Debug)]
pub struct LmtpClient<S> {
    stream: BufReader<S>,
}

impl LmtpClient<UnixStream> {
    /// Begins one with whoever listens on a socket.
    ///
    /// # Errors
    /// Nobody listens there, or it is no LMTP.
    pub async fn connect(socket: &Path) -> anyhow::Result<Self> {
        Self::greet(UnixStream::connect(socket).await?).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> LmtpClient<S> {
    /// Begins a conversation.
    ///
    /// # Errors
    /// The other side does not greet.
    pub async fn greet(stream: S) -> anyhow::Result<Self> {
        let mut client = Self { stream: BufReader::new(stream) };
        client.expect('2').await?;
        client.say("LHLO localhost", '2').await?;
        Ok(client)
    }

    /// Delivers a mail; the reply for each recipient, in their order.
    ///
    /// # Errors
    /// A sender or a recipient is refused before there is a mail, or the connection breaks off.
    pub async fn deliver(&mut self, from: &str, to: &[&str], mail: &[u8]) -> anyhow::Result<Vec<String>> {
        self.say(&format!("MAIL FROM:<{from}>"), '2').await?;
        for to in to {
            self.say(&format!("RCPT TO:<{to}>"), '2').await?;
        }
        self.say("DATA", '3').await?;
        self.stream.write_all(&stuffed(mail)).await?;
        let mut replies = Vec::with_capacity(to.len());
        for _ in to {
            replies.push(self.reply().await?);
        }
        Ok(replies)
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// The connection breaks off.
    pub async fn quit(mut self) -> anyhow::Result<()> {
        self.say("QUIT", '2').await
    }

    async fn say(&mut self, line: &str, wanted: char) -> anyhow::Result<()> {
        ensure!(!line.contains(['\r', '\n']), "an address is one line");
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.expect(wanted).await.with_context(|| line.to_owned())
    }

    async fn expect(&mut self, wanted: char) -> anyhow::Result<()> {
        let reply = self.reply().await?;
        if !reply.starts_with(wanted) {
            bail!("refused: {reply}");
        }
        Ok(())
    }

    /// The last line of a reply.
    async fn reply(&mut self) -> anyhow::Result<String> {
        loop {
            let mut line = String::new();
            ensure!(self.stream.read_line(&mut line).await? > 0, "the other side hung up");
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line.trim_end().to_owned());
            }
        }
    }
}

/// The mail as it goes over the line: every line ends in CRLF, a dot that begins one is doubled, a dot alone ends it.
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(mail.len() + 5);
    let whole = mail.strip_suffix(b"\n").unwrap_or(mail);
    for line in whole.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b".") {
            sent.push(b'.');
        }
        sent.extend_from_slice(line);
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b".\r\n");
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_goes_over_the_line_whole_and_nothing_in_it_ends_it() {
        assert_eq!(stuffed(b"a\n.\n..b\r\nc"), b"a\r\n..\r\n...b\r\nc\r\n.\r\n");
        assert_eq!(stuffed(b"a\r\n"), b"a\r\n.\r\n");
    }

    #[tokio::test]
    async fn each_recipient_has_a_reply_of_its_own() {
        let (here, there) = tokio::io::duplex(4096);
        let server = tokio::spawn(async move {
            let (reader, mut writer) = tokio::io::split(there);
            let mut lines = BufReader::new(reader).lines();
            writer.write_all(b"220 here\r\n").await.unwrap();
            let mut heard = Vec::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                let answer: &[u8] = match line.as_str() {
                    line if line.starts_with("LHLO") => b"250-here\r\n250 SIZE 1000\r\n",
                    "DATA" => b"354 go on\r\n",
                    "." => b"250 kept\r\n451 later\r\n",
                    "QUIT" => b"221 bye\r\n",
                    line if line.contains(':') && !line.starts_with("Subject") => b"250 ok\r\n",
                    _ => b"",
                };
                writer.write_all(answer).await.unwrap();
                heard.push(line);
            }
            heard
        });
        let mut client = LmtpClient::greet(here).await.unwrap();
        for _ in 0..2 {
            let replies = client.deliver("", &["a@b.example", "c@d.example"], b"Subject: x\n\nwords\n").await;
            assert_eq!(replies.unwrap(), ["250 kept", "451 later"]);
        }
        assert!(client.deliver("a\r\nb", &[], b"").await.is_err());
        client.quit().await.unwrap();
        let heard = server.await.unwrap();
        assert_eq!(heard[1..4], ["MAIL FROM:<>", "RCPT TO:<a@b.example>", "RCPT TO:<c@d.example>"]);
    }
}
