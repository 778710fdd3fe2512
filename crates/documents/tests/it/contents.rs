//! What comes in is given out, whole and in parts, and nothing else is: not what was cut off or changed, nor what
//! another key sealed.

use std::fs;

use careway_documents::{Content, MediaType, WrappedKey};
use careway_kernel::DocumentId;
use careway_service::Kind;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::rows::{Rows, files, open, pdf, upload};

const OLD: &str = "--documents-keys=the-older-key-of-documents-of-the-tests";
const NEW: &str = "--documents-keys=the-newer-key-of-documents-of-the-tests";

#[tokio::test]
async fn what_comes_in_is_given_out_whole_and_in_parts() {
    let (place, rows) = (TempDir::new().unwrap(), Rows::new());
    let store = open(&place, "visits", &[]);
    for size in [9, 65_535, 65_536, 65_537, 200_000, 6 << 20] {
        let file = pdf(size);
        let document = rows.add(&store, &file).await;
        let content = rows.content(document);
        assert_eq!((content.media_type, content.size), (MediaType::Pdf, size as u64));
        assert_eq!(content.sha256, *Sha256::digest(&file));
        let size = size as u64;
        for part in [0..size, 0..1, size - 1..size, size / 3..size / 3 + size.div_ceil(2)] {
            let read = rows.read(&store, document, part.clone()).await.unwrap();
            assert!(read == file[part.start as usize..part.end as usize], "{part:?} of {size}");
        }
    }
}

#[tokio::test]
async fn nothing_readable_is_in_the_place() {
    let (place, rows) = (TempDir::new().unwrap(), Rows::new());
    let file = pdf(200_000);
    let document = rows.add(&open(&place, "visits", &[]), &file).await.to_string();
    assert_eq!(files(place.path()), [format!("visits/{}/{document}", &document[34..])]);
    let object = fs::read(place.path().join(&files(place.path())[0])).unwrap();
    assert_eq!(object.len(), 200_000 + 4 * 16);
    assert!(!object.windows(16).any(|window| window == &file[1000..1016]));
}

#[tokio::test]
async fn what_was_cut_off_or_changed_is_not_given_out() {
    let (place, rows) = (TempDir::new().unwrap(), Rows::new());
    let store = open(&place, "visits", &[]);
    let document = rows.add(&store, &pdf(200_000)).await;
    let object = place.path().join(&files(place.path())[0]);
    let sealed = fs::read(&object).unwrap();
    assert!(rows.reads(&store, document).await);

    let mut flipped = sealed.clone();
    flipped[150_000] ^= 1;
    fs::write(&object, &flipped).unwrap();
    assert!(!rows.reads(&store, document).await, "a bit of it");
    assert!(rows.read(&store, document, 0..65_536).await.is_ok(), "what comes before is as it was");
    fs::write(&object, &sealed[..3 * 65_552]).unwrap();
    let refused = rows.read(&store, document, 0..1).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Internal, "even of what is there");
    let [other, _] = [rows.add(&store, &pdf(200_000)).await, rows.add(&store, &pdf(10)).await];
    let name = files(place.path()).into_iter().find(|name| name.ends_with(&other.to_string())).unwrap();
    fs::copy(place.path().join(name), &object).unwrap();
    assert!(!rows.reads(&store, document).await, "another's");
    fs::write(&object, &sealed).unwrap();
    assert!(rows.reads(&store, document).await);
    fs::remove_file(&object).unwrap();
    assert!(!rows.reads(&store, document).await, "gone");
}

#[tokio::test]
async fn another_key_opens_nothing_and_a_newer_one_takes_over() {
    let (place, rows) = (TempDir::new().unwrap(), Rows::new());
    let document = rows.add(&open(&place, "visits", &[OLD]), &pdf(1000)).await;
    let before = rows.content(document).key;
    let newest = open(&place, "visits", &[NEW]);
    assert!(!rows.reads(&newest, document).await, "wrong key");
    newest.rewrap_all(&rows).await.unwrap();
    assert!(rows.content(document).key == before, "what does not open stays as it is");

    let both = open(&place, "visits", &[&format!("{NEW},{}", OLD.split_once('=').unwrap().1)]);
    assert!(rows.reads(&both, document).await);
    both.rewrap_all(&rows).await.unwrap();
    assert!(rows.content(document).key.key_id != before.key_id);
    assert!(rows.reads(&newest, document).await, "the older one is not needed any more");
    assert!(!rows.reads(&open(&place, "visits", &[OLD]), document).await);
}

/// The layout, how keys are derived and what is bound to what stay as they are, and so do names without a service.
#[tokio::test]
async fn what_was_sealed_before_services_shared_a_place_is_read() {
    let (place, rows) = (TempDir::new().unwrap(), Rows::new());
    let letter = b"A letter of long ago.";
    let id = "01a221fc-95ec-7078-92ab-2b01cf5f7ba7";
    let sealed_key = "240226462c2136c66a019feaff3a23f927df6a1fb83c2366769b87aa2441cae65c3d3590cc5a4b9e0e268cfde34249\
                      368a207f109e6f8913a66f9f02";
    let object = "0032e6236c3587aa3d83afda91643456a4c9c5efc3da7fa1a280224787e251542a72321d31";
    fs::create_dir(place.path().join("a7")).unwrap();
    fs::write(place.path().join("a7").join(id), hex::decode(object).unwrap()).unwrap();
    let content = Content {
        media_type: MediaType::Text,
        size: letter.len() as u64,
        sha256: Sha256::digest(letter).into(),
        key: WrappedKey { key_id: "765a9d2871457720".to_owned(), sealed: hex::decode(sealed_key).unwrap() },
    };
    let document = DocumentId::parse(id).unwrap();
    rows.contents.lock().unwrap().insert(document, content);
    let store = open(&place, "visits", &[]);
    assert_eq!(rows.read(&store, document, 0..21).await.unwrap(), letter);
    assert_eq!(rows.read(&store, document, 2..8).await.unwrap(), b"letter");
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let place = TempDir::new().unwrap();
    let store = open(&place, "visits", &["--documents-max-mib=1"]);
    for (file, reason) in [
        (pdf((1 << 20) + 1), "DOCUMENT_TOO_LARGE"),
        (b"\x7fELF\x02\x01\x01\0".to_vec(), "DOCUMENT_TYPE_REFUSED"),
        (Vec::new(), "INVALID_REQUEST"),
    ] {
        assert_eq!(upload(&store, &file).await.unwrap_err().reason(), reason);
    }
    assert!(files(place.path()).is_empty());
}
