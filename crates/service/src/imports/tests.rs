//! Uploads that come slowly, many at once, and large.

use std::sync::atomic::{AtomicUsize, Ordering};

use careway_contract::google::api::HttpBody;
use careway_kernel::{Clock, OrganizationId};
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::*;
use crate::table::Column;

const COLUMNS: Columns = Columns::new(&[Column::required("a"), Column::required("b")]);

fn piece(bytes: &[u8]) -> Result<HttpBody, Status> {
    let data = bytes.to_vec().into();
    Ok(HttpBody { content_type: "text/csv".to_owned(), data, extensions: Vec::new() })
}

/// An upload whose pieces are sent by hand.
fn by_hand() -> (mpsc::Sender<Result<HttpBody, Status>>, impl Stream<Item = Result<HttpBody, Status>> + Unpin)
{
    let (sender, receiver) = mpsc::channel(8);
    (sender, ReceiverStream::new(receiver))
}

fn whole(bytes: &[u8]) -> impl Stream<Item = Result<HttpBody, Status>> + Unpin + use<> {
    futures::stream::iter([piece(bytes)])
}

async fn receive(
    imports: &Imports,
    organization: OrganizationId,
    pieces: impl Stream<Item = Result<HttpBody, Status>> + Unpin,
) -> Result<Upload> {
    imports.receive(organization, 10 << 20, pieces, |piece| (true, Some(piece))).await
}

async fn import(imports: &Imports, organization: OrganizationId, bytes: &[u8]) -> Result<Held<List>> {
    let upload = receive(imports, organization, whole(bytes)).await?;
    let read = |list: ListFile| Ok(list.read(Limits::default(), COLUMNS)?);
    imports.read(upload, Limits::default(), read).await
}

fn organization() -> OrganizationId {
    OrganizationId::new(&Clock::system())
}

#[tokio::test(start_paused = true)]
async fn slow_uploads_of_one_organization_hold_up_nobody() {
    let (imports, bounds) = (Imports::default(), ImportBounds::default());
    let (slow, other) = (organization(), organization());
    let mut drips = Vec::new();
    let mut uploads = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (sender, pieces) = by_hand();
        sender.try_send(piece(b"a")).unwrap();
        drips.push(sender);
        let imports = imports.clone();
        uploads.spawn(async move { receive(&imports, slow, pieces).await.map(|_| ()) });
    }
    // Until as many are on their way as may be: their first piece was taken.
    let coming = |drips: &[mpsc::Sender<_>]| drips.iter().filter(|drip| drip.capacity() == 8).count();
    for _ in 0..100_000 {
        if coming(&drips) == bounds.uploads_each {
            break;
        }
        tokio::task::yield_now().await;
    }

    let begun = tokio::time::Instant::now();
    let held = import(&imports, other, b"a,b\n1,2\n").await.unwrap();
    assert_eq!(held.value.rows.len(), 1);
    assert!(begun.elapsed() < bounds.idle, "another's import waits for none of them");
    assert!(uploads.try_join_next().is_none(), "they are still coming");

    // A byte now and then is not idle, and not whole either.
    while begun.elapsed() < bounds.whole {
        tokio::time::advance(bounds.idle / 2).await;
        drips.iter().for_each(|drip| drop(drip.try_send(piece(b"a"))));
    }
    while let Some(upload) = uploads.join_next().await {
        assert_eq!(upload.unwrap().unwrap_err().reason(), "DEADLINE_EXCEEDED");
    }
    assert!(begun.elapsed() < bounds.whole + bounds.idle, "not idle, but late");
}

#[tokio::test(start_paused = true)]
async fn an_upload_of_which_nothing_comes_is_cut_off() {
    let imports = Imports::default();
    let begun = tokio::time::Instant::now();
    let idle = receive(&imports, organization(), futures::stream::pending()).await;
    assert_eq!(idle.err().unwrap().kind(), crate::Kind::Timeout);
    assert!(begun.elapsed() < ImportBounds::default().idle * 2);
}

#[tokio::test]
async fn an_upload_is_bounded_and_says_what_it_is() {
    let imports = Imports::default();
    let many = futures::stream::iter((0..11).map(|_| piece(&vec![b'a'; 1 << 20])));
    let refused = receive(&imports, organization(), many).await.err().unwrap();
    assert_eq!(refused.reason(), "FILE_TOO_LARGE");
    let broken = futures::stream::iter([piece(b"a,b\n"), Err(Status::cancelled("gone"))]);
    assert!(receive(&imports, organization(), broken).await.is_err());
    let pieces = futures::stream::iter([piece(b"a,b\n"), piece(b"1,2\n")]);
    let upload = receive(&imports, organization(), pieces).await.unwrap();
    assert_eq!((upload.dry_run, upload.media_type.as_str()), (true, "text/csv"));
}

/// As many lists at once as there is memory for, by what each of them was found to need.
#[tokio::test(flavor = "multi_thread")]
async fn many_large_lists_are_read_a_few_at_a_time() {
    let list = format!("a,b,c\n{}", "4,5,6\n".repeat(15_000));
    let needed = table::memory(&mut std::io::Cursor::new(&list), Limits::default()).unwrap();
    let bounds = ImportBounds {
        places: 50,
        places_each: 50,
        uploads_each: 50,
        memory_bytes: needed * 5 / 2,
        ..Default::default()
    };
    let imports = Imports::new(bounds);
    let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let payer = organization();
    let imports_of = (0..50).map(|_| {
        let (imports, list, at_once, most) = (imports.clone(), list.clone(), at_once.clone(), most.clone());
        async move {
            let held = import(&imports, payer, list.as_bytes()).await.unwrap();
            most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            let rows = held.value.rows.len();
            at_once.fetch_sub(1, Ordering::SeqCst);
            rows
        }
    });
    let rows: Vec<usize> = futures::stream::iter(imports_of).buffer_unordered(50).collect().await;
    assert_eq!(rows, vec![15_000; 50]);
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");

    let small = Imports::new(ImportBounds { memory_bytes: needed / 2, ..bounds });
    let refused = import(&small, payer, list.as_bytes()).await.err().unwrap();
    assert_eq!(refused.reason(), "FILE_TOO_LARGE");
}
