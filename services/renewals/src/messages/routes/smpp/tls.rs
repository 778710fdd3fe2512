//! TLS on the way to a carrier. Its certificate is of a known authority, or of the one that the settings name.

use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use super::super::settings::SmppSettings;

/// How a carrier is known.
pub(super) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// By the settings of a route; none where they want none.
    pub(super) async fn open(settings: &SmppSettings) -> anyhow::Result<Option<Self>> {
        if !settings.tls {
            ensure!(settings.ca_file.is_none(), "ca_file says nothing without tls");
            return Ok(None);
        }
        let mut roots = RootCertStore::empty();
        match &settings.ca_file {
            Some(path) => {
                let pem = tokio::fs::read(path).await.with_context(|| path.display().to_string())?;
                for certificate in CertificateDer::pem_slice_iter(&pem) {
                    roots.add(certificate.context("ca_file")?).context("ca_file")?;
                }
                ensure!(!roots.is_empty(), "{} has no certificate", path.display());
            }
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (host, _) = settings.address.rsplit_once(':').context("address: a host and a port")?;
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).context("address")?;
        Ok(Some(Self { connector: TlsConnector::from(Arc::new(config)), name }))
    }

    /// Begins on a connection.
    pub(super) async fn connect(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), stream).await
    }
}
