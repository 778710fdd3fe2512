//! A laboratory's report, made in memory as a PDF of one page.

use std::fmt::Write as _;

/// What the laboratory found, for the patient with this member number.
pub(super) fn laboratory(member_number: &str, visit_number: &str) -> Vec<u8> {
    pdf(&[
        "LABORATORY REPORT",
        "",
        &format!("Member   {member_number}"),
        &format!("Visit    {visit_number}"),
        "",
        "Creatinine              1.1 mg/dl        (0.7 - 1.2)",
        "Haemoglobin            12.8 g/dl         (12.0 - 17.0)",
        "White blood cells      11.9 x 10^9/l     (4.0 - 10.0)   H",
        "Helicobacter pylori    negative",
        "",
        "Validated by the laboratory. Made up: nobody's blood was drawn.",
    ])
}

/// One page with these lines, in a font that every reader has. Letters beyond ASCII are not in it.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let shown = lines.iter().map(|line| format!("({}) Tj T*\n", escaped(line)));
    let text = format!("BT /F1 11 Tf 16 TL 56 780 Td\n{}ET\n", shown.collect::<String>());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}endstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = "0000000000 65535 f \n".to_owned();
    for (before, object) in objects.iter().enumerate() {
        let _ = writeln!(places, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", before + 1);
    }
    let (place, size) = (file.len(), objects.len() + 1);
    let _ = write!(
        file,
        "xref\n0 {size}\n{places}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{place}\n%%EOF\n"
    );
    file.into_bytes()
}

fn escaped(line: &str) -> String {
    let ascii = line.chars().map(|letter| if letter.is_ascii() { letter } else { '?' });
    ascii.collect::<String>().replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_where_the_table_says() {
        let file = String::from_utf8(laboratory("UM-100200", "V26-0001234-13")).unwrap();
        let (_, place) = file.rsplit_once("startxref\n").unwrap();
        let table: usize = place.lines().next().unwrap().parse().unwrap();
        let rows: Vec<_> = file[table..].lines().skip(3).take(5).collect();
        for (before, row) in rows.iter().enumerate() {
            assert_eq!(row.len(), 19, "twenty bytes with the line's end");
            let at: usize = row[..10].parse().unwrap();
            assert!(file[at..].starts_with(&format!("{} 0 obj\n", before + 1)), "{row}");
        }
        assert!(file.contains("Member   UM-100200") && file.contains("\\(0.7 - 1.2\\)"));
    }

    #[test]
    fn the_stream_is_as_long_as_it_says() {
        let file = String::from_utf8(laboratory("UM-100200", "V26-0001234-13")).unwrap();
        let (_, rest) = file.split_once("/Length ").unwrap();
        let length: usize = rest.split(' ').next().unwrap().parse().unwrap();
        let (_, stream) = rest.split_once("stream\n").unwrap();
        assert_eq!(stream.find("endstream"), Some(length));
    }
}
