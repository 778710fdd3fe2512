//! Who may do what: the page of permissions and roles is current. `CAREWAY_WRITE_DOCS=1 cargo test -p careway-tests permissions`
//! writes it.

use std::{collections::BTreeMap, fmt::Write};

use careway_gateway::Route;
use careway_identity::RoleTable;

use crate::docs::assert_current;

#[test]
fn the_page_of_permissions_is_current() {
    let routes = careway_gateway::routes().unwrap();
    let mut page = String::from(
        "# Permissions\n\nMade from the contract and the table of roles. What a caller may do stands in the token, as `scope`: of a person what their roles\n\
         allow in the organization they are signed in to, of an API client what it was given, or what it asks for of that. What is\n\
         missing is named by the `permission` of a 403, and by its `WWW-Authenticate` (RFC 6750).\n\n\
         - [What a permission opens](#what-a-permission-opens)\n\
         - [Routes for everybody](#routes-for-everybody)\n\
         - [Roles](#roles)\n\n\
         ## What a permission opens\n\n| permission | routes | organizations |\n|---|---|---|\n",
    );
    for (permission, opened) in by_permission(&routes) {
        let kinds: Vec<_> =
            RoleTable::every().iter().filter(|table| table.all().contains(permission)).map(kind).collect();
        let _ = writeln!(page, "| `{permission}` | {} | {} |", list(&opened), kinds.join(", "));
    }
    let open = |access: &str| list(&routes.iter().filter(|route| route.access == access).collect::<Vec<_>>());
    let _ = write!(
        page,
        "\n## Routes for everybody\n\n| who | routes |\n|---|---|\n| any token | {} |\n| without a token | {} |\n\n## Roles\n\n\
         A person has one role or several, and may do what any of them allows. An API client is given no more than whoever makes\n\
         it may do. An authority that insures people by a scheme of its own has a payer's roles beside its own.\n",
        open("AUTHENTICATED"),
        open("PUBLIC")
    );
    for table in RoleTable::every() {
        let roles: Vec<_> = table.roles().collect();
        let named: Vec<_> = roles.iter().map(|role| format!("`{role}`")).collect();
        let _ = write!(
            page,
            "\n### {}\n\n| permission | {} | API client |\n|---|{}\n",
            kind(table),
            named.join(" | "),
            "---|".repeat(roles.len() + 1)
        );
        let clients = table.for_clients();
        for permission in table.all() {
            let holders = table.all_holders(permission);
            let held = roles.iter().map(|role| holders.contains(role)).chain([clients.contains(permission)]);
            let cells: Vec<_> = held.map(|held| if held { "yes" } else { "" }).collect();
            let _ = writeln!(page, "| `{permission}` | {} |", cells.join(" | "));
        }
    }
    assert_current("docs/permissions.md", &page);
}

/// Every permission that there is, with the routes that ask for it.
fn by_permission(routes: &[Route]) -> BTreeMap<&str, Vec<&Route>> {
    let tables = RoleTable::every().iter();
    let mut found: BTreeMap<&str, Vec<&Route>> =
        tables.flat_map(RoleTable::all).map(|permission| (permission, Vec::new())).collect();
    for route in routes {
        if let Some(permission) = route.permission() {
            found.entry(permission).or_default().push(route);
        }
    }
    found
}

/// The routes as a cell of a table, by path.
fn list(routes: &[&Route]) -> String {
    let mut named: Vec<_> = routes.iter().map(|route| (&route.path, route.method.as_str())).collect();
    named.sort_unstable();
    let named: Vec<_> = named.iter().map(|(path, method)| format!("`{method} {path}`")).collect();
    if named.is_empty() { "none".to_owned() } else { named.join("<br>") }
}

/// `FACILITY` as people write it.
fn kind(table: &RoleTable) -> String {
    let name = table.kind().as_str();
    name[..1].to_owned() + &name[1..].to_lowercase()
}
